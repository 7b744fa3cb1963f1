"""Bookings and what belongs to them as columns, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from roomstead.adapters.db.room_rows import to_room
from roomstead.domain.access import AccessCause
from roomstead.domain.booking import (
    Booking,
    BookingAttendee,
    BookingId,
    Field,
    Hosting,
    HostingId,
    Intent,
    IntentId,
    IntentKind,
    IntentStatus,
    Occurrence,
    OccurrenceId,
    OccurrenceRoomId,
    Organizer,
    Placement,
    RoomRequest,
    Wanted,
)
from roomstead.domain.event import AttendeeRole, EventId, ICalUid, ResponseStatus, Revision, WriteKey
from roomstead.domain.hosting import HostKind
from roomstead.domain.integration import ServiceMailboxId
from roomstead.domain.mailbox import Address, IntegrationId, MailboxRef
from roomstead.domain.people import PersonId
from roomstead.domain.timespan import Timespan


def to_booking(
    row: Row[Any],
    occurrences: tuple[Occurrence, ...],
    attendees: tuple[BookingAttendee, ...],
    hosting: Hosting | None,
    intents: tuple[Intent, ...],
) -> Booking:
    """A booking from its row and its parts."""
    return Booking(
        id=BookingId(row.id),
        integration_id=IntegrationId(row.integration_id),
        title=row.title,
        description=row.description,
        zone=row.zone,
        organizer=Organizer(
            PersonId(row.organizer_id),
            row.organizer_name,
            Address(row.organizer_address),
            tuple(Address(address) for address in row.organizer_addresses or ()),
        ),
        occurrences=occurrences,
        created_at=row.created_at,
        updated_at=row.updated_at,
        is_private=row.is_private,
        booked_by=PersonId(row.booked_by) if row.booked_by else None,
        booked_by_name=row.booked_by_name or "",
        attendees=attendees,
        hosting=hosting,
        intents=intents,
        cancelled_at=row.cancelled_at,
        cancel_cause=row.cancel_cause,
        version=row.version,
    )


def booking_columns(booking: Booking) -> dict[str, Any]:
    """What of the booking's own row may change."""
    return {
        "title": booking.title,
        "description": booking.description,
        "is_private": booking.is_private,
        "zone": booking.zone,
        "organizer_address": booking.organizer.address,
        "cancelled_at": booking.cancelled_at,
        "cancel_cause": booking.cancel_cause,
        "version": booking.version,
        "updated_at": booking.updated_at,
    }


def to_occurrence(row: Row[Any], rooms: tuple[RoomRequest, ...]) -> Occurrence:
    """An occurrence from its row and its rooms."""
    observed = Timespan(row.observed_starts_at, row.observed_ends_at) if row.observed_starts_at else None
    return Occurrence(
        id=OccurrenceId(row.id),
        span=Timespan(row.starts_at, row.ends_at),
        original_start=row.original_start,
        rooms=rooms,
        observed=observed,
        observed_at=row.observed_at,
    )


def occurrence_columns(occurrence: Occurrence) -> dict[str, Any]:
    """What of an occurrence's row may change."""
    observed = occurrence.observed
    return {
        "starts_at": occurrence.span.start,
        "ends_at": occurrence.span.end,
        "observed_starts_at": observed.start if observed else None,
        "observed_ends_at": observed.end if observed else None,
        "observed_at": occurrence.observed_at,
    }


def to_room_request(row: Row[Any]) -> RoomRequest:
    """A room request from a row of ``occurrence_room`` (its id labelled ``request_id``) joined with its room."""
    return RoomRequest(
        id=OccurrenceRoomId(row.request_id),
        room=to_room(row),
        answer=ResponseStatus(row.answer),
        answered_at=row.answered_at,
        asked_at=row.asked_at,
        deadline_at=row.deadline_at,
        leaving_since=row.leaving_since,
        checked_in_at=row.checked_in_at,
    )


def room_request_columns(request: RoomRequest) -> dict[str, Any]:
    """What of a room request's row may change."""
    return {
        "answer": request.answer.value,
        "answered_at": request.answered_at,
        "asked_at": request.asked_at,
        "deadline_at": request.deadline_at,
        "leaving_since": request.leaving_since,
        "checked_in_at": request.checked_in_at,
    }


