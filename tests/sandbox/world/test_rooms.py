"""Rooms: what the booking attendant decides, does to the room's copy, and tells the organiser."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead_sandbox.world.core import Delays
from roomstead_sandbox.world.errors import Invalid, NotFound
from roomstead_sandbox.world.events import Answer, Person, Sensitivity, ShowAs
from roomstead_sandbox.world.faults import Fault, FaultKind
from roomstead_sandbox.world.people import BookingType, Group, WorkingHours
from roomstead_sandbox.world.processing import Automate

if TYPE_CHECKING:
    from tests.sandbox.world.conftest import Office

NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_room_shows_the_request_as_sent_and_rewrites_it_seconds_later(office: "Office") -> None:
    event = office.book(office.jane, office.oak, body="Secret plans", sensitivity=Sensitivity.PRIVATE)
    office.world.clock.advance(2)
    copy = office.need(office.oak, event)
    assert (copy.content.subject, copy.content.body) == ("Kick-off", "Secret plans")
    assert (copy.content.show_as, copy.response) == (ShowAs.TENTATIVE, Answer.NOT_RESPONDED)
    version = office.world.mailboxes.of(office.oak.id).version
    office.world.clock.advance(2)
    assert (copy.content.subject, copy.content.body) == ("Jane Doe ", "")
    assert copy.content.sensitivity is Sensitivity.NORMAL
    assert (copy.content.show_as, copy.response) == (ShowAs.BUSY, Answer.ACCEPTED)
    assert office.world.mailboxes.of(office.oak.id).version == version + 3
    assert office.answer(event, office.oak) is Answer.NONE
    office.world.clock.advance(2)
    assert office.answer(event, office.oak) is Answer.ACCEPTED


def test_a_room_that_shows_titles_keeps_them(office: "Office") -> None:
    rules = office.processing(office.oak)
    rules.delete_subject = rules.add_organizer_to_subject = rules.delete_comments = False
    rules.remove_private_property = False
    event = office.book(office.jane, office.oak, body="Agenda", sensitivity=Sensitivity.PRIVATE)
    office.settle()
    content = office.need(office.oak, event).content
    assert (content.subject, content.body, content.sensitivity) == ("Kick-off", "Agenda", Sensitivity.PRIVATE)


def test_the_second_of_two_requests_for_one_slot_is_declined(office: "Office") -> None:
    first, second = office.book(office.jane, office.oak), office.book(office.mei, office.oak)
    office.settle()
    assert (office.answer(first, office.oak), office.answer(second, office.oak)) == (Answer.ACCEPTED, Answer.DECLINED)
    assert office.copy(office.oak, second) is None
    assert office.world.post.log[-1].draft.comment == "The room is already booked at that time. Booked by Jane Doe."
    assert [e.ical_uid for e in office.world.mailboxes.of(office.oak.id).view(NINE, NINE + HOUR)] == [first.ical_uid]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), min_size=1, max_size=12))
def test_what_a_room_accepted_never_overlaps(new_office: "Callable[[], Office]", wishes: list[tuple[int, int]]) -> None:
    office = new_office()
    for offset, length in wishes:
        start = NINE + offset * timedelta(minutes=30)
        office.book(office.jane, office.oak, start=start, end=start + length * timedelta(minutes=30))
        office.world.clock.advance(1)
    office.settle()
    held = office.world.mailboxes.of(office.oak.id).view(NINE, NINE + 24 * HOUR)
    assert held
    assert all(earlier.end <= later.start for earlier, later in pairwise(held))
    answers = [office.answer(e, office.oak) for e in office.world.mailboxes.of(office.jane.id).stored()]
    assert answers.count(Answer.ACCEPTED) == len(held)
    assert set(answers) <= {Answer.ACCEPTED, Answer.DECLINED}


def test_back_to_back_and_free_meetings_do_not_conflict(office: "Office") -> None:
    events = [
        office.book(office.jane, office.oak),
        office.book(office.mei, office.oak, start=NINE + HOUR),
        office.book(office.tom, office.oak, start=NINE - HOUR),
    ]
    free = office.book(office.tom, office.oak, start=NINE + 2 * HOUR, show_as=ShowAs.FREE)
    office.settle()
    after = office.book(office.tom, office.oak, start=NINE + 2 * HOUR)
    office.settle()
    assert {office.answer(e, office.oak) for e in (*events, free, after)} == {Answer.ACCEPTED}


def test_a_room_may_allow_conflicts(office: "Office") -> None:
    office.processing(office.oak).allow_conflicts = True
    events = [office.book(office.jane, office.oak), office.book(office.mei, office.oak)]
    office.settle()
    assert {office.answer(e, office.oak) for e in events} == {Answer.ACCEPTED}


@pytest.mark.parametrize(
    ("setting", "value", "start", "length"),
    [
        ("booking_window_in_days", 5, NINE, HOUR),
        ("maximum_duration_in_minutes", 30, NINE, HOUR),
        ("minimum_duration_in_minutes", 90, NINE, HOUR),
        ("schedule_only_during_work_hours", True, datetime(2026, 12, 5, 9, tzinfo=UTC), HOUR),
        ("schedule_only_during_work_hours", True, datetime(2026, 12, 1, 17, tzinfo=UTC), HOUR),
        ("enforce_capacity", True, NINE, HOUR),
        ("all_book_in_policy", False, NINE, HOUR),
    ],
)
def test_what_a_rooms_rules_forbid_is_declined(
    office: "Office", setting: str, value: object, start: datetime, length: timedelta
) -> None:
    office.oak.working_hours = WorkingHours(start=time(8), end=time(17), zone="Europe/Berlin")
    office.world.directory.places[office.oak.id].capacity = 1
    setattr(office.processing(office.oak), setting, value)
    event = office.book(office.jane, office.mei, office.oak, start=start, end=start + length)
    office.settle()
    assert office.answer(event, office.oak) is Answer.DECLINED
    assert office.world.post.log[-1].draft.comment != ""


def test_no_limit_of_duration_is_no_limit(office: "Office") -> None:
    office.processing(office.oak).maximum_duration_in_minutes = 0
    event = office.book(office.jane, office.oak, end=NINE + 72 * HOUR)
    office.settle()
    assert office.answer(event, office.oak) is Answer.ACCEPTED


def test_a_room_may_show_requests_only_once_they_are_decided(office: "Office") -> None:
    office.processing(office.oak).add_new_requests_tentatively = False
    event = office.book(office.jane, office.oak)
    office.world.clock.advance(2)
    assert office.copy(office.oak, event) is None
    office.settle()
    assert office.need(office.oak, event).response is Answer.ACCEPTED
    assert office.answer(event, office.oak) is Answer.ACCEPTED


def test_a_reserved_room_cannot_be_booked(office: "Office") -> None:
    office.world.directory.places[office.oak.id].booking_type = BookingType.RESERVED
    event = office.book(office.jane, office.oak)
    office.settle()
    assert office.answer(event, office.oak) is Answer.DECLINED


def test_named_people_and_members_of_named_groups_may_book(office: "Office") -> None:
    rules = office.processing(office.oak)
    rules.all_book_in_policy = False
    office.world.directory.add_group(Group("g1", "tenant-1", "Board", "board@contoso.example", members=[office.mei.id]))
    rules.book_in_policy = ["JANE@contoso.example", "board@contoso.example"]
    events = [
        office.book(u, office.oak, start=NINE + i * HOUR) for i, u in enumerate((office.jane, office.mei, office.tom))
    ]
    office.settle()
    assert [office.answer(e, office.oak) for e in events] == [Answer.ACCEPTED, Answer.ACCEPTED, Answer.DECLINED]


def test_an_approval_room_answers_tentative_until_its_delegate_decides(office: "Office") -> None:
    rules = office.processing(office.oak)
    rules.all_book_in_policy, rules.all_request_in_policy = False, True
    rules.resource_delegates = ["tom@contoso.example"]
    event = office.book(office.jane, office.oak)
    office.settle()
    assert office.answer(event, office.oak) is Answer.TENTATIVE
    assert office.world.mailboxes.of(office.tom.id).inbox == {"delegate_request": 1}
    assert [e.ical_uid for e in office.world.attendant.awaiting(office.oak.id)] == [event.ical_uid]
    rival = office.book(office.mei, office.oak)
    office.settle()
    assert office.answer(rival, office.oak) is Answer.DECLINED  # what awaits a decision holds the slot
    with pytest.raises(Invalid):
        office.world.attendant.settle(office.oak.id, event.ical_uid, Answer.TENTATIVE)
    office.world.attendant.settle(office.oak.id, event.ical_uid, Answer.ACCEPTED)
    office.settle()
    assert office.answer(event, office.oak) is Answer.ACCEPTED
    assert office.world.attendant.awaiting(office.oak.id) == []
    assert office.need(office.oak, event).content.subject == "Jane Doe "


def test_a_delegate_may_decline_and_unknown_requests_are_told(office: "Office") -> None:
    rules = office.processing(office.oak)
    rules.all_book_in_policy, rules.all_request_in_policy = False, True
    event = office.book(office.jane, office.oak)
    office.settle()
    office.world.attendant.settle(office.oak.id, event.ical_uid, Answer.DECLINED, "Painters")
    office.settle()
    assert office.answer(event, office.oak) is Answer.DECLINED
    with pytest.raises(NotFound):
        office.world.attendant.settle(office.oak.id, event.ical_uid, Answer.ACCEPTED)


def test_out_of_policy_requests_may_go_to_the_delegate(office: "Office") -> None:
    rules = office.processing(office.oak)
    rules.maximum_duration_in_minutes, rules.all_request_out_of_policy = 30, True
    event = office.book(office.jane, office.oak)
    office.settle()
    assert office.answer(event, office.oak) is Answer.TENTATIVE


@pytest.mark.parametrize("automate", [Automate.NONE, Automate.AUTO_UPDATE])
def test_a_room_without_attendant_never_answers(office: "Office", automate: Automate) -> None:
    office.processing(office.oak).automate_processing = automate
    event = office.book(office.jane, office.oak)
    office.world.clock.advance(7 * 86_400)
    assert office.answer(event, office.oak) is Answer.NONE
    copy = office.need(office.oak, event)
    assert (copy.content.subject, copy.content.show_as) == ("Kick-off", ShowAs.TENTATIVE)


def test_requests_from_outside_are_left_alone_unless_the_room_takes_them(office: "Office") -> None:
    ada = Person("ada@fabrikam.example", "Ada")
    ignored = office.world.outsiders.organize(ada, office.content("X", office.oak))
    office.processing(office.elm).process_external_meeting_messages = True
    taken = office.world.outsiders.organize(ada, office.content("X", office.elm))
    office.settle()
    copies = [
        office.world.mailboxes.of(office.oak.id).copy_of(ignored),
        office.world.mailboxes.of(office.elm.id).copy_of(taken),
    ]
    assert [c.response for c in copies if c] == [Answer.NOT_RESPONDED, Answer.ACCEPTED]


def test_a_moved_meeting_is_decided_on_again(office: "Office") -> None:
    taken = office.book(office.mei, office.oak, start=NINE + HOUR)
    event = office.book(office.jane, office.oak)
    office.settle()
    office.world.meetings.update(
        office.jane.id, event.ref, replace(event.content, start=NINE + HOUR, end=NINE + 2 * HOUR)
    )
    assert office.answer(event, office.oak) is Answer.NONE
    office.settle()
    assert (office.answer(event, office.oak), office.answer(taken, office.oak)) == (Answer.DECLINED, Answer.ACCEPTED)


def test_a_renamed_meeting_keeps_its_room_all_the_while(office: "Office") -> None:
    event = office.book(office.jane, office.oak)
    office.settle()
    office.world.meetings.update(office.jane.id, event.ref, replace(event.content, subject="Renamed"))
    rival = office.book(office.mei, office.oak)
    office.world.clock.advance(1)
    assert office.need(office.oak, event).content.subject == "Renamed"  # shows again for a moment
    office.settle()
    assert office.need(office.oak, event).content.subject == "Jane Doe "
    assert (office.answer(event, office.oak), office.answer(rival, office.oak)) == (Answer.ACCEPTED, Answer.DECLINED)


def test_a_cancelled_meeting_stays_in_the_room_and_blocks_nothing(office: "Office") -> None:
    event = office.book(office.jane, office.oak)
    office.settle()
    office.world.meetings.cancel(office.jane.id, event.ref)
    office.settle()
    copy = office.need(office.oak, event)
    assert copy.cancelled
    assert copy.content.show_as is ShowAs.FREE
    again = office.book(office.mei, office.oak)
    office.settle()
    assert office.answer(again, office.oak) is Answer.ACCEPTED


def test_a_room_may_clear_cancelled_meetings_away(office: "Office") -> None:
    office.processing(office.oak).remove_canceled_meetings = True
    event = office.book(office.jane, office.oak)
    office.settle()
    office.world.meetings.cancel(office.jane.id, event.ref)
    office.settle()
    assert office.copy(office.oak, event) is None


def test_a_swapped_room_frees_the_old_one(office: "Office") -> None:
    event = office.book(office.jane, office.mei, office.oak)
    office.settle()
    office.world.meetings.update(office.jane.id, event.ref, office.content("Kick-off", office.mei, office.elm))
    office.settle()
    assert office.need(office.oak, event).cancelled
    assert office.answer(event, office.elm) is Answer.ACCEPTED


def test_a_meeting_withdrawn_before_the_room_decided_is_not_answered(office: "Office") -> None:
    event = office.book(office.jane, office.oak)
    office.world.clock.advance(2)
    office.world.meetings.cancel(office.jane.id, event.ref)
    office.settle()
    assert office.world.mailboxes.of(office.jane.id).inbox == {}


def test_rooms_may_be_slow_silent_or_contrary_on_order(office: "Office") -> None:
    world = office.world
    world.room_delays[office.elm.id] = Delays(process=600)
    world.faults.add(Fault(FaultKind.ROOM_SILENT, mailbox=office.oak.id))
    silent, slow = office.book(office.jane, office.oak), office.book(office.jane, office.elm)
    world.clock.advance(300)
    assert (office.answer(silent, office.oak), office.answer(slow, office.elm)) == (Answer.NONE, Answer.NONE)
    world.clock.advance(400)
    assert (office.answer(silent, office.oak), office.answer(slow, office.elm)) == (Answer.NONE, Answer.ACCEPTED)
    world.faults.add(Fault(FaultKind.ROOM_DECLINES, mailbox=office.oak.id))
    world.faults.add(Fault(FaultKind.ROOM_LATE, mailbox=office.oak.id, seconds=600))
    contrary = office.book(office.jane, office.oak, start=NINE + HOUR)
    world.clock.advance(500)
    assert office.answer(contrary, office.oak) is Answer.NONE
    world.clock.advance(200)
    assert office.answer(contrary, office.oak) is Answer.DECLINED


def test_nobody_came_so_the_room_is_released(office: "Office") -> None:
    office.processing(office.oak).enable_auto_release = True
    event = office.book(office.jane, office.oak)
    kept = office.book(office.mei, office.oak, start=NINE + HOUR)
    office.settle()
    office.world.attendant.check_in(office.oak.id, kept.ical_uid)
    office.world.clock.advance_to(NINE + 3 * HOUR)
    assert office.answer(event, office.oak) is Answer.DECLINED
    assert office.answer(kept, office.oak) is Answer.ACCEPTED


def test_an_event_written_into_the_rooms_own_calendar_bypasses_the_attendant(office: "Office") -> None:
    office.book(office.jane, office.oak)
    office.settle()
    forced = office.book(office.oak)
    assert forced.is_organizer
    assert len(office.world.mailboxes.of(office.oak.id).view(NINE, NINE + HOUR)) == 2
