"""Verify an integration, or part of it, again."""

from dataclasses import dataclass

from roomstead.application.integration_rules import integration_for_change
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.verifying import Wanted, begin_verification
from roomstead.domain.errors import IntegrationDisabled, InvalidInput
from roomstead.domain.integration import IntegrationStatus, Room, RoomId, RoomStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.verification import Purpose, Verification

ASKABLE = (Purpose.INTEGRATION, Purpose.ROOMS, Purpose.RESTRICTION, Purpose.ROOM_ANSWERS)
"""What may be asked for as such; the others follow from what an admin does."""
MOST_ASKED = 25
"""How many rooms are asked at once whether they accept: each is sent a request, and mailboxes may send 30 a minute."""
_OF_ROOMS = (Purpose.ROOMS, Purpose.ROOM_ANSWERS)
_FAILED = (RoomStatus.UNREACHABLE, RoomStatus.NEW)


@dataclass(frozen=True, slots=True)
class RequestVerification:
    """``purpose`` ROOMS with no ``room_ids``: the rooms that failed or were never checked.

    ROOM_ANSWERS sends a request to each of the rooms, and takes it back: they have to be named, a few at a time.
    """

    integration_id: IntegrationId
    purpose: Purpose = Purpose.INTEGRATION
    room_ids: tuple[RoomId, ...] = ()


async def request_verification(
    command: RequestVerification, actor: Actor, *, units: UnitsOfWork, clock: Clock
) -> Verification:
    """Ask a worker for it; one that asks the same and is under way is answered again.

    Raises NotFound, InvalidInput, IntegrationDisabled.
    """
    require_admin(actor)
    if command.purpose not in ASKABLE:
        raise InvalidInput({"purpose": f"Choose one of: {', '.join(ASKABLE)}."})
    if command.purpose is Purpose.ROOM_ANSWERS and not 0 < len(set(command.room_ids)) <= MOST_ASKED:
        raise InvalidInput({"room_ids": f"Choose 1 to {MOST_ASKED} rooms. Each of them is sent a request."})
    now = clock.now()
    async with units() as uow:
        integration = await integration_for_change(uow, command.integration_id)
        if integration.status is IntegrationStatus.DISABLED:
            raise IntegrationDisabled(remedy="Enable it first.")
        rooms = await _rooms(uow, command) if command.purpose in _OF_ROOMS else ()
        pending = await uow.integrations.pending_service_mailbox(integration.id)
        is_about_pending = pending is not None and command.purpose not in _OF_ROOMS
        wanted = Wanted(
            integration.id,
            command.purpose,
            tuple(room.mailbox.address for room in rooms),
            service_mailbox_id=pending.id if pending is not None and is_about_pending else None,
        )
        verification = await begin_verification(uow, wanted, actor, now)
        await uow.audit.record(
            "integration.verification_requested",
            Subject("verification", verification.id),
            actor,
            at=now,
            integration_id=integration.id,
            detail={"purpose": command.purpose.value, "rooms": len(rooms)},
        )
        await uow.commit()
    return verification


async def _rooms(uow: UnitOfWork, command: RequestVerification) -> tuple[Room, ...]:
    statuses = tuple(RoomStatus) if command.room_ids else _FAILED
    known = await uow.rooms.of_integration(command.integration_id, statuses)
    rooms = tuple(room for room in known if not command.room_ids or room.id in command.room_ids)
    if not rooms or len(rooms) < len(set(command.room_ids)):
        raise InvalidInput({"room_ids": "There are no such rooms in this integration to check."})
    return rooms
