"""Rooms: what the booking attendant decides, does to the room's copy, and tells the organiser."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead_sandbox.world.core import Delays
from roomstead_sandbox.world.events import Answer, Person, Sensitivity, ShowAs
from roomstead_sandbox.world.faults import Fault, FaultKind
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


def test_a_room_may_show_requests_only_once_they_are_decided(office: "Office") -> None:
    office.processing(office.oak).add_new_requests_tentatively = False
    event = office.book(office.jane, office.oak)
    office.world.clock.advance(2)
    assert office.copy(office.oak, event) is None
    office.settle()
    assert office.need(office.oak, event).response is Answer.ACCEPTED
    assert office.answer(event, office.oak) is Answer.ACCEPTED


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
