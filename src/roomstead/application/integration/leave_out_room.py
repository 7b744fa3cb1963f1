"""Leave a room out: it is not offered and not checked, with the name of who said so."""

from roomstead.application.integration_rules import require_version, room_for_change
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.integration import RoomId, RoomStatus
from roomstead.domain.people import Actor, require_admin


async def leave_out_room(
    room_id: RoomId, actor: Actor, *, units: UnitsOfWork, clock: Clock, expected_version: int | None = None
) -> None:
    """Bookings that it has stay. Doing it twice changes nothing. Raises NotFound, StaleRevision."""
    require_admin(actor)
    now = clock.now()
    async with units() as uow:
        held = await room_for_change(uow, room_id)
        if held.status is RoomStatus.LEFT_OUT:
            return
        require_version(held, expected_version)
        await uow.rooms.leave_out(held.id, actor.name, now)
        await uow.audit.record(
            "room.left_out", Subject("room", held.id), actor, at=now, integration_id=held.integration_id
        )
        await uow.announce("room", held.id)
        await uow.commit()
