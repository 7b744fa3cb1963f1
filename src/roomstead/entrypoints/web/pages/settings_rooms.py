"""Settings → Rooms, and the rooms of one integration: what is known of them, and how far they are followed."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from roomstead.application.integration.add_room import AddRoom
from roomstead.application.integration.edit_room import EditRoom
from roomstead.application.integration.list_integrations import ListIntegrations
from roomstead.application.integration.list_rooms import ListRooms
from roomstead.application.ports.rooms import RoomFilter
from roomstead.domain.errors import AppError, Conflict, IntegrationDisabled, InvalidInput, StaleRevision
from roomstead.domain.integration import RoomId, RoomStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.entrypoints.web.pages.forms import Asked, Fields, FilledForm
from roomstead.entrypoints.web.pages.integration_verify import VERIFICATIONS
from roomstead.entrypoints.web.pages.integrations import INTEGRATIONS
from roomstead.entrypoints.web.pages.visits import UNPROCESSABLE, AdminVisit, Visit, trouble

router = APIRouter(include_in_schema=False)

ROOMS = "/settings/rooms"
OF_ONE = f"{INTEGRATIONS}/{{integration_id}}/rooms"
FIELDS = ("name", "building", "floor", "capacity", "equipment", "zone")


@router.get(ROOMS)
async def show_all(visit: AdminVisit, asked: Asked) -> Response:
    """Rooms of every integration, by name."""
    return await _listing(visit, asked, None)


@router.get(OF_ONE)
async def show_of_one(visit: AdminVisit, integration_id: UUID, asked: Asked) -> Response:
    """Rooms of one."""
    return await _listing(visit, asked, IntegrationId(integration_id))


@router.post(OF_ONE)
async def add(visit: AdminVisit, integration_id: UUID, fields: Fields) -> Response:
    """A room by its address: looked up and checked by a worker."""
    held, address = IntegrationId(integration_id), fields.text("address")
    try:
        asked = await visit.cases.add_room(AddRoom(held, address), visit.actor)
    except (InvalidInput, Conflict, IntegrationDisabled) as error:
        return await _listing(visit, FilledForm({}), held, typed=address, error=error)
    return visit.go(f"{VERIFICATIONS}/{asked.id}")


@router.post(f"{OF_ONE}/discover")
async def discover(visit: AdminVisit, integration_id: UUID) -> Response:
    """Read the directory now."""
    held = IntegrationId(integration_id)
    await visit.cases.request_discovery(held, visit.actor)
    return visit.go(OF_ONE.format(integration_id=held), "rooms.discovering")


@router.get(f"{ROOMS}/{{room_id}}")
async def show_one(visit: AdminVisit, room_id: UUID) -> Response:
    """One room: its facts, and whether it is offered."""
    return await _room(visit, RoomId(room_id))


@router.post(f"{ROOMS}/{{room_id}}")
async def edit(visit: AdminVisit, room_id: UUID, fields: Fields) -> Response:
    """What is set here wins over the directory; an empty field gives the directory's value back."""
    held = RoomId(room_id)
    try:
        command = EditRoom(held, _overrides(fields), fields.number("version"))
        details = await visit.cases.edit_room(command, visit.actor)
    except (InvalidInput, StaleRevision) as error:
        return await _room(visit, held, fields, error)
    return visit.go(f"{ROOMS}/{held}", "rooms.saved", name=details.room.name)


@router.post(f"{ROOMS}/{{room_id}}/leave-out")
async def leave_out(visit: AdminVisit, room_id: UUID) -> Response:
    """No longer offered or checked."""
    held = RoomId(room_id)
    details = await visit.cases.read_room(held, visit.actor)
    await visit.cases.leave_out_room(held, visit.actor)
    return visit.go(f"{ROOMS}/{held}", "rooms.left_out", name=details.room.name)


@router.post(f"{ROOMS}/{{room_id}}/put-back")
async def put_back(visit: AdminVisit, room_id: UUID) -> Response:
    """Checked, and live when it passes."""
    asked = await visit.cases.put_back_room(RoomId(room_id), visit.actor)
    return visit.go(f"{VERIFICATIONS}/{asked.id}")


async def _listing(
    visit: Visit,
    asked: FilledForm,
    held: IntegrationId | None,
    *,
    typed: str = "",
    error: AppError | None = None,
) -> Response:
    status = next((each for each in RoomStatus if each.value == asked.text("status")), None)
    seen = await visit.cases.list_integrations(ListIntegrations(), visit.actor)
    if held is not None:  # a wrong id is told before an empty list is
        await visit.cases.read_integration(held, visit.actor)
    wanted = RoomFilter(
        search=asked.text("search").strip(),
        integration_id=held or _chosen_integration(asked),
        building=asked.text("building").strip() or None,
        statuses=() if status is None else (status,),
    )
    found = await visit.cases.list_rooms(ListRooms(wanted, asked.text("cursor")), visit.actor)
    return visit.show(
        "rooms.html",
        status=200 if error is None else UNPROCESSABLE,
        found=found,
        sync=await visit.cases.read_room_sync([room.id for room in found.items], visit.actor),
        integrations={each.integration.id: each for each in seen},
        one=next((each for each in seen if each.integration.id == held), None),
        statuses=list(RoomStatus),
        chosen={name: asked.text(name) for name in ("search", "building", "status", "integration")},
        is_first=not asked.text("cursor"),
        typed=typed,
        **trouble(error),
    )


def _chosen_integration(asked: FilledForm) -> IntegrationId | None:
    try:
        return IntegrationId(UUID(asked.text("integration")))
    except ValueError:
        return None


def _overrides(fields: FilledForm) -> dict[str, object]:
    """Field → our value; None gives the directory's back. Raises InvalidInput for a number that is none."""
    typed: dict[str, object] = {name: fields.text(name).strip() or None for name in FIELDS}
    seats = fields.text("capacity").strip()
    if seats and not (seats.isascii() and seats.isdecimal() and len(seats) < len("1000000")):
        raise InvalidInput({"capacity": "Give a whole number of people."})
    typed["capacity"] = int(seats) if seats else None
    items = [each.strip() for each in fields.text("equipment").split(",") if each.strip()]
    typed["equipment"] = items or None
    typed["approval"] = fields.is_on("approval") or None
    return typed


async def _room(
    visit: Visit, held: RoomId, fields: FilledForm | None = None, error: AppError | None = None
) -> Response:
    details = await visit.cases.read_room(held, visit.actor)
    sync = await visit.cases.read_room_sync([held], visit.actor)
    seen = await visit.cases.list_integrations(ListIntegrations(), visit.actor)
    return visit.show(
        "room_settings.html",
        status=200 if error is None else UNPROCESSABLE,
        details=details,
        room=details.room,
        sync=sync.get(held),
        one=next((each for each in seen if each.integration.id == details.room.integration_id), None),
        fields=FIELDS,
        typed=_as_typed(details.room.overrides) if fields is None else {name: fields.text(name) for name in FIELDS},
        said={name: _text(details.provider_facts.get(name)) for name in FIELDS},
        is_by_hand=details.room.is_answered_by_hand if fields is None else fields.is_on("approval"),
        **trouble(error),
    )


def _as_typed(overrides: Any) -> dict[str, str]:  # noqa: ANN401 - values of several kinds
    return {name: _text(overrides.get(name)) for name in FIELDS}


def _text(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)
