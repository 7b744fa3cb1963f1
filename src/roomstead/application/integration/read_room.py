"""Read a room."""

from roomstead.application.integration_rules import no_such_room
from roomstead.application.ports.rooms import RoomDetails
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.integration import RoomId, RoomStatus
from roomstead.domain.people import Actor


async def read_room(room_id: RoomId, actor: Actor, *, units: UnitsOfWork) -> RoomDetails:
    """One room. Members see live rooms, and of them only what holds; the rest is for Global Admins.

    Raises NotFound, also for a room that the actor may not see.
    """
    async with units.reading() as uow:
        held = await uow.rooms.details(room_id)
    if held is None or (not actor.is_admin and held.room.status is not RoomStatus.LIVE):
        raise no_such_room()
    return held if actor.is_admin else RoomDetails(held.room, held.source)
