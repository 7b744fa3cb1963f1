"""Whole bookings, read in one query per table however many they are."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.booking_rows import (
    to_attendee,
    to_booking,
    to_hosting,
    to_intent,
    to_occurrence,
    to_room_request,
)
from roomstead.adapters.db.tables import (
    attendee,
    booking,
    booking_occurrence,
    hosting,
    intent,
    occurrence_room,
    person,
    person_address,
    room,
)
from roomstead.domain.booking import Booking

_organizer = person.alias("organizer")
_booker = person.alias("booker")

_BOOKINGS = select(
    booking,
    _organizer.c.name.label("organizer_name"),
    _booker.c.name.label("booked_by_name"),
    select(func.array_agg(aggregate_order_by(person_address.c.address, person_address.c.position)))
    .where(person_address.c.person_id == booking.c.organizer_id)
    .scalar_subquery()
    .label("organizer_addresses"),
).select_from(
    booking.join(_organizer, _organizer.c.id == booking.c.organizer_id).outerjoin(
        _booker, _booker.c.id == booking.c.booked_by
    )
)
_OCCURRENCES = select(booking_occurrence).order_by(booking_occurrence.c.original_start)
_ROOMS = (
    select(
        room,
        occurrence_room.c.id.label("request_id"),
        occurrence_room.c.occurrence_id,
        occurrence_room.c.answer,
        occurrence_room.c.answered_at,
        occurrence_room.c.asked_at,
        occurrence_room.c.deadline_at,
        occurrence_room.c.leaving_since,
        occurrence_room.c.checked_in_at,
    )
    .join_from(occurrence_room, room)
    .join(booking_occurrence, booking_occurrence.c.id == occurrence_room.c.occurrence_id)
    .order_by(room.c.room_no)
)
_ATTENDEES = select(attendee).order_by(attendee.c.booking_id, attendee.c.address)
_HOSTINGS = select(hosting).where(hosting.c.valid_to.is_(None))
_INTENTS = select(intent).order_by(intent.c.seq)


async def load_bookings(connection: AsyncConnection, booking_ids: Sequence[UUID]) -> list[Booking]:
    """The bookings in the order asked for; unknown ones are left out."""
    ids = list(booking_ids)
    if not ids:
        return []
    rows = {row.id: row for row in await connection.execute(_BOOKINGS.where(booking.c.id == func.any(ids)))}
    if not rows:
        return []
    occurrences = await _grouped(
        connection, _OCCURRENCES.where(booking_occurrence.c.booking_id == func.any(ids)), "booking_id"
    )
    rooms = await _grouped(connection, _ROOMS.where(booking_occurrence.c.booking_id == func.any(ids)), "occurrence_id")
    attendees = await _grouped(connection, _ATTENDEES.where(attendee.c.booking_id == func.any(ids)), "booking_id")
    hostings = await _grouped(connection, _HOSTINGS.where(hosting.c.booking_id == func.any(ids)), "booking_id")
    intents = await _grouped(connection, _INTENTS.where(intent.c.booking_id == func.any(ids)), "booking_id")
    return [
        to_booking(
            rows[key],
            tuple(
                to_occurrence(each, tuple(to_room_request(one) for one in rooms[each.id])) for each in occurrences[key]
            ),
            tuple(to_attendee(each) for each in attendees[key]),
            next((to_hosting(each) for each in hostings[key]), None),
            tuple(to_intent(each) for each in intents[key]),
        )
        for key in ids
        if key in rows
    ]


async def _grouped(
    connection: AsyncConnection, query: Select[*tuple[Any, ...]], key: str
) -> defaultdict[UUID, list[Row[Any]]]:
    groups: defaultdict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in await connection.execute(query):
        groups[getattr(row, key)].append(row)
    return groups
