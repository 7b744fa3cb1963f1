"""Outgoing acts, until each is done. They are stored with their booking; here they are found."""

from collections.abc import Collection, Sequence
from typing import Protocol

from roomstead.domain.booking import BookingId
from roomstead.domain.mailbox import IntegrationId


class IntentRepository(Protocol):
    """Outgoing acts across bookings."""

    async def held(
        self, integration_id: IntegrationId, held_by: str, limit: int, *, codes: Collection[str] | None = None
    ) -> Sequence[BookingId]:
        """Bookings of an integration with an act held for that reason, and with one of these codes; None: any. The
        oldest first."""
        ...

    async def waiting(self) -> int:
        """How many acts are not finished."""
        ...
