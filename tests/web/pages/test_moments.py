"""How times are told: by 24 hours, and by 12."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from roomstead.domain.sessions import Hours
from roomstead.domain.timespan import Timespan
from roomstead.entrypoints.web.pages.moments import Moments

BY_24 = Moments(ZoneInfo("UTC"))
BY_12 = Moments(ZoneInfo("UTC"), hours=Hours.TWELVE)


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def plain(told: str) -> str:
    """With spaces at which a line may break."""
    return told.replace("\N{NO-BREAK SPACE}", " ")


def test_the_same_moments_by_24_hours_and_by_12() -> None:
    for moment, by_24, by_12 in (
        (at(0), "00:00", "12:00 AM"),
        (at(9, 5), "09:05", "9:05 AM"),
        (at(12), "12:00", "12:00 PM"),
        (at(23, 59), "23:59", "11:59 PM"),
    ):
        assert (BY_24.time(moment), plain(BY_12.time(moment))) == (by_24, by_12)


def test_a_span_names_the_half_of_the_day_once_where_it_is_the_same() -> None:
    assert plain(BY_12.span(Timespan(at(14), at(14, 30)))) == "2:00–2:30 PM"
    assert plain(BY_12.span(Timespan(at(11, 30), at(12, 30)))) == "11:30 AM–12:30 PM"
    assert plain(BY_12.span(Timespan(at(23), at(0, day=24)))) == "11:00 PM–12:00 AM"
    assert plain(BY_12.when(Timespan(at(22), at(1, day=24)))) == "Mon 23 Nov 2026 10:00 PM – Tue 24 Nov 2026 1:00 AM"
    assert plain(BY_12.when(Timespan(at(14), at(15)))) == "Mon 23 Nov 2026, 2:00–3:00 PM"
    assert plain(BY_12.stamp(at(14))) == "23 Nov, 2:00 PM"


def test_another_zone_is_told_in_the_same_way() -> None:
    there = BY_12.elsewhere("Asia/Tokyo")
    assert there is not None
    assert plain(there.time(at(6))) == "3:00 PM"


def test_hours_over_drawings() -> None:
    assert [BY_24.hour(each) for each in (0, 9, 12, 24)] == ["00", "09", "12", "00"]
    assert [plain(BY_12.hour(each)) for each in (0, 9, 12, 23, 24)] == ["12 AM", "9 AM", "12 PM", "11 PM", "12 AM"]
