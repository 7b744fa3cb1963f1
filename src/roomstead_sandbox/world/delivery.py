"""What arriving mail does to the mailbox it arrives in: copies are made, updated, cancelled; answers stamped."""

from collections.abc import Callable
from dataclasses import replace

from roomstead_sandbox.world.attendant import Attendant
from roomstead_sandbox.world.clock import Arguments
from roomstead_sandbox.world.copies import find_copy, put_copy
from roomstead_sandbox.world.core import Core
from roomstead_sandbox.world.events import Answer, Content, ShowAs, with_answer, with_attendees
from roomstead_sandbox.world.faults import FaultKind
from roomstead_sandbox.world.linked.engine import Linked
from roomstead_sandbox.world.linked.finding import stored
from roomstead_sandbox.world.mailbox import Mailbox
from roomstead_sandbox.world.people import User
from roomstead_sandbox.world.post import BOUNCE, DELIVER, Draft, MailKind, Message
from roomstead_sandbox.world.processing import Automate


class Delivery:
    """Handles every message that reaches a mailbox of this world."""

    def __init__(self, core: Core, attendant: Attendant, linked: Linked) -> None:
        self._core, self._attendant, self._linked = core, attendant, linked
        self._arrivals: dict[MailKind, Callable[[User, Mailbox, Message], None]] = {
            MailKind.REQUEST: self._request,
            MailKind.UPDATE: self._request,
            MailKind.CANCELLATION: self._cancellation,
            MailKind.RESPONSE: self._response,
            MailKind.FORWARD_NOTICE: self._forward_notice,
            MailKind.DELEGATE_REQUEST: lambda *_: None,  # counted in the inbox; the delegate decides by control
        }
        core.clock.on(DELIVER, self._deliver)
        core.clock.on(BOUNCE, self._bounce)

    def _deliver(self, arguments: Arguments) -> None:
        message = self._core.post.message(int(str(arguments["message"])))
        user = self._core.directory.users.get(str(arguments["to"]))
        if user is None or self._core.faults.strike((FaultKind.MAIL_LOST,), mailbox=user.id):
            return
        message.delivered.append(user.id)
        mailbox = self._core.mailboxes.of(user.id)
        mailbox.receive(message.draft.kind)
        self._arrivals[message.draft.kind](user, mailbox, message)

    def _bounce(self, arguments: Arguments) -> None:
        """A non-delivery report comes back to a sender over the limit per day."""
        sender = str(arguments["sender"])
        if sender in self._core.directory.users:
            self._core.mailboxes.of(sender).receive("undeliverable")

    # -- requests --------------------------------------------------------------------------------------------

    def _request(self, user: User, mailbox: Mailbox, message: Message) -> None:
        draft = message.draft
        if self._core.is_linked(user.id):
            self._linked.receive_request(user, draft)
            return
        held = find_copy(mailbox, draft)
        if held is not None and held.is_organizer:
            return  # one's own meeting, come back by a forward
        if held is not None and held.sequence > draft.sequence:
            return  # overtaken by a later update
        if user.is_resource and not self._shows_at_once(user, draft):
            self._attendant.consider(user, message)
            return
        put_copy(self._core, user, mailbox, draft)
        if user.is_resource:
            self._attendant.consider(user, message)

    def _shows_at_once(self, user: User, draft: Draft) -> bool:
        processing = self._core.directory.processing[user.id]
        if draft.sender_id is None and not processing.process_external_meeting_messages:
            return self._core.switches.external_requests_show
        return processing.add_new_requests_tentatively or processing.automate_processing is not Automate.AUTO_ACCEPT

    # -- cancellations ---------------------------------------------------------------------------------------

    def _cancellation(self, user: User, mailbox: Mailbox, message: Message) -> None:
        draft = message.draft
        if self._core.is_linked(user.id):
            self._linked.receive_cancellation(user, draft)
            return
        held = find_copy(mailbox, draft)
        if held is None or held.is_organizer:
            return
        event = mailbox.make_exception(held)
        event.cancelled, event.awaiting_decision = True, False
        switches = self._core.switches
        subject = event.content.subject
        if not subject.startswith(switches.cancelled_prefix):
            subject = switches.cancelled_prefix + subject
        show_as = ShowAs.FREE if switches.cancelled_shows_free else event.content.show_as
        mailbox.change(event, replace(event.content, subject=subject, show_as=show_as))
        if user.is_resource:
            self._attendant.consider_cancellation(user, event)

    # -- answers ---------------------------------------------------------------------------------------------

    def _response(self, user: User, mailbox: Mailbox, message: Message) -> None:
        draft = message.draft
        held = find_copy(mailbox, draft)
        if held is None or not held.is_organizer or draft.answer is None:
            return
        if draft.sequence < held.sequence:
            return  # an answer to a time that no longer holds
        if not mailbox.calendars[held.calendar_id].is_default or not self._counts(user, draft):
            return
        if self._core.is_linked(draft.sender_id or "") and self._core.is_linked(user.id):
            return  # linked calendars know already
        content = self._stamped(held.content, draft, draft.answer)
        if content is not held.content:
            event = stored(mailbox, held) if self._core.is_linked(user.id) else mailbox.make_exception(held)
            mailbox.change(event, content)
            if self._core.is_linked(user.id):
                self._linked.copies.spread(event)

    def _counts(self, user: User, draft: Draft) -> bool:
        sender = self._core.directory.users.get(draft.sender_id or "")
        inside = sender is not None and sender.tenant_id == user.tenant_id
        return inside or self._core.switches.external_answers_stamped

    def _stamped(self, content: Content, draft: Draft, answer: Answer) -> Content:
        sender = self._core.directory.users.get(draft.sender_id or "")
        for address in sender.addresses if sender else [draft.sender.address]:
            content = with_answer(content, address, answer, self._core.now())
        return content

    def _forward_notice(self, user: User, mailbox: Mailbox, message: Message) -> None:  # noqa: ARG002 - as its siblings
        draft = message.draft
        held = find_copy(mailbox, draft)
        if held is not None and held.is_organizer:
            event = mailbox.make_exception(held)
            mailbox.change(event, with_attendees(event.content, draft.forwarded_to))
