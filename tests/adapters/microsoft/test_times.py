"""Times and zones between us and Exchange."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tzlocal.windows_tz import tz_win

from roomstead.adapters.providers.microsoft.times import graph_time, parse_moment, parse_span, query_time
from roomstead.adapters.providers.microsoft.windows_zones import iana_name, windows_name
from roomstead.domain.errors import UnreadableAnswer

ZONES = sorted(zone for zone in tz_win if zone and not zone.startswith(("Etc/", "SystemV")))


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-12-01T08:00:00.0000000", "UTC", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("2026-12-01T08:00:00.1234567", None, datetime(2026, 12, 1, 8, 0, 0, 123456, tzinfo=UTC)),
        ("2026-11-23T10:16:20.7579581Z", None, datetime(2026, 11, 23, 10, 16, 20, 757958, tzinfo=UTC)),
        ("2026-12-01T09:00:00", "W. Europe Standard Time", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("2026-12-01T09:00:00", "w. europe standard time", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("2026-12-01T09:00:00", "Europe/Berlin", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("2026-12-01T09:00:00+05:30", "UTC", datetime(2026, 12, 1, 3, 30, tzinfo=UTC)),
        ("2026-12-01T09:00", "tzone://Microsoft/Utc", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("2026-12-01", "", datetime(2026, 12, 1, tzinfo=UTC)),
    ],
)
def test_moments(text: str, zone: str | None, expected: datetime) -> None:
    assert parse_moment(text, zone) == expected


@pytest.mark.parametrize(
    "text", [None, "", "0001-01-01T00:00:00Z", "4501-01-01T00:00:00Z", "9999-12-31T00:00:00.0000000", "1601-01-01"]
)
def test_empty_dates_are_none(text: str | None) -> None:
    assert parse_moment(text, "UTC") is None


@pytest.mark.parametrize("text", ["soon", "2026-13-01T00:00:00", "2026-12-01T25:00:00Z", 5, "2026-12-01T08:00:00 CET"])
def test_what_is_no_time_becomes_no_other_time(text: object) -> None:
    with pytest.raises(UnreadableAnswer):
        parse_moment(text, "UTC")


@pytest.mark.parametrize("zone", ["tzone://Microsoft/Custom", "Customized Time Zone", "(UTC+01:00) Somewhere"])
def test_an_unknown_zone_is_not_guessed(zone: str) -> None:
    assert iana_name(zone) is None
    with pytest.raises(UnreadableAnswer):
        parse_moment("2026-12-01T09:00:00", zone)


@given(
    st.datetimes(min_value=datetime(2005, 1, 1), max_value=datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis takes naive bounds
    st.sampled_from(ZONES),
)
def test_what_we_write_means_the_same_moment_when_read(moment: datetime, zone: str) -> None:
    whole = moment.replace(microsecond=0)
    written = graph_time(whole, zone)
    assert parse_moment(written["dateTime"], written["timeZone"]) == whole


def test_a_zone_is_written_by_its_windows_name() -> None:
    moment = datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert graph_time(moment, "Europe/Berlin") == {
        "dateTime": "2026-07-01T10:00:00",
        "timeZone": "W. Europe Standard Time",
    }
    assert graph_time(moment, "Mars/Olympus") == {"dateTime": "2026-07-01T08:00:00", "timeZone": "UTC"}


@pytest.mark.parametrize("hours", [0, 1])
def test_in_the_hour_that_comes_twice_utc_says_which(hours: int) -> None:
    moment = datetime(2026, 10, 25, 0, 30, tzinfo=UTC) + timedelta(hours=hours)
    assert graph_time(moment, "Europe/Berlin")["timeZone"] == "UTC"
    assert graph_time(moment + timedelta(hours=2), "Europe/Berlin")["timeZone"] == "W. Europe Standard Time"


def test_a_zone_ruled_otherwise_than_its_windows_name_is_written_in_utc() -> None:
    odd = [zone for zone in ZONES if windows_name(zone) and _differs(zone, str(windows_name(zone)))]
    for zone in odd:
        assert graph_time(datetime(2026, 7, 1, tzinfo=UTC), zone)["timeZone"] == "UTC"


def _differs(zone: str, name: str) -> bool:
    moment, main = datetime(2026, 7, 1, tzinfo=UTC), iana_name(name)
    return (
        main is not None
        and moment.astimezone(ZoneInfo(zone)).utcoffset() != moment.astimezone(ZoneInfo(main)).utcoffset()
    )


def part(text: str, zone: str = "UTC") -> dict[str, str]:
    return {"dateTime": text, "timeZone": zone}


def test_a_span_needs_both_ends() -> None:
    assert parse_span(None, part("2026-12-01T09:00:00")) is None
    assert parse_span(part("2026-12-01T09:00:00"), part("0001-01-01T00:00:00")) is None


def test_a_reminder_without_length_is_no_empty_span() -> None:
    span = parse_span(part("2026-12-01T09:00:00"), part("2026-12-01T09:00:00"))
    assert span is not None
    assert span.duration == timedelta(seconds=1)


def test_a_span_that_runs_backwards_cannot_be_read() -> None:
    with pytest.raises(UnreadableAnswer):
        parse_span(part("2026-12-01T09:00:00"), part("2026-12-01T08:00:00"))


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-12-01T00:00:00", "2026-12-02T00:00:00"), ("2026-11-30T23:00:00", "2026-12-01T23:00:00")],
)
def test_an_all_day_event_lasts_from_midnight_to_midnight_where_it_was_made(start: str, end: str) -> None:
    span = parse_span(part(start), part(end), is_all_day=True, own_zone="Europe/Berlin")
    assert span is not None
    assert span.start == datetime(2026, 12, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    assert span.end == datetime(2026, 12, 2, tzinfo=ZoneInfo("Europe/Berlin"))


def test_every_windows_name_is_known_both_ways() -> None:
    for name in sorted(set(tz_win.values())):
        zone = iana_name(name)
        assert zone is not None, name
        assert windows_name(zone) is not None, name


def test_query_times_are_utc_with_their_mark() -> None:
    assert query_time(datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("Europe/Berlin"))) == "2026-12-01T08:00:00Z"
