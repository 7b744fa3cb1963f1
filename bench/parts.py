"""Roomstead's parts in one process, connected to a rehearsal tenant: what workers do by themselves is done by hand."""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
from cryptography.fernet import Fernet

from roomstead.adapters.clock import SystemClock
from roomstead.adapters.connections import CachedConnections
from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.http.transport import HttpSettings
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.adapters.logging import configure_logging
from roomstead.adapters.providers.registry import build_providers
from roomstead.adapters.secrets import Sealer
from roomstead.application.credentials import seal_credential
from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.connections import CURRENT
from roomstead.application.ports.jobs import PullMailbox
from roomstead.application.ports.mirror import FollowedId
from roomstead.application.ports.providers import Connection, Providers
from roomstead.application.sync.pull.run import pull_mailbox
from roomstead.domain.integration import Integration, IntegrationStatus
from roomstead.domain.mailbox import IntegrationId


@dataclass(frozen=True, slots=True)
class Tenant:
    """Where a rehearsal tenant is, and the credential for it."""

    id: str
    login: str
    api: str
    app_id: str
    secret: str
    domain: str


@dataclass(frozen=True, slots=True)
class Site:
    """An integration with a tenant."""

    url: str
    units: SqlUnitsOfWork
    connections: CachedConnections
    providers: Providers
    clock: Clock
    integration_id: IntegrationId

    async def follow(self, addresses: Sequence[str]) -> list[FollowedId]:
        """Make rooms live; their mailboxes, which are due at once."""
        now = self.clock.now()
        with psycopg.connect(self.url) as session, session.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO room (id, integration_id, address, name, source, status)"
                " VALUES (gen_random_uuid(), %s, %s, %s, 'directory', 'live')",
                [(self.integration_id, address, address) for address in addresses],
            )
        async with self.units() as uow:
            await uow.mirror.follow(now)
            due = (await uow.due.by(now, 100_000)).mailboxes
            found = [await uow.mirror.get(each) for each in due]
            await uow.commit()
        return [each.id for each in found if each is not None and each.integration_id == self.integration_id]

    async def pull(self, mailbox_id: FollowedId) -> None:
        """What the job of that name does."""
        await pull_mailbox(
            PullMailbox(mailbox_id),
            units=self.units,
            connections=self.connections,
            clock=self.clock,
            policy=Policy(),
        )


@asynccontextmanager
async def connected(url: str, tenant: Tenant, clock: Clock | None = None) -> AsyncIterator[Site]:
    """A new integration, signed in as a worker is."""
    configure_logging("warning", "json")
    clock = clock or SystemClock()
    engine = make_engine(url)
    units, sealer = (
        SqlUnitsOfWork(engine, lambda connection: QueuedJobs(connection.exec_driver_sql)),
        Sealer([Fernet.generate_key().decode()]),
    )
    providers = build_providers(clock, LocalCallLimits(clock), HttpSettings())
    connections = CachedConnections(units, sealer, providers)
    try:
        integration_id = await _integrate(units, sealer, tenant, clock)
        async with connections.open(integration_id) as provider:
            await provider.check_credential()
        yield Site(url, units, connections, providers, clock, integration_id)
    finally:
        await connections.aclose()
        await engine.dispose()


async def _integrate(units: SqlUnitsOfWork, sealer: Sealer, tenant: Tenant, clock: Clock) -> IntegrationId:
    integration = Integration(
        id=IntegrationId(uuid.uuid4()),
        provider="microsoft",
        name=str(uuid.uuid4()),
        tenant=tenant.id,
        endpoints={"login": tenant.login, "api": tenant.api},
        tier=3,
        status=IntegrationStatus.WORKING,
        setup_address=None,
        domains=(tenant.domain,),
    )
    connection = Connection(
        "microsoft",
        tenant.id,
        integration.endpoints,
        "secret",
        {"app_id": tenant.app_id},
        {"client_secret": tenant.secret},
    )
    async with units() as uow:
        await uow.integrations.add(integration, clock.now())
        sealed = seal_credential(connection, slot=CURRENT, expires_at=None, sealer=sealer, now=clock.now())
        await uow.integrations.put_credential(integration.id, sealed)
        await uow.commit()
    return integration.id
