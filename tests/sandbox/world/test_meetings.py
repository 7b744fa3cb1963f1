"""Meetings from the organiser's side, and what attendees see of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from roomstead_sandbox.world.errors import Invalid, IsOrganizer, NotFound, NotOrganizer
from roomstead_sandbox.world.events import Answer, Event, Person, Sensitivity, ShowAs
from roomstead_sandbox.world.post import MailKind

if TYPE_CHECKING:
    from tests.sandbox.world.conftest import Office

NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _kinds(office: "Office") -> list[MailKind]:
    return [m.draft.kind for m in office.world.post.log]


def test_an_invitation_arrives_tentative_and_as_written(office: "Office") -> None:
    event = office.book(office.jane, office.mei, body="Secret plans", sensitivity=Sensitivity.PRIVATE)
    assert office.copy(office.mei, event) is None
    office.world.clock.advance(1)
    copy = office.need(office.mei, event)
    assert (copy.content.subject, copy.content.body) == ("Kick-off", "Secret plans")
    assert copy.content.sensitivity is Sensitivity.PRIVATE
    assert (copy.content.show_as, copy.response) == (ShowAs.TENTATIVE, Answer.NOT_RESPONDED)
    assert not copy.is_organizer
    assert copy.organizer == Person("jane@contoso.example", "Jane Doe")
    assert copy.transaction_id is None
    assert copy.properties is None


def test_an_answer_reaches_the_organiser_later_and_changes_the_revision(office: "Office") -> None:
    event = office.book(office.jane, office.mei)
    office.settle()
    copy, before = office.need(office.mei, event), event.revision
    office.world.answers.respond(office.mei.id, copy.ref, Answer.TENTATIVE)
    assert office.answer(event, office.mei) is Answer.NONE
    office.world.clock.advance(2)
    assert office.answer(event, office.mei) is Answer.TENTATIVE
    assert event.revision == before + 1
    assert office.world.mailboxes.of(office.jane.id).inbox == {"response": 1}


def test_a_declined_copy_leaves_the_calendar_unless_the_switch_says_otherwise(office: "Office") -> None:
    first, second = office.book(office.jane, office.mei), office.book(office.jane, office.mei)
    office.settle()
    assert office.world.answers.respond(office.mei.id, office.need(office.mei, first).ref, Answer.DECLINED) is None
    assert office.copy(office.mei, first) is None
    office.world.switches.declined_copy_leaves = False
    office.world.answers.respond(office.mei.id, office.need(office.mei, second).ref, Answer.DECLINED)
    assert office.need(office.mei, second).content.show_as is ShowAs.FREE
    office.settle()
    assert {office.answer(e, office.mei) for e in (first, second)} == {Answer.DECLINED}


def test_the_organiser_copy_changes_by_itself_after_the_create(office: "Office") -> None:
    event = office.book(office.jane)
    office.world.clock.advance(5)
    assert event.revision == 2


def test_adding_and_removing_people_mails_only_them(office: "Office") -> None:
    event = office.book(office.jane, office.mei)
    office.settle()
    office.world.meetings.update(office.jane.id, event.ref, office.content("Kick-off", office.tom))
    office.settle()
    assert [(m.draft.kind, m.draft.recipients) for m in office.world.post.log[1:]] == [
        (MailKind.CANCELLATION, ("mei@contoso.example",)),
        (MailKind.REQUEST, ("tom@contoso.example",)),
    ]
    assert office.need(office.mei, event).cancelled
    assert office.need(office.mei, event).content.subject == "Canceled: Kick-off"
    assert office.need(office.tom, event).response is Answer.NOT_RESPONDED


def test_moving_takes_the_answers_back_and_asks_everybody_again(office: "Office") -> None:
    event = office.book(office.jane, office.mei)
    office.settle()
    office.world.answers.respond(office.mei.id, office.need(office.mei, event).ref, Answer.ACCEPTED)
    office.settle()
    moved = replace(event.content, start=NINE + HOUR, end=NINE + 2 * HOUR)
    office.world.meetings.update(office.jane.id, event.ref, moved)
    assert office.answer(event, office.mei) is Answer.NONE
    office.settle()
    copy = office.need(office.mei, event)
    assert (copy.response, copy.start) == (Answer.NOT_RESPONDED, NINE + HOUR)
    assert _kinds(office)[-1] is MailKind.UPDATE


def test_new_words_leave_the_answers_alone(office: "Office") -> None:
    event = office.book(office.jane, office.mei)
    office.settle()
    office.world.answers.respond(office.mei.id, office.need(office.mei, event).ref, Answer.ACCEPTED)
    office.settle()
    office.world.meetings.update(office.jane.id, event.ref, replace(event.content, subject="Renamed"))
    office.settle()
    copy = office.need(office.mei, event)
    assert (copy.content.subject, copy.response, copy.content.show_as) == ("Renamed", Answer.ACCEPTED, ShowAs.BUSY)
    assert office.answer(event, office.mei) is Answer.ACCEPTED


def test_a_reminder_concerns_nobody_else(office: "Office") -> None:
    event = office.book(office.jane, office.mei)
    office.world.meetings.update(office.jane.id, event.ref, replace(event.content, reminder_minutes=5))
    assert _kinds(office) == [MailKind.REQUEST]


def test_an_answer_to_the_old_time_does_not_count_for_the_new_one(office: "Office") -> None:
    event = office.book(office.jane, office.mei)
    office.settle()
    office.world.answers.respond(office.mei.id, office.need(office.mei, event).ref, Answer.ACCEPTED)
    moved = replace(event.content, start=NINE + HOUR, end=NINE + 2 * HOUR)
    office.world.meetings.update(office.jane.id, event.ref, moved)  # before the answer arrives
    office.settle()
    assert office.answer(event, office.mei) is Answer.NONE


def test_cancelling_tells_everybody_and_removes_the_organisers_copy(office: "Office") -> None:
    event = office.book(office.jane, office.mei)
    office.settle()
    office.world.meetings.cancel(office.jane.id, event.ref, "No longer needed")
    office.settle()
    assert office.copy(office.jane, event) is None
    copy = office.need(office.mei, event)
    assert copy.cancelled
    assert copy.content.show_as is ShowAs.FREE
    assert office.world.post.log[-1].draft.comment == "No longer needed"
    with pytest.raises(NotFound):
        office.world.meetings.delete(office.jane.id, event.ref)


def test_attendees_cannot_cancel_and_organisers_cannot_answer(office: "Office") -> None:
    event = office.book(office.jane, office.mei)
    office.settle()
    with pytest.raises(NotOrganizer):
        office.world.meetings.cancel(office.mei.id, office.need(office.mei, event).ref)
    with pytest.raises(IsOrganizer):
        office.world.answers.respond(office.jane.id, event.ref, Answer.ACCEPTED)
    with pytest.raises(Invalid):
        office.world.answers.respond(office.mei.id, office.need(office.mei, event).ref, Answer.NONE)


def test_deleting_ones_copy_tells_nobody_unless_the_switch_says_so(office: "Office") -> None:
    event = office.book(office.jane, office.mei, office.tom)
    office.settle()
    office.world.answers.delete(office.mei.id, office.need(office.mei, event).ref)
    office.world.switches.attendee_delete_tells_organizer = True
    office.world.answers.delete(office.tom.id, office.need(office.tom, event).ref)
    office.settle()
    assert (office.answer(event, office.mei), office.answer(event, office.tom)) == (Answer.NONE, Answer.DECLINED)
    assert office.copy(office.mei, event) is None


def test_an_attendees_own_edit_lasts_until_the_organisers_next_update(office: "Office") -> None:
    event = office.book(office.jane, office.mei)
    office.settle()
    copy = office.need(office.mei, event)
    office.world.meetings.update(office.mei.id, copy.ref, replace(copy.content, subject="My notes"))
    assert event.content.subject == "Kick-off"
    office.world.meetings.update(office.jane.id, event.ref, replace(event.content, body="New"))
    office.settle()
    assert office.need(office.mei, event).content.subject == "Kick-off"


def test_a_forwarded_invitation_adds_the_person_to_the_organisers_copy(office: "Office") -> None:
    event = office.book(office.jane, office.mei)
    office.settle()
    person = Person("tom@contoso.example", "Tom Baker")
    office.world.answers.forward(office.mei.id, office.need(office.mei, event).ref, (person,))
    office.settle()
    assert office.copy(office.tom, event) is not None
    office.world.answers.respond(office.tom.id, office.need(office.tom, event).ref, Answer.ACCEPTED)
    office.settle()
    assert office.answer(event, office.tom) is Answer.ACCEPTED


def test_no_answers_come_back_when_none_are_asked_for(office: "Office") -> None:
    event = office.book(office.jane, office.mei, response_requested=False)
    office.settle()
    office.world.answers.respond(office.mei.id, office.need(office.mei, event).ref, Answer.ACCEPTED)
    office.settle()
    assert office.answer(event, office.mei) is Answer.NONE


def test_a_secondary_calendar_collects_no_answers(office: "Office") -> None:
    mailbox = office.world.mailboxes.of(office.jane.id)
    other = mailbox.add_calendar("Projects")
    event = office.world.meetings.create(office.jane.id, office.content("X", office.mei), calendar_id=other.id)
    office.settle()
    office.world.answers.respond(office.mei.id, office.need(office.mei, event).ref, Answer.ACCEPTED)
    office.settle()
    assert office.answer(event, office.mei) is Answer.NONE


def test_hidden_attendees_see_themselves_only(office: "Office") -> None:
    event = office.book(office.jane, office.mei, office.tom, hide_attendees=True)
    office.settle()
    assert [a.address for a in office.need(office.mei, event).content.attendees] == ["mei@contoso.example"]
    assert len(event.content.attendees) == 2


def test_bad_times_are_refused_before_anything_is_written(office: "Office") -> None:
    with pytest.raises(Invalid):
        office.book(office.jane, office.mei, end=NINE - HOUR)
    assert office.world.post.log == []
    assert office.world.mailboxes.of(office.jane.id).version == 0


def test_a_transaction_is_remembered_with_its_fingerprint(office: "Office") -> None:
    event: Event = office.world.meetings.create(office.jane.id, office.content("X"), transaction=("t-1", "abc"))
    mailbox = office.world.mailboxes.of(office.jane.id)
    assert mailbox.transactions["t-1"] == (event.ref, "abc")
    office.world.meetings.delete(office.jane.id, event.ref)
    assert "t-1" in mailbox.transactions
    office.world.switches.transaction_reusable_after_delete = True
    again = office.world.meetings.create(office.jane.id, office.content("X"), transaction=("t-2", "abc"))
    office.world.meetings.delete(office.jane.id, again.ref)
    assert "t-2" not in mailbox.transactions


def test_items_are_found_by_their_extended_properties(office: "Office") -> None:
    event = office.world.meetings.create(office.jane.id, office.content("X"), properties={"p": "Bk_1"})
    mailbox = office.world.mailboxes.of(office.jane.id)
    assert mailbox.with_property("p", "bk_1") == [event]
    office.world.meetings.update(office.jane.id, event.ref, event.content, properties={"p": "bk_2"})
    assert mailbox.with_property("p", "bk_1") == []
    assert mailbox.with_property("p", "bk_2") == [event]
