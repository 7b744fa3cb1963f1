"""From what we hold and what changed in a mailbox to what is to be done. Pure.

A room's mailbox is mirrored whole: its copies carry time and busy state, and the room's own answer. Of a host's mailbox
(the service account's, an organiser's) only copies of our own bookings count; whatever else lies there is private and
leaves no trace in a plan.

What a page shows of our own bookings counts only if the page was asked for after our last write to that booking was
over and none is under way. Otherwise it may be older than the write, and the host's copy is looked at again by its id.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from roomstead.domain.event import (
    CalendarEvent,
    Change,
    EventId,
    EventKind,
    ICalUid,
    RemovedEvent,
    ResponseStatus,
    Revision,
)
from roomstead.domain.timespan import Timespan


class MailboxKind(StrEnum):
    """Why we follow a mailbox."""

    ROOM = "room"
    SERVICE = "service"
    ORGANIZER = "organizer"


@dataclass(frozen=True, slots=True)
class HeldCopy:
    """One row of the mirror, as far as a change to it is noticed."""

    event_id: EventId
    ical_uid: ICalUid | None
    span: Timespan
    is_busy: bool
    is_cancelled: bool
    own_response: ResponseStatus | None
    revision: Revision | None
    booking_id: UUID | None


@dataclass(frozen=True, slots=True)
class OwnBooking:
    """One of our bookings as its current host copy was last known.

    ``written_at``: when our last write to it was over; None when none ever was. ``is_in_flight``: a write to it may be
    under way or of unknown outcome.
    """

    booking_id: UUID
    event_id: EventId | None
    ical_uid: ICalUid | None
    span: Timespan
    revision: Revision | None
    written_at: datetime | None
    is_in_flight: bool
    is_cancelled: bool = False

    def is_settled(self, asked_at: datetime) -> bool:
        """Whether an answer to a question asked at that moment surely shows what our writes left behind."""
        return not self.is_in_flight and (self.written_at is None or self.written_at < asked_at)


@dataclass(frozen=True, slots=True)
class SeenCopy:
    """A copy to be written into the mirror. ``blocks``: when it makes its room busy beside our own claims."""

    event: CalendarEvent
    span: Timespan
    is_busy: bool
    booking_id: UUID | None
    blocks: Timespan | None


@dataclass(frozen=True, slots=True)
class RoomAnswered:
    """The room's own copy of one of our bookings shows its answer."""

    booking_id: UUID
    response: ResponseStatus


@dataclass(frozen=True, slots=True)
class HostCopySeen:
    """The host's copy of one of our bookings, whole."""

    booking_id: UUID
    event: CalendarEvent


@dataclass(slots=True)
class Plan:
    """What one page asks for.

    ``replaced``: those of the upserts that were held before. ``seen``: copies that are as we hold them. ``looks``:
    bookings whose host copy has to be read by its id, since this page cannot say what became of them. ``unreadable``
    counts changes that say neither when nor what.
    """

    upserts: dict[EventId, SeenCopy] = field(default_factory=dict)
    replaced: set[EventId] = field(default_factory=set)
    seen: set[EventId] = field(default_factory=set)
    removed: set[EventId] = field(default_factory=set)
    answers: dict[UUID, RoomAnswered] = field(default_factory=dict)
    host_copies: dict[UUID, HostCopySeen] = field(default_factory=dict)
    looks: set[UUID] = field(default_factory=set)
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What we know that bears on a page: the mirror's rows, and our bookings by the names under which they may come."""

    held: Mapping[EventId, HeldCopy]
    by_uid: Mapping[ICalUid, OwnBooking]
    by_event_id: Mapping[EventId, OwnBooking] = field(default_factory=dict)


def plan(kind: MailboxKind, known: Known, changes: Iterable[Change], *, asked_at: datetime) -> Plan:
    """Decide what a page of changes means. ``asked_at``: the moment before the page was asked for.

    The same event may come several times in a page: the last word counts. An id that is unknown and removed is no
    news. One change that cannot be understood is counted and leaves what we hold of it alone.
    """
    decided = Plan()
    latest = {change.event_id: change for change in changes}
    step = _room_change if kind is MailboxKind.ROOM else _host_change
    for event_id, change in latest.items():
        if isinstance(change, RemovedEvent):
            _removal(decided, known, event_id)
        elif change.kind is EventKind.SERIES_MASTER:
            continue  # it takes no time itself: its occurrences do
        else:
            step(decided, known, change, asked_at)
    return decided