def to_attendee(row: Row[Any]) -> BookingAttendee:
    """An attendee from its row."""
    return BookingAttendee(
        address=Address(row.address),
        typed=row.typed,
        name=row.name,
        role=AttendeeRole(row.role),
        person_id=PersonId(row.person_id) if row.person_id else None,
        response=ResponseStatus(row.response),
        answered_at=row.answered_at,
        added_by_provider=row.added_by_provider,
    )


def attendee_columns(attendee: BookingAttendee) -> dict[str, Any]:
    """What of an attendee's row may change."""
    return {
        "typed": attendee.typed,
        "name": attendee.name,
        "role": attendee.role.value,
        "person_id": attendee.person_id,
        "response": attendee.response.value,
        "answered_at": attendee.answered_at,
        "added_by_provider": attendee.added_by_provider,
    }


def to_hosting(row: Row[Any]) -> Hosting:
    """A hosting from its row."""
    return Hosting(
        id=HostingId(row.id),
        kind=HostKind(row.host_kind),
        mailbox=MailboxRef(Address(row.mailbox_address), row.mailbox_object_id),
        cause=AccessCause(row.cause),
        decided_at=row.decided_at,
        reason=row.reason,
        provider_code=row.provider_code,
        known_at=row.known_at,
        service_mailbox_id=ServiceMailboxId(row.service_mailbox_id) if row.service_mailbox_id else None,
        generation=row.generation,
        event_id=EventId(row.event_id) if row.event_id is not None else None,
        ical_uid=ICalUid(row.ical_uid) if row.ical_uid is not None else None,
        revision=Revision(row.revision) if row.revision is not None else None,
        valid_to=row.valid_to,
    )


def hosting_columns(hosting: Hosting) -> dict[str, Any]:
    """A hosting's row without its ids."""
    return {
        "host_kind": hosting.kind.value,
        "mailbox_address": hosting.mailbox.address,
        "mailbox_object_id": hosting.mailbox.object_id,
        "service_mailbox_id": hosting.service_mailbox_id,
        "cause": hosting.cause.value,
        "provider_code": hosting.provider_code,
        "known_at": hosting.known_at,
        "decided_at": hosting.decided_at,
        "reason": hosting.reason,
        "generation": hosting.generation,
        "event_id": hosting.event_id,
        "ical_uid": hosting.ical_uid,
        "revision": hosting.revision,
        "valid_to": hosting.valid_to,
    }


def to_intent(row: Row[Any]) -> Intent:
    """An intent from its row."""
    return Intent(
        id=IntentId(row.id),
        booking_id=BookingId(row.booking_id),
        seq=row.seq,
        kind=IntentKind(row.kind),
        status=IntentStatus(row.status),
        wanted=_wanted(row.wanted),
        created_at=row.created_at,
        cause=row.cause,
        actor_name=row.actor.get("name", ""),
        request=row.request,
        write_key=WriteKey(row.write_key) if row.write_key is not None else None,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        error_code=row.error_code or "",
        error_sentence=row.error_sentence or "",
        held_by=row.held_by or "",
        sent_at=row.sent_at,
        done_at=row.done_at,
    )


def intent_columns(intent: Intent) -> dict[str, Any]:
    """What of an intent's row may change."""
    return {
        "status": intent.status.value,
        "cause": intent.cause,
        "wanted": wanted_value(intent.wanted),
        "request": intent.request,
        "write_key": intent.write_key,
        "attempts": intent.attempts,
        "next_attempt_at": intent.next_attempt_at,
        "error_code": intent.error_code or None,
        "error_sentence": intent.error_sentence or None,
        "held_by": intent.held_by or None,
        "sent_at": intent.sent_at,
        "done_at": intent.done_at,
    }


def wanted_value(wanted: Wanted) -> dict[str, Any]:
    """What an intent wants, as JSON."""
    return {
        "fields": sorted(wanted.fields),
        "placements": [
            [each.room_no, each.span.start.isoformat(), each.span.end.isoformat()] for each in wanted.placements
        ],
        "withdrawn": list(wanted.withdrawn),
        "comment": wanted.comment,
    }


def _wanted(value: Mapping[str, Any]) -> Wanted:
    return Wanted(
        fields=frozenset(Field(name) for name in value.get("fields", ())),
        placements=tuple(
            Placement(room_no, Timespan(datetime.fromisoformat(start), datetime.fromisoformat(end)))
            for room_no, start, end in value.get("placements", ())
        ),
        withdrawn=tuple(Address(address) for address in value.get("withdrawn", ())),
        comment=value.get("comment", ""),
    )
