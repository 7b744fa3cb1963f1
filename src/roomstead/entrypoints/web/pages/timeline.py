"""Rooms × hours as rows of table cells of five minutes. Pure: no request, no words but times."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from typing import NamedTuple

from roomstead.application.booking.read_timeline import Standing, TimelineBlock
from roomstead.domain.integration import Room
from roomstead.domain.timespan import Timespan
from roomstead.entrypoints.web.pages.moments import Moments

STEP = timedelta(minutes=5)
PER_HOUR = 12
SLOT = timedelta(minutes=30)
QUARTER = timedelta(minutes=15)
SHORT = 6
TINY = 2
MARK = 3
"""As wide as this, a masked block has room for its mark alone."""
FIRST_HOUR, LAST_HOUR = 8, 18


@dataclass(frozen=True, slots=True)
class Window:
    """The hours that are drawn."""

    start: datetime
    hours: int

    @property
    def end(self) -> datetime:
        """Where the drawing ends."""
        return self.start + timedelta(hours=self.hours)

    @property
    def cells(self) -> int:
        """Its width."""
        return self.hours * PER_HOUR

    def cell(self, moment: datetime) -> int:
        """The nearest border between cells, within the window."""
        return min(max(round((moment - self.start) / STEP), 0), self.cells)

    def share(self, moment: datetime) -> float:
        """How far along the moment is, from 0 to 1 within the window."""
        return (moment - self.start) / (self.end - self.start)


class Cell(NamedTuple):
    """One table cell. ``kind``: empty for nothing, ``gap`` for a free stretch, else the block's classes."""

    span: int
    kind: str = ""
    block: TimelineBlock | None = None
    times: str = ""
    at: str = ""
    """Of a gap: its start on the viewer's clock, as ``20261123T1130``."""


@dataclass(frozen=True, slots=True)
class Row:
    """A room with its lanes; the first shows what is free. ``until``: end of being free or taken now, None: all day."""

    room: Room
    lanes: tuple[tuple[Cell, ...], ...]
    is_free: bool | None
    until: datetime | None


def local_day(on: date, moments: Moments) -> Timespan:
    """A day on the viewer's clock; it may have 23 or 25 hours."""
    starts = [datetime.combine(on + timedelta(days=days), time(), moments.zone) for days in (0, 1)]
    return Timespan(*starts)


