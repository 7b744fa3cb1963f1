"""Tablets beside rooms' doors: a secret each, and in whose name they book."""

from dataclasses import dataclass
from typing import Protocol

from roomstead.domain.integration import Room, RoomId
from roomstead.domain.people import Person, PersonId


@dataclass(frozen=True, slots=True)
class Door:
    """A room's door display. ``organizer``: who organises what is booked at the door."""

    room: Room
    organizer: Person


class DoorRepository(Protocol):
    """Doors; a room has one at most."""

    async def set(self, room_id: RoomId, digest: bytes, person_id: PersonId) -> None:
        """A new secret; the one before is worth nothing from then on."""
        ...

    async def drop(self, room_id: RoomId) -> bool:
        """No door any more; whether there was one."""
        ...

    async def of_room(self, room_id: RoomId) -> Door | None:
        """The room's door."""
        ...

    async def by_digest(self, digest: bytes) -> Door | None:
        """The door with that secret."""
        ...
