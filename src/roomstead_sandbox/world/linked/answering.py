"""What guests do on linked calendars: answer, delete their copy, bring others along."""

from collections.abc import Callable
from dataclasses import replace

from roomstead_sandbox.world.core import Core
from roomstead_sandbox.world.errors import Invalid, NotFound
from roomstead_sandbox.world.events import (
    Answer,
    Content,
    Event,
    ItemRef,
    same_address,
    with_answer,
)
from roomstead_sandbox.world.linked.copies import Copies, exceptions
from roomstead_sandbox.world.linked.finding import find, stored
from roomstead_sandbox.world.linked.mailing import Mailing
from roomstead_sandbox.world.linked.merging import merged
from roomstead_sandbox.world.mailbox import Mailbox
from roomstead_sandbox.world.people import User


class Answering:
    """An answer given on one copy reaches the organiser's and, through it, all others."""

    def __init__(self, core: Core, copies: Copies, mailing: Mailing) -> None:
        self._core, self._copies, self._mailing = core, copies, mailing
        self.answered: Callable[[Event], None] = lambda _: None  # told of the organiser's event after every answer

    def respond(
        self,
        mailbox_id: str,
        ref: ItemRef,
        answer: Answer,
        *,
        comment: str | None = None,
        guests: int | None = None,
        tell: bool = True,
    ) -> Event:
        """Answer an invitation in this mailbox (NOT_RESPONDED takes it back). Returns the copy.

        `tell`: by mail, too; an organiser on another service hears of it no other way. Raises NotFound; Invalid for
        what is no answer.
        """
        if answer not in (Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED, Answer.NOT_RESPONDED):
            raise Invalid("An answer is accepted, tentative or declined.")
        mailbox = self._core.mailboxes.of(mailbox_id)
        event = stored(mailbox, mailbox.need(ref))
        user = self._core.directory.user(mailbox_id)
        reached = self.organizer_copy(event)
        if reached is None:
            self._stamp(mailbox, event, user, answer, comment, guests)
        else:
            host, theirs = reached
            before = theirs.content
            self._stamp(host, theirs, user, answer, comment, guests)
            self._copies.spread_answer(theirs, user)
            self._follow(host, theirs, before, user)
        if reached is not None and answer is Answer.DECLINED:
            self.answered(reached[1])
        if tell and answer is not Answer.NOT_RESPONDED and event.mailbox_id != (reached and reached[0].user_id):
            self._mailing.reply(event, answer, comment or "")
        return event

    def delete(self, mailbox_id: str, ref: ItemRef, *, tell: bool = True) -> None:
        """A guest deletes their copy: it is cancelled there, and they count as having declined. Raises NotFound."""
        mailbox = self._core.mailboxes.of(mailbox_id)
        event = stored(mailbox, mailbox.need(ref))
        event.cancelled = True
        if event.response is not Answer.DECLINED:
            self.respond(mailbox_id, event.ref, Answer.DECLINED, tell=tell)
        self._copies.cancel(mailbox, event)

    def organizer_copy(self, event: Event) -> tuple[Mailbox, Event] | None:
        """The organiser's calendar and event behind a copy, if the organiser's calendar is a linked one, too."""
        if event.is_organizer:
            return self._core.mailboxes.of(event.mailbox_id), event
        user = self._core.linked_user(event.organizer.address)
        if user is None:
            return None
        mailbox = self._core.mailboxes.of(user.id)
        found = find(mailbox, event.ical_uid, event.original_start)
        if found is None or not found.is_organizer or found.cancelled:
            return None
        return mailbox, stored(mailbox, found)

    def _stamp(
        self, mailbox: Mailbox, event: Event, user: User, answer: Answer, comment: str | None, guests: int | None
    ) -> None:
        noted = Answer.NONE if answer is Answer.NOT_RESPONDED else answer
        content = event.content
        for address in user.addresses:
            content = with_answer(content, address, noted, self._core.now())
            content = _with_words(content, address, comment, guests)
        if event.mailbox_id == user.id and not event.is_organizer:
            event.response, event.responded_at = answer, self._core.now()
            event.awaiting_decision = False
        mailbox.change(event, content)

    def _follow(self, mailbox: Mailbox, master: Event, before: Content, user: User) -> None:
        """An answer to a series holds for its exceptions that had the same one."""
        for exception in exceptions(mailbox, master):
            content = merged(before, master.content, exception.content)
            if content is not exception.content:
                mailbox.change(exception, content)
                self._copies.spread_answer(exception, user)


def _with_words(content: Content, address: str, comment: str | None, guests: int | None) -> Content:
    changes: dict[str, object] = {}
    if comment is not None:
        changes["comment"] = comment
    if guests is not None:
        changes["guests"] = guests
    if not changes:
        return content
    attendees = tuple(
        replace(a, **changes) if same_address(a.address, address) else a  # type: ignore[arg-type]  # by field names
        for a in content.attendees
    )
    return replace(content, attendees=attendees)


def need(mailbox: Mailbox, ref: ItemRef) -> Event:
    """An item that is there and not cancelled. Raises NotFound."""
    found = mailbox.need(ref)
    if found.cancelled:
        raise NotFound("The event was cancelled.")
    return found
