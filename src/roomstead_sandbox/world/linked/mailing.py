"""Who is told by mail of what happens on linked calendars. Linked calendars do not need the mail, people do."""

from enum import StrEnum

from roomstead_sandbox.world.core import Core, person
from roomstead_sandbox.world.events import Answer, Attendee, Event, same_address
from roomstead_sandbox.world.post import Draft, MailKind


class Notify(StrEnum):
    """Which guests get mail. Calendars of other services hear of a meeting by mail only, so NONE loses them."""

    ALL = "all"
    EXTERNAL_ONLY = "external_only"
    NONE = "none"


class Mailing:
    """Sends the mail that follows from a change."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def tell(
        self,
        event: Event,
        kind: MailKind,
        attendees: tuple[Attendee, ...],
        notify: Notify,
        *,
        resets: bool = False,
        comment: str = "",
    ) -> None:
        """From the organiser to guests. Whoever is put down as having accepted gets no invitation."""
        recipients = tuple(a.address for a in attendees if self._is_told(event, kind, a, notify))
        if recipients:
            draft = self._draft(event, kind, recipients, comment)
            draft.resets = resets
            self._core.post.send(draft, self._core.delays.deliver)

    def reply(self, event: Event, answer: Answer, comment: str = "") -> None:
        """From a guest to the organiser: the answer given on this copy."""
        draft = self._draft(event, MailKind.RESPONSE, (event.organizer.address,), comment)
        draft.answer = answer
        self._core.post.send(draft, self._core.delays_of(event.mailbox_id).reply)

    def _is_told(self, event: Event, kind: MailKind, attendee: Attendee, notify: Notify) -> bool:
        if notify is Notify.NONE or same_address(attendee.address, event.organizer.address):
            return False
        user = self._core.linked_user(attendee.address)
        if user is None:
            return True
        accepted = kind is MailKind.REQUEST and attendee.answer is Answer.ACCEPTED
        return notify is Notify.ALL and not user.is_resource and user.id != event.mailbox_id and not accepted

    def _draft(self, event: Event, kind: MailKind, recipients: tuple[str, ...], comment: str) -> Draft:
        return Draft(
            kind=kind,
            sender=person(self._core.directory.user(event.mailbox_id)),
            sender_id=event.mailbox_id,
            organizer=event.organizer,
            ical_uid=event.ical_uid,
            recipients=recipients,
            content=event.content,
            occurrence=event.original_start,
            sequence=event.sequence,
            comment=comment,
        )
