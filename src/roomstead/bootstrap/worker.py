"""Build a worker: the only process that calls providers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from roomstead.adapters.clock import SystemClock
from roomstead.adapters.connections import CachedConnections
from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.leadership import Leadership
from roomstead.adapters.db.limits import CallLimitsAmongWorkers, SharedCallLimits
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.jobs.worker import JobWorker, Pace
from roomstead.application.booking.release import release_rooms
from roomstead.application.integration.discover_rooms import discover_rooms
from roomstead.application.integration.remove_test_events import remove_test_events
from roomstead.application.integration.retire_service_mailboxes import retire_service_mailboxes
from roomstead.application.integration.run_verification import run_verification
from roomstead.application.notify.deliver_notices import deliver_notices
from roomstead.application.notify.watch_integrations import watch_integrations
from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.connections import Connections
from roomstead.application.ports.jobs import (
    DeliverWebhooks,
    DiscoverRooms,
    Job,
    PullMailbox,
    PushBooking,
    RunVerification,
)
from roomstead.application.ports.mail import Letters, Mailer
from roomstead.application.ports.providers import Providers
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.sync.follow import follow_mailboxes
from roomstead.application.sync.probe_again import probe_again
from roomstead.application.sync.pull.run import pull_mailbox
from roomstead.application.sync.push.run import push_booking
from roomstead.application.sync.sweep import sweep
from roomstead.application.webhook_writing import Payloads
from roomstead.application.webhooks.forget_old_deliveries import forget_old_deliveries
from roomstead.bootstrap.hooks import Hooks, hooks_of
from roomstead.bootstrap.parts import call_rules_of, jobs_on, mailer_of, policy_of, providers_of, sealer_of
from roomstead.config import Settings
from roomstead.domain.integration import VerificationId
from roomstead.domain.mailbox import IntegrationId

SWEEP_EVERY = 1.0
RELEASE_EVERY = 15.0
FOLLOW_EVERY = 5.0
PROBE_AGAIN_EVERY = 60.0
TIDY_EVERY = 30.0
RETIRE_EVERY = 300.0
WATCH_EVERY = 60.0
DELIVER_EVERY = 2.0
FORGET_EVERY = 3600.0


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that one of all workers does again and again, ``every`` so many seconds."""

    name: str
    every: float
    work: Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """What the worker's loop is given."""

    take_jobs: Callable[[asyncio.Event], Coroutine[object, None, None]]
    turns: tuple[Turn, ...]
    leadership: Leadership


@dataclass(frozen=True, slots=True)
class WorkerPorts:
    """What a worker's use cases are bound to."""

    units: UnitsOfWork
    connections: Connections
    providers: Providers
    clock: Clock
    policy: Policy
    post: "Post | None" = None
    hooks: Hooks | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """What it takes to mail people."""

    mailer: Mailer
    letters: Letters
    link_base: str


@asynccontextmanager
async def build_worker(
    settings: Settings, database_url: str, letters: Letters | None = None, payloads: Payloads | None = None
) -> AsyncIterator[WorkerParts]:
    """Wire a worker on a database whose schema is current.

    Without ``letters`` nobody is mailed, without ``payloads`` no webhook is sent.
    """
    engine = make_engine(database_url, pool_size=max(settings.worker_concurrency, 4))
    units, clock = SqlUnitsOfWork(engine, jobs_on), SystemClock()
    rules = call_rules_of(settings)
    limits = CallLimitsAmongWorkers(engine, LocalCallLimits(clock, rules), SharedCallLimits(engine, rules))
    providers = providers_of(settings, clock, limits)
    connections = CachedConnections(units, sealer_of(settings), providers)
    ports = WorkerPorts(
        units,
        connections,
        providers,
        clock,
        policy_of(settings),
        _post_of(settings, letters),
        None if payloads is None else hooks_of(settings, payloads),
    )
    worker = JobWorker(database_url, handlers(ports), Pace(concurrency=settings.worker_concurrency))
    try:
        yield WorkerParts(worker.run, turns(ports), Leadership(engine))
    finally:
        await connections.aclose()
        await engine.dispose()


def _post_of(settings: Settings, letters: Letters | None) -> Post | None:
    mailer = mailer_of(settings)
    return None if letters is None or mailer is None else Post(mailer, letters, settings.public_url or "")


def handlers(ports: WorkerPorts) -> Mapping[type[Job], Callable[[Any], Awaitable[None]]]:
    """The use case for each kind of job."""
    units, clock, policy = ports.units, ports.clock, ports.policy
    verify = partial(
        run_verification,
        units=units,
        connections=ports.connections,
        providers=ports.providers,
        clock=clock,
        policy=policy,
    )

    async def run(job: RunVerification) -> None:
        await verify(VerificationId(job.verification_id))

    async def discover(job: DiscoverRooms) -> None:
        await discover_rooms(IntegrationId(job.integration_id), units=units, connections=ports.connections, clock=clock)

    return {
        PushBooking: partial(push_booking, units=units, connections=ports.connections, clock=clock, policy=policy),
        PullMailbox: partial(pull_mailbox, units=units, connections=ports.connections, clock=clock, policy=policy),
        RunVerification: run,
        DiscoverRooms: discover,
        **({} if ports.hooks is None else {DeliverWebhooks: ports.hooks.handler(units, clock)}),
    }


def turns(ports: WorkerPorts) -> tuple[Turn, ...]:
    """The timetable."""
    units, clock = ports.units, ports.clock
    return (
        Turn("sweep", SWEEP_EVERY, partial(sweep, units=units, clock=clock)),
        Turn("release_rooms", RELEASE_EVERY, partial(release_rooms, units=units, clock=clock)),
        Turn("follow", FOLLOW_EVERY, partial(follow_mailboxes, units=units, clock=clock)),
        Turn(
            "probe_again",
            PROBE_AGAIN_EVERY,
            partial(probe_again, units=units, connections=ports.connections, clock=clock),
        ),
        Turn(
            "remove_test_events",
            TIDY_EVERY,
            partial(remove_test_events, units=units, connections=ports.connections, clock=clock),
        ),
        Turn("retire_service_mailboxes", RETIRE_EVERY, partial(retire_service_mailboxes, units=units, clock=clock)),
        Turn("watch_integrations", WATCH_EVERY, partial(watch_integrations, units=units, clock=clock)),
        *_posting(ports),
        *_hooking(ports),
    )


def _posting(ports: WorkerPorts) -> tuple[Turn, ...]:
    if ports.post is None:
        return ()
    deliver = partial(
        deliver_notices,
        units=ports.units,
        clock=ports.clock,
        mailer=ports.post.mailer,
        letters=ports.post.letters,
        link_base=ports.post.link_base,
    )
    return (Turn("deliver_notices", DELIVER_EVERY, deliver),)


def _hooking(ports: WorkerPorts) -> tuple[Turn, ...]:
    if ports.hooks is None:
        return ()
    forget = partial(forget_old_deliveries, units=ports.units, clock=ports.clock, kept=ports.hooks.log_kept)
    return (Turn("forget_old_deliveries", FORGET_EVERY, forget),)
