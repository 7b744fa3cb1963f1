"""What waits to be done, of all kinds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roomstead.application.ports.mirror import FollowedId
from roomstead.domain.booking import BookingId
from roomstead.domain.integration import VerificationId
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.webhook import EndpointId


@dataclass(frozen=True, slots=True)
class Due:
    """Bookings to push, mailboxes to pull, verifications to run, integrations whose rooms are to be read, endpoints to
    deliver to; and integrations ``holding`` acts until an admin has acted."""

    bookings: tuple[BookingId, ...]
    mailboxes: tuple[FollowedId, ...]
    verifications: tuple[VerificationId, ...]
    discoveries: tuple[IntegrationId, ...]
    endpoints: tuple[EndpointId, ...]
    holding: tuple[IntegrationId, ...]


class DueRepository(Protocol):
    """Finds what is due."""

    async def by(self, now: datetime, limit: int) -> Due:
        """What is due by then, at most ``limit`` of a kind, the longest waiting first."""
        ...
