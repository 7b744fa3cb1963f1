"""How far the following of rooms' calendars is."""

from collections.abc import Mapping, Sequence

from roomstead.application.ports.overviews import RoomSync
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.integration import RoomId
from roomstead.domain.people import Actor, require_admin


async def read_room_sync(room_ids: Sequence[RoomId], actor: Actor, *, units: UnitsOfWork) -> Mapping[RoomId, RoomSync]:
    """Of these rooms; those that are not followed yet are left out. For Global Admins."""
    require_admin(actor)
    async with units.reading() as uow:
        return await uow.overviews.room_sync(room_ids)
