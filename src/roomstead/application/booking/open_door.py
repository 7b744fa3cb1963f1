"""Find out whose door a tablet stands at."""

from dataclasses import dataclass

from roomstead.application.ports.doors import Door
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.session_secret import digest_of
from roomstead.domain.errors import Unauthenticated
from roomstead.domain.people import Actor, Role, Via


@dataclass(frozen=True, slots=True)
class OpenDoor:
    """A door, and who acts there: whoever stands before it may use the room as it is on offer, by the tablet alone.

    The page lets this actor do nothing but take, extend, end and check in what is in this very room now.
    """

    door: Door
    actor: Actor


async def open_door(secret: str, *, units: UnitsOfWork) -> OpenDoor:
    """The door with that secret. Raises Unauthenticated when there is none, or its organiser has left."""
    async with units.reading() as uow:
        door = await uow.doors.by_digest(digest_of(secret)) if secret else None
    if door is None or not door.organizer.is_active:
        raise Unauthenticated(
            "This tablet is no door display any more.", remedy="Ask a Global Admin for the link of this room's door."
        )
    return OpenDoor(door, Actor(None, f"{door.room.name} (door)", Role.GLOBAL_ADMIN, Via.PAGE))
