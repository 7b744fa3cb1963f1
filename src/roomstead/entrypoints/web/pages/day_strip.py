"""A room's day as a strip: what is taken, and the time asked for."""

from collections.abc import Iterable
from dataclasses import dataclass

from roomstead.application.booking.read_timeline import Standing, TimelineBlock
from roomstead.domain.timespan import Timespan
from roomstead.entrypoints.web.pages.moments import Moments
from roomstead.entrypoints.web.pages.timeline import Window

WIDTH = 148
"""Of the drawing, in its own units."""
LEAST = 2.0


@dataclass(frozen=True, slots=True)
class Strip:
    """Bars as (left, width), and the hours under them."""

    busy: tuple[tuple[str, str], ...]
    wanted: tuple[str, str]
    hours: tuple[str, ...]


def strip_of(blocks: Iterable[TimelineBlock], wanted: Timespan, moments: Moments) -> Strip:
    """Six hours around the time asked for; more where it is longer."""
    local = moments.local(wanted.start).replace(minute=0, second=0, microsecond=0)
    length = -(-(wanted.end - local).total_seconds() // 3600)
    hours = max(6, int(length) + 2)
    hours += hours % 2
    first = min(max(local.hour - 2, 0), max(24 - hours, 0))
    window = Window(local.replace(hour=first), hours)
    busy = tuple(
        _bar(Timespan(each.start, each.end), window)
        for each in blocks
        if each.standing is not Standing.DECLINED and each.start < window.end and each.end > window.start
    )
    step = max(hours // 3, 1)
    labels = tuple(moments.hour(first + hour) for hour in range(0, hours + 1, step))
    return Strip(busy, _bar(wanted, window), labels)


def _bar(span: Timespan, window: Window) -> tuple[str, str]:
    left, right = (min(max(window.share(each), 0), 1) * WIDTH for each in (span.start, span.end))
    return f"{left:.1f}", f"{max(right - left, LEAST):.1f}"
