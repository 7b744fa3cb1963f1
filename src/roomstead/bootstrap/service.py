"""Build Roomstead on a database, for the web and for commands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from roomstead.adapters.clock import SystemClock
from roomstead.adapters.db.announcements import DatabaseAnnouncements
from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.idempotency import AnswerStore
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.db.vitals import DatabaseVitals
from roomstead.adapters.machine import ThisMachine
from roomstead.adapters.metrics import Metrics
from roomstead.adapters.passwords import Argon2Hasher
from roomstead.adapters.webhooks.addresses import AddressRules
from roomstead.application.policy import Policy
from roomstead.application.ports.announcements import Announcements
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.idempotency import Answers
from roomstead.bootstrap.identity import LazyIdentityProviders
from roomstead.bootstrap.parts import LazyProviders, jobs_on, policy_of, providers_of, sealer_of, sealing_keys_of
from roomstead.bootstrap.ports import Ports
from roomstead.bootstrap.use_cases import UseCases
from roomstead.config import Settings


@dataclass(frozen=True, slots=True)
class Roomstead:
    """The whole service but its worker, ready to be called by the web and by commands."""

    settings: Settings
    policy: Policy
    clock: Clock
    cases: UseCases
    answers: Answers
    announcements: Announcements
    metrics: Metrics
    database_url: str


@asynccontextmanager
async def build(settings: Settings, database_url: str, *, pool_size: int = 16) -> AsyncIterator[Roomstead]:
    """Wire everything on a database whose schema is current; connections are given back at the end of the block."""
    engine = make_engine(database_url, pool_size=pool_size)
    announcements = DatabaseAnnouncements(database_url)
    clock, policy, sealer = SystemClock(), policy_of(settings), sealer_of(settings)
    identity_providers = LazyIdentityProviders(clock)
    ports = Ports(
        units=SqlUnitsOfWork(engine, jobs_on),
        clock=clock,
        policy=policy,
        vital_signs=DatabaseVitals(engine),
        machine=ThisMachine(settings.data_dir, sealing_keys_of(settings), settings.key_file),
        sealer=sealer,
        hasher=Argon2Hasher(),
        identity_providers=identity_providers,
        providers=LazyProviders(partial(providers_of, settings, clock)),
        webhook_addresses=AddressRules(settings.webhook_networks),
    )
    try:
        yield Roomstead(
            settings=settings,
            policy=policy,
            clock=clock,
            cases=UseCases(ports),
            answers=AnswerStore(engine, sealer),
            announcements=announcements,
            metrics=Metrics(),
            database_url=database_url,
        )
    finally:
        await announcements.aclose()
        await identity_providers.aclose()
        await engine.dispose()
