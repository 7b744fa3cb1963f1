"""Bookings as wholes: found, locked, stored."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.booking_add import add_booking
from roomstead.adapters.db.booking_load import load_bookings
from roomstead.adapters.db.booking_routing import read_routing
from roomstead.adapters.db.booking_save import BookingSaver
from roomstead.adapters.db.tables import booking, booking_occurrence, hosting, occurrence_room, room
from roomstead.application.ports.bookings import AddOutcome, BookingFilter, BookingMark, RoutingFacts
from roomstead.application.ports.jobs import Job
from roomstead.domain.booking import Booking, BookingId, Placement
from roomstead.domain.integration import RoomId
from roomstead.domain.mailbox import Address
from roomstead.domain.people import Actor, PersonId

_DUE_BACK = text(
    """
SELECT occurrence.booking_id
FROM room
JOIN room_busy AS busy ON busy.room_no = room.room_no AND busy.kind = 'claim'
  AND busy.blocks_from <= :now AND busy.blocks_to > :now
  AND busy.blocks_from > CAST(:now AS timestamptz) - interval '14 days'
JOIN occurrence_room AS request ON request.id = busy.ref AND request.room_id = room.id
JOIN booking_occurrence AS occurrence ON occurrence.id = request.occurrence_id
JOIN booking ON booking.id = occurrence.booking_id AND booking.cancelled_at IS NULL
WHERE room.overrides ? 'check_in_minutes'
  AND request.answer = 'accepted' AND request.leaving_since IS NULL
  AND (request.checked_in_at IS NULL OR request.checked_in_at < occurrence.starts_at - interval '15 minutes')
  AND greatest(occurrence.starts_at, booking.created_at)
      + CAST(room.overrides ->> 'check_in_minutes' AS integer) * interval '1 minute' <= :now
ORDER BY occurrence.starts_at
LIMIT :limit
"""
)


class BookingStore:
    """Implements ``BookingRepository``."""

    def __init__(self, connection: AsyncConnection, written: Callable[[Iterable[Job]], str]) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work; ``written``: how jobs are left
        there by a statement."""
        self._connection = connection
        self._written = written

    async def routing(
        self, room_id: RoomId, organizer_id: PersonId, addresses: Sequence[Address] = ()
    ) -> RoutingFacts | None:
        """All that decides the host, in one read."""
        return await read_routing(self._connection, room_id, organizer_id, addresses)

    async def add(self, new: Booking, actor: Actor, job: Job) -> AddOutcome:
        """Store a new booking, or nothing."""
        return await add_booking(self._connection, new, actor, self._written([job]))

    async def get(self, booking_id: BookingId) -> Booking | None:
        """One booking."""
        found = await load_bookings(self._connection, [booking_id])
        return found[0] if found else None

    async def get_many(self, booking_ids: Sequence[BookingId]) -> Sequence[Booking]:
        """Several bookings, in the order asked for."""
        return await load_bookings(self._connection, booking_ids)

    async def get_for_change(self, booking_id: BookingId, *, and_rooms: Sequence[RoomId] = ()) -> Booking | None:
        """One booking, locked with its rooms."""
        await self._lock([booking_id], and_rooms)
        return await self.get(booking_id)

    async def many_for_change(self, booking_ids: Sequence[BookingId]) -> Sequence[Booking]:
        """Several bookings, locked with their rooms."""
        await self._lock(booking_ids, ())
        return await load_bookings(self._connection, booking_ids)

    async def _lock(self, booking_ids: Sequence[UUID], and_rooms: Sequence[UUID]) -> None:
        """Bookings before rooms, each in one order: whoever wants some of the same waits instead of deadlocking."""
        ids = list(booking_ids)
        await self._connection.execute(
            select(booking.c.id).where(booking.c.id == func.any(ids)).order_by(booking.c.id).with_for_update()
        )
        theirs = (
            select(occurrence_room.c.room_id)
            .join(booking_occurrence, booking_occurrence.c.id == occurrence_room.c.occurrence_id)
            .where(booking_occurrence.c.booking_id == func.any(ids))
        )
        await self._connection.execute(
            select(room.c.room_no)
            .where(or_(room.c.id.in_(theirs), room.c.id == func.any(list(and_rooms))))
            .order_by(room.c.room_no)
            .with_for_update(key_share=True)
        )

    async def save(self, before: Booking, after: Booking, *, at: datetime) -> tuple[Placement, ...]:
        """Store what differs; answers the slots that others hold."""
        return await BookingSaver(self._connection, before, after, at).save()

    async def due_back(self, now: datetime, limit: int) -> Sequence[BookingId]:
        """Bookings under way in rooms that ask for check-in."""
        rows = await self._connection.execute(_DUE_BACK, {"now": now, "limit": limit})
        return [BookingId(row.booking_id) for row in rows]

    async def page(self, wanted: BookingFilter, *, after: BookingMark | None, limit: int) -> Sequence[Booking]:
        """Bookings by start."""
        query = (
            select(booking.c.id)
            .join(booking_occurrence, booking_occurrence.c.booking_id == booking.c.id)
            .where(*_conditions(wanted))
            .order_by(booking_occurrence.c.starts_at, booking.c.id)
            .limit(limit)
        )
        if after is not None:
            query = query.where(tuple_(booking_occurrence.c.starts_at, booking.c.id) > (after.starts_at, after.id))
        ids = [row.id for row in await self._connection.execute(query)]
        return await load_bookings(self._connection, ids)


def _conditions(wanted: BookingFilter) -> list[ColumnElement[Any]]:
    conditions: list[ColumnElement[Any]] = []
    if wanted.person_id is not None:
        conditions.append(or_(booking.c.organizer_id == wanted.person_id, booking.c.booked_by == wanted.person_id))
    if wanted.room_id is not None:
        conditions.append(
            booking_occurrence.c.id.in_(
                select(occurrence_room.c.occurrence_id).where(occurrence_room.c.room_id == wanted.room_id)
            )
        )
    if wanted.since is not None:
        conditions.append(booking_occurrence.c.ends_at > wanted.since)
    if wanted.until is not None:
        conditions.append(booking_occurrence.c.starts_at < wanted.until)
    if wanted.hosted_in is not None:
        conditions.append(booking.c.integration_id == wanted.hosted_in)
        conditions.append(
            booking.c.id.in_(
                select(hosting.c.booking_id).where(
                    hosting.c.valid_to.is_(None), hosting.c.service_mailbox_id.is_not(None)
                )
            )
        )
    if not wanted.with_cancelled:
        conditions.append(booking.c.cancelled_at.is_(None))
    return conditions
