"""Time zones: Windows names, the documented IANA subset, and what is not among them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead_sandbox.microsoft.errors import GraphError
from roomstead_sandbox.microsoft.zones import (
    IANA_NAMES,
    REFUSED_NAMES,
    WINDOWS_NAMES,
    instant_text,
    local_text,
    parse_instant,
    parse_local,
    windows_name,
    zone_of,
)

NAMES = sorted({*WINDOWS_NAMES, *IANA_NAMES} - REFUSED_NAMES)
MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  (bounds are naive by contract)


@given(MOMENTS, st.sampled_from(NAMES))
def test_what_is_written_in_a_zone_reads_back(moment: datetime, name: str) -> None:
    zone = zone_of(name)
    text = local_text(moment, zone)
    assert len(text) == len("2026-12-01T09:00:00.0000000")
    back = parse_local(text, name)
    folded = moment.astimezone(zone).fold == 1
    assert back == moment or (folded and back + timedelta(hours=2) >= moment > back)


@given(MOMENTS)
def test_instants_read_back(moment: datetime) -> None:
    assert parse_instant(instant_text(moment)) == moment


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-12-01T09:00:00", "2026-12-01T09:00:00+00:00"),
        ("2026-12-01T09:00:00.1234567Z", "2026-12-01T09:00:00.123456+00:00"),
        ("2026-12-01T09:00:00-08:00", "2026-12-01T17:00:00+00:00"),
        ("2026-12-01T09:00:00 01:00", "2026-12-01T08:00:00+00:00"),
        ("2026-12-01", "2026-12-01T00:00:00+00:00"),
    ],
)
def test_an_offset_counts_and_none_is_utc(text: str, instant: str) -> None:
    assert parse_instant(text).isoformat() == instant


def test_names_compare_without_case_and_utc_has_many() -> None:
    assert zone_of("w. europe standard time").key == "Europe/Berlin"
    assert zone_of("EUROPE/BERLIN").key == "Europe/Berlin"
    assert {zone_of(name).key for name in ("UTC", "tzone://Microsoft/Utc", "Etc/UTC")} == {"UTC"}


@pytest.mark.parametrize("name", ["Europe/Vaduz", "Mars/Olympus", "", "CET"])
def test_other_names_are_refused_by_name(name: str) -> None:
    with pytest.raises(GraphError) as refused:
        zone_of(name)
    assert refused.value.code == "TimeZoneNotSupportedException"
    assert f"'{name}'" in refused.value.message


def test_one_documented_name_is_refused_all_the_same() -> None:
    with pytest.raises(GraphError) as refused:
        zone_of("Africa/Casablanca")
    assert refused.value.code == "ErrorPropertyValidationFailure"


def test_clock_changes_are_the_zones_own() -> None:
    before = parse_local("2026-10-25T01:30:00", "W. Europe Standard Time")
    after = parse_local("2026-10-25T04:30:00", "W. Europe Standard Time")
    assert after - before == timedelta(hours=4)
    assert windows_name("Europe/Berlin") == "W. Europe Standard Time"
