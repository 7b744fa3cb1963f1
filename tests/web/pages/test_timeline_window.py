"""Which hours of a day are drawn."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from roomstead.application.booking.read_timeline import Standing, TimelineBlock
from roomstead.domain.masking import Relation
from roomstead.entrypoints.web.pages.moments import Moments
from roomstead.entrypoints.web.pages.timeline import local_day, turn_of, window_of

BERLIN = Moments(ZoneInfo("Europe/Berlin"))
DAY = local_day(date(2027, 3, 29), BERLIN)
LONG_AGO = datetime(2027, 1, 1, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    """A moment after the day's beginning."""
    return DAY.start.astimezone(UTC) + timedelta(hours=hour, minutes=minute)


def busy(start: datetime, end: datetime) -> TimelineBlock:
    """Something that keeps a room busy."""
    return TimelineBlock(
        start, end, Standing.SURE, "", "", is_masked=True, relation=Relation.COLLEAGUE, by_service_account=False,
        booking_id=None, state=None,
    )  # fmt: skip


def drawn(*blocks: TimelineBlock, now: datetime = LONG_AGO) -> tuple[int, int]:
    """From which hour to which."""
    window = window_of(DAY, blocks, now, BERLIN)
    first = (window.start - DAY.start) // timedelta(hours=1)
    return first, first + window.hours


def test_working_hours() -> None:
    assert drawn() == (8, 18)
    assert drawn(busy(at(9), at(10))) == (8, 18)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (at(6, 50), at(7, 25), (6, 18)),
        (at(17, 58), at(18, 2), (8, 19)),
        (at(0), at(1), (0, 18)),
        (at(23), at(24), (8, 24)),
        (at(22), at(27), (8, 23)),
        (at(18), at(27), (8, 19)),
        (at(-3), at(7, 30), (7, 18)),
        (at(-3), at(7), (6, 18)),
    ],
)
def test_what_begins_or_ends_outside_of_them_widens_them(
    start: datetime, end: datetime, hours: tuple[int, int]
) -> None:
    assert drawn(busy(start, end)) == hours


@pytest.mark.parametrize(("start", "end"), [(at(0), at(24)), (at(-48), at(72)), (at(-48), at(24))])
def test_what_lasts_all_day_does_not(start: datetime, end: datetime) -> None:
    assert drawn(busy(start, end)) == (8, 18)


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (at(6, 10), (6, 18)),
        (at(23, 50), (8, 24)),
        (at(-1, 50), (8, 18)),
        (at(24), (8, 18)),
    ],
)
def test_this_moment_widens_its_own_day_only(now: datetime, hours: tuple[int, int]) -> None:
    assert drawn(now=now) == hours


@pytest.mark.parametrize(
    ("zone", "on", "turn"),
    [
        ("Europe/Berlin", date(2026, 10, 25), "20261025 180 -60"),
        ("America/New_York", date(2026, 3, 8), "20260308 120 60"),
        ("Australia/Lord_Howe", date(2026, 4, 5), "20260405 120 -30"),
        ("Europe/Berlin", date(2026, 10, 24), ""),
        ("UTC", date(2026, 10, 25), ""),
    ],
)
def test_where_clocks_change(zone: str, on: date, turn: str) -> None:
    moments = Moments(ZoneInfo(zone))
    days = [local_day(on + timedelta(days=number), moments) for number in range(1)]
    assert turn_of(days, moments) == turn
