"""What an attendee does with a meeting: answer it, or pass the invitation on."""

from dataclasses import replace

from roomstead_sandbox.world.core import Core, person
from roomstead_sandbox.world.errors import Invalid, IsOrganizer
from roomstead_sandbox.world.events import (
    Answer,
    Content,
    Event,
    ItemRef,
    Person,
    ShowAs,
    with_answer,
    with_attendees,
)
from roomstead_sandbox.world.linked.engine import Linked
from roomstead_sandbox.world.mailbox import Mailbox
from roomstead_sandbox.world.post import Draft, MailKind

_SHOWN = {Answer.ACCEPTED: ShowAs.BUSY, Answer.TENTATIVE: ShowAs.TENTATIVE, Answer.DECLINED: ShowAs.FREE}


class Answers:
    """The attendee's verbs; rooms answer through them, too."""

    def __init__(self, core: Core, linked: Linked) -> None:
        self._core, self._linked = core, linked

    def respond(
        self, mailbox_id: str, ref: ItemRef, answer: Answer, *, comment: str = "", send: bool = True
    ) -> Event | None:
        """Answer an invitation in this mailbox. Returns the copy, or None when a declined copy left the calendar.

        With `send`, and if the organiser asked for answers, the organiser is told (arrives after the reply delay).
        Raises NotFound, IsOrganizer on one's own meeting, Invalid for what is no answer.
        """
        if answer not in _SHOWN:
            raise Invalid("An answer is accepted, tentative or declined.")
        mailbox = self._core.mailboxes.of(mailbox_id)
        found = mailbox.need(ref)
        if self._core.is_linked(mailbox_id):
            return self._linked.answering.respond(mailbox_id, ref, answer, comment=comment or None, tell=send)
        if found.is_organizer:
            raise IsOrganizer("You can't respond to this meeting because you're the meeting organizer.")
        event = mailbox.make_exception(found)
        self.mark(mailbox, event, answer)
        if send and event.content.response_requested:
            self.reply(event, answer, comment)
        if answer is Answer.DECLINED and self._core.switches.declined_copy_leaves:
            self.take_out(mailbox, event)
            return None
        return event

    def mark(self, mailbox: Mailbox, event: Event, answer: Answer, content: Content | None = None) -> None:
        """Note an answer on the attendee's own copy; a free meeting stays free."""
        user = self._core.directory.user(mailbox.user_id)
        now = self._core.now()
        changed = content or event.content
        for address in user.addresses:
            changed = with_answer(changed, address, answer, now)
        event.response, event.responded_at = answer, now
        mailbox.change(event, _shown(changed, _SHOWN[answer]))

    def reply(self, event: Event, answer: Answer, comment: str = "") -> None:
        """Send the answer given on this copy to the organiser."""
        draft = replace(self._draft(event, MailKind.RESPONSE, (event.organizer.address,), comment), answer=answer)
        self._core.post.send(draft, self._core.delays_of(event.mailbox_id).reply)

    def ask(self, event: Event, delegates: tuple[str, ...], reason: str) -> None:
        """Pass a request on to a room's delegates by mail."""
        draft = self._draft(event, MailKind.DELEGATE_REQUEST, delegates, reason)
        self._core.post.send(draft, self._core.delays.deliver)

    def take_out(self, mailbox: Mailbox, event: Event) -> None:
        """Remove a copy from the attendee's calendar."""
        if event.master_key is not None:
            mailbox.remove_occurrence(event)
        else:
            mailbox.remove(event)

    def delete(self, mailbox_id: str, ref: ItemRef) -> None:
        """Delete one's copy; whether that tells the organiser is a switch. Raises NotFound, IsOrganizer."""
        mailbox = self._core.mailboxes.of(mailbox_id)
        linked = self._core.is_linked(mailbox_id)
        if self._core.switches.attendee_delete_tells_organizer and not linked:
            self.respond(mailbox_id, ref, Answer.DECLINED)
            return
        event = mailbox.need(ref)
        if event.is_organizer:
            raise IsOrganizer("The organiser deletes for everybody.")
        if linked:
            self._linked.answering.delete(mailbox_id, ref)
            return
        self.take_out(mailbox, event)

    def forward(self, mailbox_id: str, ref: ItemRef, people: tuple[Person, ...], comment: str = "") -> None:
        """Pass the invitation on: they get the request, and the organiser's copy gains them. Raises NotFound."""
        mailbox = self._core.mailboxes.of(mailbox_id)
        event = mailbox.need(ref)
        if self._core.is_linked(mailbox_id):
            self._linked.forward(mailbox_id, event, people)
            return
        addresses = tuple(p.address for p in people)
        self._core.post.send(self._draft(event, MailKind.REQUEST, addresses, comment), self._core.delays.deliver)
        if event.is_organizer:
            event = mailbox.make_exception(event)
            mailbox.change(event, with_attendees(event.content, people))
            return
        notice = self._draft(event, MailKind.FORWARD_NOTICE, (event.organizer.address,), "")
        self._core.post.send(replace(notice, forwarded_to=people), self._core.delays.deliver)

    def _draft(self, event: Event, kind: MailKind, recipients: tuple[str, ...], comment: str) -> Draft:
        user = self._core.directory.user(event.mailbox_id)
        return Draft(
            kind=kind,
            sender=person(user),
            sender_id=user.id,
            organizer=event.organizer,
            ical_uid=event.ical_uid,
            recipients=recipients,
            content=event.content,
            occurrence=event.original_start,
            sequence=event.sequence,
            comment=comment,
        )


def _shown(content: Content, show_as: ShowAs) -> Content:
    stays = content.show_as is show_as or (content.show_as is ShowAs.FREE and show_as is not ShowAs.FREE)
    return content if stays else replace(content, show_as=show_as)
