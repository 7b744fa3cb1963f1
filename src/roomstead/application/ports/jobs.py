"""Jobs: the hands of our tables. Losing one costs time, never work: the sweep defers what is due again.

Jobs with the same ``lock`` run one after the other, and at most one of them waits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PushBooking:
    """Perform the open intents of one booking."""

    booking_id: UUID

    @property
    def lock(self) -> str:
        """One push per booking at a time."""
        return f"push:{self.booking_id}"


@dataclass(frozen=True, slots=True)
class PullMailbox:
    """Follow the changes of one mailbox."""

    mailbox_id: UUID

    @property
    def lock(self) -> str:
        """One pull per mailbox at a time."""
        return f"pull:{self.mailbox_id}"


@dataclass(frozen=True, slots=True)
class RunVerification:
    """Carry a verification to its end, from wherever it stands."""

    verification_id: UUID

    @property
    def lock(self) -> str:
        """One run per verification at a time."""
        return f"verify:{self.verification_id}"


@dataclass(frozen=True, slots=True)
class DiscoverRooms:
    """Bring the rooms of an integration's directory in."""

    integration_id: UUID

    @property
    def lock(self) -> str:
        """One discovery per integration at a time."""
        return f"discover:{self.integration_id}"


@dataclass(frozen=True, slots=True)
class DeliverWebhooks:
    """Send one webhook endpoint what is due to it."""

    endpoint_id: UUID

    @property
    def lock(self) -> str:
        """One sender per endpoint at a time."""
        return f"webhook:{self.endpoint_id}"


Job = PushBooking | PullMailbox | RunVerification | DiscoverRooms | DeliverWebhooks


class Jobs(Protocol):
    """Defers jobs in the transaction of the unit of work it belongs to."""

    async def defer(self, job: Job) -> None:
        """Leave a job, to be done as soon as this is committed. A job with the same lock already waiting is enough.

        There is no "not before": what is to be done later is a time in our own tables, and the sweep leaves the job
        when that time has come.
        """
        ...

    async def defer_all(self, jobs: Iterable[Job]) -> None:
        """Leave many jobs at once."""
        ...
