"""What the organiser does on linked calendars: create, change, cancel, restore, hand over."""

from dataclasses import replace

from roomstead_sandbox.world import differences
from roomstead_sandbox.world.core import Core, person
from roomstead_sandbox.world.errors import NotOrganizer
from roomstead_sandbox.world.events import (
    NEVER,
    Answer,
    Attendee,
    Content,
    Event,
    EventKind,
    ItemRef,
    Role,
)
from roomstead_sandbox.world.linked.copies import Copies, exceptions
from roomstead_sandbox.world.linked.finding import stored
from roomstead_sandbox.world.linked.mailing import Mailing, Notify
from roomstead_sandbox.world.linked.merging import merged
from roomstead_sandbox.world.linked.rooms import Rooms
from roomstead_sandbox.world.mailbox import DEFAULT_CALENDAR, Mailbox
from roomstead_sandbox.world.post import MailKind
from roomstead_sandbox.world.recurrence import check_content


class Organizing:
    """The organiser's verbs. What an item says of its rooms' answers is the rooms' own affair."""

    def __init__(self, core: Core, copies: Copies, rooms: Rooms, mailing: Mailing) -> None:
        self._core, self._copies, self._rooms, self._mailing = core, copies, rooms, mailing

    def create(
        self,
        mailbox_id: str,
        content: Content,
        *,
        ical_uid: str | None = None,
        properties: dict[str, str] | None = None,
        own: dict[str, object] | None = None,
        notify: Notify = Notify.ALL,
    ) -> Event:
        """Put a new item into a calendar and onto its guests'. People's answers in `content` are taken as they are.

        Whether the UID is free is the face's to know. Raises NotFound for the mailbox, Invalid for times or a
        pattern that make no sense.
        """
        check_content(content)
        mailbox = self._core.mailboxes.of(mailbox_id)
        content = self._judged(self._core.shown_guests(content), None, resets=False)
        event = mailbox.add(self._new(mailbox, content, ical_uid or self._core.new_linked_uid(), properties, own))
        self._copies.spread(event)
        self._rooms.consider_all(event)
        self._mailing.tell(event, MailKind.REQUEST, event.content.attendees, notify)
        return event

    def update(
        self,
        mailbox_id: str,
        ref: ItemRef,
        content: Content,
        *,
        properties: dict[str, str] | None = None,
        own: dict[str, object] | None = None,
        notify: Notify = Notify.ALL,
    ) -> Event:
        """Give an item new content, complete (properties and `own` too, unless None). Restores a cancelled one.

        On the organiser's copy the guests' copies follow; a new time lets the rooms decide anew. On a guest's copy
        only that copy changes, until the organiser's next update. Raises NotFound, Invalid.
        """
        check_content(content)
        mailbox = self._core.mailboxes.of(mailbox_id)
        event = stored(mailbox, mailbox.need(ref))
        if properties is not None:
            mailbox.replace_properties(event, dict(properties))
        if own is not None:
            event.own = dict(own) or None
        if not event.is_organizer:
            event.cancelled = False
            self._copies.reshape(mailbox, event, content)
            mailbox.change(event, content)
            return event
        before, content = event.content, self._core.shown_guests(content)
        difference = differences.between(before, content)
        resets, event.cancelled = event.cancelled or difference.time, False
        content = self._judged(content, before, resets=resets)
        event.sequence += resets
        self._copies.reshape(mailbox, event, content)
        mailbox.change(event, content)
        self._withdraw(event, difference.removed)
        self._copies.spread(event)
        self._follow(mailbox, event, before)
        self._rooms.consider_all(event)
        self._tell(event, difference, notify, resets=resets)
        return event

    def cancel(self, mailbox_id: str, ref: ItemRef, *, notify: Notify = Notify.ALL, comment: str = "") -> None:
        """Cancel an item, or one occurrence, for everybody; it stays to be read as cancelled.

        Raises NotFound, and NotOrganizer on a guest's copy.
        """
        mailbox = self._core.mailboxes.of(mailbox_id)
        event = stored(mailbox, mailbox.need(ref))
        if not event.is_organizer:
            raise NotOrganizer("Only the organiser cancels a meeting.")
        self._copies.cancel(mailbox, event)
        for guest in self._copies.guests(event):
            self._copies.withdraw(guest, event)
        self._mailing.tell(event, MailKind.CANCELLATION, event.content.attendees, notify, comment=comment)

    def hand_over(self, mailbox_id: str, ref: ItemRef, to: str, *, notify: Notify = Notify.ALL) -> Event:
        """Make another calendar the organiser's. The old one keeps a cancelled row without content's worth.

        Raises NotFound, and NotOrganizer on a guest's copy.
        """
        mailbox, other = self._core.mailboxes.of(mailbox_id), self._core.mailboxes.of(to)
        event = mailbox.need(ref)
        if not event.is_organizer:
            raise NotOrganizer("Only the organiser's calendar can give a meeting away.")
        organizer = person(self._core.directory.user(to))
        moved = self._copies.put(self._core.directory.user(to), event)
        for theirs in (moved, *exceptions(other, moved)):
            theirs.is_organizer, theirs.organizer, theirs.response = True, organizer, Answer.ORGANIZER
            theirs.cancelled = False if theirs is moved else theirs.cancelled
            other.replace_properties(theirs, event.properties)
            other.change(theirs)
        event.is_organizer = False
        self._copies.cancel(mailbox, event)
        self._copies.spread(moved)
        self._mailing.tell(moved, MailKind.UPDATE, moved.content.attendees, notify)
        return moved

    def bring_in(
        self,
        mailbox_id: str,
        content: Content,
        ical_uid: str,
        *,
        properties: dict[str, str] | None = None,
        own: dict[str, object] | None = None,
    ) -> Event:
        """Put an event of that UID into one calendar alone, in place of one it has: nobody is invited or told."""
        check_content(content)
        mailbox = self._core.mailboxes.of(mailbox_id)
        for held in mailbox.with_uid(ical_uid):
            mailbox.replace_properties(held, dict(properties or {}))
            held.own, held.cancelled = dict(own or {}) or None, False
            self._copies.reshape(mailbox, held, content)
            mailbox.change(held, content)
            return held
        return mailbox.add(self._new(mailbox, content, ical_uid, properties, own))

    def _new(
        self,
        mailbox: Mailbox,
        content: Content,
        ical_uid: str,
        properties: dict[str, str] | None,
        own: dict[str, object] | None,
    ) -> Event:
        """A fresh organiser's event, not yet in the calendar."""
        now = self._core.now()
        return Event(
            key=mailbox.new_key(),
            mailbox_id=mailbox.user_id,
            calendar_id=DEFAULT_CALENDAR,
            ical_uid=ical_uid,
            kind=EventKind.SINGLE if content.recurrence is None else EventKind.SERIES_MASTER,
            content=content,
            organizer=person(self._core.directory.user(mailbox.user_id)),
            is_organizer=True,
            response=Answer.ORGANIZER,
            responded_at=NEVER,
            created=now,
            modified=now,
            properties=dict(properties) if properties else None,
            own=dict(own) if own else None,
        )

    def _judged(self, content: Content, before: Content | None, *, resets: bool) -> Content:
        """The content with its rooms marked as such, their answers as they stand, or taken back by a new time."""
        takes_back = resets and self._core.switches.moved_guests_answer_again
        attendees = tuple(self._judge(a, before, resets=resets, takes_back=takes_back) for a in content.attendees)
        return content if attendees == content.attendees else replace(content, attendees=attendees)

    def _judge(self, attendee: Attendee, before: Content | None, *, resets: bool, takes_back: bool) -> Attendee:
        user = self._core.linked_user(attendee.address)
        if user is None or not user.is_resource:
            return replace(attendee, answer=Answer.NONE, answered_at=NEVER) if takes_back else attendee
        held = None if before is None else before.attendee(attendee.address)
        answer, at = (Answer.NONE, NEVER) if held is None or resets else (held.answer, held.answered_at)
        name = user.display_name
        return replace(attendee, role=Role.RESOURCE, name=name, answer=answer, answered_at=at)

    def _withdraw(self, event: Event, removed: tuple[Attendee, ...]) -> None:
        for attendee in removed:
            user = self._core.linked_user(attendee.address)
            if user is not None and user.id != event.mailbox_id:
                self._copies.withdraw(user, event)

    def _follow(self, mailbox: Mailbox, master: Event, before: Content) -> None:
        """What a series' exceptions did not change themselves follows the series."""
        for exception in exceptions(mailbox, master):
            content = merged(before, master.content, exception.content)
            if content is not exception.content and not exception.cancelled:
                mailbox.change(exception, content)
                self._copies.spread(exception)

    def _tell(self, event: Event, difference: differences.Difference, notify: Notify, *, resets: bool) -> None:
        self._mailing.tell(event, MailKind.CANCELLATION, difference.removed, notify)
        self._mailing.tell(event, MailKind.REQUEST, difference.added, notify)
        if difference.others or resets:
            added = {a.address.casefold() for a in difference.added}
            staying = tuple(a for a in event.content.attendees if a.address.casefold() not in added)
            self._mailing.tell(event, MailKind.UPDATE, staying, notify, resets=resets)
