"""Times and zones between us and Google."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.adapters.providers.google.times import google_time, known_zone, parse_moment, parse_span, rfc3339
from roomstead.domain.errors import UnreadableAnswer
from roomstead.domain.timespan import Timespan

ZONES = sorted(available_timezones())


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-12-01T10:00:00+01:00", "Europe/Amsterdam", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("2026-12-01T09:00:00Z", None, datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("2026-11-24T09:00:01.200Z", None, datetime(2026, 11, 24, 9, 0, 1, 200000, tzinfo=UTC)),
        ("2026-12-01T10:00:00", "Europe/Amsterdam", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("2026-12-01T10:00:00-09:30", "Mars/Olympus", datetime(2026, 12, 1, 19, 30, tzinfo=UTC)),
    ],
)
def test_moments(text: str, zone: str | None, expected: datetime) -> None:
    assert parse_moment(text, zone) == expected


@pytest.mark.parametrize(
    "text", [None, "", "soon", 5, "2026-12-01", "2026-13-01T00:00:00Z", "2026-12-01T25:00:00Z", "2026-12-01T10:00:00"]
)
def test_what_is_no_time_becomes_no_other_time(text: object) -> None:
    with pytest.raises(UnreadableAnswer):
        parse_moment(text)


def test_a_zone_that_we_do_not_know_is_not_guessed() -> None:
    with pytest.raises(UnreadableAnswer):
        parse_moment("2026-12-01T10:00:00", "Mars/Olympus")
    for name in ("Mars/Olympus", "", None, 7, "../etc/passwd", "/etc/localtime", "a\x00b"):
        assert known_zone(name) is None


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - naive bounds
    st.sampled_from(ZONES),
)
def test_a_moment_survives_the_way_to_google_and_back(moment: datetime, zone: str) -> None:
    moment = moment.replace(microsecond=0)
    said = google_time(moment, zone)
    assert parse_moment(said["dateTime"]) == moment
    assert parse_moment(rfc3339(moment)) == moment


def test_the_repeated_hour_of_a_clock_change_is_no_doubt() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    said = [google_time(first + timedelta(hours=hour), "Europe/Berlin")["dateTime"] for hour in range(2)]
    assert said == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]


def test_zones_that_cannot_be_said_are_utc() -> None:
    moment = datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert google_time(moment, "Mars/Olympus") == {"dateTime": "2026-12-01T09:00:00Z", "timeZone": "UTC"}
    local_mean_time = datetime(1900, 1, 1, tzinfo=UTC)
    assert google_time(local_mean_time, "Africa/Monrovia") == {"dateTime": "1900-01-01T00:00:00Z", "timeZone": "UTC"}


def test_days_are_the_calendars() -> None:
    start, end = {"date": "2026-12-01"}, {"date": "2026-12-02"}
    here = parse_span(start, end, calendar_zone="America/New_York")
    assert here == Timespan(datetime(2026, 12, 1, 5, tzinfo=UTC), datetime(2026, 12, 2, 5, tzinfo=UTC))
    nowhere = parse_span(start, end)
    assert nowhere == Timespan(datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC))


def test_a_reminder_without_length_lasts_a_second() -> None:
    at: dict[str, Any] = {"dateTime": "2026-12-01T10:00:00Z"}
    span = parse_span(at, at)
    assert span is not None
    assert span.duration == timedelta(seconds=1)


@pytest.mark.parametrize(
    ("start", "end"), [(None, None), ({}, {}), ({"dateTime": "2026-12-01T10:00:00Z"}, None), ("x", "y")]
)
def test_a_span_that_is_not_told_is_none(start: object, end: object) -> None:
    assert parse_span(start, end) is None


def test_a_span_that_runs_backwards_cannot_be_read() -> None:
    with pytest.raises(UnreadableAnswer):
        parse_span({"dateTime": "2026-12-01T10:00:00Z"}, {"dateTime": "2026-12-01T09:00:00Z"})
