"""Build Roomstead on a database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.clock import SystemClock
from roomstead.adapters.db.announcements import DatabaseAnnouncements
from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.idempotency import AnswerStore
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.db.vitals import DatabaseVitals
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.adapters.machine import ThisMachine
from roomstead.adapters.metrics import Metrics
from roomstead.adapters.secrets import load_sealer
from roomstead.application.policy import Policy, Writes
from roomstead.application.ports.announcements import Announcements
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.idempotency import Answers
from roomstead.bootstrap.use_cases import Ports, UseCases
from roomstead.config import Settings


@dataclass(frozen=True, slots=True)
class Roomstead:
    """The whole service, ready to be called by web, worker and commands."""

    settings: Settings
    policy: Policy
    clock: Clock
    cases: UseCases
    answers: Answers
    announcements: Announcements
    metrics: Metrics
    database_url: str


def policy_of(settings: Settings) -> Policy:
    """The part of the settings that use cases go by."""
    return Policy(
        access_max_age=timedelta(seconds=settings.access_max_age_seconds),
        room_answer_deadline=timedelta(seconds=settings.room_answer_deadline_seconds),
        pull_interval=timedelta(seconds=settings.poll_interval_seconds),
        writes=Writes.SHOWN if settings.dry_run else Writes.SENT,
        public_url=settings.public_url or f"http://{settings.host}:{settings.port}",
        support_contact=settings.support_contact,
        guide_url=settings.guide_url or "",
    )


@asynccontextmanager
async def build(settings: Settings, database_url: str, *, pool_size: int = 8) -> AsyncIterator[Roomstead]:
    """Wire everything on a database whose schema is current; connections are given back at the end of the block."""
    engine = make_engine(database_url, pool_size=pool_size)
    announcements = DatabaseAnnouncements(database_url)
    keys = [key.get_secret_value() for key in settings.sealing_keys]
    sealer = load_sealer(keys, settings.key_file)
    clock, policy = SystemClock(), policy_of(settings)
    ports = Ports(
        units=SqlUnitsOfWork(engine, _jobs_on),
        clock=clock,
        policy=policy,
        vital_signs=DatabaseVitals(engine),
        machine=ThisMachine(settings.data_dir, keys, settings.key_file),
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
        await engine.dispose()


def _jobs_on(connection: AsyncConnection) -> QueuedJobs:
    return QueuedJobs(connection.exec_driver_sql)
