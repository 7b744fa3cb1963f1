"""What becomes of a booking when its event is seen in the host's calendar. Pure.

The world is followed: an event moved, edited or cancelled there is so here. What people asked for here and is still on
its way is kept, since it will be written; what failed to be delivered is given up once the world moves on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from roomstead.domain.booking import (
    Booking,
    BookingAttendee,
    Field,
    Intent,
    IntentKind,
    IntentStatus,
    OccurrenceRoomId,
    Placement,
    RoomRequest,
)
from roomstead.domain.booking_guests import by_shown_addresses
from roomstead.domain.booking_settling import SeenAnswer, answered
from roomstead.domain.errors import Broken
from roomstead.domain.event import AttendeeStatus, CalendarEvent, ICalUid, ResponseStatus
from roomstead.domain.hosted_description import strip_organizer_lines
from roomstead.domain.integration import Room
from roomstead.domain.mailbox import Address
from roomstead.domain.timespan import Timespan

OUTSIDE = "outside"
"""The cause of a cancellation that was made in the calendar and not here."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The host's copy of a booking's event, and what is needed to understand it.

    ``rooms``: the rooms of ours among its attendees, each with an id for a request that does not exist yet.
    """

    event: CalendarEvent
    rooms: Mapping[Address, tuple[OccurrenceRoomId, Room]]
    seen_at: datetime
    answer_within: timedelta


def cancelled_outside(booking: Booking, *, now: datetime) -> Booking:
    """The event is gone from the host's calendar, or cancelled there: nothing more is sent about it."""
    if booking.cancelled_at is not None:
        return booking
    intents = tuple(_dropped(intent, now) for intent in booking.intents)
    return replace(booking, cancelled_at=now, cancel_cause=OUTSIDE, intents=intents, updated_at=now)


def observed(booking: Booking, seen: Sighting) -> Booking:
    """The booking after its event was seen in the host's calendar. Unchanged when there was nothing new to see."""
    if booking.cancelled_at is not None or booking.hosting is None:
        return booking
    if seen.event.is_cancelled:
        return cancelled_outside(booking, now=seen.seen_at)
    result = _with_content(by_shown_addresses(booking, seen.event), seen.event)
    result = _with_rooms(result, seen)
    result = _with_time(result, seen)
    result = _with_people(result, seen)
    result = answered(result, seen.event.span, _answers(seen.event))
    if result != booking:
        result = replace(result, updated_at=seen.seen_at)
    hosting = replace(booking.hosting, revision=seen.event.revision, ical_uid=seen.event.ical_uid)
    return replace(result, hosting=hosting)


def _is_ours_to_say(booking: Booking, name: Field) -> bool:
    """Whether something asked for here is still on its way and will be written over what was seen."""
    return any(intent.kind is IntentKind.CREATE or name in intent.wanted.fields for intent in booking.unfinished)


def _with_content(booking: Booking, event: CalendarEvent) -> Booking:
    if event.title is not None and not _is_ours_to_say(booking, Field.TITLE):
        booking = replace(booking, title=event.title)
    if event.is_private is not None and not _is_ours_to_say(booking, Field.PRIVACY):
        booking = replace(booking, is_private=event.is_private)
    if event.description is None or _is_ours_to_say(booking, Field.DESCRIPTION):
        return booking
    text = strip_organizer_lines(event.description)
    if text.split() == booking.description.split():
        return booking
    return replace(booking, description=text)


def _with_time(booking: Booking, seen: Sighting) -> Booking:
    span = seen.event.span
    occurrence = booking.occurrence
    if span is None or span == occurrence.observed:
        return booking
    rooms = tuple(_asked_again(request, seen) for request in occurrence.rooms)
    occurrence = replace(occurrence, observed=span, observed_at=seen.seen_at, rooms=rooms)
    if _is_ours_to_say(booking, Field.TIME):
        return replace(booking, occurrences=(occurrence,))
    intents = tuple(_following(intent, span, seen.seen_at) for intent in booking.intents)
    return replace(booking, occurrences=(replace(occurrence, span=span),), intents=intents)


def _asked_again(request: RoomRequest, seen: Sighting) -> RoomRequest:
    """Another time is another question: the old answer does not count for it."""
    if request.asked_at is None:
        return request
    return replace(
        request,
        answer=ResponseStatus.NEEDS_ACTION,
        answered_at=None,
        asked_at=seen.seen_at,
        deadline_at=seen.seen_at + seen.answer_within,
    )


def _following(intent: Intent, span: Timespan, now: datetime) -> Intent:
    """An edit of something else goes on at the new time; a move that had failed is overtaken."""
    if intent.kind is IntentKind.CHANGE and intent.status is IntentStatus.FAILED:
        return _dropped(intent, now, also_failed=True)
    if intent.status.is_finished or intent.may_have_been_sent:
        return intent
    placements = tuple(Placement(each.room_no, span) for each in intent.wanted.placements)
    return replace(intent, wanted=replace(intent.wanted, placements=placements))


