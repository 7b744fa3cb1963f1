"""Retry-After: seconds or a date, never negative, never believed beyond an hour."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.adapters.http.retry_after import LONGEST, parse_http_date, parse_retry_after

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("10", 10), (" 7 ", 7), ("0", 0), ("1.5", 1.5), ("99999999", 3600), (format_datetime(NOW, usegmt=True), 0)],
)
def test_readable(text: str, seconds: float) -> None:
    assert parse_retry_after(text, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", [None, "", "   ", "soon", "-5", "²", "1e3"])
def test_what_says_nothing(text: str | None) -> None:
    assert parse_retry_after(text, NOW) is None


def test_date_counts_from_now() -> None:
    later = format_datetime(NOW + timedelta(seconds=90), usegmt=True)
    assert parse_retry_after(later, NOW) == timedelta(seconds=90)


@given(st.text(max_size=40))
def test_whatever_is_sent_the_wait_is_bearable(text: str) -> None:
    wait = parse_retry_after(text, NOW)
    assert wait is None or timedelta(0) <= wait <= LONGEST


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis takes naive bounds
def test_dates_round_trip_by_the_second(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert parse_http_date(format_datetime(whole, usegmt=True)) == whole
