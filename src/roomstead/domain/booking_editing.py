"""What becomes of a booking when people change, cancel or retry it. Pure.

An act that is still unsent takes later edits into it, so that quick edits become one write. An act that may have been
sent is never changed: a newer one follows it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from roomstead.domain.booking import (
    NEVER_SETTLED,
    Booking,
    BookingAttendee,
    Field,
    Intent,
    IntentId,
    IntentKind,
    IntentStatus,
    Occurrence,
    OccurrenceRoomId,
    RoomRequest,
    Wanted,
)
from roomstead.domain.booking_claims import intended_placements
from roomstead.domain.booking_joining import merged, replacing
from roomstead.domain.errors import Conflict
from roomstead.domain.integration import Room
from roomstead.domain.mailbox import Address
from roomstead.domain.timespan import Timespan


@dataclass(frozen=True, slots=True)
class Edit:
    """What shall be different; None leaves it as it is."""

    title: str | None = None
    description: str | None = None
    is_private: bool | None = None
    zone: str | None = None
    span: Timespan | None = None
    room: Room | None = None
    attendees: tuple[BookingAttendee, ...] | None = None


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who acts when, and the ids of what may have to be made. ``not_before``: when a change may go out."""

    now: datetime
    actor_name: str
    intent_id: IntentId
    room_request_id: OccurrenceRoomId
    not_before: datetime


def edited(booking: Booking, edit: Edit, stamp: Stamp) -> Booking:
    """The booking with the edit, and the act that delivers it. Unchanged when nothing differs.

    Raises Conflict when the booking is cancelled, being cancelled, or was never made.
    """
    require_alive(booking)
    fields = _differing(booking, edit)
    if not fields:
        return booking
    placed = replace(booking, occurrences=(_placed(booking, edit, stamp),))
    content = replace(
        placed,
        title=booking.title if edit.title is None else edit.title,
        description=booking.description if edit.description is None else edit.description,
        is_private=booking.is_private if edit.is_private is None else edit.is_private,
        zone=booking.zone if edit.zone is None else edit.zone,
        attendees=booking.attendees if edit.attendees is None else edit.attendees,
        version=booking.version + 1,
        updated_at=stamp.now,
    )
    return with_change(content, fields, withdrawn(booking, content, fields), stamp)


def require_alive(booking: Booking) -> None:
    """Raise Conflict for a booking that is cancelled, being cancelled, or was never made."""
    last = booking.last_intent
    cancelling = last is not None and last.kind is IntentKind.CANCEL and last.status is not IntentStatus.FAILED
    if booking.cancelled_at is not None or cancelling:
        raise Conflict("This booking is cancelled. Make a new one instead.")
    if last is not None and last.kind is IntentKind.CREATE and last.status is IntentStatus.FAILED:
        raise Conflict("This booking was never made. Try it again, or make a new one.")


def _differing(booking: Booking, edit: Edit) -> frozenset[Field]:
    rooms = {request.room.id for request in booking.occurrence.wanted_rooms}
    differs = {
        Field.TITLE: edit.title is not None and edit.title != booking.title,
        Field.DESCRIPTION: edit.description is not None and edit.description != booking.description,
        Field.PRIVACY: edit.is_private is not None and edit.is_private != booking.is_private,
        Field.TIME: (edit.span is not None and edit.span != booking.occurrence.span)
        or (edit.zone is not None and edit.zone != booking.zone),
        Field.ROOM: edit.room is not None and {edit.room.id} != rooms,
        Field.ATTENDEES: edit.attendees is not None and _people(edit.attendees) != _people(booking.attendees),
    }
    return frozenset(name for name, is_so in differs.items() if is_so)


