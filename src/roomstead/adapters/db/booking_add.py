"""Storing a new booking: one statement, whole or not at all.

The room's row is locked first, so that many who want one slot queue up in order instead of running into each other's
halves (a bare exclusion constraint deadlocks there); the exclusion constraint has the last word, since the look at
busy times may be a moment old by the time the lock is had. Where the statement is a transaction of its own, the lock is
held as long as the server needs for it, and no answer of ours is waited for under it.
"""

from typing import Any

from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.booking_rows import wanted_value
from roomstead.adapters.db.channel import CHANNEL, news
from roomstead.adapters.db.webhook_events import LISTENS, event_values
from roomstead.application.ports.bookings import AddOutcome
from roomstead.domain.booking import Booking, Hosting, Intent
from roomstead.domain.errors import Broken
from roomstead.domain.people import Actor
from roomstead.domain.webhook import TRIED_FOR, WebhookEvent, WebhookType, event_id

_ADD = text(
    f"""
WITH room_row AS (
    SELECT room_no FROM room WHERE id = :room_id AND status = 'live' FOR NO KEY UPDATE
), slot AS (
    INSERT INTO room_busy (room_no, blocks_from, blocks_to, kind, ref)
    SELECT room_no, :starts_at, :ends_at, 'claim', :request_id FROM room_row
    WHERE NOT EXISTS (
        SELECT 1 FROM room_busy AS busy
        WHERE busy.room_no = room_row.room_no AND busy.blocks_to > :starts_at
          AND busy.blocks_from > CAST(:starts_at AS timestamptz) - interval '24 hours' AND busy.blocks_from < :ends_at
    ) AND NOT EXISTS (
        SELECT 1 FROM room_busy AS busy
        WHERE busy.room_no = room_row.room_no AND busy.blocks_to > :starts_at AND busy.blocks_from < :ends_at
          AND busy.blocks_to - busy.blocks_from > interval '24 hours'
    )
    ON CONFLICT DO NOTHING
    RETURNING room_no
), new_booking AS (
    INSERT INTO booking (id, integration_id, title, description, is_private, zone, organizer_id, organizer_address,
                         booked_by, created_at, updated_at)
    SELECT :id, :integration_id, :title, :description, :is_private, :zone, :organizer_id, :organizer_address,
           CAST(:booked_by AS uuid), :created_at, :created_at
    FROM slot
), new_occurrence AS (
    INSERT INTO booking_occurrence (id, booking_id, original_start, starts_at, ends_at)
    SELECT :occurrence_id, :id, :starts_at, :starts_at, :ends_at FROM slot
), new_request AS (
    INSERT INTO occurrence_room (id, occurrence_id, room_id) SELECT :request_id, :occurrence_id, :room_id FROM slot
), new_hosting AS (
    INSERT INTO hosting (id, booking_id, host_kind, mailbox_address, mailbox_object_id, service_mailbox_id, cause,
                         provider_code, known_at, decided_at, reason, generation)
    SELECT :hosting_id, :id, :host_kind, :mailbox_address, CAST(:mailbox_object_id AS text),
           CAST(:service_mailbox_id AS uuid), :host_cause, :provider_code, CAST(:known_at AS timestamptz), :created_at,
           :host_reason, 1
    FROM slot
), new_intent AS (
    INSERT INTO intent (id, booking_id, seq, kind, status, actor, wanted, next_attempt_at, created_at)
    SELECT :intent_id, :id, 1, 'create', 'open', :actor, :wanted, :next_attempt_at, :created_at FROM slot
), new_attendees AS (
    INSERT INTO attendee (booking_id, address, typed, name, role, person_id)
    SELECT :id, each.address, each.typed, each.name, each.role, known.person_id
    FROM slot, unnest(:addresses, :typed, :names, :roles) AS each (address, typed, name, role)
    LEFT JOIN person_address AS known ON known.address = each.address
), new_audit AS (
    INSERT INTO audit (at, actor_id, actor_name, via, action, subject_kind, subject_id, integration_id, detail)
    SELECT :created_at, CAST(:actor_id AS uuid), :actor_name, :via, 'booking.created', 'booking', :id, :integration_id,
           :detail
    FROM slot
), event AS (
    INSERT INTO webhook_event (id, type, subject_id, occurred_at)
    SELECT :event_id, :event_type, :id, :created_at FROM slot
    WHERE EXISTS (SELECT 1 FROM webhook_endpoint AS endpoint WHERE {LISTENS})
    RETURNING id, sequence
), new_deliveries AS (
    INSERT INTO webhook_delivery (id, event_id, endpoint_id, sequence, created_at, due_at, give_up_at)
    SELECT gen_random_uuid(), event.id, endpoint.id, event.sequence, :created_at, :created_at, :give_up_at
    FROM event, webhook_endpoint AS endpoint WHERE {LISTENS}
)
SELECT pg_notify(:channel, :news), roomstead_defer_jobs(CAST(:jobs AS jsonb)) FROM slot
"""  # noqa: S608 - put together from constants
).bindparams(
    bindparam("actor", type_=JSONB),
    bindparam("wanted", type_=JSONB),
    bindparam("detail", type_=JSONB),
    bindparam("addresses", type_=ARRAY(Text)),
    bindparam("typed", type_=ARRAY(Text)),
    bindparam("names", type_=ARRAY(Text)),
    bindparam("roles", type_=ARRAY(Text)),
)


