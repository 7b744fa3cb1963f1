"""What keeps rooms busy on a day, as the viewer may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from roomstead.application.booking_view import BookingView, seen_by, to_view, viewer_addresses
from roomstead.application.ports.availability import BusyBlock, BusyKind
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.booking import BookingId
from roomstead.domain.errors import InvalidInput, NotFound
from roomstead.domain.integration import RoomId
from roomstead.domain.masking import BUSY, UNAVAILABLE
from roomstead.domain.people import Actor
from roomstead.domain.timespan import Timespan

_LONGEST = timedelta(days=31)
_MOST_ROOMS = 200


@dataclass(frozen=True, slots=True)
class ReadRoomDay:
    """Which rooms, from when to when (at most 31 days). Times are aware."""

    room_ids: tuple[RoomId, ...]
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class DayBlock:
    """A busy time. ``booking`` None: it is not ours, or only a slot of a booking that lies elsewhere by now."""

    span: Timespan
    kind: BusyKind
    title: str
    description: str
    is_masked: bool
    booking: BookingView | None = None


async def read_room_day(
    command: ReadRoomDay, actor: Actor, *, units: UnitsOfWork, clock: Clock
) -> Mapping[RoomId, tuple[DayBlock, ...]]:
    """Busy times by room, each room a key. What others put into a room's calendar shows its time and "Busy".

    Raises InvalidInput, NotFound.
    """
    span = _checked(command)
    async with units.reading() as uow:
        blocks = await uow.availability.blocks(command.room_ids, span)
        if len(blocks) < len(set(command.room_ids)):
            raise NotFound("There is no such room.")
        ids = {block.booking_id: None for each in blocks.values() for block in each if block.booking_id}
        bookings = await uow.bookings.get_many([BookingId(booking_id) for booking_id in ids])
        addresses = await viewer_addresses(uow, actor)
    now = clock.now()
    views = {each.id: to_view(each, seen_by(actor, addresses, each), now) for each in bookings}
    return {room_id: _blocks(blocks[room_id], views) for room_id in command.room_ids}


def _checked(command: ReadRoomDay) -> Timespan:
    if not 1 <= len(command.room_ids) <= _MOST_ROOMS:
        raise InvalidInput({"room_ids": f"Ask for 1 to {_MOST_ROOMS} rooms at a time."})
    try:
        span = Timespan(command.start, command.end)
    except (ValueError, OverflowError) as error:
        raise InvalidInput({"start": str(error)}) from error
    if span.duration > _LONGEST:
        raise InvalidInput({"end": "Ask for at most 31 days at a time."})
    return span


def _blocks(blocks: Sequence[BusyBlock], views: Mapping[BookingId, BookingView]) -> tuple[DayBlock, ...]:
    return tuple(_block(block, views) for block in blocks)


def _block(block: BusyBlock, views: Mapping[BookingId, BookingView]) -> DayBlock:
    view = views.get(BookingId(block.booking_id)) if block.booking_id else None
    if view is None:
        return DayBlock(block.span, block.kind, BUSY, UNAVAILABLE, is_masked=True)
    return DayBlock(block.span, block.kind, view.title, view.description, view.is_masked, view)
