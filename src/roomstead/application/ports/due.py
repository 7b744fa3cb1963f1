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
    """What a sweep leaves jobs for.

    ``bookings``: whose oldest unfinished act is to be sent, or settled if its outcome is unknown; acts wait for those
    before them, so a booking whose oldest is held or not yet due is not among them. ``mailboxes``: whose round is due,
    or that hold a copy to be looked at; those of an integration that is disabled or cannot sign in are left alone.
    ``verifications``: open ones whose next attempt is due. ``discoveries``: working integrations whose room list should
    be read again. ``endpoints``: enabled ones, not paused, that something is due to. ``holding``: integrations with an
    act that waits for an admin.
    """

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
