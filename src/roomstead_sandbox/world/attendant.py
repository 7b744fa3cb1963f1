"""The booking attendant of resource mailboxes: decides on requests, rewrites the room's copy, answers.

Runs on the world's clock: a request arrives and shows as sent for a moment, the attendant decides `process`
seconds later, the answer reaches the organiser `reply` seconds after that.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from roomstead_sandbox.world import recurrence, rules
from roomstead_sandbox.world.answers import Answers
from roomstead_sandbox.world.clock import Arguments
from roomstead_sandbox.world.copies import find_copy, put_copy
from roomstead_sandbox.world.core import Core
from roomstead_sandbox.world.errors import Invalid, NotFound
from roomstead_sandbox.world.events import Answer, Content, Event, ItemRef, Role, Sensitivity, ShowAs
from roomstead_sandbox.world.faults import FaultKind
from roomstead_sandbox.world.linked.engine import Linked
from roomstead_sandbox.world.mailbox import Mailbox
from roomstead_sandbox.world.people import BookingType, User
from roomstead_sandbox.world.post import Message
from roomstead_sandbox.world.processing import Automate, Processing
from roomstead_sandbox.world.rules import Decision, Verdict

ATTEND = "attendant.attend"
CLEAR = "attendant.clear"
RELEASE = "attendant.release"
_HOLDING = (Answer.ACCEPTED, Answer.TENTATIVE, Answer.ORGANIZER)  # an undecided request holds nothing yet


class Attendant:
    """Works for every room and piece of equipment whose processing is AUTO_ACCEPT; the others stay silent."""

    def __init__(self, core: Core, answers: Answers, linked: Linked) -> None:
        self._core, self._answers, self._linked = core, answers, linked
        self.checked_in: set[tuple[str, str]] = set()  # (room, UID) of meetings whose people came
        core.clock.on(ATTEND, self._attend)
        core.clock.on(CLEAR, self._clear)
        core.clock.on(RELEASE, self._release)

    # -- what arrives ----------------------------------------------------------------------------------------

    def consider(self, room: User, message: Message) -> None:
        """A request arrived in a resource mailbox: decide on it a little later, if anybody does."""
        processing = self._core.directory.processing[room.id]
        if processing.automate_processing is not Automate.AUTO_ACCEPT:
            return
        if self._is_outside(room, message) and not processing.process_external_meeting_messages:
            return
        if self._core.faults.strike((FaultKind.ROOM_SILENT,), mailbox=room.id):
            return
        late = self._core.faults.strike((FaultKind.ROOM_LATE,), mailbox=room.id)
        delay = self._core.delays_of(room.id).process + (late.seconds if late else 0.0)
        self._core.clock.after(delay, ATTEND, room=room.id, message=message.number)

    def consider_cancellation(self, room: User, event: Event) -> None:
        """A cancellation arrived: clear the copy away if the room is set so."""
        processing = self._core.directory.processing[room.id]
        if processing.automate_processing is Automate.AUTO_ACCEPT and processing.remove_canceled_meetings:
            delay = self._core.delays_of(room.id).process
            start = event.original_start.isoformat() if event.original_start else None
            self._core.clock.after(delay, CLEAR, room=room.id, uid=event.ical_uid, occurrence=start)

    # -- what people do --------------------------------------------------------------------------------------

    def awaiting(self, room_id: str) -> list[Event]:
        """Requests in this room that wait for a delegate."""
        return [e for e in self._core.mailboxes.of(room_id).items.values() if e.awaiting_decision]

    def settle(self, room_id: str, ical_uid: str, answer: Answer, comment: str = "") -> None:
        """A delegate decides: accepted or declined. Also overrides what the attendant decided before.

        Raises NotFound when the room has no such request, Invalid for another answer.
        """
        if self._core.is_linked(room_id):
            self._linked.rooms.settle(room_id, ical_uid, answer, comment)
            return
        mailbox = self._core.mailboxes.of(room_id)
        waiting = [e for e in self.awaiting(room_id) if e.ical_uid == ical_uid]
        event = waiting[0] if waiting else mailbox.copy_of(ical_uid)
        if event is None or event.cancelled:
            raise NotFound("The room has no such request.")
        if answer is Answer.ACCEPTED:
            self._accept(mailbox, event, Decision(Verdict.ACCEPT), comment)
        elif answer is Answer.DECLINED:
            self._decline(mailbox, event, comment)
        else:
            raise Invalid("A delegate accepts or declines.")

    def check_in(self, room_id: str, ical_uid: str) -> None:
        """Somebody came: the room does not release this meeting. Raises NotFound."""
        if self._core.mailboxes.of(room_id).copy_of(ical_uid) is None:
            raise NotFound("The room has no such meeting.")
        self.checked_in.add((room_id, ical_uid))

    # -- deciding --------------------------------------------------------------------------------------------

    def _attend(self, arguments: Arguments) -> None:
        room = self._core.directory.users.get(str(arguments["room"]))
        if room is None:
            return
        message = self._core.post.message(int(str(arguments["message"])))
        mailbox = self._core.mailboxes.of(room.id)
        held = find_copy(mailbox, message.draft)
        processing = self._core.directory.processing[room.id]
        if held is None and not processing.add_new_requests_tentatively:
            held = put_copy(self._core, room, mailbox, message.draft)
        if held is None or held.cancelled or held.sequence != message.draft.sequence:
            return  # withdrawn or overtaken meanwhile
        event = mailbox.make_exception(held)
        decision = self._decide(room, mailbox, event)
        if decision.verdict is Verdict.ACCEPT:
            self._accept(mailbox, event, decision, processing.additional_response)
        elif decision.verdict is Verdict.DECLINE:
            self._decline(mailbox, event, decision.reason if processing.enable_response_details else "")
        else:
            self._ask_delegate(mailbox, event, processing, decision.reason)

    def _decide(self, room: User, mailbox: Mailbox, event: Event) -> Decision:
        if self._core.faults.strike((FaultKind.ROOM_DECLINES,), mailbox=room.id):
            return Decision(Verdict.DECLINE, "The room declines.")
        processing = self._core.directory.processing[room.id]
        place = self._core.directory.places[room.id]
        asked = self._asked(room, event, processing)
        held = [
            other
            for other in mailbox.view(asked.spans[0][0], max(end for _, end in asked.spans))
            if other.ical_uid != event.ical_uid and other.blocks_time and other.response in _HOLDING
        ]
        facts = rules.Room(processing, room.working_hours, place.capacity, place.booking_type is BookingType.RESERVED)
        decision = rules.decide(asked, facts, [(other.start, other.end) for other in held], self._core.now())
        if decision.verdict is Verdict.DECLINE and decision.declined and processing.organizer_info:
            names = dict.fromkeys(o.organizer.name for o in held if _meets(o, decision.declined, asked.spans))
            return replace(decision, reason=f"{decision.reason} Booked by {', '.join(names)}.")
        return decision

    def _asked(self, room: User, event: Event, processing: Processing) -> rules.Asked:
        content = event.content
        spans: list[rules.Span] = [(content.start, content.end)]
        last_start: datetime | None = content.start
        if content.recurrence is not None:
            horizon = self._core.now() + timedelta(days=processing.booking_window_in_days + 1)
            spans = recurrence.occurrences(content, content.start, max(horizon, content.end)) or spans
            last = recurrence.last_end(content)
            last_start = None if last is None else last - (content.end - content.start)
        organizer = self._core.directory.find_mailbox(event.organizer.address)
        known = organizer if organizer and organizer.tenant_id == room.tenant_id else None
        lists = self._core.directory.lists_user
        return rules.Asked(
            spans=tuple(spans),
            recurring=content.recurrence is not None,
            last_start=last_start,
            headcount=1 + sum(a.role is not Role.RESOURCE for a in content.attendees),
            in_book=known is not None and lists(processing.book_in_policy, known),
            in_request=known is not None and lists(processing.request_in_policy, known),
            in_request_out=known is not None and lists(processing.request_out_of_policy, known),
        )

    # -- acting ----------------------------------------------------------------------------------------------

    def _accept(self, mailbox: Mailbox, event: Event, decision: Decision, comment: str) -> None:
        processing = self._core.directory.processing[mailbox.user_id]
        event.awaiting_decision = False
        content = replace(event.content, show_as=_busy(event.content.show_as))
        if decision.cut_at is not None:
            content = _cut(content, decision.cut_at)
        self._answers.mark(mailbox, event, Answer.ACCEPTED, content)
        self._rewrite(mailbox, event, processing)
        self._answers.reply(event, Answer.ACCEPTED, comment if processing.add_additional_response else "")
        for start in decision.declined:
            occurrence = mailbox.get(ItemRef(event.key, start))
            if occurrence is not None:
                self._answers.reply(occurrence, Answer.DECLINED, decision.reason)
                mailbox.remove_occurrence(occurrence)
        if processing.enable_auto_release and event.content.recurrence is None:
            due = event.start + timedelta(minutes=processing.post_reservation_max_claim_time_in_minutes)
            self._core.clock.at(due, RELEASE, room=mailbox.user_id, uid=event.ical_uid)

    def _ask_delegate(self, mailbox: Mailbox, event: Event, processing: Processing, reason: str) -> None:
        event.awaiting_decision = True
        shown = ShowAs.TENTATIVE if processing.tentative_pending_approval else ShowAs.FREE
        self._answers.mark(mailbox, event, Answer.TENTATIVE, replace(event.content, show_as=shown))
        self._rewrite(mailbox, event, processing)
        self._answers.reply(event, Answer.TENTATIVE, reason)
        if processing.forward_requests_to_delegates and processing.resource_delegates:
            self._answers.ask(event, tuple(processing.resource_delegates), reason)

    def _decline(self, mailbox: Mailbox, event: Event, comment: str) -> None:
        event.awaiting_decision = False
        self._answers.reply(event, Answer.DECLINED, comment)
        if self._core.switches.declined_copy_leaves:
            self._answers.take_out(mailbox, event)
        else:
            self._answers.mark(mailbox, event, Answer.DECLINED)

    def _rewrite(self, mailbox: Mailbox, event: Event, processing: Processing) -> None:
        """Title first, then text and privacy: two changes, as the attendant makes them one after the other."""
        subject = "" if processing.delete_subject else event.content.subject
        if processing.add_organizer_to_subject and not event.content.subject.startswith(event.organizer.name):
            subject = f"{event.organizer.name} {subject}"
            subject = subject if self._core.switches.room_subject_trailing_blank else subject.rstrip()
        elif processing.add_organizer_to_subject:
            subject = event.content.subject
        mailbox.change(event, replace(event.content, subject=subject))
        body = "" if processing.delete_comments else event.content.body
        sensitivity = Sensitivity.NORMAL if processing.remove_private_property else event.content.sensitivity
        mailbox.change(event, replace(event.content, body=body, sensitivity=sensitivity))

    def _clear(self, arguments: Arguments) -> None:
        mailbox = self._core.mailboxes.of(str(arguments["room"]))
        copy = mailbox.copy_of(str(arguments["uid"]))
        start = arguments["occurrence"]
        if copy is not None and start is not None:
            copy = mailbox.get(ItemRef(copy.key, datetime.fromisoformat(str(start))))
        if copy is not None and copy.cancelled:
            self._answers.take_out(mailbox, copy)

    def _release(self, arguments: Arguments) -> None:
        """Nobody came: the room gives the time back and tells the organiser."""
        room_id, ical_uid = str(arguments["room"]), str(arguments["uid"])
        mailbox = self._core.mailboxes.of(room_id)
        copy = mailbox.copy_of(ical_uid)
        if copy is None or copy.cancelled or (room_id, ical_uid) in self.checked_in:
            return
        if self._core.now() >= copy.start:
            self._decline(mailbox, copy, "The room was released because nobody came.")

    def _is_outside(self, room: User, message: Message) -> bool:
        sender = self._core.directory.users.get(message.draft.sender_id or "")
        return sender is None or sender.tenant_id != room.tenant_id


def _meets(other: Event, declined: Sequence[datetime], spans: Sequence[rules.Span]) -> bool:
    """Whether this item is in the way of one of the declined occurrences."""
    return any(start in declined and other.start < end and other.end > start for start, end in spans)


def _busy(show_as: ShowAs) -> ShowAs:
    return ShowAs.FREE if show_as is ShowAs.FREE else ShowAs.BUSY


def _cut(content: Content, at: datetime) -> Content:
    if content.recurrence is None:
        return content
    until = at.astimezone(ZoneInfo(content.recurrence.zone)).date()
    return replace(content, recurrence=replace(content.recurrence, until=until, count=None))
