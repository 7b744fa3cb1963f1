"""Add a room by its address, before the directory lists it or where it never does."""

from dataclasses import dataclass

from roomstead.application.integration_rules import integration_for_change, parsed_address
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.verifying import Wanted, begin_verification
from roomstead.domain.errors import Conflict
from roomstead.domain.integration import RoomStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.verification import Purpose, Verification

_KNOWN = (RoomStatus.NEW, RoomStatus.LIVE, RoomStatus.UNREACHABLE, RoomStatus.LEFT_OUT)


@dataclass(frozen=True, slots=True)
class AddRoom:
    """The address of a room's mailbox."""

    integration_id: IntegrationId
    address: str


async def add_room(command: AddRoom, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> Verification:
    """Ask a worker to look the address up: a room is added, anything else is refused there with what it is.

    Raises InvalidInput, NotFound, and Conflict for a room that is known already.
    """
    require_admin(actor)
    address = parsed_address(command.address, "address")
    now = clock.now()
    async with units() as uow:
        integration = await integration_for_change(uow, command.integration_id)
        held = await uow.rooms.by_address(integration.id, address)
        if held is not None and held.status in _KNOWN:
            remedy = "Put it back." if held.status is RoomStatus.LEFT_OUT else "Find it in the list of rooms."
            raise Conflict(f"{address} is known already, as {held.name}.", remedy=remedy)
        verification = await begin_verification(uow, Wanted(integration.id, Purpose.NEW_ROOM, (address,)), actor, now)
        await uow.audit.record(
            "room.requested",
            Subject("verification", verification.id),
            actor,
            at=now,
            integration_id=integration.id,
        )
        await uow.commit()
    return verification
