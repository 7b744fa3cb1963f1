"""Rooms to offer when the one that was asked for is taken."""

from roomstead.application.ports.availability import FreeFilter, FreeRoom
from roomstead.application.ports.store import UnitOfWork
from roomstead.domain.booking import BookingId
from roomstead.domain.errors import RoomTaken
from roomstead.domain.integration import Room
from roomstead.domain.timespan import Timespan

OFFERED = 3


async def alternatives_to(
    uow: UnitOfWork, room: Room, span: Timespan, people: int, *, apart_from: BookingId | None = None
) -> tuple[FreeRoom, ...]:
    """At most three free rooms of the same tenant for as many people: of the same building first, then of any."""
    near = FreeFilter(room.building, room.floor, people, (), room.integration_id, apart_from)
    found = [*await uow.availability.free(span, near, after=None, limit=OFFERED + 1)] if room.building else []
    if len(found) < OFFERED:
        anywhere = FreeFilter(None, None, people, (), room.integration_id, apart_from)
        found += await uow.availability.free(span, anywhere, after=None, limit=OFFERED * 2 + 1)
    others = {each.room.id: each for each in found if each.room.id != room.id}
    return tuple(others.values())[:OFFERED]


def room_taken(room: Room, alternatives: tuple[FreeRoom, ...]) -> RoomTaken:
    """The refusal that offers them; ``details`` names their ids, best first."""
    names = ", ".join(each.room.name for each in alternatives)
    remedy = f"Free instead: {names}." if names else "Choose another time: no other room is free then."
    return RoomTaken(
        f"{room.name} is already taken at that time.",
        remedy=remedy,
        details={
            "room": str(room.id),
            "alternatives": ",".join(str(each.room.id) for each in alternatives),
        },
    )
