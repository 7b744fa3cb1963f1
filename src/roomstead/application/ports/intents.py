"""Outgoing acts, until each is done. They are stored with their booking; here they are found."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from roomstead.domain.booking import BookingId
from roomstead.domain.mailbox import IntegrationId


class IntentRepository(Protocol):
    """Outgoing acts across bookings."""

    async def due(self, now: datetime, limit: int) -> Sequence[BookingId]:
        """Bookings with an act to be sent, or one of unknown outcome to be settled, the longest due first."""
        ...

    async def held(self, integration_id: IntegrationId, held_by: str, limit: int) -> Sequence[BookingId]:
        """Bookings of an integration with an act held for that reason, the oldest first."""
        ...

    async def waiting(self) -> int:
        """How many acts are not finished."""
        ...