def window_of(day: Timespan, blocks: Iterable[TimelineBlock], now: datetime, moments: Moments) -> Window:
    """Working hours, widened to what begins or ends outside of them and, on its own day, to this moment.

    Half an hour is seen of everything; what lasts all day is seen at any hours.
    """
    first, last = moments.local(day.start).replace(hour=FIRST_HOUR), moments.local(day.start).replace(hour=LAST_HOUR)
    partial = [each for each in blocks if each.start > day.start or each.end < day.end]
    wanted = [moment for each in partial for moment in _edges(each)]
    wanted += [now, now + SLOT] if day.start <= now < day.end else []
    inside = [moment for moment in wanted if day.start <= moment <= day.end]
    start = min([first, *inside])
    end = max([last, *inside])
    start = max(_whole_hour(start), day.start)
    hours = -(-(end - start) // timedelta(hours=1))
    return Window(start, min(hours, (day.end - start) // timedelta(hours=1)))


def _edges(block: TimelineBlock) -> tuple[datetime, ...]:
    return block.start, min(block.start + SLOT, block.end), max(block.end - SLOT, block.start), block.end


def whole_day(day: Timespan) -> Window:
    """All hours of a day."""
    return Window(day.start, day.duration // timedelta(hours=1))


def windows_of(
    days: Sequence[Timespan], blocks: Sequence[TimelineBlock], now: datetime, moments: Moments
) -> list[Window]:
    """The same hours on the clock for several days, wide enough for each."""
    each = [
        window_of(day, [block for block in blocks if block.start < day.end and block.end > day.start], now, moments)
        for day in days
    ]
    first = min(moments.local(window.start).hour for window in each)
    last = max(moments.local(window.start).hour + window.hours for window in each)
    return [Window(moments.local(day.start).replace(hour=first), min(last, 24) - first) for day in days]


def turn_of(days: Iterable[Timespan], moments: Moments) -> str:
    """Where clocks change on one of these days: the day, the minute of it, and by how much; empty: nowhere.

    ``20261025 180 -60``: at 180 minutes after midnight of that day, clocks go back by an hour.
    """
    for day in days:
        before = moments.local(day.start).utcoffset()
        after = moments.local(day.end).utcoffset()
        if before is None or after is None or before == after:
            continue
        quarters = range(day.duration // QUARTER)
        turned = next(
            each for each in quarters if moments.local(day.start + (each + 1) * QUARTER).utcoffset() != before
        )
        return f"{moments.local(day.start):%Y%m%d} {(turned + 1) * 15} {(after - before) // timedelta(minutes=1)}"
    return ""


def hour_labels(window: Window, moments: Moments) -> list[str]:
    """The hours over the drawing."""
    return [moments.hour(moments.local(window.start + timedelta(hours=hour)).hour) for hour in range(window.hours)]


def _whole_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


class Placed(NamedTuple):
    """A block between two borders of cells."""

    start: int
    end: int
    block: TimelineBlock


def row_of(room: Room, blocks: Sequence[TimelineBlock], window: Window, now: datetime, moments: Moments) -> Row:
    """A room's row. Blocks come by start."""
    everything = [Placed(window.cell(each.start), window.cell(each.end), each) for each in blocks]
    placed = [each for each in everything if each.end > each.start]
    firm = [each for each in placed if each.block.standing is not Standing.DECLINED]
    lanes = _lanes(firm, [[]], 0)
    if len(firm) < len(placed):
        lanes = _lanes([each for each in placed if each.block.standing is Standing.DECLINED], lanes, 1)
    free = _free(firm, window, now)
    cells = tuple(
        tuple(_cells(lane, free if number == 0 else (), window, now, moments)) for number, lane in enumerate(lanes)
    )
    is_free, until = standing_now(blocks, now)
    return Row(room, cells, is_free, until)


def standing_now(blocks: Sequence[TimelineBlock], now: datetime) -> tuple[bool, datetime | None]:
    """Whether the room is free, and until when it stays as it is; None: for as far as the blocks reach."""
    until: datetime | None = None
    for each in blocks:
        if each.standing is Standing.DECLINED or each.end <= (until or now):
            continue
        if each.start > (until or now):
            return (True, each.start) if until is None else (False, until)
        until = each.end
    return (True, None) if until is None else (False, until)


def _lanes(placed: Sequence[Placed], lanes: list[list[Placed]], first: int) -> list[list[Placed]]:
    """Put each block into the first lane in which it overlaps nothing."""
    for each in placed:
        for number in range(first, len(lanes) + 1):
            if number == len(lanes):
                lanes.append([])
            lane = lanes[number]
            if not lane or lane[-1].end <= each.start:
                lane.append(each)
                break
    return lanes


def _free(firm: Sequence[Placed], window: Window, now: datetime) -> tuple[tuple[int, int], ...]:
    """Stretches in which nothing lies, from now on, as cells."""
    cursor = window.cell(now) if now > window.start else 0
    found = []
    for start, end, _ in firm:
        if start > cursor:
            found.append((cursor, start))
        cursor = max(cursor, end)
    return (*found, (cursor, window.cells)) if cursor < window.cells else tuple(found)


def _cells(
    lane: Sequence[Placed], free: Sequence[tuple[int, int]], window: Window, now: datetime, moments: Moments
) -> Iterable[Cell]:
    """The lane from left to right: blocks, free stretches, and nothing between them."""
    stretches: list[tuple[int, int, TimelineBlock | None]] = [*lane, *((start, end, None) for start, end in free)]
    cursor = 0
    for start, end, block in sorted(stretches, key=itemgetter(0)):
        if start > cursor:
            yield Cell(start - cursor)
        if block is None:
            yield _gap(start, end, window, moments)
        else:
            times = moments.between(moments.local(block.start), moments.local(block.end))
            yield Cell(end - start, classes_of(block, end - start, now), block, times)
        cursor = end
    if cursor < window.cells:
        yield Cell(window.cells - cursor)


def _gap(start: int, end: int, window: Window, moments: Moments) -> Cell:
    opens = window.start + start * STEP
    at, until = moments.local(opens), moments.local(opens + min(SLOT, (end - start) * STEP))
    return Cell(end - start, "gap", None, moments.between(at, until), f"{at:%Y%m%dT%H%M}")


def classes_of(block: TimelineBlock, width: int, now: datetime) -> str:
    """How a block looks: by shape and words first, by colour too."""
    if block.is_masked:
        kind = "b-masked"
    elif block.standing is Standing.DECLINED:
        kind = "b-declined"
    elif block.standing is Standing.WAITING:
        kind = "b-wait"
    else:
        kind = "b-mine" if block.is_mine else "b-other"
    short = " tiny" if width <= TINY else " short" if width <= SHORT else ""
    if block.is_masked and TINY < width <= MARK:
        short += " mark"
    moves = " mv" if block.may_move and not block.is_masked else ""
    when = " past" if block.end <= now else " cur" if block.start <= now else ""
    return f"{kind}{short}{moves}{when}"
