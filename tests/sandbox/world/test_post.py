"""Mail between mailboxes: limits, the world outside, and who is told of what it does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from roomstead_sandbox.world.changes import ChangeKind
from roomstead_sandbox.world.events import Answer, Attendee, Person, Role
from roomstead_sandbox.world.outsiders import Script
from roomstead_sandbox.world.post import MailKind, SendingLimits
from roomstead_sandbox.world.stream import MailboxChanged

if TYPE_CHECKING:
    from tests.sandbox.world.conftest import Office

NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_people_outside_get_mail_and_answer_as_scripted(office: "Office") -> None:
    office.world.outsiders.script("BOB@fabrikam.example", Script(Answer.DECLINED, seconds=30))
    content = replace(office.content("X"), attendees=(Attendee("bob@fabrikam.example", "Bob", Role.OPTIONAL),))
    event = office.world.meetings.create(office.jane.id, content)
    office.settle()
    assert event.content.attendees[0].answer is Answer.DECLINED
    assert [m.draft.kind for m in office.world.post.log] == [MailKind.REQUEST, MailKind.RESPONSE]


def test_a_meeting_from_outside_is_changed_and_cancelled_from_outside(office: "Office") -> None:
    ada = Person("ada@fabrikam.example", "Ada")
    uid = office.world.outsiders.organize(ada, office.content("Workshop", office.mei))
    office.settle()
    copy = office.world.mailboxes.of(office.mei.id).copy_of(uid)
    assert copy is not None
    assert copy.organizer == ada
    office.world.outsiders.change(uid, replace(office.content("Workshop", office.mei), start=NINE - HOUR))
    office.settle()
    assert copy.start == NINE - HOUR
    office.world.outsiders.cancel(uid)
    office.settle()
    assert copy.cancelled


def test_a_31st_message_in_a_minute_leaves_in_the_next_one(office: "Office") -> None:
    events = [office.book(office.jane, office.mei) for _ in range(31)]
    office.world.clock.advance(59)
    assert office.copy(office.mei, events[29]) is not None
    assert office.copy(office.mei, events[30]) is None
    office.world.clock.advance(2)
    assert office.copy(office.mei, events[30]) is not None


def test_too_many_recipients_in_a_day_bounce_while_the_calendar_write_succeeds(office: "Office") -> None:
    office.world.post.limits = SendingLimits(messages_per_minute=None, recipients_per_day=3)
    office.book(office.jane, office.mei, office.tom)
    bounced = office.book(office.jane, office.mei, office.tom)
    office.settle()
    assert bounced.is_organizer
    assert office.copy(office.mei, bounced) is None
    assert [m.bounced for m in office.world.post.log] == [False, True]
    assert office.world.mailboxes.of(office.jane.id).inbox == {"undeliverable": 1}
    office.world.clock.advance(86_400)
    later = office.book(office.jane, office.mei)
    office.settle()
    assert office.copy(office.mei, later) is not None


def test_the_limits_may_not_hold_for_calendar_mail(office: "Office") -> None:
    office.world.switches.calendar_mail_counts = False
    office.world.post.limits = SendingLimits(messages_per_minute=1, recipients_per_day=1)
    events = [office.book(office.jane, office.mei) for _ in range(3)]
    office.world.clock.advance(2)
    assert all(office.copy(office.mei, event) is not None for event in events)


def test_listeners_hear_every_change_in_order(office: "Office") -> None:
    heard: list[MailboxChanged] = []
    end = office.world.stream.subscribe(heard.append)
    event = office.book(office.jane, office.mei)
    office.settle()
    office.world.meetings.cancel(office.jane.id, event.ref)
    office.settle()
    end()
    office.book(office.jane)
    assert [(h.mailbox_id, h.kind) for h in heard] == [
        (office.jane.id, ChangeKind.CREATED),
        (office.mei.id, ChangeKind.CREATED),
        (office.jane.id, ChangeKind.UPDATED),
        (office.jane.id, ChangeKind.DELETED),
        (office.mei.id, ChangeKind.UPDATED),
    ]
    assert [h.number for h in heard] == list(range(1, 6))
