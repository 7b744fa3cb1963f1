"""Series expanded in the local time of their zone, then turned into UTC, so that clock changes come out right."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from dateutil import rrule

from roomstead_sandbox.world import recurrence_lines
from roomstead_sandbox.world.errors import Invalid
from roomstead_sandbox.world.events import Content, Pattern, PatternKind, Recurrence

_FREQUENCIES: dict[PatternKind, Literal[0, 1, 2, 3]] = {
    PatternKind.DAILY: rrule.DAILY,
    PatternKind.WEEKLY: rrule.WEEKLY,
    PatternKind.ABSOLUTE_MONTHLY: rrule.MONTHLY,
    PatternKind.RELATIVE_MONTHLY: rrule.MONTHLY,
    PatternKind.ABSOLUTE_YEARLY: rrule.YEARLY,
    PatternKind.RELATIVE_YEARLY: rrule.YEARLY,
}
_WEEKDAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)
_SHORTEST_MONTH = 28
_LONGEST = 1000  # occurrences a bounded series may have at most


def occurrences(content: Content, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The (start, end) pairs in UTC of every occurrence of a series that overlaps [start, end).

    Raises Invalid when the content has no recurrence.
    """
    recurrence = content.recurrence
    if recurrence is None:
        raise Invalid("Only a series has occurrences.")
    if content.start >= end:
        return []
    zone = ZoneInfo(recurrence.zone)
    first = content.start.astimezone(zone).replace(tzinfo=None)
    length = content.end.astimezone(zone).replace(tzinfo=None) - first
    low = start.astimezone(zone).replace(tzinfo=None) - length - timedelta(days=1)
    high = end.astimezone(zone).replace(tzinfo=None) + timedelta(days=1)
    starts = _local_starts(recurrence, first, high.year + 1)
    found = []
    for local in starts[bisect_left(starts, low) : bisect_left(starts, high)]:
        begin, finish = _utc(local, zone), _utc(local + length, zone)
        if begin < end and (finish > start or begin == finish == start):
            found.append((begin, finish))
    return found


def occurrence_at(content: Content, original_start: datetime) -> tuple[datetime, datetime] | None:
    """The occurrence that the pattern puts at exactly this start, or None."""
    near = occurrences(content, original_start, original_start + timedelta(microseconds=1))
    return next((pair for pair in near if pair[0] == original_start), None)


def last_end(content: Content) -> datetime | None:
    """When the last occurrence ends, or None for a series without end."""
    recurrence = content.recurrence
    if recurrence is None:
        return content.end
    if recurrence.until is None and recurrence.count is None:
        return None
    zone = ZoneInfo(recurrence.zone)
    first = content.start.astimezone(zone).replace(tzinfo=None)
    starts = _local_starts(recurrence, first, 9999)
    length = content.end.astimezone(zone).replace(tzinfo=None) - first
    return _utc(starts[-1] + length, zone) if starts else content.end


def check(recurrence: Recurrence) -> None:
    """Raise Invalid, with a sentence, for a pattern that means nothing (lines were judged when they were read)."""
    if recurrence.lines:
        return
    pattern = recurrence.pattern
    if pattern.interval < 1:
        raise Invalid("The interval of a series is at least 1.")
    weekly = pattern.kind in (PatternKind.WEEKLY, PatternKind.RELATIVE_MONTHLY, PatternKind.RELATIVE_YEARLY)
    if weekly and not pattern.days:
        raise Invalid("This pattern needs at least one day of the week.")
    if recurrence.until is not None and recurrence.until < recurrence.start:
        raise Invalid("The series ends before it starts.")
    if recurrence.count is not None and not 1 <= recurrence.count <= _LONGEST:
        raise Invalid(f"A series has between 1 and {_LONGEST} occurrences.")


def check_content(content: Content) -> None:
    """Raise Invalid, with a sentence, for times or a pattern that make no sense."""
    if content.end < content.start:
        raise Invalid("The end lies before the start.")
    if content.recurrence is not None:
        check(content.recurrence)


@lru_cache(maxsize=8192)
def _local_starts(recurrence: Recurrence, first: datetime, year: int) -> tuple[datetime, ...]:
    """Local starts (naive, in the series' zone) up to `year`, all of them when the series is bounded."""
    bounded = recurrence.until is not None or recurrence.count is not None
    last = datetime(9998 if bounded else year, 12, 31)  # noqa: DTZ001 - local time of the series' zone, on purpose
    until = min(last, _end_of(recurrence.until)) if recurrence.until is not None else last
    rule: Iterable[datetime] = (
        recurrence_lines.starts(recurrence.lines, first, recurrence.zone, last)
        if recurrence.lines
        else _rule(recurrence.pattern, first, recurrence.count, None if recurrence.count else until)
    )
    starts: list[datetime] = []
    for start in rule:
        if bounded and len(starts) >= _LONGEST:
            break
        starts.append(start.replace(microsecond=first.microsecond))  # which dateutil drops
    return tuple(starts)


def _rule(pattern: Pattern, first: datetime, count: int | None, until: datetime | None) -> rrule.rrule:
    days = tuple(_WEEKDAYS[day] for day in pattern.days) or None
    month = pattern.month if pattern.kind.value.endswith("yearly") and pattern.month else None
    month_day: int | range | None = None
    position: int | None = None
    if pattern.kind in (PatternKind.ABSOLUTE_MONTHLY, PatternKind.ABSOLUTE_YEARLY):
        days = None
        month_day = pattern.day_of_month or first.day
        if month_day > _SHORTEST_MONTH:  # Exchange takes the last day of a month that is too short
            month_day, position = range(_SHORTEST_MONTH, month_day + 1), -1
    elif pattern.kind in (PatternKind.RELATIVE_MONTHLY, PatternKind.RELATIVE_YEARLY):
        position = pattern.index
    return rrule.rrule(
        _FREQUENCIES[pattern.kind],
        dtstart=first,
        interval=pattern.interval,
        wkst=_WEEKDAYS[pattern.first_day],
        count=count,
        until=until,
        bysetpos=position,
        bymonth=month,
        bymonthday=month_day,
        byweekday=None if pattern.kind is PatternKind.DAILY else days,
    )


def _end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, 59)  # noqa: DTZ001 - as above


def _utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)
