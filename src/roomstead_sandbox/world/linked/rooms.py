"""Rooms on linked calendars: each decides for itself, a moment after it was invited; the first to come is served.

(Google Workspace help: "Why a room declined".)  A room declines who may not book it, and what is taken. A series is
taken if the room is free for at least half of its occurrences and taken at eight at most: it declines just those.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from roomstead_sandbox.world.clock import Arguments
from roomstead_sandbox.world.core import Core
from roomstead_sandbox.world.errors import Invalid, NotFound
from roomstead_sandbox.world.events import Answer, Event, EventKind, ItemRef
from roomstead_sandbox.world.faults import FaultKind
from roomstead_sandbox.world.linked.answering import Answering
from roomstead_sandbox.world.linked.copies import Copies, holds_time
from roomstead_sandbox.world.linked.finding import find
from roomstead_sandbox.world.linked.habits import Habits
from roomstead_sandbox.world.mailbox import Mailbox
from roomstead_sandbox.world.people import User
from roomstead_sandbox.world.processing import Automate

DECIDE = "linked.decide"
MOST_CONFLICTS = 8
_REACH = timedelta(days=730)  # how far ahead a room looks into a series
_UNDECIDED = (Answer.NOT_RESPONDED, Answer.NONE)

MayBook = Callable[[User, str], bool]


class Rooms:
    """Works for every room of a linked tenant.

    `may_book` says who, by address, may book which room, and `hears_declines` which organisers get mail when a room
    declines: a face knows.
    """

    def __init__(self, core: Core, copies: Copies, answering: Answering) -> None:
        self._core, self._copies, self._answering = core, copies, answering
        self.may_book: MayBook = self._is_colleague
        self.hears_declines: Callable[[str], bool] = lambda _: True
        self._habits = Habits(core, copies, answering, self.consider)
        core.clock.on(DECIDE, self._decide)

    def _is_colleague(self, room: User, organizer: str) -> bool:
        user = self._core.linked_user(organizer)
        return user is not None and user.tenant_id == room.tenant_id

    def consider_all(self, event: Event) -> None:
        """An event came or changed: every room on it that has not answered will."""
        for attendee in event.content.attendees:
            room = self._core.linked_user(attendee.address) if attendee.answer in _UNDECIDED else None
            if room is not None and room.is_resource and room.id != event.mailbox_id:
                self.consider(room, event)

    def consider(self, room: User, event: Event) -> None:
        """A room was invited: it decides a little later, unless it waits for a person."""
        mailbox = self._core.mailboxes.of(room.id)
        copy = find(mailbox, event.ical_uid, event.original_start)
        if copy is None or copy.cancelled:
            return
        if self._core.directory.processing[room.id].automate_processing is not Automate.AUTO_ACCEPT:
            copy.awaiting_decision = True
            return
        if self._core.faults.strike((FaultKind.ROOM_SILENT,), mailbox=room.id):
            return
        late = self._core.faults.strike((FaultKind.ROOM_LATE,), mailbox=room.id)
        delay = self._core.delays_of(room.id).decide + (late.seconds if late else 0.0)
        start = event.original_start.isoformat() if event.original_start else None
        self._core.clock.after(delay, DECIDE, room=room.id, uid=event.ical_uid, occurrence=start)

    def settle(self, room_id: str, ical_uid: str, answer: Answer, comment: str = "") -> None:
        """Whoever looks after the room decides. Raises NotFound without such a request, Invalid for other answers."""
        event = find(self._core.mailboxes.of(room_id), ical_uid)
        if event is None or event.cancelled:
            raise NotFound("The room has no such request.")
        if answer not in (Answer.ACCEPTED, Answer.DECLINED):
            raise Invalid("A delegate accepts or declines.")
        self._answering.respond(room_id, event.ref, answer, comment=comment or None)

    def _decide(self, arguments: Arguments) -> None:
        room = self._core.directory.users.get(str(arguments["room"]))
        if room is None:
            return
        mailbox = self._core.mailboxes.of(room.id)
        start = arguments["occurrence"]
        event = find(mailbox, str(arguments["uid"]), datetime.fromisoformat(str(start)) if start else None)
        if event is None or event.cancelled or event.response not in _UNDECIDED:
            return
        declined = self._declined(room, mailbox, event)
        if declined is None:
            if not self._habits.replace_declined(room, event):
                self._answer(mailbox, event, Answer.DECLINED)
            return
        self._answer(mailbox, event, Answer.ACCEPTED)
        for ref in declined:
            self._answering.respond(room.id, ref, Answer.DECLINED)

    def _answer(self, mailbox: Mailbox, event: Event, answer: Answer) -> None:
        declines = answer is Answer.DECLINED and self.hears_declines(event.organizer.address)
        self._answering.respond(mailbox.user_id, event.ref, answer, tell=declines or self._by_mail(event))
        if answer is Answer.DECLINED and not self._core.switches.declined_room_keeps_copy:
            self._copies.cancel(mailbox, event)

    def _by_mail(self, event: Event) -> bool:
        return self._core.linked_user(event.organizer.address) is None

    def _declined(self, room: User, mailbox: Mailbox, event: Event) -> list[ItemRef] | None:
        """The occurrences that the room declines; None when it declines all of it."""
        if self._core.faults.strike((FaultKind.ROOM_DECLINES,), mailbox=room.id):
            return None
        if not self.may_book(room, event.organizer.address):
            return None
        if event.kind is not EventKind.SERIES_MASTER:
            return None if self._taken(mailbox, event, [event]) else []
        asked = mailbox.instances(event, event.start, max(self._core.now(), event.start) + _REACH)
        asked = [item for item in asked if not item.cancelled]
        if not asked:
            return []
        taken = self._taken(mailbox, event, asked)
        if len(taken) > MOST_CONFLICTS or 2 * len(taken) > len(asked):
            return None
        return [item.ref for item in taken]

    def _taken(self, mailbox: Mailbox, event: Event, asked: list[Event]) -> list[Event]:
        """Which of these overlap something else that holds the room."""
        if not any(item.blocks_time for item in asked):
            return []
        first, last = min(item.start for item in asked), max(item.end for item in asked)
        held = [other for other in mailbox.view(first, last) if other.ical_uid != event.ical_uid and holds_time(other)]
        return [item for item in asked if any(o.start < item.end and o.end > item.start for o in held)]
