"""What the organiser does: create, change, cancel, delete. The engine sends the mail that follows from it."""

from roomstead_sandbox.world import differences, recurrence
from roomstead_sandbox.world.clock import Arguments
from roomstead_sandbox.world.core import Core, person
from roomstead_sandbox.world.errors import CrossesNeighbour, NotOrganizer
from roomstead_sandbox.world.events import (
    NEVER,
    Answer,
    Attendee,
    Content,
    Event,
    EventKind,
    ItemRef,
    same_address,
    without_answers,
)
from roomstead_sandbox.world.linked.engine import Linked
from roomstead_sandbox.world.mailbox import DEFAULT_CALENDAR, Mailbox, Transaction
from roomstead_sandbox.world.post import Draft, MailKind

ROTATE = "meetings.rotate"


class Meetings:
    """The organiser's verbs. `mailbox_id` is always the user whose calendar is written, and so the organiser."""

    def __init__(self, core: Core, linked: Linked) -> None:
        self._core, self._linked = core, linked
        core.clock.on(ROTATE, self._rotate)

    def create(
        self,
        mailbox_id: str,
        content: Content,
        *,
        calendar_id: str = DEFAULT_CALENDAR,
        transaction: tuple[str, str] | None = None,
        properties: dict[str, str] | None = None,
    ) -> Event:
        """Put a new item into a calendar and invite its attendees (who cannot be left uninvited).

        `transaction` is the client's id and the face's fingerprint of the request; looking for a repeat before is
        the face's part (`Mailbox.transactions`). Answers in `content` are ignored.
        Raises NotFound for the mailbox or calendar, Invalid for times or a pattern that make no sense.
        """
        if self._core.is_linked(mailbox_id):
            return self._linked.organizing.create(mailbox_id, content, properties=properties)
        recurrence.check_content(content)
        mailbox = self._core.mailboxes.of(mailbox_id)
        event = self._new(mailbox, mailbox.calendar(calendar_id).id, self._core.shown_guests(content))
        event.transaction_id = transaction[0] if transaction else None
        event.properties = dict(properties) if properties else None
        mailbox.add(event)
        if transaction:
            mailbox.transactions[transaction[0]] = Transaction(event.ref, transaction[1])
        self._mail(event, MailKind.REQUEST, event.content.attendees)
        if self._core.switches.organizer_copy_rotates:
            delay = self._core.delays.rotate
            self._core.clock.after(delay, ROTATE, mailbox=mailbox_id, key=event.key)
        return event

    def update(
        self, mailbox_id: str, ref: ItemRef, content: Content, *, properties: dict[str, str] | None = None
    ) -> Event:
        """Give an item new content, complete. Returns the changed item.

        On the organiser's copy the right mail goes out: when only attendees changed, to the added (request) and
        the removed (cancellation); otherwise an update to everybody. Moving takes the answers back. Answers in
        `content` are taken as they are otherwise, so a face decides what a client may write. On an attendee's copy
        only that copy changes, until the organiser's next update.
        An occurrence becomes an exception. Raises NotFound, Invalid.
        """
        if self._core.is_linked(mailbox_id):
            return self._linked.organizing.update(mailbox_id, ref, content, properties=properties)
        recurrence.check_content(content)
        mailbox = self._core.mailboxes.of(mailbox_id)
        found = mailbox.need(ref)
        if ref.occurrence is not None:
            _check_neighbours(mailbox, found, content)
        event = mailbox.make_exception(found)
        content = self._core.shown_guests(content) if event.is_organizer else content
        difference = differences.between(event.content, content)
        if properties:
            mailbox.set_properties(event, properties)
        if not event.is_organizer:
            mailbox.change(event, content)
            return event
        self._reshape(mailbox, event, content)
        resets = self._resets(difference)
        if resets:
            content = without_answers(content)
            event.sequence += 1
        mailbox.change(event, content)
        if event.master_key is not None:
            mailbox.change(mailbox.items[event.master_key])
        self._mail_difference(event, difference, resets=resets)
        return event

    def cancel(self, mailbox_id: str, ref: ItemRef, comment: str = "") -> None:
        """Cancel for everybody: attendees get a cancellation with the comment, the item leaves the calendar.

        Raises NotFound, and NotOrganizer on an attendee's copy.
        """
        if self._core.is_linked(mailbox_id):
            self._linked.organizing.cancel(mailbox_id, ref, comment=comment)
            return
        mailbox = self._core.mailboxes.of(mailbox_id)
        event = mailbox.need(ref)
        if not event.is_organizer:
            raise NotOrganizer("You need to be an organizer to cancel a meeting.")
        self._remove(mailbox, event)
        self._mail(event, MailKind.CANCELLATION, event.content.attendees, comment=comment)

    def delete(self, mailbox_id: str, ref: ItemRef) -> None:
        """Delete an item: the organiser's copy as `cancel` without words, an attendee's copy for itself only.

        Raises NotFound.
        """
        mailbox = self._core.mailboxes.of(mailbox_id)
        event = mailbox.need(ref)
        if event.is_organizer:
            self.cancel(mailbox_id, ref)
            return
        if self._core.is_linked(mailbox_id):
            self._linked.answering.delete(mailbox_id, ref)
            return
        self._remove(mailbox, event)

    def _new(self, mailbox: Mailbox, calendar_id: str, content: Content) -> Event:
        """A fresh organiser's copy, not yet in the calendar."""
        now = self._core.now()
        return Event(
            key=mailbox.new_key(),
            mailbox_id=mailbox.user_id,
            calendar_id=calendar_id,
            ical_uid=self._core.new_ical_uid(),
            kind=EventKind.SINGLE if content.recurrence is None else EventKind.SERIES_MASTER,
            content=without_answers(content),
            organizer=person(self._core.directory.user(mailbox.user_id)),
            is_organizer=True,
            response=Answer.ORGANIZER,
            responded_at=NEVER,
            created=now,
            modified=now,
        )

    def _remove(self, mailbox: Mailbox, event: Event) -> None:
        if event.master_key is not None:
            mailbox.remove_occurrence(event)
            return
        mailbox.remove(event)
        if event.transaction_id and self._core.switches.transaction_reusable_after_delete:
            mailbox.transactions.pop(event.transaction_id, None)

    def _reshape(self, mailbox: Mailbox, event: Event, content: Content) -> None:
        """Follow a change between single item and series, or of a series' pattern."""
        if event.content.recurrence == content.recurrence or event.kind is EventKind.EXCEPTION:
            return
        if event.kind is EventKind.SERIES_MASTER and self._core.switches.recurrence_change_drops_exceptions:
            mailbox.forget_exceptions(event)
        mailbox.reclassify(event, EventKind.SERIES_MASTER if content.recurrence else EventKind.SINGLE)

    def _resets(self, difference: differences.Difference) -> bool:
        switches = self._core.switches
        if difference.only_attendees:
            return False
        return (
            (difference.time and switches.time_change_resets_answers)
            or (difference.room and switches.room_change_resets_answers)
            or (difference.words and switches.content_change_resets_answers)
        )

    def _mail_difference(self, event: Event, difference: differences.Difference, *, resets: bool) -> None:
        if difference.removed:
            self._mail(event, MailKind.CANCELLATION, difference.removed)
        if difference.added:
            self._mail(event, MailKind.REQUEST, difference.added)
        if difference.others:
            added = {a.address.casefold() for a in difference.added}
            staying = tuple(a for a in event.content.attendees if a.address.casefold() not in added)
            self._mail(event, MailKind.UPDATE, staying, resets=resets)

    def _mail(
        self,
        event: Event,
        kind: MailKind,
        attendees: tuple[Attendee, ...],
        *,
        resets: bool = False,
        comment: str = "",
    ) -> None:
        recipients = tuple(a.address for a in attendees if not same_address(a.address, event.organizer.address))
        if not recipients:
            return
        draft = Draft(
            kind=kind,
            sender=event.organizer,
            sender_id=event.mailbox_id,
            organizer=event.organizer,
            ical_uid=event.ical_uid,
            recipients=recipients,
            content=event.content,
            occurrence=event.original_start,
            sequence=event.sequence,
            resets=resets,
            comment=comment,
        )
        self._core.post.send(draft, self._core.delays.deliver)

    def _rotate(self, arguments: Arguments) -> None:
        """The organiser's copy changes by itself once the invitations are out."""
        event = self._core.mailboxes.of(str(arguments["mailbox"])).get(ItemRef(int(str(arguments["key"]))))
        if event is not None:
            self._core.mailboxes.of(event.mailbox_id).change(event)


def _check_neighbours(mailbox: Mailbox, event: Event, content: Content) -> None:
    """A moved occurrence may not reach the day's neighbours in its series (Graph: ErrorOccurrenceCrossingBoundary)."""
    if event.master_key is None or (event.start, event.end) == (content.start, content.end):
        return
    master = mailbox.items[event.master_key]
    low, high = min(event.start, content.start), max(event.end, content.end)
    for other in mailbox.instances(master, low, high):
        if other.ref != event.ref and other.original_start is not None:
            raise CrossesNeighbour("Modified occurrence is crossing or overlapping adjacent occurrence.")
