"""A room's door display and check-in, for Global Admins."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from roomstead.application.booking.make_door_link import MakeDoorLink
from roomstead.application.integration.edit_room import EditRoom
from roomstead.domain.errors import InvalidInput
from roomstead.domain.integration import RoomId
from roomstead.entrypoints.web.deps import Cases, service_of
from roomstead.entrypoints.web.pages.flash import after
from roomstead.entrypoints.web.pages.forms import Fields
from roomstead.entrypoints.web.pages.once import once
from roomstead.entrypoints.web.pages.rendering import Viewer, page
from roomstead.entrypoints.web.pages.texts import texts_in
from roomstead.entrypoints.web.pages.viewing import AdminViewer

router = APIRouter(include_in_schema=False)

ADDRESS = "/settings/rooms/{room_id}/door"


@router.get(ADDRESS)
async def show(request: Request, room_id: UUID, viewer: AdminViewer) -> Response:
    """The page."""
    return await _page(request, RoomId(room_id), viewer)


@router.post(ADDRESS)
async def make(request: Request, room_id: UUID, cases: Cases, viewer: AdminViewer, fields: Fields) -> Response:
    """A new link, shown this once."""

    async def work() -> Response:
        typed = fields.text("organizer").strip()
        found = await cases.resolve_people([typed or viewer.acting.name], viewer.acting)
        one = found.people[0].person_id if len(found.people) == 1 else viewer.acting.person_id if not typed else None
        if one is None:
            said = found.mistakes[0][1] if found.mistakes else texts_in(viewer.moments.language)("book.organizer_one")
            return await _page(request, RoomId(room_id), viewer, mistakes={"organizer": said}, typed=typed)
        link = await cases.make_door_link(MakeDoorLink(RoomId(room_id), one), viewer.acting)
        return await _page(request, RoomId(room_id), viewer, link=link)

    return await once(request, viewer.acting, work)


@router.post(f"{ADDRESS}/drop")
async def drop(request: Request, room_id: UUID, cases: Cases, viewer: AdminViewer) -> Response:
    """No door display any more."""
    await cases.drop_door_link(RoomId(room_id), viewer.acting)
    return after(request, ADDRESS.format(room_id=room_id), "door_link.dropped")


@router.post(f"{ADDRESS}/check-in")
async def set_check_in(request: Request, room_id: UUID, cases: Cases, viewer: AdminViewer, fields: Fields) -> Response:
    """Within how many minutes people have to check in; empty: never."""
    typed = fields.text("minutes").strip()
    value: object = int(typed[:6]) if typed.isdecimal() else (typed or None)
    try:
        await cases.edit_room(EditRoom(RoomId(room_id), {"check_in_minutes": value}), viewer.acting)
    except InvalidInput as error:
        mistakes = {"minutes": error.mistakes["check_in_minutes"]}
        return await _page(request, RoomId(room_id), viewer, mistakes=mistakes, typed_minutes=typed)
    return after(request, ADDRESS.format(room_id=room_id), "door_link.saved")


async def _page(
    request: Request, room_id: RoomId, viewer: Viewer, *, mistakes: dict[str, str] | None = None, **values: str
) -> Response:
    cases = service_of(request).cases
    room = (await cases.read_room(room_id, viewer.acting)).room
    within = room.check_in_within
    shown = {"link": "", "typed": "", "typed_minutes": str(within.seconds // 60) if within else "", **values}
    return page(
        request,
        "door_link.html",
        viewer,
        status=422 if mistakes else 200,
        room=room,
        door=await cases.read_door(room_id, viewer.acting),
        mistakes=mistakes or {},
        **shown,
    )
