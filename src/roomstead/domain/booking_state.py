"""Where a booking stands: a pure function of what was asked, what was delivered and what was observed.

No state is shown that was not observed: a booking is confirmed only when the room accepted this very time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from roomstead.domain.booking import (
    HELD_BY_DRY_RUN,
    NO_SHOW,
    Booking,
    BookingState,
    Field,
    Intent,
    IntentKind,
    IntentStatus,
    RoomRequest,
)
from roomstead.domain.event import ResponseStatus

_UNDELIVERED = "The calendar still has the old version. Change it there, or try again here."


@dataclass(frozen=True, slots=True)
class BookingStatus:
    """A state, a stable code for why, and the sentence for people."""

    state: BookingState
    reason_code: str
    sentence: str


def derive_state(booking: Booking, now: datetime) -> BookingStatus:
    """Where the booking stands at ``now``."""
    if booking.cancelled_at is not None:
        return _cancelled(booking)
    last = booking.last_intent
    if last is not None:
        status = _BY_KIND[last.kind](booking, last)
        if status is not None:
            return status
    return _by_rooms(booking, now)


def _cancelled(booking: Booking) -> BookingStatus:
    if booking.cancel_cause == "outside":
        return BookingStatus(
            BookingState.CANCELLED, "cancelled_outside", "This meeting was cancelled in the organiser's calendar."
        )
    return BookingStatus(BookingState.CANCELLED, booking.cancel_cause or "cancelled", "This booking is cancelled.")


def _creating(booking: Booking, intent: Intent) -> BookingStatus | None:
    if intent.status is IntentStatus.FAILED:
        sentence = intent.error_sentence or "This booking could not be made. The room is not booked."
        return BookingStatus(BookingState.FAILED, intent.error_code or "failed", sentence)
    is_seen = booking.hosting is not None and booking.hosting.ical_uid is not None
    if intent.status.is_finished or is_seen:
        return None
    return _waiting(intent, BookingState.REQUESTED, "On its way to the calendar.")


def _changing(booking: Booking, intent: Intent) -> BookingStatus | None:
    if intent.status is IntentStatus.FAILED:
        sentence = f"{intent.error_sentence or 'The change could not be delivered.'} {_UNDELIVERED}"
        return BookingStatus(BookingState.NOT_DELIVERED, intent.error_code or "not_delivered", sentence)
    moves = intent.wanted.fields & {Field.TIME, Field.ROOM}
    if intent.status.is_finished or not moves:
        return None
    del booking
    return _waiting(intent, BookingState.REQUESTED, "The change is on its way to the calendar; the old slot is kept.")


def _cancelling(_booking: Booking, intent: Intent) -> BookingStatus | None:
    if intent.status is IntentStatus.FAILED:
        sentence = f"{intent.error_sentence or 'The cancellation could not be delivered.'} {_UNDELIVERED}"
        return BookingStatus(BookingState.NOT_DELIVERED, intent.error_code or "cancel_not_delivered", sentence)
    return _waiting(intent, BookingState.CANCELLING, "The cancellation is on its way to the calendar.")


_BY_KIND: dict[IntentKind, Callable[[Booking, Intent], BookingStatus | None]] = {
    IntentKind.CREATE: _creating,
    IntentKind.CHANGE: _changing,
    IntentKind.CANCEL: _cancelling,
}


def _waiting(intent: Intent, state: BookingState, sentence: str) -> BookingStatus:
    """An act that is not through: on its way, tried again, or waiting for somebody."""
    if intent.status is IntentStatus.HELD and intent.held_by == HELD_BY_DRY_RUN:
        return BookingStatus(state, HELD_BY_DRY_RUN, "Dry run: this is shown and not sent.")
    if intent.status is IntentStatus.HELD:
        waiting = intent.error_sentence or "Not sent yet: this waits for an admin."
        return BookingStatus(state, intent.error_code or intent.held_by or "held", waiting)
    if intent.error_code:
        trouble = intent.error_sentence or "The calendar cannot take it just now."
        return BookingStatus(state, intent.error_code, f"{trouble} Roomstead tries again by itself.")
    return BookingStatus(state, f"{intent.kind.value}_on_its_way", sentence)


def _by_rooms(booking: Booking, now: datetime) -> BookingStatus:
    """By the rooms' answers; all of them must have accepted."""
    requests = [request for occurrence in booking.occurrences for request in occurrence.wanted_rooms]
    if not requests and booking.last_intent is not None and booking.last_intent.cause == NO_SHOW:
        return BookingStatus(
            BookingState.DECLINED,
            NO_SHOW,
            "Nobody checked in, so the room was given back. The meeting itself stays. Choose a room.",
        )
    if not requests:
        return BookingStatus(
            BookingState.DECLINED, "room_removed", "The room was taken off this meeting in the calendar. Choose a room."
        )
    declined = [request for request in requests if request.answer is ResponseStatus.DECLINED]
    if declined:
        accepted = len(declined) < len(requests)
        code = "partly_confirmed" if accepted else "room_declined"
        return BookingStatus(
            BookingState.DECLINED, code, f"{_names(declined)} declined. Choose another room, or cancel the booking."
        )
    waiting = [request for request in requests if request.answer is not ResponseStatus.ACCEPTED]
    if not waiting:
        return BookingStatus(BookingState.CONFIRMED, "room_accepted", f"{_names(requests)} accepted.")
    return _by_silence(waiting, now)


def _by_silence(waiting: list[RoomRequest], now: datetime) -> BookingStatus:
    by_hand = [each for each in waiting if each.answer is ResponseStatus.TENTATIVE or each.asks_a_person]
    if by_hand:
        return BookingStatus(
            BookingState.AWAITING_APPROVAL,
            "room_asks_a_person",
            f"Somebody has to approve {_names(by_hand)}. The slot is held for you.",
        )
    late = [each for each in waiting if each.deadline_at is not None and each.deadline_at <= now]
    if late:
        return BookingStatus(
            BookingState.UNANSWERED,
            "room_silent",
            f"{_names(late)} has not answered. The slot is held; ask whoever looks after the room, or choose another.",
        )
    return BookingStatus(BookingState.AWAITING_ROOM, "room_asked", f"Asking {_names(waiting)}…")


def _names(requests: list[RoomRequest]) -> str:
    return " and ".join(dict.fromkeys(request.room.name for request in requests))