def _dropped(intent: Intent, now: datetime, *, also_failed: bool = False) -> Intent:
    if intent.status is IntentStatus.FAILED and also_failed:
        return replace(intent, status=IntentStatus.DROPPED, done_at=now)
    if intent.status.is_finished:
        return intent
    return replace(intent, status=IntentStatus.DROPPED, done_at=now, next_attempt_at=None)


def _with_rooms(booking: Booking, seen: Sighting) -> Booking:
    """Rooms that somebody put on the event or took off it.

    While a swap of ours is on its way, what is there is noted all the same: those rooms hold the meeting until then.
    """
    if seen.event.span is None:
        return booking
    ours = _is_ours_to_say(booking, Field.ROOM)
    occurrence = booking.occurrence
    invited = {status.attendee.address for status in seen.event.attendees}
    rooms: list[RoomRequest] = []
    for request in occurrence.rooms:
        if request.room.mailbox.address in invited:
            rooms.append(_on_it(request, seen, ours=ours))
        else:
            rooms += _off_it(booking, request, seen, ours=ours)
    known = {request.room.room_no for request in rooms}
    for address, (new_id, room) in seen.rooms.items():
        if address in invited and room.room_no not in known:
            leaving_since = seen.seen_at if ours else None
            rooms.append(
                _asked_again(RoomRequest(new_id, room, asked_at=seen.seen_at, leaving_since=leaving_since), seen)
            )
    if tuple(rooms) == occurrence.rooms:
        return booking
    return replace(booking, occurrences=(replace(occurrence, rooms=tuple(rooms)),))


def _on_it(request: RoomRequest, seen: Sighting, *, ours: bool) -> RoomRequest:
    """A room that stands on the event; unless a swap of ours takes it off, it is wanted."""
    if not ours:
        request = replace(request, leaving_since=None)
    return request if request.asked_at is not None else _asked_again(replace(request, asked_at=seen.seen_at), seen)


def _off_it(booking: Booking, request: RoomRequest, seen: Sighting, *, ours: bool) -> list[RoomRequest]:
    """A room that does not stand on the event: to be put there by us, perhaps put there by us, or given up."""
    if request.asked_at is None:
        return [request]
    off = replace(request, asked_at=None, deadline_at=None, answer=ResponseStatus.NEEDS_ACTION, answered_at=None)
    if ours and request.leaving_since is None:
        return [off]
    maybe = {
        place.room_no for each in booking.unfinished if each.may_have_been_sent for place in each.wanted.placements
    }
    return [replace(off, leaving_since=seen.seen_at)] if request.room.room_no in maybe else []


def _with_people(booking: Booking, seen: Sighting) -> Booking:
    """People that somebody invited or took off in the calendar; rooms that we do not know are shown by address."""
    if _is_ours_to_say(booking, Field.ATTENDEES):
        return booking
    ours = {each.address: each for each in booking.attendees}
    skipped = _never_attendees(booking) | set(seen.rooms)
    people = tuple(
        ours.get(status.attendee.address) or _newcomer(status)
        for status in seen.event.attendees
        if status.attendee.address not in skipped and status.invited_as not in skipped
    )
    if {each.address for each in people} == set(ours):
        return booking
    return replace(booking, attendees=people)


def _never_attendees(booking: Booking) -> set[Address]:
    """The organiser under any address, and the mailbox that hosts."""
    host = {booking.hosting.mailbox.address} if booking.hosting else set()
    return {booking.organizer.address, *booking.organizer.addresses, *host}


def _newcomer(status: AttendeeStatus) -> BookingAttendee:
    return BookingAttendee(
        address=status.attendee.address,
        name=status.attendee.name,
        role=status.attendee.role,
        response=status.response,
        answered_at=status.answered_at,
        added_by_provider=True,
    )


def _answers(event: CalendarEvent) -> tuple[SeenAnswer, ...]:
    return tuple(SeenAnswer(status.attendee.address, status.response, status.answered_at) for status in event.attendees)


def seen_in_room(
    booking: Booking,
    place: Placement,
    seen: tuple[ICalUid, ResponseStatus | None],
    *,
    now: datetime,
    answer_within: timedelta,
) -> Booking:
    """The room's calendar shows the meeting ``place`` while its host's is closed to us: it was made.

    The room may have answered. The create stays of unknown outcome: only the host's calendar tells the id by which the
    event is changed; people may want it elsewhere by now.
    """
    ical_uid, answer = seen
    occurrence = booking.occurrence
    rooms = tuple(
        replace(
            request,
            asked_at=request.asked_at or now,
            deadline_at=request.deadline_at or now + answer_within,
            answer=answer or request.answer,
            answered_at=now if answer is not None and answer is not request.answer else request.answered_at,
        )
        if request.room.room_no == place.room_no
        else request
        for request in occurrence.rooms
    )
    if booking.hosting is None:
        raise Broken("This booking has no host.")
    found = replace(occurrence, rooms=rooms, observed=place.span, observed_at=now)
    return replace(booking, hosting=replace(booking.hosting, ical_uid=ical_uid), occurrences=(found,))
