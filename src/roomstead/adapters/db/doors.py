"""Rows of door displays."""

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.people import PeopleStore
from roomstead.adapters.db.room_rows import to_room
from roomstead.adapters.db.tables import room, room_door
from roomstead.application.ports.doors import Door
from roomstead.domain.integration import RoomId
from roomstead.domain.people import PersonId


class DoorStore:
    """Implements ``DoorRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def set(self, room_id: RoomId, digest: bytes, person_id: PersonId) -> None:
        """A new secret."""
        values = {"digest": digest, "person_id": person_id}
        await self._connection.execute(
            upsert(room_door)
            .values(room_id=room_id, **values)
            .on_conflict_do_update(index_elements=["room_id"], set_=values)
        )

    async def drop(self, room_id: RoomId) -> bool:
        """No door any more."""
        return (await self._connection.execute(delete(room_door).where(room_door.c.room_id == room_id))).rowcount > 0

    async def of_room(self, room_id: RoomId) -> Door | None:
        """The room's door."""
        return await self._one(room_door.c.room_id == room_id)

    async def by_digest(self, digest: bytes) -> Door | None:
        """The door with that secret."""
        return await self._one(room_door.c.digest == digest)

    async def _one(self, which: ColumnElement[bool]) -> Door | None:
        row = (
            await self._connection.execute(
                select(room, room_door.c.person_id).join(room_door, room_door.c.room_id == room.c.id).where(which)
            )
        ).first()
        person = None if row is None else await PeopleStore(self._connection).get(PersonId(row.person_id))
        return None if row is None or person is None else Door(to_room(row), person)
