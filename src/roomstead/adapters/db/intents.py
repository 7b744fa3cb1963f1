"""Finding bookings by the acts that wait."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.tables import booking, intent
from roomstead.domain.booking import BookingId, IntentStatus
from roomstead.domain.mailbox import IntegrationId

_SENDABLE = (IntentStatus.OPEN.value, IntentStatus.UNKNOWN.value)
_before = intent.alias("before")


class IntentStore:
    """Implements ``IntentRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def held(
        self, integration_id: IntegrationId, held_by: str, limit: int, *, codes: Collection[str] | None = None
    ) -> Sequence[BookingId]:
        """Bookings with an act held for that reason."""
        rows = await self._connection.execute(
            select(intent.c.booking_id)
            .join(booking, booking.c.id == intent.c.booking_id)
            .where(
                intent.c.done_at.is_(None),
                intent.c.status == IntentStatus.HELD.value,
                intent.c.held_by == held_by,
                booking.c.integration_id == integration_id,
                true() if codes is None else intent.c.error_code.in_(sorted(codes)),
            )
            .order_by(intent.c.created_at)
            .limit(limit)
        )
        return list(dict.fromkeys(BookingId(row.booking_id) for row in rows))

    async def waiting(self) -> int:
        """How many acts are not finished."""
        rows = await self._connection.execute(
            select(func.count()).select_from(intent).where(intent.c.done_at.is_(None))
        )
        return int(rows.scalar_one())


def due_bookings(now: datetime, limit: int) -> Select[UUID]:
    """Bookings whose oldest unfinished act is due, by id."""
    return (
        select(intent.c.booking_id.label("id"))
        .where(
            intent.c.done_at.is_(None),
            intent.c.next_attempt_at <= now,
            intent.c.status.in_(_SENDABLE),
            ~exists().where(
                _before.c.booking_id == intent.c.booking_id,
                _before.c.done_at.is_(None),
                _before.c.seq < intent.c.seq,
            ),
        )
        .order_by(intent.c.next_attempt_at)
        .limit(limit)
    )


def integrations_with_held(held_by: str) -> Select[UUID]:
    """Integrations with an act held for that reason, by id."""
    return (
        select(booking.c.integration_id.label("id"))
        .distinct()
        .join(intent, intent.c.booking_id == booking.c.id)
        .where(intent.c.done_at.is_(None), intent.c.status == IntentStatus.HELD.value, intent.c.held_by == held_by)
    )
