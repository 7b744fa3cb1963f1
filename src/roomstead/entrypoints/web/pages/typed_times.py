"""Days, times and lengths as people fill them in, on the viewer's clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from roomstead.domain.timespan import Timespan
from roomstead.entrypoints.web.pages.forms import FilledForm
from roomstead.entrypoints.web.pages.moments import Moments
from roomstead.entrypoints.web.pages.texts import texts_in

LENGTHS = (15, 30, 45, 60, 90, 120, 180, 240, 480)
"""What forms offer, in minutes."""
LONGEST = 14 * 24 * 60
SLOT = timedelta(minutes=30)

_TIME = re.compile(r"(\d{1,2})[:.](\d\d)(?::\d\d)?")


@dataclass(frozen=True, slots=True)
class TypedTimes:
    """What stands in the fields, and what it means. ``span`` None: it means nothing; then there are mistakes."""

    day: str
    time: str
    minutes: int
    span: Timespan | None
    mistakes: dict[str, str]

    @property
    def lengths(self) -> tuple[int, ...]:
        """What to offer, the present length among it."""
        return tuple(sorted({*LENGTHS, self.minutes}))


def read_times(fields: FilledForm, moments: Moments, proposed: Timespan) -> TypedTimes:
    """The fields ``day``, ``time`` and ``minutes``; where one is missing, what is proposed counts."""
    texts = texts_in(moments.language)
    start = moments.local(proposed.start)
    day = fields.text("day").strip() or start.date().isoformat()
    at = fields.text("time").strip() or f"{start:%H:%M}"
    length = fields.text("minutes").strip()
    minutes = int(length[:6]) if length.isdecimal() else int(proposed.duration / timedelta(minutes=1))
    minutes = min(max(minutes, 1), LONGEST)
    mistakes: dict[str, str] = {}
    on, clock = _day(day), _clock(at)
    if on is None:
        mistakes["day"] = texts("times.day_wrong")
    if clock is None:
        mistakes["time"] = texts("times.time_wrong")
    span = None
    if on is not None and clock is not None:
        span = _span(datetime.combine(on, clock, moments.zone), minutes)
        if span is None:
            mistakes["day"] = texts("times.day_far")
    return TypedTimes(day, at, minutes, span, mistakes)


def times_of(span: Timespan, moments: Moments) -> TypedTimes:
    """The fields for a span."""
    start = moments.local(span.start)
    minutes = int(span.duration / timedelta(minutes=1))
    return TypedTimes(start.date().isoformat(), f"{start:%H:%M}", minutes, span, {})


def next_half_hour(now: datetime) -> Timespan:
    """What forms begin with."""
    start = now.replace(minute=0, second=0, microsecond=0) + (SLOT if now.minute < SLOT.seconds // 60 else 2 * SLOT)
    return Timespan(start, start + SLOT)


def at_once(text: str, moments: Moments) -> datetime | None:
    """A moment on the viewer's clock, as addresses carry it (``20261123T1130``); None: it is none."""
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=moments.zone) if found.tzinfo is None else None
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _clock(text: str) -> time | None:
    found = _TIME.fullmatch(text)
    try:
        return time(int(found[1]), int(found[2])) if found is not None else None
    except ValueError:
        return None


def _span(begins: datetime, minutes: int) -> Timespan | None:
    """Elapsed time, not time on the clock: half an hour stays half an hour when clocks change."""
    try:
        starts = begins.astimezone(UTC)
        return Timespan(starts, starts + timedelta(minutes=minutes))
    except (ValueError, OverflowError):
        return None
