"""Units of work with the job queue on a database of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import psycopg
import pytest

from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.adapters.jobs.worker import Handler, JobWorker, Pace
from roomstead.application.ports.jobs import Job

Waiting = Callable[[], Awaitable[list[str]]]
StartWorker = Callable[..., AbstractAsyncContextManager[JobWorker]]

PATIENCE_SECONDS = 60
"""For what comes about at once on a machine with nothing else to do."""
STEADY = Pace(concurrency=4, poll=0.05, heartbeat=0.5, dead_after=60.0, grace=60.0)
"""However busy the machine is, no worker is taken for dead."""


@pytest.fixture
async def units(database_url: str) -> AsyncIterator[SqlUnitsOfWork]:
    """Opens units of work whose jobs go to the real queue."""
    engine = make_engine(database_url)
    yield SqlUnitsOfWork(engine, lambda connection: QueuedJobs(connection.exec_driver_sql))
    await engine.dispose()


@pytest.fixture
def waiting(database_url: str) -> Waiting:
    """The locks of the jobs that wait, as everybody else sees them."""

    async def look() -> list[str]:
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as session:
            found = await session.execute("SELECT lock FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
            return [row[0] for row in await found.fetchall()]

    return look


@pytest.fixture
def start_worker(database_url: str) -> StartWorker:
    """Runs a worker in the background of a block."""

    @asynccontextmanager
    async def start(handlers: Mapping[type[Job], Handler], pace: Pace = STEADY) -> AsyncIterator[JobWorker]:
        worker, stop = JobWorker(database_url, handlers, pace), asyncio.Event()
        running = asyncio.create_task(worker.run(stop))
        try:
            yield worker
        finally:
            stop.set()
            await asyncio.wait_for(running, PATIENCE_SECONDS)

    return start
