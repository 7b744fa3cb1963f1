"""One transaction, and the repositories that work in it."""

from collections.abc import Callable, Iterable
from contextvars import Token
from types import TracebackType
from typing import Protocol, Self
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roomstead.adapters.db.access import AccessStore
from roomstead.adapters.db.audit import AuditStore
from roomstead.adapters.db.availability import AvailabilityStore
from roomstead.adapters.db.bookings import BookingStore
from roomstead.adapters.db.channel import CHANNEL, news
from roomstead.adapters.db.doors import DoorStore
from roomstead.adapters.db.drafts import DraftStore
from roomstead.adapters.db.due import DueStore
from roomstead.adapters.db.errors import raise_for_retry, unavailable_for_retry
from roomstead.adapters.db.identities import IdentityStore
from roomstead.adapters.db.integrations import IntegrationStore
from roomstead.adapters.db.intents import IntentStore
from roomstead.adapters.db.ledger import LedgerStore
from roomstead.adapters.db.mirror import MirrorStore
from roomstead.adapters.db.notices import NoticeStore
from roomstead.adapters.db.overviews import OverviewStore
from roomstead.adapters.db.passwords import PasswordStore
from roomstead.adapters.db.people import PeopleStore
from roomstead.adapters.db.rooms import RoomStore
from roomstead.adapters.db.sessions import SessionStore
from roomstead.adapters.db.tallies import TallyStore
from roomstead.adapters.db.timeline import TimelineStore
from roomstead.adapters.db.verifications import VerificationStore
from roomstead.adapters.db.webhook_deliveries import DeliveryStore
from roomstead.adapters.db.webhook_endpoints import EndpointStore
from roomstead.application.ports.access import AccessRepository
from roomstead.application.ports.availability import AvailabilityRepository
from roomstead.application.ports.bookings import BookingRepository
from roomstead.application.ports.doors import DoorRepository
from roomstead.application.ports.drafts import DraftRepository
from roomstead.application.ports.due import DueRepository
from roomstead.application.ports.identities import IdentityRepository
from roomstead.application.ports.integrations import IntegrationRepository
from roomstead.application.ports.intents import IntentRepository
from roomstead.application.ports.jobs import Job, Jobs
from roomstead.application.ports.ledger import SendLedger
from roomstead.application.ports.mirror import MirrorRepository
from roomstead.application.ports.notices import NoticeRepository
from roomstead.application.ports.overviews import OverviewRepository
from roomstead.application.ports.people import AuditTrail, PeopleRepository
from roomstead.application.ports.rooms import RoomRepository
from roomstead.application.ports.sessions import PasswordRepository, SessionRepository
from roomstead.application.ports.store import open_unit_of_work
from roomstead.application.ports.tallies import Tallies
from roomstead.application.ports.timeline import TimelineRepository
from roomstead.application.ports.verifications import VerificationRepository
from roomstead.application.ports.webhooks import DeliveryRepository, EndpointRepository
from roomstead.domain.errors import Broken


class WritableJobs(Jobs, Protocol):
    """Jobs that can also be left by a statement of the store's own."""

    def written(self, jobs: Iterable[Job]) -> str:
        """As ``roomstead_defer_jobs`` in the database takes them."""
        ...


JobsOn = Callable[[AsyncConnection], WritableJobs]
"""Makes the jobs port that defers on a given connection, in its transaction."""


class SqlUnitOfWork:
    """Implements ``UnitOfWork`` on one pooled connection."""

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

    def __init__(self, engine: AsyncEngine, jobs_on: JobsOn) -> None:
        """Nothing is opened before ``async with``."""
        self._engine = engine
        self._jobs_on = jobs_on
        self._connection: AsyncConnection | None = None
        self._open_mark: Token[bool] | None = None

    async def __aenter__(self) -> Self:
        """Take a connection and begin."""
        if open_unit_of_work.get():
            raise Broken("A unit of work was opened inside another.")
        with unavailable_for_retry():
            connection = self._connection = await self._engine.connect()
        self._open_mark = open_unit_of_work.set(True)
        self.jobs = jobs = self._jobs_on(connection)
        self.bookings = BookingStore(connection, jobs.written)
        self.intents = IntentStore(connection)
        self.availability = AvailabilityStore(connection)
        self.timeline = TimelineStore(connection)
        self.doors = DoorStore(connection)
        self.due = DueStore(connection)
        self.integrations = IntegrationStore(connection)
        self.drafts = DraftStore(connection)
        self.access = AccessStore(connection)
        self.verifications = VerificationStore(connection)
        self.rooms = RoomStore(connection)
        self.mirror = MirrorStore(connection)
        self.ledger = LedgerStore(connection)
        self.notices = NoticeStore(connection)
        self.endpoints = EndpointStore(connection)
        self.deliveries = DeliveryStore(connection)
        self.overviews = OverviewStore(connection)
        self.people = PeopleStore(connection)
        self.sessions = SessionStore(connection)
        self.passwords = PasswordStore(connection)
        self.identities = IdentityStore(connection)
        self.audit = AuditStore(connection)
        self.tallies = TallyStore(connection)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Undo what was not committed and give the connection back."""
        if self._open_mark is not None:
            open_unit_of_work.reset(self._open_mark)
            self._open_mark = None
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
        if error is not None:
            raise_for_retry(error)

    async def announce(self, topic: str, ref: UUID) -> None:
        """Queue a NOTIFY; PostgreSQL delivers it at commit and drops it at rollback."""
        payload = news(topic, ref)
        await self._current().execute(
            text("SELECT pg_notify(:channel, :payload)"), {"channel": CHANNEL, "payload": payload}
        )

    async def commit(self) -> None:
        """Make it so; what follows in the same ``async with`` begins a new transaction."""
        await self._current().commit()

    def _current(self) -> AsyncConnection:
        if self._connection is None:
            raise Broken("A unit of work was used outside its block.")
        return self._connection


class SqlStepwise(SqlUnitOfWork):
    """A unit of work on a connection where every statement is a transaction of its own."""

    async def commit(self) -> None:
        """There is nothing to commit. Raises Broken: what was stored by several statements was never one."""
        raise Broken("A stepwise unit of work was committed.")


class SqlReading(SqlUnitOfWork):
    """A unit of work that only reads, on a connection without a transaction."""

    async def commit(self) -> None:
        """There is nothing to commit. Raises Broken: what was written here was never undone by a failure."""
        raise Broken("A unit of work that only reads was committed.")


class SqlUnitsOfWork:
    """Opens units of work on one engine."""

    def __init__(self, engine: AsyncEngine, jobs_on: JobsOn) -> None:
        """``jobs_on`` is given by the composition root, since jobs and store do not know each other."""
        self._engine = engine
        self._autocommit_engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._jobs_on = jobs_on

    def __call__(self) -> SqlUnitOfWork:
        """A new unit of work."""
        return SqlUnitOfWork(self._engine, self._jobs_on)

    def stepwise(self) -> SqlStepwise:
        """A unit of work for what is stored by a single statement."""
        return SqlStepwise(self._autocommit_engine, self._jobs_on)

    def reading(self) -> SqlReading:
        """A unit of work without a transaction: two round trips less, and the driver keeps what it has prepared."""
        return SqlReading(self._autocommit_engine, self._jobs_on)
