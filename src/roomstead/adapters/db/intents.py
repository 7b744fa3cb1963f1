"""Finding bookings by the acts that wait."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.tables import booking, intent
from roomstead.domain.booking import BookingId, IntentStatus
from roomstead.domain.mailbox import IntegrationId

_SENDABLE = (IntentStatus.OPEN.value, IntentStatus.UNKNOWN.value)


class IntentStore:
    """Implements ``IntentRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def due(self, now: datetime, limit: int) -> Sequence[BookingId]:
        """Bookings with an act to be sent or settled. Several acts of one booking count towards ``limit``."""
        oldest = (
            select(intent.c.booking_id)
            .where(intent.c.done_at.is_(None), intent.c.next_attempt_at <= now, intent.c.status.in_(_SENDABLE))
            .order_by(intent.c.next_attempt_at)
            .limit(limit)
        )
        rows = await self._connection.execute(oldest)
        return list(dict.fromkeys(BookingId(row.booking_id) for row in rows))

    async def held(self, integration_id: IntegrationId, held_by: str, limit: int) -> Sequence[BookingId]:
        """Bookings with an act held for that reason."""
        rows = await self._connection.execute(
            select(intent.c.booking_id)
            .join(booking, booking.c.id == intent.c.booking_id)
            .where(
                intent.c.done_at.is_(None),
                intent.c.status == IntentStatus.HELD.value,
                intent.c.held_by == held_by,
                booking.c.integration_id == integration_id,
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