def _removal(decided: Plan, known: Known, event_id: EventId) -> None:
    held = known.held.get(event_id)
    if held is not None:
        decided.removed.add(event_id)
    own = known.by_event_id.get(event_id)
    if own is not None:
        if not own.is_cancelled:
            decided.looks.add(own.booking_id)
    elif held is not None and held.booking_id is not None:
        decided.looks.add(held.booking_id)


def _room_change(decided: Plan, known: Known, event: CalendarEvent, asked_at: datetime) -> None:
    if not _is_storable(event) or event.span is None:
        decided.unreadable += 1
        return
    own = known.by_uid.get(event.ical_uid) if event.ical_uid is not None else None
    busy = event.is_busy and not event.is_cancelled and event.own_response is not ResponseStatus.DECLINED
    is_claimed = own is not None and not own.is_cancelled and own.span == event.span
    blocks = event.span if busy and not is_claimed else None
    _keep(
        decided,
        known.held.get(event.event_id),
        SeenCopy(event, event.span, busy, own.booking_id if own else None, blocks),
    )
    if own is not None and not own.is_cancelled:
        _own_room_copy(decided, own, event, asked_at)


def _own_room_copy(decided: Plan, own: OwnBooking, event: CalendarEvent, asked_at: datetime) -> None:
    if event.is_cancelled or event.span != own.span or not own.is_settled(asked_at):
        decided.looks.add(own.booking_id)
    elif event.own_response not in (None, ResponseStatus.NEEDS_ACTION):
        decided.answers[own.booking_id] = RoomAnswered(own.booking_id, event.own_response)


def _host_change(decided: Plan, known: Known, event: CalendarEvent, asked_at: datetime) -> None:
    own = known.by_event_id.get(event.event_id)
    if own is None and event.ical_uid is not None and event.is_host_copy:
        own = known.by_uid.get(event.ical_uid)
    if own is None or own.is_cancelled:
        return  # somebody's private life, or what is over for us
    if not _is_storable(event) or event.span is None:
        decided.unreadable += 1
        decided.looks.add(own.booking_id)
        return
    _keep(decided, known.held.get(event.event_id), SeenCopy(event, event.span, event.is_busy, own.booking_id, None))
    if not own.is_settled(asked_at):
        decided.looks.add(own.booking_id)
    elif event.revision is None or event.revision != own.revision:
        decided.host_copies[own.booking_id] = HostCopySeen(own.booking_id, event)


def _keep(decided: Plan, held: HeldCopy | None, seen: SeenCopy) -> None:
    if held is not None and _is_same(held, seen):
        decided.seen.add(seen.event.event_id)
    else:
        decided.upserts[seen.event.event_id] = seen
        if held is not None:
            decided.replaced.add(held.event_id)


def _is_same(held: HeldCopy, seen: SeenCopy) -> bool:
    event = seen.event
    return (
        held.span == seen.span
        and held.is_busy == seen.is_busy
        and held.is_cancelled == event.is_cancelled
        and held.own_response == event.own_response
        and held.ical_uid == event.ical_uid
        and held.revision == event.revision
        and held.booking_id == seen.booking_id
    )


def _is_storable(event: CalendarEvent) -> bool:
    return "\x00" not in f"{event.event_id}{event.ical_uid}{event.revision}{event.organizer}"


class RoundEnd(StrEnum):
    """What becomes of copies that a full round did not show."""

    REMOVE = "remove"
    ASK_AGAIN = "ask_again"
    """A calendar that was full a while ago and now shows nothing at all: believed only when it says so twice."""


def end_of_round(*, unseen: int, shown: int, was_doubted: bool) -> RoundEnd:
    """Judge a full round. ``unseen``: copies that we hold and it did not show; ``shown``: how many it showed;
    ``was_doubted``: whether the round before it ended in ASK_AGAIN."""
    if unseen > 0 and shown == 0 and not was_doubted:
        return RoundEnd.ASK_AGAIN
    return RoundEnd.REMOVE
