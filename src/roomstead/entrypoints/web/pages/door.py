"""A tablet beside a room's door: free until when, take it, extend, end early, check in."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from roomstead.application.booking.cancel import CancelBooking
from roomstead.application.booking.change import ChangeBooking
from roomstead.application.booking.check_in import CheckIn
from roomstead.application.booking.create import CreateBooking
from roomstead.application.booking.open_door import OpenDoor
from roomstead.application.booking.read import ReadBooking
from roomstead.application.booking.read_timeline import ReadTimeline, Standing, TimelineBlock
from roomstead.application.booking_request import BookingRequest
from roomstead.application.booking_view import BookingView
from roomstead.application.ports.timeline import RoomsWanted
from roomstead.bootstrap.use_cases import UseCases
from roomstead.domain.check_in import EARLY
from roomstead.domain.errors import NotFound, Refused, WorldMoved
from roomstead.domain.zones import zone_named
from roomstead.entrypoints.web.deps import Cases, service_of
from roomstead.entrypoints.web.pages.cookies import ZONE, read_cookie, set_cookie
from roomstead.entrypoints.web.pages.forms import Fields
from roomstead.entrypoints.web.pages.moments import Moments
from roomstead.entrypoints.web.pages.rendering import Viewer, page
from roomstead.entrypoints.web.pages.texts import DEFAULT_LANGUAGE, texts_in
from roomstead.entrypoints.web.pages.timeline import standing_now

router = APIRouter(include_in_schema=False)

DOOR = "roomstead-door"
"""The cookie of a tablet."""
LASTS = timedelta(days=400)
STEP = timedelta(minutes=5)
LENGTHS = (15, 30, 60)
LOOK_AHEAD = timedelta(hours=18)


@dataclass(frozen=True, slots=True)
class Scene:
    """What is going on in the room. ``booking``: the one under way, or about to begin, that is ours; None: there is
    none."""

    now: datetime
    is_free: bool
    until: datetime | None
    present: TimelineBlock | None
    following: tuple[TimelineBlock, ...]
    booking: BookingView | None

    @property
    def lengths(self) -> tuple[int, ...]:
        """For how many minutes the room can be taken."""
        left = None if self.until is None else self.until - self.now
        return tuple(each for each in LENGTHS if left is None or timedelta(minutes=each) <= left)

    @property
    def extension(self) -> int:
        """By how many minutes the present meeting can be extended, at most half an hour."""
        if self.booking is None:
            return 0
        end = self.booking.intended.end
        after = [each.start for each in self.following if each.start >= end]
        left = 30 if not after else int((after[0] - end) / timedelta(minutes=1))
        return max((each for each in (15, 30) if each <= left), default=0)


@router.get("/door/{secret}")
async def enter(request: Request, secret: str, cases: Cases) -> Response:
    """Make this browser the room's door display, and forget the secret in its address."""
    opened = await cases.open_door(secret)
    answer = RedirectResponse(f"/rooms/{opened.door.room.id}/door", 303)
    set_cookie(request, answer, DOOR, secret, lasts=LASTS)
    return answer


async def _door(request: Request, room_id: UUID, cases: Cases) -> OpenDoor:
    """The tablet's door. Raises Unauthenticated, and NotFound at another room's."""
    opened: OpenDoor = await cases.open_door(read_cookie(request, DOOR))
    if opened.door.room.id != room_id:
        raise NotFound("This tablet stands at another room's door.")
    return opened


CurrentDoor = Annotated[OpenDoor, Depends(_door)]


@router.get("/rooms/{room_id}/door")
async def show(request: Request, opened: CurrentDoor) -> Response:
    """The display; for htmx what of it changes."""
    return await _page(request, opened)


@router.post("/rooms/{room_id}/door/take")
async def take(request: Request, cases: Cases, opened: CurrentDoor, fields: Fields) -> Response:
    """Take the room from now on."""
    scene = await _scene(cases, opened, service_of(request).clock.now())
    minutes = fields.number("minutes")
    if minutes is None or minutes not in scene.lengths:
        return await _page(request, opened, problem=texts_in(DEFAULT_LANGUAGE)("door.taken"))
    title = texts_in(DEFAULT_LANGUAGE)("door.title")
    wanted = BookingRequest(
        scene.now,
        scene.now + timedelta(minutes=minutes),
        title,
        room_id=opened.door.room.id,
        organizer_id=opened.door.organizer.id,
    )
    return await _done(request, opened, cases.create_booking(CreateBooking(wanted), opened.actor))


