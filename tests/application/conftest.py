"""The real store, a clock that stands still, and people, tenants and rooms to begin with."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.application.policy import Policy
from roomstead.application.ports.calendar import RoomFacts
from roomstead.application.ports.rooms import RoomSource
from roomstead.domain.access import Access, AccessCause, Capability, Verdict
from roomstead.domain.integration import (
    Integration,
    IntegrationStatus,
    Room,
    RoomStatus,
    ServiceMailbox,
    ServiceMailboxId,
    ServiceMailboxStatus,
)
from roomstead.domain.mailbox import IntegrationId, MailboxRef, parse_address
from roomstead.domain.people import Actor, Person, PersonId, Role, Via

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


@dataclass
class HeldClock:
    """Implements ``Clock``: time passes when told."""

    moment: datetime = NOON

    def now(self) -> datetime:
        """The present moment."""
        return self.moment

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.moment += by


@dataclass
class Given:
    """Puts things into the store, as they would have come there."""

    units: SqlUnitsOfWork
    clock: HeldClock

    async def person(self, name: str = "Jane Doe", *addresses: str, role: Role = Role.MEMBER) -> Person:
        """A person; the address follows from the name unless given."""
        chosen = addresses or (f"{name.lower().replace(' ', '.')}@contoso.example",)
        person = Person(PersonId(uuid.uuid4()), name, tuple(parse_address(each) for each in chosen), role)
        async with self.units() as uow:
            await uow.people.add(person)
            await uow.commit()
        return person

    def actor(self, person: Person, via: Via = Via.API) -> Actor:
        """The person, acting over the API."""
        return Actor(person.id, person.name, person.role, via)

    async def integration(
        self,
        *domains: str,
        name: str = "Contoso",
        status: IntegrationStatus = IntegrationStatus.WORKING,
        provider: str = "microsoft",
    ) -> Integration:
        """A connected tenant, whose people have addresses in ``domains`` (contoso.example unless given)."""
        integration = Integration(
            id=IntegrationId(uuid.uuid4()),
            provider=provider,
            name=name,
            tenant=str(uuid.uuid4()),
            endpoints={},
            tier=3,
            status=status,
            setup_address=None,
            domains=domains or ("contoso.example",),
        )
        async with self.units() as uow:
            await uow.integrations.add(integration, self.clock.now())
            await uow.commit()
        return integration

    async def room(
        self,
        integration: Integration,
        name: str = "Oak",
        *,
        status: RoomStatus = RoomStatus.LIVE,
        capacity: int | None = 8,
        building: str | None = "North",
        floor: str | None = "1",
        equipment: tuple[str, ...] = (),
    ) -> Room:
        """A room of the tenant's directory."""
        address = parse_address(f"{name.lower().replace(' ', '-')}@{integration.domains[0]}")
        facts = RoomFacts(address, name, None, building, floor, capacity, equipment)
        async with self.units() as uow:
            await uow.rooms.take_in(integration.id, [facts], RoomSource.DIRECTORY)
            room = await uow.rooms.by_address(integration.id, address)
            assert room is not None
            await uow.rooms.set_statuses([room.id], status)
            await uow.commit()
        async with self.units() as uow:
            stored = await uow.rooms.get(room.id)
        assert stored is not None
        return stored

    async def service_mailbox(
        self,
        integration: Integration,
        address: str = "rooms@contoso.example",
        status: ServiceMailboxStatus = ServiceMailboxStatus.ACTIVE,
    ) -> ServiceMailbox:
        """A service account of the tenant."""
        mailbox = ServiceMailbox(
            ServiceMailboxId(uuid.uuid4()),
            integration.id,
            MailboxRef(parse_address(address)),
            "Room bookings",
            status,
            self.clock.now(),
            None,
            proven_at=self.clock.now(),
        )
        async with self.units() as uow:
            await uow.integrations.add_service_mailbox(mailbox, self.clock.now())
            await uow.commit()
        return mailbox

    async def write_access(
        self,
        integration: Integration,
        person: Person,
        verdict: Verdict = Verdict.GRANTED,
        cause: AccessCause = AccessCause.NONE,
    ) -> None:
        """A finding of this moment about the person's mailbox."""
        code = "ErrorAccessDenied" if verdict is Verdict.REFUSED else ""
        found = Access(person.addresses[0], Capability.WRITE, verdict, cause, self.clock.now(), code, "request-1")
        async with self.units() as uow:
            await uow.access.record(integration.id, [found])
            await uow.commit()

    async def out_of_reach(self, integration: Integration, person: Person) -> None:
        """The person's mailbox refuses us."""
        await self.write_access(integration, person, Verdict.REFUSED, AccessCause.REFUSED)


@pytest.fixture
async def units(database_url: str) -> AsyncIterator[SqlUnitsOfWork]:
    """Opens units of work whose jobs go to the real queue."""
    engine = make_engine(database_url, pool_size=16)
    yield SqlUnitsOfWork(engine, lambda connection: QueuedJobs(connection.exec_driver_sql))
    await engine.dispose()


@pytest.fixture
def clock() -> HeldClock:
    """Noon of a Monday, until it is advanced."""
    return HeldClock()


@pytest.fixture
def policy() -> Policy:
    """The settings as shipped."""
    return Policy()


@pytest.fixture
def given(units: SqlUnitsOfWork, clock: HeldClock) -> Given:
    """Puts things into the store."""
    return Given(units, clock)


@pytest.fixture
async def tenant(given: Given) -> Integration:
    """A working tenant, contoso.example."""
    return await given.integration()


@pytest.fixture
async def oak(given: Given, tenant: Integration) -> Room:
    """A live room of the tenant for eight."""
    return await given.room(tenant)


@pytest.fixture
async def jane(given: Given) -> Person:
    """A member with a mailbox in the tenant that was never probed."""
    return await given.person()
