"""Checking in, and giving back a room that nobody came to. Pure. Off unless a room asks for it."""

from dataclasses import replace
from datetime import datetime, timedelta

from roomstead.domain.booking import NO_SHOW, Booking, Field, RoomRequest
from roomstead.domain.booking_editing import Stamp, require_alive, with_change, withdrawn
from roomstead.domain.booking_joining import replacing
from roomstead.domain.errors import Conflict
from roomstead.domain.event import ResponseStatus

EARLY = timedelta(minutes=15)
"""How long before its start a meeting can be checked in."""


def is_checked_in(booking: Booking, request: RoomRequest) -> bool:
    """Whether somebody came: a check-in for an earlier time counts no more once the meeting has moved."""
    opens = booking.occurrence.span.start - EARLY
    return request.checked_in_at is not None and request.checked_in_at >= opens


def due_back_at(booking: Booking, request: RoomRequest) -> datetime | None:
    """When the room is given back unless somebody checks in; None: never.

    Whoever books after the start has as long from then on.
    """
    within = request.room.check_in_within
    if within is None or request.leaving_since is not None or is_checked_in(booking, request):
        return None
    if request.answer is not ResponseStatus.ACCEPTED or booking.cancelled_at is not None:
        return None
    return max(booking.occurrence.span.start, booking.created_at) + within


def may_check_in(booking: Booking, now: datetime) -> bool:
    """Whether it is time to check in, and of any use."""
    span = booking.occurrence.span
    return span.start - EARLY <= now < span.end and any(
        due_back_at(booking, request) is not None for request in booking.occurrence.wanted_rooms
    )


def checked_in(booking: Booking, now: datetime) -> Booking:
    """Somebody is here. Unchanged where nothing waits for it. Raises Conflict before and after the meeting's time."""
    span = booking.occurrence.span
    if not span.start - EARLY <= now < span.end:
        raise Conflict(f"Check in from {EARLY.seconds // 60} minutes before the meeting until its end.")
    rooms = tuple(
        replace(each, checked_in_at=now) if due_back_at(booking, each) is not None else each
        for each in booking.occurrence.rooms
    )
    return replace(booking, occurrences=(replace(booking.occurrence, rooms=rooms),))


def given_back(booking: Booking, stamp: Stamp) -> Booking:
    """Without the rooms that nobody came to: the meeting stays, and the rooms are told.

    Unchanged where none is due. Raises Conflict for a booking that is cancelled, or being cancelled.
    """
    due = {
        each.id
        for each in booking.occurrence.wanted_rooms
        if (at := due_back_at(booking, each)) is not None and at <= stamp.now < booking.occurrence.span.end
    }
    if not due:
        return booking
    require_alive(booking)
    rooms = tuple(
        replace(each, leaving_since=stamp.now) if each.id in due else each for each in booking.occurrence.rooms
    )
    placed = replace(
        booking,
        occurrences=(replace(booking.occurrence, rooms=rooms),),
        version=booking.version + 1,
        updated_at=stamp.now,
    )
    fields = frozenset({Field.ROOM})
    changed = with_change(placed, fields, withdrawn(booking, placed, fields), stamp)
    last = changed.last_intent
    return changed if last is None else replacing(changed, replace(last, cause=NO_SHOW))
