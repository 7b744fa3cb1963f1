"""Take a room's door display out of use."""

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.integration import RoomId
from roomstead.domain.people import Actor, require_admin


async def drop_door_link(room_id: RoomId, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> None:
    """Its link is worth nothing from now on. For Global Admins."""
    require_admin(actor)
    async with units() as uow:
        if await uow.doors.drop(room_id):
            await uow.audit.record("room.door_link_dropped", Subject("room", room_id), actor, at=clock.now())
            await uow.commit()
