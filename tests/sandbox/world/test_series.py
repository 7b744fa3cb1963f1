"""Series: patterns in local time across clock changes, exceptions, and rooms that take part of a series."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead_sandbox.world import recurrence
from roomstead_sandbox.world.changes import ChangeKind
from roomstead_sandbox.world.errors import CrossesNeighbour, Invalid
from roomstead_sandbox.world.events import Answer, Content, Event, EventKind, ItemRef, Pattern, PatternKind, Recurrence
from roomstead_sandbox.world.post import MailKind

if TYPE_CHECKING:
    from tests.sandbox.world.conftest import Office

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
FAR = datetime(2040, 1, 1, tzinfo=UTC)
EARLY = datetime(2000, 1, 1, tzinfo=UTC)
MONDAY = datetime(2026, 12, 7, 8, tzinfo=UTC)  # nine o'clock in Berlin


def _series(pattern: Pattern, first: datetime, **bounds: object) -> Content:
    rule = Recurrence(pattern, first.astimezone(BERLIN).date(), "Europe/Berlin", **bounds)  # type: ignore[arg-type]  # until or count
    return Content("Series", first.astimezone(UTC), first.astimezone(UTC) + HOUR, recurrence=rule)


def _local(content: Content, high: datetime = FAR) -> list[str]:
    return [s.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M") for s, _ in recurrence.occurrences(content, EARLY, high)]


def _weekly(count: int) -> Recurrence:
    return Recurrence(Pattern(PatternKind.WEEKLY, days=(0,)), MONDAY.date(), "Europe/Berlin", count=count)


def test_a_series_keeps_its_local_time_when_the_clocks_change() -> None:
    first = datetime(2026, 3, 16, 9, tzinfo=BERLIN)
    content = _series(Pattern(PatternKind.WEEKLY, days=(0,)), first, count=4)
    starts = [start for start, _ in recurrence.occurrences(content, EARLY, FAR)]
    assert [s.hour for s in starts] == [8, 8, 7, 7]
    assert {s.astimezone(BERLIN).hour for s in starts} == {9}


@pytest.mark.parametrize(
    ("pattern", "first", "expected"),
    [
        (Pattern(PatternKind.DAILY, interval=3), "2026-12-01", ["2026-12-01", "2026-12-04", "2026-12-07"]),
        (
            Pattern(PatternKind.WEEKLY, interval=2, days=(0, 2), first_day=6),
            "2026-12-07",
            ["2026-12-07", "2026-12-09", "2026-12-21"],
        ),
        (
            Pattern(PatternKind.ABSOLUTE_MONTHLY, day_of_month=31),
            "2027-01-31",
            ["2027-01-31", "2027-02-28", "2027-03-31"],
        ),
        (
            Pattern(PatternKind.RELATIVE_MONTHLY, days=(3,), index=2),
            "2026-12-10",
            ["2026-12-10", "2027-01-14", "2027-02-11"],
        ),
        (
            Pattern(PatternKind.RELATIVE_MONTHLY, days=(4,), index=-1),
            "2026-12-25",
            ["2026-12-25", "2027-01-29", "2027-02-26"],
        ),
        (
            Pattern(PatternKind.RELATIVE_MONTHLY, days=(3, 4), index=2),
            "2026-12-04",
            ["2026-12-04", "2027-01-07", "2027-02-05"],
        ),
        (
            Pattern(PatternKind.ABSOLUTE_YEARLY, month=2, day_of_month=29),
            "2028-02-29",
            ["2028-02-29", "2029-02-28", "2030-02-28"],
        ),
        (
            Pattern(PatternKind.RELATIVE_YEARLY, days=(6,), index=1, month=3),
            "2027-03-07",
            ["2027-03-07", "2028-03-05", "2029-03-04"],
        ),
    ],
)
def test_every_pattern_means_what_it_says(pattern: Pattern, first: str, expected: list[str]) -> None:
    start = datetime.combine(date.fromisoformat(first), datetime.min.time(), BERLIN) + 9 * HOUR
    assert [text[:10] for text in _local(_series(pattern, start, count=3))] == expected


def test_an_end_date_is_inclusive_in_the_zone_of_the_series() -> None:
    late = datetime(2026, 12, 1, 23, 30, tzinfo=BERLIN)
    content = _series(Pattern(PatternKind.DAILY), late, until=date(2026, 12, 3))
    assert [text[:10] for text in _local(content)] == ["2026-12-01", "2026-12-02", "2026-12-03"]
    assert recurrence.last_end(content) == datetime(2026, 12, 4, 0, 30, tzinfo=BERLIN)


def test_a_series_without_end_is_expanded_as_far_as_asked() -> None:
    content = _series(Pattern(PatternKind.WEEKLY, days=(0,)), datetime(2026, 12, 7, 9, tzinfo=BERLIN))
    assert recurrence.last_end(content) is None
    window = recurrence.occurrences(content, FAR, FAR + timedelta(days=14))
    assert len(window) == 2


@given(st.integers(0, 400), st.integers(1, 60))
def test_a_window_gives_exactly_the_occurrences_that_overlap_it(offset: int, days: int) -> None:
    content = _series(Pattern(PatternKind.WEEKLY, days=(0, 3)), datetime(2026, 1, 5, 9, tzinfo=BERLIN), count=90)
    low = datetime(2026, 1, 1, tzinfo=UTC) + offset * timedelta(hours=21)
    high = low + timedelta(days=days)
    everything = recurrence.occurrences(content, EARLY, FAR)
    assert len(everything) == 90
    assert recurrence.occurrences(content, low, high) == [(s, e) for s, e in everything if s < high and e > low]


@pytest.mark.parametrize(
    "rule",
    [
        Recurrence(Pattern(PatternKind.WEEKLY), MONDAY.date(), "UTC"),
        Recurrence(Pattern(PatternKind.DAILY, interval=0), MONDAY.date(), "UTC"),
        Recurrence(Pattern(PatternKind.DAILY), MONDAY.date(), "UTC", until=date(2020, 1, 1)),
        Recurrence(Pattern(PatternKind.DAILY), MONDAY.date(), "UTC", count=5000),
    ],
)
def test_patterns_that_mean_nothing_are_refused(office: "Office", rule: Recurrence) -> None:
    with pytest.raises(Invalid):
        office.book(office.jane, start=MONDAY, recurrence=rule)


def _occurrences(office: "Office", event: Event) -> list[Event]:
    return office.world.mailboxes.of(event.mailbox_id).view(EARLY, FAR)


def test_a_view_shows_occurrences_and_never_the_master(office: "Office") -> None:
    event = office.book(office.jane, start=MONDAY, recurrence=_weekly(3))
    shown = _occurrences(office, event)
    assert [e.kind for e in shown] == [EventKind.OCCURRENCE] * 3
    assert [e.ref.occurrence for e in shown] == [MONDAY + timedelta(weeks=w) for w in range(3)]
    mailbox = office.world.mailboxes.of(office.jane.id)
    assert all(mailbox.need(e.ref).start == e.start for e in shown)
    assert mailbox.get(ItemRef(event.key, MONDAY + HOUR)) is None
    assert list(mailbox.stored()) == [event]


def test_a_changed_occurrence_keeps_its_identity_everywhere(office: "Office") -> None:
    event = office.book(office.jane, office.mei, office.oak, start=MONDAY, recurrence=_weekly(3))
    office.settle()
    second = _occurrences(office, event)[1]
    moved = replace(second.content, start=second.start + 2 * HOUR, end=second.end + 2 * HOUR)
    exception = office.world.meetings.update(office.jane.id, second.ref, moved)
    assert (exception.kind, exception.ref) == (EventKind.EXCEPTION, second.ref)
    office.settle()
    for user in (office.mei, office.oak):
        shown = office.world.mailboxes.of(user.id).view(EARLY, FAR)
        assert [e.start for e in shown] == [MONDAY, second.start + 2 * HOUR, MONDAY + timedelta(weeks=2)]
        assert shown[1].kind is EventKind.EXCEPTION
    assert office.answer(exception, office.oak) is Answer.ACCEPTED
    assert office.answer(event, office.oak) is Answer.ACCEPTED
    assert office.world.mailboxes.of(office.jane.id).instances(event, EARLY, FAR)[1] is exception


def test_an_occurrence_may_not_pass_its_neighbour(office: "Office") -> None:
    event = office.book(office.jane, start=MONDAY, recurrence=_weekly(3))
    second = _occurrences(office, event)[1]
    too_far = replace(second.content, start=second.start + timedelta(weeks=1), end=second.end + timedelta(weeks=1))
    with pytest.raises(CrossesNeighbour):
        office.world.meetings.update(office.jane.id, second.ref, too_far)


def test_a_cancelled_occurrence_is_gone_for_its_organiser_and_cancelled_for_the_others(office: "Office") -> None:
    event = office.book(office.jane, office.mei, start=MONDAY, recurrence=_weekly(3))
    office.settle()
    mailbox = office.world.mailboxes.of(office.jane.id)
    seen = mailbox.version
    ref = _occurrences(office, event)[1].ref
    office.world.meetings.cancel(office.jane.id, ref, "Holiday")
    assert mailbox.get(ref) is None
    assert len(_occurrences(office, event)) == 2
    assert [(c.ref, c.kind) for c in mailbox.log.since(seen)] == [
        (ref, ChangeKind.DELETED),
        (event.ref, ChangeKind.UPDATED),
    ]
    office.settle()
    copies = office.world.mailboxes.of(office.mei.id).view(EARLY, FAR)
    assert [c.cancelled for c in copies] == [False, True, False]
    assert office.world.post.log[-1].draft.kind is MailKind.CANCELLATION


def test_an_answer_for_one_occurrence_makes_an_exception_of_it(office: "Office") -> None:
    event = office.book(office.jane, office.mei, start=MONDAY, recurrence=_weekly(3))
    office.settle()
    office.world.answers.respond(office.mei.id, office.need(office.mei, event).ref, Answer.ACCEPTED)
    office.settle()
    third = office.world.mailboxes.of(office.mei.id).view(EARLY, FAR)[2]
    office.world.answers.respond(office.mei.id, third.ref, Answer.DECLINED)
    office.settle()
    answers = [office.answer(e, office.mei) for e in _occurrences(office, event)]
    assert answers == [Answer.ACCEPTED, Answer.ACCEPTED, Answer.DECLINED]
    assert office.answer(event, office.mei) is Answer.ACCEPTED
    assert len(office.world.mailboxes.of(office.mei.id).view(EARLY, FAR)) == 2


def test_a_room_declines_a_series_with_a_conflict(office: "Office") -> None:
    office.book(office.mei, office.oak, start=MONDAY + timedelta(weeks=1))
    office.settle()
    event = office.book(office.jane, office.oak, start=MONDAY, recurrence=_weekly(4))
    office.settle()
    assert office.answer(event, office.oak) is Answer.DECLINED


def test_a_room_may_take_a_series_but_for_some_occurrences(office: "Office") -> None:
    rules = office.processing(office.oak)
    rules.conflict_percentage_allowed, rules.maximum_conflict_instances = 50, 2
    office.book(office.mei, office.oak, start=MONDAY + timedelta(weeks=1))
    office.settle()
    event = office.book(office.jane, office.oak, start=MONDAY, recurrence=_weekly(4))
    office.settle()
    assert office.answer(event, office.oak) is Answer.ACCEPTED
    answers = [office.answer(e, office.oak) for e in _occurrences(office, event)]
    assert answers == [Answer.ACCEPTED, Answer.DECLINED, Answer.ACCEPTED, Answer.ACCEPTED]
    held = [e for e in office.world.mailboxes.of(office.oak.id).view(EARLY, FAR) if e.ical_uid == event.ical_uid]
    assert len(held) == 3


def test_a_series_past_the_window_is_declined_or_cut(office: "Office") -> None:
    first = office.book(office.jane, office.oak, start=MONDAY, recurrence=_weekly(52))
    office.settle()
    assert office.answer(first, office.oak) is Answer.DECLINED
    office.processing(office.oak).enforce_scheduling_horizon = False
    second = office.book(office.jane, office.oak, start=MONDAY, recurrence=_weekly(52))
    office.settle()
    assert office.answer(second, office.oak) is Answer.ACCEPTED
    held = office.world.mailboxes.of(office.oak.id).view(EARLY, FAR)
    horizon = office.world.now() + timedelta(days=180)
    assert held
    assert held[-1].start <= horizon + timedelta(days=1)


def test_a_room_may_refuse_series_altogether(office: "Office") -> None:
    office.processing(office.oak).allow_recurring_meetings = False
    event = office.book(office.jane, office.oak, start=MONDAY, recurrence=_weekly(2))
    office.settle()
    assert office.answer(event, office.oak) is Answer.DECLINED


def test_a_new_pattern_loses_the_exceptions_everywhere(office: "Office") -> None:
    event = office.book(office.jane, office.mei, start=MONDAY, recurrence=_weekly(3))
    office.settle()
    second = _occurrences(office, event)[1]
    office.world.meetings.update(office.jane.id, second.ref, replace(second.content, subject="Special"))
    office.settle()
    office.world.meetings.update(office.jane.id, event.ref, replace(event.content, recurrence=_weekly(5)))
    office.settle()
    for user in (office.jane, office.mei):
        shown = office.world.mailboxes.of(user.id).view(EARLY, FAR)
        assert [(e.kind, e.content.subject) for e in shown] == [(EventKind.OCCURRENCE, "Kick-off")] * 5


def test_a_single_meeting_becomes_a_series_and_back(office: "Office") -> None:
    event = office.book(office.jane, office.mei, start=MONDAY)
    office.settle()
    office.world.meetings.update(office.jane.id, event.ref, replace(event.content, recurrence=_weekly(3)))
    office.settle()
    assert len(office.world.mailboxes.of(office.mei.id).view(EARLY, FAR)) == 3
    office.world.meetings.update(office.jane.id, event.ref, replace(event.content, recurrence=None))
    office.settle()
    for user in (office.jane, office.mei):
        assert [e.kind for e in office.world.mailboxes.of(user.id).view(EARLY, FAR)] == [EventKind.SINGLE]


def test_a_deleted_series_takes_its_exceptions_along(office: "Office") -> None:
    event = office.book(office.jane, start=MONDAY, recurrence=_weekly(3))
    second = _occurrences(office, event)[1]
    office.world.meetings.update(office.jane.id, second.ref, replace(second.content, subject="Special"))
    office.world.meetings.delete(office.jane.id, event.ref)
    mailbox = office.world.mailboxes.of(office.jane.id)
    assert mailbox.items == {}
    assert {c.ref for c in mailbox.log.latest_since(0) if c.kind is ChangeKind.DELETED} == {event.ref, second.ref}
