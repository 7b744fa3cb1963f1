"""Rooms to offer when the one that was asked for is taken."""

from roomstead.application.ports.availability import BusyKind, FreeFilter, FreeRoom
from roomstead.application.ports.store import UnitOfWork
from roomstead.domain.booking import Booking, BookingId
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


async def require_free(uow: UnitOfWork, booking: Booking) -> None:
    """Raise RoomTaken where others put something into the calendar of a room that the booking wants: our own slots
    are seen to by the store."""
    rooms = [request.room.id for request in booking.occurrence.wanted_rooms]
    for blocks in (await uow.availability.blocks(rooms, booking.occurrence.span)).values():
        if any(block.kind is BusyKind.CALENDAR for block in blocks):
            raise await taken(uow, booking)


async def taken(uow: UnitOfWork, booking: Booking) -> RoomTaken:
    """The refusal of what a booking wants, with rooms that are free instead."""
    room = booking.occurrence.wanted_rooms[0].room
    people = len(booking.attendees) + 1
    return room_taken(room, await alternatives_to(uow, room, booking.occurrence.span, people, apart_from=booking.id))


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
