"""Read the door display of a room, as an admin sees it."""

from roomstead.application.ports.doors import Door
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.integration import RoomId
from roomstead.domain.people import Actor, require_admin


async def read_door(room_id: RoomId, actor: Actor, *, units: UnitsOfWork) -> Door | None:
    """The door; None: there is none. For Global Admins."""
    require_admin(actor)
    async with units.reading() as uow:
        return await uow.doors.of_room(room_id)
