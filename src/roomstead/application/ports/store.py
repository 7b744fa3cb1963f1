"""The unit of work: one transaction on the store, rolled back unless it was committed.

Each area's repositories are protocols of their own (``ports/bookings.py``, ``ports/integrations.py``, …); the unit of
work hands them out. Nothing may go over the wire while one is open: ``open_unit_of_work`` says so to the transport.
"""

from contextvars import ContextVar
from types import TracebackType
from typing import Protocol, Self
from uuid import UUID

from roomstead.application.ports.access import AccessRepository
from roomstead.application.ports.availability import AvailabilityRepository
from roomstead.application.ports.bookings import BookingRepository
from roomstead.application.ports.doors import DoorRepository
from roomstead.application.ports.drafts import DraftRepository
from roomstead.application.ports.due import DueRepository
from roomstead.application.ports.identities import IdentityRepository
from roomstead.application.ports.integrations import IntegrationRepository
from roomstead.application.ports.intents import IntentRepository
from roomstead.application.ports.jobs import Jobs
from roomstead.application.ports.ledger import SendLedger
from roomstead.application.ports.mirror import MirrorRepository
from roomstead.application.ports.notices import NoticeRepository
from roomstead.application.ports.overviews import OverviewRepository
from roomstead.application.ports.people import AuditTrail, PeopleRepository
from roomstead.application.ports.rooms import RoomRepository
from roomstead.application.ports.sessions import PasswordRepository, SessionRepository
from roomstead.application.ports.tallies import Tallies
from roomstead.application.ports.timeline import TimelineRepository
from roomstead.application.ports.verifications import VerificationRepository
from roomstead.application.ports.webhooks import DeliveryRepository, EndpointRepository

open_unit_of_work: ContextVar[bool] = ContextVar("open_unit_of_work", default=False)
"""True while a unit of work is open in this task; an outgoing call then raises Broken."""


class UnitOfWork(Protocol):
    """One transaction. ``async with uow:`` undoes everything unless ``commit()`` was awaited."""

    bookings: BookingRepository
    intents: IntentRepository
    availability: AvailabilityRepository
    timeline: TimelineRepository
    doors: DoorRepository
    due: DueRepository
    integrations: IntegrationRepository
    drafts: DraftRepository
    access: AccessRepository
    verifications: VerificationRepository
    rooms: RoomRepository
    mirror: MirrorRepository
    ledger: SendLedger
    notices: NoticeRepository
    endpoints: EndpointRepository
    deliveries: DeliveryRepository
    overviews: OverviewRepository
    people: PeopleRepository
    sessions: SessionRepository
    passwords: PasswordRepository
    identities: IdentityRepository
    audit: AuditTrail
    tallies: Tallies
    jobs: Jobs

    async def __aenter__(self) -> Self:
        """Begin."""
        ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Undo what was not committed."""
        ...

    async def announce(self, topic: str, ref: UUID) -> None:
        """Tell whoever listens to ``topic`` (pages, tests) that ``ref`` changed, once this is committed."""
        ...

    async def commit(self) -> None:
        """Make it so, jobs and announcements included."""
        ...


class UnitsOfWork(Protocol):
    """Opens units of work."""

    def __call__(self) -> UnitOfWork:
        """A new one, to be entered with ``async with``."""
        ...

    def stepwise(self) -> UnitOfWork:
        """One in which every statement is a transaction of its own: for what one statement stores, whole or not at
        all, so that no lock is held longer than that takes. There is nothing to commit or to undo."""
        ...

    def reading(self) -> UnitOfWork:
        """One that only reads: every statement stands for itself, and there is nothing to commit or to undo."""
        ...
