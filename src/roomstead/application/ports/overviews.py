"""What an admin sees of an integration and its rooms at a glance, counted by the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roomstead.domain.integration import RoomId
from roomstead.domain.mailbox import IntegrationId


@dataclass(frozen=True, slots=True)
class IntegrationSigns:
    """How busy and how healthy an integration is.

    ``recipients``: how many its hosts mailed since the moment asked about. ``followed_at``: when a mailbox was last
    read. ``people_out_of_reach``: people whose mailbox refuses us. ``upcoming`` bookings end after the moment asked
    about and are not cancelled; ``hosted`` of them lie in a service account's calendar. ``waiting``: acts not done yet.
    """

    recipients: int
    followed_at: datetime | None
    failing_mailboxes: int
    people_out_of_reach: int
    upcoming: int
    hosted: int
    waiting: int


@dataclass(frozen=True, slots=True)
class RoomSync:
    """How far the following of a room's calendar is. ``failures`` counts attempts in a row that brought nothing."""

    pulled_at: datetime | None
    next_pull_at: datetime | None
    failures: int
    error_code: str


class OverviewRepository(Protocol):
    """Counts, read only."""

    async def signs(self, integration_id: IntegrationId, *, since: datetime, now: datetime) -> IntegrationSigns:
        """Of one integration; mail is counted from ``since``."""
        ...

    async def room_sync(self, room_ids: Sequence[RoomId]) -> Mapping[RoomId, RoomSync]:
        """Of these rooms; those that are not followed yet are left out."""
        ...