@router.post("/rooms/{room_id}/door/extend")
async def extend(request: Request, cases: Cases, opened: CurrentDoor) -> Response:
    """Stay on, as long as nobody comes."""
    scene = await _scene(cases, opened, service_of(request).clock.now())
    if scene.booking is None or scene.present is None or not scene.extension:
        return await _page(request, opened, problem=texts_in(DEFAULT_LANGUAGE)("door.taken"))
    end = scene.booking.intended.end + timedelta(minutes=scene.extension)
    return await _done(request, opened, cases.change_booking(ChangeBooking(scene.booking.id, end=end), opened.actor))


@router.post("/rooms/{room_id}/door/end")
async def end_early(request: Request, cases: Cases, opened: CurrentDoor) -> Response:
    """Leave the room to others: the meeting ends now; one that has just begun is cancelled."""
    scene = await _scene(cases, opened, service_of(request).clock.now())
    if scene.booking is None or scene.present is None:
        return await _page(request, opened)
    if scene.now - scene.booking.intended.start < STEP:
        return await _done(request, opened, cases.cancel_booking(CancelBooking(scene.booking.id), opened.actor))
    change = ChangeBooking(scene.booking.id, end=scene.now)
    return await _done(request, opened, cases.change_booking(change, opened.actor))


@router.post("/rooms/{room_id}/door/check-in")
async def check_in(request: Request, cases: Cases, opened: CurrentDoor) -> Response:
    """Somebody is here."""
    scene = await _scene(cases, opened, service_of(request).clock.now())
    if scene.booking is None:
        return await _page(request, opened)
    return await _done(request, opened, cases.check_in(CheckIn(scene.booking.id), opened.actor))


async def _done(request: Request, opened: OpenDoor, act: Awaitable[object]) -> Response:
    """Carry it out; what stands against it is said on the display."""
    try:
        await act
    except (Refused, WorldMoved) as error:
        return await _page(request, opened, problem=f"{error.message} {error.remedy}".strip())
    return RedirectResponse(f"/rooms/{opened.door.room.id}/door", 303)


async def _scene(cases: UseCases, opened: OpenDoor, now: datetime) -> Scene:
    room = opened.door.room
    command = ReadTimeline(now - timedelta(minutes=1), now + LOOK_AHEAD, RoomsWanted(room_id=room.id))
    found = await cases.read_timeline(command, opened.actor)
    if not found.rooms:
        raise NotFound("This room is not in use now.", remedy="Ask a Global Admin.")
    firm = tuple(each for each in found.rooms[0][1] if each.standing is not Standing.DECLINED)
    is_free, until = standing_now(firm, now)
    present = next((each for each in firm if each.start <= now < each.end), None)
    following = tuple(each for each in firm if each.start > now)
    near = present or next((each for each in following if each.start - now <= EARLY), None)
    booking = None
    if near is not None and near.booking_id is not None:
        booking = await cases.read_booking(ReadBooking(near.booking_id), opened.actor)
    return Scene(now, is_free, until, present, following, booking)


async def _page(request: Request, opened: OpenDoor, *, problem: str = "") -> Response:
    scene = await _scene(service_of(request).cases, opened, service_of(request).clock.now())
    viewer = Viewer(None, Moments(_zone(request, opened)))
    return page(
        request,
        "door_now.html" if "hx-request" in request.headers else "door.html",
        viewer,
        status=409 if problem else 200,
        room=opened.door.room,
        scene=scene,
        problem=problem,
    )


def _zone(request: Request, opened: OpenDoor) -> ZoneInfo:
    """The room's clock; where nobody has said which that is, the tablet's."""
    for name in (opened.door.room.zone or "", request.cookies.get(ZONE, "").replace("%2F", "/")):
        if name and (zone := zone_named(name)) is not None:
            return zone
    return ZoneInfo("UTC")
