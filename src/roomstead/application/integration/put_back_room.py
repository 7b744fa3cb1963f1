"""Put a room back that was left out: it is verified, and live when it passes."""

from roomstead.application.integration_rules import require_version, room_for_change
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.verifying import Wanted, begin_verification
from roomstead.domain.errors import Conflict
from roomstead.domain.integration import RoomId, RoomStatus
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.verification import Purpose, Verification


async def put_back_room(
    room_id: RoomId, actor: Actor, *, units: UnitsOfWork, clock: Clock, expected_version: int | None = None
) -> Verification:
    """Answers the verification of the room. Raises NotFound, StaleRevision, Conflict when it was not left out."""
    require_admin(actor)
    now = clock.now()
    async with units() as uow:
        held = await room_for_change(uow, room_id)
        if held.status is not RoomStatus.LEFT_OUT:
            raise Conflict(f"{held.name} was not left out.")
        require_version(held, expected_version)
        await uow.rooms.put_back(held.id)
        wanted = Wanted(held.integration_id, Purpose.ROOMS, (held.mailbox.address,))
        verification = await begin_verification(uow, wanted, actor, now)
        await uow.audit.record(
            "room.put_back", Subject("room", held.id), actor, at=now, integration_id=held.integration_id
        )
        await uow.announce("room", held.id)
        await uow.commit()
    return verification
