"""A booking's whole life beside a provider that loses answers: what may lie in a calendar is always held here."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from roomstead.domain.booking import (
    Booking,
    BookingState,
    Intent,
    IntentId,
    IntentKind,
    IntentStatus,
    OccurrenceRoomId,
    Placement,
)
from roomstead.domain.booking_claims import placements_to_hold
from roomstead.domain.booking_editing import Edit, Stamp, cancelled, edited, retried
from roomstead.domain.booking_observing import Sighting, cancelled_outside, observed
from roomstead.domain.booking_settling import (
    SeenAnswer,
    Trouble,
    answered,
    begun,
    delivered,
    failed,
    intent_of,
    left_unknown,
    put_off,
)
from roomstead.domain.booking_state import derive_state
from roomstead.domain.errors import Conflict
from roomstead.domain.event import Attendee, AttendeeRole, AttendeeStatus, CalendarEvent, EventId, EventKind
from roomstead.domain.event import ResponseStatus as Answer
from roomstead.domain.timespan import Timespan

if TYPE_CHECKING:
    from tests.domain.conftest import Make

TROUBLE = Trouble("throttled", "The provider asks us to slow down.")
MINUTES = timedelta(minutes=10)


class BookingLife(RuleBasedStateMachine):
    """People edit and cancel, pushes get lost, rooms answer, somebody moves the event in the calendar."""

    make: ClassVar[Make]

    def __init__(self) -> None:
        super().__init__()
        make = self.make
        self.rooms = [make.room(number, name) for number, name in enumerate(["Oak", "Elm", "Ash"], start=1)]
        self.now = make.now
        self.booking: Booking = make.requested()
        self.event: Placement | None = None
        self.refused: set[Placement] = set()
        self.was_created = False
        self.cancelled_by_others = False

    def stamp(self) -> Stamp:
        self.now += timedelta(seconds=1)
        return Stamp(self.now, "Jane", IntentId(uuid.uuid4()), OccurrenceRoomId(uuid.uuid4()), self.now)

    # --- people -------------------------------------------------------------------------------------------------------

    @rule(
        start=st.one_of(st.none(), st.integers(0, 6)),
        room=st.one_of(st.none(), st.integers(0, 2)),
        title=st.one_of(st.none(), st.sampled_from(["A", "B"])),
    )
    def edit(self, start: int | None, room: int | None, title: str | None) -> None:
        span = None if start is None else self.span(start)
        change = Edit(title=title, span=span, room=None if room is None else self.rooms[room])
        self.attempt(lambda: edited(self.booking, change, self.stamp()))

    @rule()
    def cancel(self) -> None:
        self.booking = cancelled(self.booking, "cancelled", "", self.stamp())

    @rule()
    def retry(self) -> None:
        self.attempt(lambda: retried(self.booking, self.now))

    def attempt(self, act: Callable[[], Booking]) -> None:
        try:
            self.booking = act()
        except Conflict:
            return

    def span(self, start: int) -> Timespan:
        begin = self.make.now + timedelta(minutes=30 * start + 30)
        return Timespan(begin, begin + timedelta(hours=1))

    # --- the worker ---------------------------------------------------------------------------------------------------

    @precondition(lambda self: bool(self.booking.unfinished))
    @rule(outcome=st.sampled_from(["taken", "lost after", "lost before", "put off", "failed"]))
    def send(self, outcome: str) -> None:
        intent = self.booking.unfinished[0]
        surely_new = intent.status is IntentStatus.OPEN
        self.booking = begun(
            self.booking, intent.id, intent.request or {"key": "x"}, now=self.now, again_at=self.now + MINUTES
        )
        if outcome in {"put off", "failed"} and surely_new:
            settle = put_off if outcome == "put off" else failed
            more = {"at": self.now} if outcome == "put off" else {}
            self.booking = settle(self.booking, intent.id, TROUBLE, now=self.now, **more)
            return
        intent = intent_of(self.booking, intent.id)
        if outcome != "lost before":
            self.perform(intent)
        if outcome == "taken":
            self.booking = delivered(self.booking, intent.id, self.shown(intent), now=self.now, answer_within=MINUTES)
        else:
            self.booking = left_unknown(self.booking, intent.id, TROUBLE, at=self.now)

    def perform(self, intent: Intent) -> None:
        """What the provider does with it; repeating it changes nothing."""
        if intent.kind is IntentKind.CANCEL:
            self.event = None
        elif intent.kind is IntentKind.CREATE and self.was_created:
            return
        elif intent.kind is IntentKind.CREATE or self.event is not None:
            self.event = intent.wanted.placements[0]
            self.was_created = True

    def shown(self, intent: Intent) -> CalendarEvent | None:
        if intent.kind is IntentKind.CANCEL:
            return None
        placement = self.event or intent.wanted.placements[0]
        return self.copy(placement)

    def copy(self, placement: Placement) -> CalendarEvent:
        room = self.rooms[placement.room_no - 1]
        attendee = Attendee(room.mailbox.address, room.name, AttendeeRole.ROOM)
        return CalendarEvent(
            EventId("event"),
            None,
            EventKind.SINGLE,
            placement.span,
            is_host_copy=True,
            attendees=(AttendeeStatus(attendee, Answer.NEEDS_ACTION),),
        )

    # --- the world ----------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.is_known and self.event is not None)
    @rule(answer=st.sampled_from(Answer))
    def room_answers(self, answer: Answer) -> None:
        assert self.event is not None
        address = self.rooms[self.event.room_no - 1].mailbox.address
        self.look()
        self.booking = answered(self.booking, self.event.span, (SeenAnswer(address, answer, self.now),))
        (self.refused.add if answer is Answer.DECLINED else self.refused.discard)(self.event)

    @precondition(lambda self: self.is_known and self.event is not None)
    @rule(start=st.integers(0, 6), room=st.integers(0, 2))
    def moved_in_the_calendar(self, start: int, room: int) -> None:
        self.event = Placement(room + 1, self.span(start))
        self.refused.discard(self.event)
        self.look()

    @precondition(lambda self: self.is_known)
    @rule()
    def look(self) -> None:
        if self.event is None:
            self.booking = cancelled_outside(self.booking, now=self.now)
            return
        room = self.rooms[self.event.room_no - 1]
        rooms = {room.mailbox.address: (OccurrenceRoomId(uuid.uuid4()), room)}
        seen = Sighting(self.copy(self.event), rooms, self.now, MINUTES)
        self.booking = observed(self.booking, seen)

    @property
    def is_known(self) -> bool:
        return self.booking.hosting is not None and self.booking.hosting.event_id is not None

    # --- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def slots_are_disjoint(self) -> None:
        held = placements_to_hold(self.booking)
        for index, one in enumerate(held):
            for other in held[index + 1 :]:
                assert one.room_no != other.room_no or not one.span.overlaps(other.span)

    @invariant()
    def what_may_lie_in_a_calendar_is_held(self) -> None:
        if self.event is None or self.event in self.refused:
            return
        assert any(
            held.room_no == self.event.room_no
            and held.span.start <= self.event.span.start
            and self.event.span.end <= held.span.end
            for held in placements_to_hold(self.booking)
        )

    @invariant()
    def a_cancelled_booking_leaves_nothing_behind(self) -> None:
        if self.booking.cancelled_at is not None:
            assert not self.booking.unfinished
            assert self.event is None

    @invariant()
    def confirmed_is_what_lies_there(self) -> None:
        if derive_state(self.booking, self.now).state is BookingState.CONFIRMED:
            (request,) = self.booking.occurrence.wanted_rooms
            assert self.event == Placement(request.room.room_no, self.booking.occurrence.span)

    def teardown(self) -> None:
        """Once everything gets through, both sides agree."""
        for _ in range(20):
            if not self.booking.unfinished:
                break
            self.send("taken")
        assert not self.booking.unfinished
        if derive_state(self.booking, self.now).state in {BookingState.FAILED, BookingState.NOT_DELIVERED}:
            return
        if self.booking.cancelled_at is not None:
            assert self.event is None
        elif self.event is not None:
            assert self.event.span == self.booking.occurrence.span


@pytest.mark.parametrize("length", [8, 30])
def test_a_life_of(make: Make, length: int) -> None:
    BookingLife.make = make
    run_state_machine_as_test(
        BookingLife,
        settings=settings(
            stateful_step_count=length, max_examples=60, phases=[Phase.generate], report_multiple_bugs=False
        ),
    )


def test_a_settled_booking_holds_its_slot(make: Make) -> None:
    booking = make.delivered(Answer.ACCEPTED)
    assert placements_to_hold(booking) == (Placement(1, make.span),)
    assert placements_to_hold(replace(booking, cancelled_at=make.now)) == ()
