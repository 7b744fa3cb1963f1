"""Linked calendars as one object: the verbs of organisers, guests and rooms, and what arrives from other services."""

from dataclasses import replace

from roomstead_sandbox.world.core import Core
from roomstead_sandbox.world.events import (
    NEVER,
    Answer,
    Content,
    Event,
    EventKind,
    Person,
    ShowAs,
    with_answer,
    with_attendees,
    without_answers,
)
from roomstead_sandbox.world.linked.answering import Answering
from roomstead_sandbox.world.linked.copies import Copies
from roomstead_sandbox.world.linked.finding import find, stored
from roomstead_sandbox.world.linked.mailing import Mailing
from roomstead_sandbox.world.linked.organizing import Organizing
from roomstead_sandbox.world.linked.rooms import Rooms
from roomstead_sandbox.world.mailbox import DEFAULT_CALENDAR
from roomstead_sandbox.world.people import User
from roomstead_sandbox.world.post import Draft, MailKind


class Linked:
    """`organizing`, `answering` and `rooms` hold the verbs."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.copies = Copies(core)
        mailing = Mailing(core)
        self.answering = Answering(core, self.copies, mailing)
        self.rooms = Rooms(core, self.copies, self.answering)
        self.organizing = Organizing(core, self.copies, self.rooms, mailing)

    def receive_request(self, user: User, draft: Draft) -> None:
        """An invitation came by mail: from another service it makes or updates the copy, else people just read it."""
        if self._is_linked_sender(draft):
            return
        held = find(self._core.mailboxes.of(user.id), draft.ical_uid, draft.occurrence)
        if held is not None and (held.is_organizer or held.sequence > draft.sequence):
            return
        answer = Answer.NOT_RESPONDED
        if held is not None and not draft.resets and draft.kind is not MailKind.REQUEST and not held.cancelled:
            answer = held.response
        copy = self.copies.put(user, self._as_sent(user, draft, answer))
        if user.is_resource and answer is Answer.NOT_RESPONDED:
            self.rooms.consider(user, copy)

    def receive_cancellation(self, user: User, draft: Draft) -> None:
        """A cancellation came by mail from another service."""
        mailbox = self._core.mailboxes.of(user.id)
        held = find(mailbox, draft.ical_uid, draft.occurrence)
        if held is not None and not held.is_organizer and not held.cancelled and not self._is_linked_sender(draft):
            self.copies.cancel(mailbox, stored(mailbox, held))

    def forward(self, mailbox_id: str, event: Event, people: tuple[Person, ...]) -> None:
        """Somebody brings others along: they are guests of the organiser's event from now on."""
        reached = self.answering.organizer_copy(event)
        if reached is not None:
            host, theirs = reached
            self.organizing.update(host.user_id, theirs.ref, with_attendees(theirs.content, people))
            return
        mailbox = self._core.mailboxes.of(mailbox_id)
        self.organizing.update(mailbox_id, event.ref, with_attendees(mailbox.need(event.ref).content, people))

    def _is_linked_sender(self, draft: Draft) -> bool:
        return draft.sender_id is not None and self._core.is_linked(draft.sender_id)

    def _as_sent(self, user: User, draft: Draft, answer: Answer) -> Event:
        """The organiser's event as far as the message tells, with this user's own answer."""
        content = self._received(draft.content)
        if answer is not Answer.NOT_RESPONDED:
            for address in user.addresses:
                content = with_answer(content, address, answer, self._core.now())
        now = self._core.now()
        return Event(
            key=0,
            mailbox_id=draft.sender_id or "",
            calendar_id=DEFAULT_CALENDAR,
            ical_uid=draft.ical_uid,
            kind=EventKind.SINGLE if content.recurrence is None else EventKind.SERIES_MASTER,
            content=content,
            organizer=draft.organizer,
            is_organizer=True,
            response=Answer.ORGANIZER,
            responded_at=NEVER,
            created=now,
            modified=now,
            sequence=draft.sequence,
            original_start=draft.occurrence,
        )

    def _received(self, content: Content) -> Content:
        show_as = ShowAs.FREE if content.show_as is ShowAs.FREE else ShowAs.BUSY
        return replace(without_answers(content), show_as=show_as, categories=())
