"""What people type, checked."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.domain.booking_input import (
    Mistakes,
    TypedAttendee,
    checked_attendees,
    checked_description,
    checked_span,
    checked_title,
    checked_zone,
    span_warnings,
)
from roomstead.domain.errors import InvalidInput
from roomstead.domain.mailbox import parse_address
from roomstead.domain.timespan import Timespan

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Stand-up\t\r\n daily ", "Stand-up daily"),
        ("a\x00b\x1bc", "abc"),
        ("pay\u202etxt.exe", "paytxt.exe"),
        ("\u2067isolated\u2069", "isolated"),
        ("اجتماع الفريق", "اجتماع الفريق"),
        ("פגישה שבועית", "פגישה שבועית"),
        ("می‌خواهم", "می‌خواهم"),
        ("👩‍👩‍👧 family", "👩‍👩‍👧 family"),
        ("<b>Budget</b> & co", "<b>Budget</b> & co"),
        ("one\u2028two", "one two"),
    ],
)
def test_titles_lose_what_is_invisible_and_keep_every_script(typed: str, kept: str) -> None:
    mistakes = Mistakes()
    assert checked_title(typed, mistakes) == kept
    assert not mistakes.found


@pytest.mark.parametrize("typed", ["", "   ", "\x00\x07", "\u202e", "x" * 256])
def test_titles_that_are_empty_or_too_long_are_refused(typed: str) -> None:
    mistakes = Mistakes()
    checked_title(typed, mistakes)
    assert set(mistakes.found) == {"title"}


def test_descriptions_are_measured_in_bytes() -> None:
    mistakes = Mistakes()
    checked_description("x" * 32 * 1024, mistakes)
    assert not mistakes.found
    checked_description("ü" * 20 * 1024, mistakes)
    assert set(mistakes.found) == {"description"}


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe", "x" * 4000, "a\0b"]
)
def test_unknown_zones_are_refused(name: str) -> None:
    mistakes = Mistakes()
    checked_zone(name, mistakes)
    assert set(mistakes.found) == {"zone"}


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [
        (NOW + HOUR, NOW + 2 * HOUR, set()),
        (NOW - timedelta(minutes=4), NOW + HOUR, set()),
        (NOW - timedelta(minutes=6), NOW + HOUR, {"start"}),
        (NOW + HOUR, NOW + HOUR, {"end"}),
        (NOW + 2 * HOUR, NOW + HOUR, {"end"}),
        (NOW, NOW + timedelta(days=14), set()),
        (NOW, NOW + timedelta(days=14, seconds=1), {"end"}),
        (NOW.replace(tzinfo=None), NOW + HOUR, {"start"}),
        (NOW.replace(tzinfo=None), NOW.replace(tzinfo=None), {"start", "end"}),
        (datetime.max.replace(tzinfo=timezone(-HOUR)), datetime.max.replace(tzinfo=UTC), {"end"}),
    ],
)
def test_spans(start: datetime, end: datetime, wrong: set[str]) -> None:
    mistakes = Mistakes()
    checked_span(start, end, NOW, mistakes)
    assert set(mistakes.found) == wrong


def test_longer_than_a_day_warns() -> None:
    assert span_warnings(Timespan(NOW, NOW + timedelta(hours=25)))
    assert not span_warnings(Timespan(NOW, NOW + timedelta(hours=24)))


def test_attendees_are_compared_without_case_and_mistakes_are_named_by_place() -> None:
    mistakes = Mistakes()
    typed = [TypedAttendee(each) for each in ["A@x.example", "a@X.example", "broken", "me@x.example", "b@x.example"]]
    found = checked_attendees(typed, [parse_address("me@x.example")], mistakes)
    assert [each.address for each in found] == ["a@x.example", "b@x.example"]
    assert set(mistakes.found) == {"attendees.2.address"}


moments = st.datetimes(timezones=st.one_of(st.none(), st.just(UTC), st.timezones()))


@given(
    title=st.text(),
    description=st.text(),
    zone=st.text(max_size=40),
    start=moments,
    end=moments,
    attendees=st.lists(st.builds(TypedAttendee, st.one_of(st.text(), st.emails()), st.text()), max_size=5),
)
def test_nothing_that_can_be_typed_breaks_the_check(
    title: str, description: str, zone: str, start: datetime, end: datetime, attendees: list[TypedAttendee]
) -> None:
    mistakes = Mistakes()
    kept = checked_title(title, mistakes)
    text = checked_description(description, mistakes)
    checked_zone(zone, mistakes)
    span = checked_span(start, end, NOW, mistakes)
    checked_attendees(attendees, [], mistakes)
    assert "\n" not in kept
    assert "\0" not in kept + text
    (kept + text).encode()
    assert span is not None or {"start", "end"} & set(mistakes.found)
    if mistakes.found:
        with pytest.raises(InvalidInput) as refusal:
            mistakes.raise_any()
        assert all(sentence.endswith(".") for sentence in refusal.value.mistakes.values())
