"""Reconciling in a hostile world: pages come doubled, late, out of order, and again from the beginning.

A state machine plays a calendar and an unreliable list of its changes; a mirror follows by ``plan`` alone. Whatever
happened on the way, once a full round is through the mirror shows the calendar, and of a host's calendar it never
holds anything but our own bookings.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

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
from roomstead.domain.reconcile import (
    HeldCopy,
    Known,
    MailboxKind,
    OwnBooking,
    Plan,
    RoundEnd,
    end_of_round,
    plan,
)
from roomstead.domain.timespan import Timespan

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
SPACE = UUID("00000000-0000-0000-0000-00000000abcd")
NAMES = ("a", "b", "c", "d", "own")


def span(hour: int) -> Timespan:
    """An hour of the day."""
    return Timespan(NOON + timedelta(hours=hour), NOON + timedelta(hours=hour + 1))


def copy(name: str, hour: int, version: int, *, is_host_copy: bool = False) -> CalendarEvent:
    """A copy of a meeting."""
    return CalendarEvent(
        event_id=EventId(name),
        ical_uid=ICalUid(f"uid-{name}"),
        kind=EventKind.SINGLE,
        span=span(hour),
        title=f"Secret {name}",
        is_host_copy=is_host_copy,
        own_response=ResponseStatus.ACCEPTED,
        revision=Revision(str(version)),
    )


OWN = OwnBooking(
    booking_id=uuid5(SPACE, "own"),
    event_id=EventId("own"),
    ical_uid=ICalUid("uid-own"),
    span=span(3),
    revision=Revision("0"),
    written_at=NOON,
    is_in_flight=False,
)


@dataclass
class Mirror:
    """Applies plans as the store does."""

    kind: MailboxKind
    own: OwnBooking = OWN
    rows: dict[EventId, HeldCopy] = field(default_factory=dict)
    blocks: dict[EventId, Timespan] = field(default_factory=dict)
    shown: set[EventId] = field(default_factory=set)

    def known(self) -> Known:
        """What bears on a page."""
        assert self.own.ical_uid is not None
        assert self.own.event_id is not None
        by_event = {} if self.kind is MailboxKind.ROOM else {self.own.event_id: self.own}
        return Known(self.rows, {self.own.ical_uid: self.own}, by_event)

    def take_in(self, changes: list[Change], asked_at: datetime = NOON + timedelta(hours=1)) -> Plan:
        """One page."""
        decided = plan(self.kind, self.known(), changes, asked_at=asked_at)
        for event_id in decided.removed | decided.upserts.keys():
            self.rows.pop(event_id, None)
            self.blocks.pop(event_id, None)
        for event_id, seen in decided.upserts.items():
            event = seen.event
            self.rows[event_id] = HeldCopy(
                event_id,
                event.ical_uid,
                seen.span,
                seen.is_busy,
                event.is_cancelled,
                event.own_response,
                event.revision,
                seen.booking_id,
            )
            if seen.blocks is not None:
                self.blocks[event_id] = seen.blocks
        self.shown |= decided.seen | decided.upserts.keys()
        return decided

    def end_full_round(self) -> None:
        """Drop what the round did not show."""
        for event_id in self.rows.keys() - self.shown:
            del self.rows[event_id]
            self.blocks.pop(event_id, None)


class HostileCalendar(RuleBasedStateMachine):
    """A calendar whose list of changes cannot be relied upon."""

    def __init__(self) -> None:
        super().__init__()
        self.calendar: dict[EventId, CalendarEvent] = {}
        self.pending: list[Change] = []
        self.delivered: list[Change] = []
        self.versions = 0
        self.mirror = Mirror(MailboxKind.ROOM)

    @initialize(kind=st.sampled_from(MailboxKind))
    def begin(self, kind: MailboxKind) -> None:
        """Follow a room's, a service account's or an organiser's calendar."""
        self.mirror = Mirror(kind)

    @rule(name=st.sampled_from(NAMES), hour=st.integers(0, 5))
    def book_or_move(self, name: str, hour: int) -> None:
        """Something is put into the calendar, or moved."""
        self.versions += 1
        is_host = self.mirror.kind is not MailboxKind.ROOM
        event = copy(name, hour, self.versions, is_host_copy=is_host)
        self.calendar[event.event_id] = event
        self.pending.append(event)

    @rule(name=st.sampled_from(NAMES), is_told=st.booleans())
    def remove(self, name: str, is_told: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        """Something is taken out; now and then nobody is told."""
        if self.calendar.pop(EventId(name), None) is not None and is_told:
            self.pending.append(RemovedEvent(EventId(name)))

    @rule(count=st.integers(1, 4))
    def page(self, count: int) -> None:
        """A page of changes arrives."""
        page, self.pending = self.pending[:count], self.pending[count:]
        self.delivered += page
        self.mirror.take_in(page)

    @precondition(lambda self: self.delivered)
    @rule(data=st.data())
    def old_pages_again(self, data: st.DataObject) -> None:
        """The provider repeats what it said before, and out of order."""
        self.mirror.take_in(data.draw(st.lists(st.sampled_from(self.delivered), max_size=6)))

    @rule(event_id=st.sampled_from(["x", "y"]))
    def unknown_removal(self, event_id: str) -> None:
        """Something left that we never saw."""
        decided = self.mirror.take_in([RemovedEvent(EventId(event_id))])
        assert not decided.removed

    @rule(size=st.integers(1, 3), order=st.randoms(use_true_random=False))
    def full_round(self, size: int, order: object) -> None:
        """The place is forgotten: everything comes once, in any order, and what does not come is gone."""
        everything: list[Change] = [*self.calendar.values()]
        order.shuffle(everything)  # type: ignore[attr-defined]  # a random.Random
        self.pending.clear()
        self.delivered += everything
        self.mirror.shown.clear()
        for start in range(0, len(everything), size):
            self.mirror.take_in(everything[start : start + size])
        self.mirror.end_full_round()
        wanted = set(self.calendar) if self.mirror.kind is MailboxKind.ROOM else set(self.calendar) & {EventId("own")}
        assert set(self.mirror.rows) == wanted
        for event_id in wanted:
            assert self.mirror.rows[event_id].span == self.calendar[event_id].span

    @invariant()
    def nothing_private_is_held(self) -> None:
        """Of a host's calendar only our own bookings leave a trace; they never block a room there."""
        if self.mirror.kind is not MailboxKind.ROOM:
            assert set(self.mirror.rows) <= {EventId("own")}
            assert not self.mirror.blocks

    @invariant()
    def busy_is_what_is_held(self) -> None:
        """What blocks is held, at the time at which it is held; our own claim is not doubled."""
        for event_id, blocked in self.mirror.blocks.items():
            assert self.mirror.rows[event_id].span == blocked
            assert self.mirror.rows[event_id].booking_id is None or blocked != OWN.span


TestHostileCalendar = HostileCalendar.TestCase


@given(written=st.integers(-5, 5), in_flight=st.booleans(), hour=st.integers(2, 4), kind=st.sampled_from(MailboxKind))
def test_what_may_be_older_than_our_write_is_looked_at_again(
    written: int,
    in_flight: bool,  # noqa: FBT001 - drawn by hypothesis
    hour: int,
    kind: MailboxKind,
) -> None:
    """A page counts for a booking only if it was asked for after the last write was over."""
    own = replace(OWN, written_at=NOON + timedelta(minutes=written), is_in_flight=in_flight)
    mirror = Mirror(kind, own)
    decided = mirror.take_in([copy("own", hour, 7, is_host_copy=kind is not MailboxKind.ROOM)], asked_at=NOON)
    is_settled = written < 0 and not in_flight
    told = {*decided.answers, *decided.host_copies}
    if not is_settled:
        assert decided.looks == {own.booking_id}
        assert not told
    elif kind is not MailboxKind.ROOM:
        assert told == {own.booking_id}
    else:
        assert (told, decided.looks) == (({own.booking_id}, set()) if hour == 3 else (set(), {own.booking_id}))


def test_our_own_echo_is_no_news() -> None:
    """The copy as our write left it."""
    decided = Mirror(MailboxKind.SERVICE).take_in([copy("own", 3, 0, is_host_copy=True)])
    assert not decided.host_copies
    assert not decided.looks


def test_a_cancelled_booking_of_ours_asks_for_nothing_and_blocks_while_the_room_still_shows_it() -> None:
    """The room has not heard of our cancellation yet."""
    mirror = Mirror(MailboxKind.ROOM, replace(OWN, is_cancelled=True))
    decided = mirror.take_in([copy("own", 3, 1)])
    assert not decided.looks
    assert not decided.answers
    assert mirror.blocks == {EventId("own"): span(3)}


def test_one_change_that_cannot_be_understood_is_counted_and_stops_no_other() -> None:
    """No time, or a name that no database takes."""
    timeless = replace(copy("a", 1, 1), span=None)
    poisoned = replace(copy("b", 1, 1), ical_uid=ICalUid("uid\x00"))
    mirror = Mirror(MailboxKind.ROOM)
    mirror.take_in([copy("a", 0, 0)])
    decided = mirror.take_in([timeless, poisoned, copy("c", 2, 1)])
    assert decided.unreadable == 2
    assert set(mirror.rows) == {EventId("a"), EventId("c")}
    assert mirror.rows[EventId("a")].span == span(0)


@given(unseen=st.integers(0, 5), shown=st.integers(0, 5), was_doubted=st.booleans())
def test_only_a_calendar_that_was_full_and_shows_nothing_is_doubted_and_only_once(
    unseen: int,
    shown: int,
    was_doubted: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    """Removing everything needs to be said twice."""
    verdict = end_of_round(unseen=unseen, shown=shown, was_doubted=was_doubted)
    assert (verdict is RoundEnd.ASK_AGAIN) == (unseen > 0 and shown == 0 and not was_doubted)
