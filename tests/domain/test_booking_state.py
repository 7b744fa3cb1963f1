"""Where a booking stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.domain.booking import (
    HELD_BY_ADMIN_NEEDED,
    HELD_BY_DRY_RUN,
    Booking,
    BookingState,
    Field,
    Intent,
    IntentKind,
    IntentStatus,
    Wanted,
)
from roomstead.domain.booking_state import derive_state
from roomstead.domain.event import ResponseStatus

if TYPE_CHECKING:
    from tests.domain.conftest import Make

UNFINISHED = [IntentStatus.OPEN, IntentStatus.UNKNOWN, IntentStatus.HELD]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (ResponseStatus.NEEDS_ACTION, BookingState.AWAITING_ROOM),
        (ResponseStatus.TENTATIVE, BookingState.AWAITING_APPROVAL),
        (ResponseStatus.ACCEPTED, BookingState.CONFIRMED),
        (ResponseStatus.DECLINED, BookingState.DECLINED),
    ],
)
def test_the_room_decides(make: Make, answer: ResponseStatus, state: BookingState) -> None:
    status = derive_state(make.delivered(answer), make.now)
    assert status.state is state
    assert "Oak" in status.sentence


def test_silence_past_the_deadline_is_shown(make: Make) -> None:
    booking = make.delivered()
    assert derive_state(booking, make.now + timedelta(minutes=9)).state is BookingState.AWAITING_ROOM
    assert derive_state(booking, make.now + timedelta(minutes=10)).state is BookingState.UNANSWERED


def test_a_room_answered_by_hand_is_never_late(make: Make) -> None:
    booking = make.delivered(approval=True)
    assert derive_state(booking, make.now + timedelta(days=2)).state is BookingState.AWAITING_APPROVAL


@pytest.mark.parametrize("status", UNFINISHED)
@pytest.mark.parametrize(
    ("kind", "state"),
    [(IntentKind.CREATE, BookingState.REQUESTED), (IntentKind.CANCEL, BookingState.CANCELLING)],
)
def test_an_act_on_its_way_shows(make: Make, kind: IntentKind, state: BookingState, status: IntentStatus) -> None:
    booking = make.delivered(ResponseStatus.ACCEPTED)
    acting = replace(booking, intents=(*booking.intents, make.intent(kind, status, 2)))
    assert derive_state(acting, make.now).state is state


def _changing(make: Make, status: IntentStatus, *fields: Field) -> Booking:
    booking = make.delivered(ResponseStatus.ACCEPTED)
    change = make.intent(IntentKind.CHANGE, status, 2, Wanted(frozenset(fields)))
    return replace(booking, intents=(*booking.intents, change))


def test_a_move_on_its_way_is_requested_and_a_title_keeps_the_room(make: Make) -> None:
    assert derive_state(_changing(make, IntentStatus.OPEN, Field.TIME), make.now).state is BookingState.REQUESTED
    assert derive_state(_changing(make, IntentStatus.OPEN, Field.TITLE), make.now).state is BookingState.CONFIRMED


def test_a_failed_change_is_not_delivered_and_says_what_to_do(make: Make) -> None:
    status = derive_state(_changing(make, IntentStatus.FAILED, Field.TITLE), make.now)
    assert status.state is BookingState.NOT_DELIVERED
    assert "old version" in status.sentence


def test_a_failed_create_gives_its_reason(make: Make) -> None:
    booking = make.requested()
    failed = replace(booking.intents[0], status=IntentStatus.FAILED, error_code="service_account_required")
    status = derive_state(replace(booking, intents=(failed,)), make.now)
    assert (status.state, status.reason_code) == (BookingState.FAILED, "service_account_required")


def test_a_dropped_change_is_forgotten(make: Make) -> None:
    assert derive_state(_changing(make, IntentStatus.DROPPED, Field.TIME), make.now).state is BookingState.CONFIRMED


@pytest.mark.parametrize("held_by", [HELD_BY_DRY_RUN, HELD_BY_ADMIN_NEEDED])
def test_what_is_held_says_so(make: Make, held_by: str) -> None:
    booking = make.requested()
    held = replace(booking.intents[0], status=IntentStatus.HELD, held_by=held_by)
    status = derive_state(replace(booking, intents=(held,)), make.now)
    assert (status.state, status.reason_code) == (BookingState.REQUESTED, held_by)


def test_a_room_taken_off_in_the_calendar_shows(make: Make) -> None:
    booking = make.delivered(ResponseStatus.ACCEPTED)
    without = replace(booking, occurrences=(replace(booking.occurrence, rooms=()),))
    assert derive_state(without, make.now).reason_code == "room_removed"


def test_one_of_two_rooms_declined_is_partly_confirmed(make: Make) -> None:
    booking = make.delivered(ResponseStatus.ACCEPTED)
    first = booking.occurrence.rooms[0]
    second = replace(first, room=make.room(2, "Elm"), answer=ResponseStatus.DECLINED)
    status = derive_state(replace(booking, occurrences=(replace(booking.occurrence, rooms=(first, second)),)), make.now)
    assert (status.state, status.reason_code) == (BookingState.DECLINED, "partly_confirmed")


intents = st.lists(
    st.tuples(
        st.sampled_from(IntentKind),
        st.sampled_from(IntentStatus),
        st.frozensets(st.sampled_from(Field)),
        st.sampled_from(["", "throttled"]),
        st.sampled_from(["", HELD_BY_DRY_RUN, HELD_BY_ADMIN_NEEDED]),
    ),
    max_size=4,
)


@given(
    acts=intents,
    answers=st.lists(st.sampled_from(ResponseStatus), max_size=2),
    is_cancelled=st.booleans(),
    after=st.integers(-60, 60),
)
def test_confirmed_only_when_every_room_accepted(
    make: Make,
    acts: list[tuple[IntentKind, IntentStatus, frozenset[Field], str, str]],
    answers: list[ResponseStatus],
    is_cancelled: bool,  # noqa: FBT001  drawn by hypothesis
    after: int,
) -> None:
    booking = make.delivered()
    request = booking.occurrence.rooms[0]
    rooms = tuple(replace(request, room=make.room(no, f"Room{no}"), answer=each) for no, each in enumerate(answers))
    made: tuple[Intent, ...] = tuple(
        replace(make.intent(kind, status, seq, Wanted(fields)), error_code=code, held_by=held_by)
        for seq, (kind, status, fields, code, held_by) in enumerate(acts)
    )
    booking = replace(
        booking,
        intents=made,
        occurrences=(replace(booking.occurrence, rooms=rooms),),
        cancelled_at=make.now if is_cancelled else None,
    )
    status = derive_state(booking, make.now + timedelta(minutes=after))
    assert status.sentence.endswith((".", "…"))
    assert status.reason_code
    if status.state is BookingState.CONFIRMED:
        assert answers
        assert set(answers) == {ResponseStatus.ACCEPTED}
        assert not is_cancelled
    if is_cancelled:
        assert status.state is BookingState.CANCELLED