def changed_fields(before: Booking, after: Booking) -> frozenset[Field]:
    """What differs between two versions of a booking, as people see it."""
    changed = {
        Field.TITLE: before.title != after.title,
        Field.DESCRIPTION: before.description != after.description,
        Field.PRIVACY: before.is_private != after.is_private,
        Field.TIME: before.occurrence.span != after.occurrence.span,
        Field.ROOM: _room_set(before) != _room_set(after),
        Field.ATTENDEES: {each.address for each in before.attendees} != {each.address for each in after.attendees},
    }
    return frozenset(name for name, differs in changed.items() if differs)


def _room_set(booking: Booking) -> set[int]:
    return {request.room.room_no for request in booking.occurrence.wanted_rooms}


def _people(attendees: tuple[BookingAttendee, ...]) -> dict[Address, tuple[str, str]]:
    return {each.address: (each.name, each.role.value) for each in attendees}


def _placed(booking: Booking, edit: Edit, stamp: Stamp) -> Occurrence:
    """The occurrence at its new time and in its new room; a room that was or may have been asked leaves in order."""
    occurrence = booking.occurrence
    span = edit.span or occurrence.span
    if edit.room is None:
        return replace(occurrence, span=span)
    maybe_asked = {
        placement.room_no
        for intent in booking.unfinished
        if intent.may_have_been_sent
        for placement in intent.wanted.placements
    }
    rooms: list[RoomRequest] = []
    for request in occurrence.rooms:
        if request.room.id == edit.room.id:
            rooms.append(replace(request, leaving_since=None))
        elif request.asked_at is not None or request.room.room_no in maybe_asked:
            rooms.append(replace(request, leaving_since=request.leaving_since or stamp.now))
    if edit.room.id not in {request.room.id for request in rooms}:
        rooms.append(RoomRequest(stamp.room_request_id, edit.room))
    return replace(occurrence, span=span, rooms=tuple(rooms))


def withdrawn(before: Booking, after: Booking, fields: frozenset[Field]) -> frozenset[Address]:
    """Addresses that were invited and are wanted no longer."""
    gone: set[Address] = set()
    if Field.ATTENDEES in fields:
        gone |= {each.address for each in before.attendees} - {each.address for each in after.attendees}
    if Field.ROOM in fields:
        wanted = {request.room.id for request in after.occurrence.wanted_rooms}
        gone |= {request.room.mailbox.address for request in before.occurrence.rooms if request.room.id not in wanted}
    return frozenset(gone)


def with_change(booking: Booking, fields: frozenset[Field], gone: frozenset[Address], stamp: Stamp) -> Booking:
    """Put the edit into the newest unsent act, or into a new one behind those that may have been sent."""
    last = booking.last_intent
    placements = intended_placements(booking.occurrence)
    if last is not None and not last.status.is_finished and not last.may_have_been_sent:
        wanted = merged(last, fields, gone, booking)
        return replacing(booking, replace(last, wanted=replace(wanted, placements=placements)))
    wanted = Wanted(fields, placements, tuple(sorted(gone)))
    intents = booking.intents
    if last is not None and last.status is IntentStatus.FAILED:
        wanted = replace(merged(last, fields, gone, booking), placements=placements)
        overtaken = replace(last, status=IntentStatus.DROPPED)
        intents = tuple(overtaken if intent.id == last.id else intent for intent in intents)
    change = _new_intent(booking, IntentKind.CHANGE, wanted, stamp, at=stamp.not_before)
    return replace(booking, intents=(*intents, change))


def _new_intent(
    booking: Booking, kind: IntentKind, wanted: Wanted, stamp: Stamp, *, at: datetime, cause: str = ""
) -> Intent:
    seq = booking.intents[-1].seq + 1 if booking.intents else 1
    return Intent(
        id=stamp.intent_id,
        booking_id=booking.id,
        seq=seq,
        kind=kind,
        status=IntentStatus.OPEN,
        wanted=wanted,
        created_at=stamp.now,
        cause=cause,
        actor_name=stamp.actor_name,
        next_attempt_at=at,
    )


