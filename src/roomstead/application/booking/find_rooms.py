"""Find rooms that are free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from roomstead.application.paging import DEFAULT_LIMIT, Page, bad_cursor, checked_limit, decode_cursor, encode_cursor
from roomstead.application.ports.availability import FreeFilter, FreeMark, FreeRoom
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.booking_input import Mistakes, checked_span
from roomstead.domain.errors import InvalidInput
from roomstead.domain.integration import Room
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor
from roomstead.domain.timespan import Timespan

FREE_AFTER = "free for an hour after"
_A_WHILE = timedelta(hours=1)
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class FindRooms:
    """When, and what the room must have; ``floor`` is a wish. Times are aware."""

    start: datetime
    end: datetime
    building: str | None = None
    floor: str | None = None
    min_capacity: int | None = None
    equipment: tuple[str, ...] = ()
    integration_id: IntegrationId | None = None
    cursor: str = ""
    limit: int = DEFAULT_LIMIT


@dataclass(frozen=True, slots=True)
class FoundRoom:
    """A free room, why it is offered, and until when it stays free (None: nothing follows)."""

    room: Room
    reasons: tuple[str, ...]
    free_until: datetime | None


async def find_rooms(command: FindRooms, _actor: Actor, *, units: UnitsOfWork, clock: Clock) -> Page[FoundRoom]:
    """Live rooms that are free for the whole time, best first: the wished floor, then the smallest that fits.

    Raises InvalidInput with all mistakes.
    """
    span, limit = _checked(command, clock.now()), checked_limit(command.limit)
    wanted = FreeFilter(
        command.building, command.floor, command.min_capacity, command.equipment, command.integration_id
    )
    async with units.reading() as uow:
        found = await uow.availability.free(span, wanted, after=_mark(command.cursor), limit=limit + 1)
    shown = found[:limit]
    smallest = None if command.cursor else _smallest(command, shown)
    items = tuple(FoundRoom(each.room, _reasons(command, each, span, smallest), each.free_until) for each in shown)
    if len(found) <= limit:
        return Page(items)
    mark = shown[-1].mark
    return Page(items, encode_cursor(str(mark.off_floor), str(mark.capacity), mark.name, str(mark.room_no)))


def _checked(command: FindRooms, now: datetime) -> Timespan:
    mistakes = Mistakes()
    span = checked_span(command.start, command.end, now, mistakes)
    if command.min_capacity is not None and not 1 <= command.min_capacity <= _LARGEST:
        mistakes.add("min_capacity", "Ask for at least one seat.")
    mistakes.raise_any()
    if span is None:
        raise InvalidInput({"start": "Say from when to when."})
    return span


def _smallest(command: FindRooms, found: Sequence[FreeRoom]) -> int | None:
    """The least capacity among the best, if somebody asked for one."""
    known = [each.room.capacity for each in found if each.room.capacity is not None]
    return min(known) if command.min_capacity is not None and known else None


def _reasons(command: FindRooms, found: FreeRoom, span: Timespan, smallest: int | None) -> tuple[str, ...]:
    room = found.room
    free_after = found.free_until is None or found.free_until - span.end >= _A_WHILE
    offered = {
        "on the floor you asked for": command.floor is not None and room.floor == command.floor,
        "the smallest that fits": smallest is not None and room.capacity == smallest,
        f"seats {room.capacity}": room.capacity is not None,
        "its size is not known": room.capacity is None and command.min_capacity is not None,
        FREE_AFTER: free_after,
    }
    return tuple(reason for reason, holds in offered.items() if holds)


def _mark(cursor: str) -> FreeMark | None:
    if not cursor:
        return None
    off_floor, capacity, name, room_no = decode_cursor(cursor, count=4)
    try:
        mark = FreeMark(int(off_floor), int(capacity), name, int(room_no))
    except ValueError as error:
        raise bad_cursor() from error
    if not all(abs(number) <= _LARGEST for number in (mark.off_floor, mark.capacity, mark.room_no)):
        raise bad_cursor()
    return mark
