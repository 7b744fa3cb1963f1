"""Rooms × hours: what keeps many rooms busy, as the viewer may see it, in one read."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.ports.timeline import Choices, RoomsWanted, TimelineRow
from roomstead.domain.booking import BookingId, BookingState
from roomstead.domain.booking_state import BookingStatus, derive_state
from roomstead.domain.errors import InvalidInput
from roomstead.domain.integration import Room
from roomstead.domain.masking import BUSY, PARTICIPANTS, Relation, may_see_title
from roomstead.domain.people import Actor
from roomstead.domain.timespan import Timespan

ROOMS_AT_ONCE = 50
_LONGEST = timedelta(days=31)
_FARTHEST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class ReadTimeline:
    """From when to when (aware, at most 31 days), which rooms, and which page of them, counted from 1."""

    start: datetime
    end: datetime
    wanted: RoomsWanted = field(default_factory=RoomsWanted)
    page: int = 1


class Standing(StrEnum):
    """How sure a block is."""

    SURE = "sure"
    WAITING = "waiting"
    """On its way, or the room has not accepted."""
    DECLINED = "declined"
    """The room said no: it is free."""


_STANDINGS = {BookingState.CONFIRMED: Standing.SURE, BookingState.DECLINED: Standing.DECLINED}


@dataclass(frozen=True, slots=True)
class TimelineBlock:
    """A stretch of time in a room's row. ``booking_id`` None: nothing can be told but the time.

    ``state``: of a booking that is not simply confirmed.
    """

    start: datetime
    end: datetime
    standing: Standing
    title: str
    organizer: str
    is_masked: bool
    relation: Relation
    by_service_account: bool
    booking_id: BookingId | None
    state: BookingState | None

    @property
    def is_mine(self) -> bool:
        """Whether the viewer takes part."""
        return self.relation in PARTICIPANTS

    @property
    def may_move(self) -> bool:
        """Whether it is the viewer's to move."""
        return self.relation in {Relation.ORGANIZER, Relation.BOOKED_BY}


@dataclass(frozen=True, slots=True)
class Timeline:
    """Rooms with their blocks by start. ``total``: rooms on all pages."""

    rooms: tuple[tuple[Room, tuple[TimelineBlock, ...]], ...]
    total: int
    page: int
    choices: Choices

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(-(-self.total // ROOMS_AT_ONCE), 1)


async def read_timeline(command: ReadTimeline, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> Timeline:
    """Live rooms by building, floor and name, and what keeps each busy. Raises InvalidInput."""
    span = _checked(command)
    now = clock.now()
    async with units.reading() as uow:
        offset = (command.page - 1) * ROOMS_AT_ONCE
        found = await uow.timeline.rooms(command.wanted, offset=offset, limit=ROOMS_AT_ONCE)
        rows = await uow.timeline.rows([room.room_no for room in found.rooms], span, actor.person_id)
        choices = await uow.timeline.choices()
        statuses = await _statuses(uow, rows, now)
    blocks: defaultdict[int, list[TimelineBlock]] = defaultdict(list)
    for row in rows:
        status = statuses.get(row.booking_id) if row.booking_id else None
        blocks[row.room_no].append(_block(row, status))
    rooms = tuple((room, tuple(blocks[room.room_no])) for room in found.rooms)
    return Timeline(rooms, found.total, command.page, choices)


def _checked(command: ReadTimeline) -> Timespan:
    if not 1 <= command.page <= _FARTHEST_PAGE:
        raise InvalidInput({"page": "There is no such page."})
    try:
        span = Timespan(command.start, command.end)
    except (ValueError, OverflowError) as error:
        raise InvalidInput({"start": str(error)}) from error
    if span.duration > _LONGEST:
        raise InvalidInput({"end": "Ask for at most 31 days at a time."})
    return span


async def _statuses(uow: UnitOfWork, rows: Sequence[TimelineRow], now: datetime) -> Mapping[BookingId, BookingStatus]:
    """Where those bookings stand that are not simply confirmed; they are few."""
    ids = {row.booking_id: None for row in rows if row.booking_id is not None and not row.is_settled}
    return {each.id: derive_state(each, now) for each in await uow.bookings.get_many(list(ids))} if ids else {}


def _block(row: TimelineRow, status: BookingStatus | None) -> TimelineBlock:
    is_open = row.booking_id is not None and may_see_title(row.relation, is_private=row.is_private)
    standing = Standing.SURE if status is None else _STANDINGS.get(status.state, Standing.WAITING)
    if row.is_declined:
        standing = Standing.DECLINED
    return TimelineBlock(
        start=row.start,
        end=row.end,
        standing=standing,
        title=row.title if is_open else BUSY,
        organizer=row.organizer if is_open else "",
        is_masked=not is_open,
        relation=row.relation,
        by_service_account=row.by_service_account,
        booking_id=row.booking_id,
        state=None if status is None else status.state,
    )