def cancelled(booking: Booking, cause: str, comment: str, stamp: Stamp) -> Booking:
    """The booking on its way to being cancelled, or cancelled at once when nothing of it can be at the provider.

    Unchanged when it is cancelled, or being cancelled, already. A create of unknown outcome is finished first.
    """
    last = booking.last_intent
    if booking.cancelled_at is not None or (
        last is not None and last.kind is IntentKind.CANCEL and not last.status.is_finished
    ):
        return booking
    intents = tuple(overtaken(intent, stamp.now) for intent in booking.intents)
    dropped = replace(booking, intents=intents, version=booking.version + 1, updated_at=stamp.now)
    if not _event_exists(booking) and not dropped.unfinished:
        return replace(dropped, cancelled_at=stamp.now, cancel_cause=cause)
    wanted = Wanted(comment=comment)
    cancel = _new_intent(dropped, IntentKind.CANCEL, wanted, stamp, at=stamp.now, cause=cause)
    return replace(dropped, intents=(*intents, cancel))


def overtaken(intent: Intent, now: datetime) -> Intent:
    """A cancellation makes unsent and failed acts pointless; what may have been sent is settled first."""
    if intent.kind is IntentKind.CANCEL and not intent.status.is_finished:
        return intent
    if intent.status is IntentStatus.FAILED and intent.kind is not IntentKind.CREATE:
        return replace(intent, status=IntentStatus.DROPPED)
    if intent.status.is_finished or intent.may_have_been_sent:
        return intent
    return replace(intent, status=IntentStatus.DROPPED, done_at=now, next_attempt_at=None)


def settled_by_cancelling(booking: Booking, now: datetime) -> Booking:
    """After an act did not get through: a cancellation behind it drops it, and is itself over when no event exists."""
    cancel = next((each for each in booking.unfinished if each.kind is IntentKind.CANCEL), None)
    if cancel is None:
        return booking
    booking = replace(booking, intents=tuple(overtaken(intent, now) for intent in booking.intents))
    if any(intent.may_have_been_sent for intent in booking.unfinished) or _event_exists(booking):
        return booking
    over = replace(cancel, status=IntentStatus.DROPPED, done_at=now, next_attempt_at=None)
    return replace(replacing(booking, over), cancelled_at=now, cancel_cause=cancel.cause, updated_at=now)


def _event_exists(booking: Booking) -> bool:
    return booking.hosting is not None and booking.hosting.event_id is not None


def retried(booking: Booking, now: datetime) -> Booking:
    """The act that failed or is held, to be tried again at once. Raises Conflict when there is none."""
    last = booking.last_intent
    waiting = [intent for intent in booking.unfinished if intent.status is IntentStatus.HELD]
    if last is not None and last.status is IntentStatus.FAILED:
        waiting.append(last)
    if booking.cancelled_at is not None or not waiting:
        raise Conflict("There is nothing to try again: no act of this booking failed or is held.")
    for intent in waiting:
        booking = replacing(booking, _reopened(intent, now))
    return replace(booking, version=booking.version + 1, updated_at=now)


def _reopened(intent: Intent, now: datetime) -> Intent:
    """A stored request may have been sent and is settled first; anything else is decided afresh."""
    was_given_up = intent.status is IntentStatus.FAILED and intent.error_code == NEVER_SETTLED
    settled_first = intent.request is not None and (intent.status is IntentStatus.HELD or was_given_up)
    return replace(
        intent,
        status=IntentStatus.UNKNOWN if settled_first else IntentStatus.OPEN,
        request=intent.request if settled_first else None,
        held_by="",
        done_at=None,
        next_attempt_at=now,
        error_code="",
        error_sentence="",
    )


def released(booking: Booking, held_by: str, now: datetime) -> Booking:
    """The acts held for one reason, to be tried again at once; unchanged when there are none."""
    for intent in booking.unfinished:
        if intent.status is IntentStatus.HELD and intent.held_by == held_by:
            booking = replacing(booking, _reopened(intent, now))
    return booking