async def add_booking(connection: AsyncConnection, booking: Booking, actor: Actor, jobs: str) -> AddOutcome:
    """Store the booking if its room's slot can be had, and then leave the ``jobs``, as the queue has written them."""
    if booking.hosting is None or len(booking.intents) != 1 or len(booking.occurrence.rooms) != 1:
        raise Broken("A new booking has a host, one act to be sent and one room.")
    values = _booking_values(booking) | _host_values(booking.hosting) | _intent_values(booking.intents[0], actor)
    values |= _attendee_values(booking) | _audit_values(booking, booking.hosting, actor)
    values |= _event_values(booking)
    values |= {"channel": CHANNEL, "news": news("booking", booking.id), "jobs": jobs}
    result = await connection.execute(_ADD, values)
    return AddOutcome.TAKEN if result.first() is None else AddOutcome.ADDED


def _booking_values(booking: Booking) -> dict[str, Any]:
    occurrence = booking.occurrence
    return {
        "id": booking.id,
        "integration_id": booking.integration_id,
        "title": booking.title,
        "description": booking.description,
        "is_private": booking.is_private,
        "zone": booking.zone,
        "organizer_id": booking.organizer.person_id,
        "organizer_address": booking.organizer.address,
        "booked_by": booking.booked_by,
        "created_at": booking.created_at,
        "occurrence_id": occurrence.id,
        "starts_at": occurrence.span.start,
        "ends_at": occurrence.span.end,
        "request_id": occurrence.rooms[0].id,
        "room_id": occurrence.rooms[0].room.id,
    }


def _host_values(hosting: Hosting) -> dict[str, Any]:
    return {
        "hosting_id": hosting.id,
        "host_kind": hosting.kind.value,
        "mailbox_address": hosting.mailbox.address,
        "mailbox_object_id": hosting.mailbox.object_id,
        "service_mailbox_id": hosting.service_mailbox_id,
        "host_cause": hosting.cause.value,
        "provider_code": hosting.provider_code,
        "known_at": hosting.known_at,
        "host_reason": hosting.reason,
    }


def _intent_values(intent: Intent, actor: Actor) -> dict[str, Any]:
    return {
        "intent_id": intent.id,
        "actor": {"name": actor.name},
        "wanted": wanted_value(intent.wanted),
        "next_attempt_at": intent.next_attempt_at,
    }


def _attendee_values(booking: Booking) -> dict[str, Any]:
    return {
        "addresses": [each.address for each in booking.attendees],
        "typed": [each.typed for each in booking.attendees],
        "names": [each.name for each in booking.attendees],
        "roles": [each.role.value for each in booking.attendees],
    }


def _event_values(booking: Booking) -> dict[str, Any]:
    kind, at = WebhookType.BOOKING_REQUESTED, booking.created_at
    values = event_values(WebhookEvent(event_id(booking.id, kind.value), kind, booking.id, at))
    return {name: values[name] for name in ("event_id", "event_type")} | {"give_up_at": at + TRIED_FOR}


def _audit_values(booking: Booking, hosting: Hosting, actor: Actor) -> dict[str, Any]:
    return {
        "actor_id": actor.person_id,
        "actor_name": actor.name,
        "via": actor.via.value,
        "detail": {
            "room": str(booking.occurrence.rooms[0].room.id),
            "host": hosting.kind.value,
            "cause": hosting.cause.value,
            "people": len(booking.attendees),
        },
    }
