"""The worker: every job is done, alone under its lock, and nothing outlives a dead worker."""

import asyncio
import signal
import sys
import textwrap
import time
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy.engine import make_url
from tests.jobs.conftest import PATIENCE_SECONDS, StartWorker

from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.jobs.worker import JobWorker, Pace
from roomstead.application.ports.jobs import DiscoverRooms, Job, PullMailbox, PushBooking, RunVerification

Waiting = Callable[[], Awaitable[list[str]]]
IMPATIENT = Pace(concurrency=4, poll=0.05, heartbeat=0.2, dead_after=60.0, grace=5.0, patience=2.0)
BURYING = Pace(concurrency=4, poll=0.05, heartbeat=0.2, dead_after=1.0, grace=60.0)

HANGING_WORKER = textwrap.dedent(
    """
    import asyncio, sys
    from roomstead.adapters.jobs.worker import JobWorker
    from roomstead.adapters.jobs.worker import JobWorker, Pace
    from roomstead.application.ports.jobs import PushBooking

    async def hang(job):
        print("taken", job.booking_id, flush=True)
        await asyncio.Event().wait()

    pace = Pace(concurrency=2, poll=0.05, heartbeat=0.2, dead_after=1.0)
    asyncio.run(JobWorker(sys.argv[1], {PushBooking: hang}, pace).run(asyncio.Event()))
    """
)


async def _leave(units: SqlUnitsOfWork, *jobs: Job) -> None:
    async with units() as uow:
        await uow.jobs.defer_all(jobs)
        await uow.commit()


async def test_each_kind_reaches_its_own_handler(units: SqlUnitsOfWork, start_worker: StartWorker) -> None:
    done: asyncio.Queue[Job] = asyncio.Queue()
    jobs: set[Job] = {PushBooking(uuid4()), PullMailbox(uuid4()), RunVerification(uuid4()), DiscoverRooms(uuid4())}
    await _leave(units, *jobs)
    async with start_worker({type(job): done.put for job in jobs}):
        assert {await asyncio.wait_for(done.get(), PATIENCE_SECONDS) for _ in jobs} == jobs


async def test_jobs_of_one_lock_run_one_after_the_other(units: SqlUnitsOfWork, start_worker: StartWorker) -> None:
    job = PushBooking(uuid4())
    inside, most, runs = 0, 0, asyncio.Semaphore(0)

    async def handle(_: PushBooking) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await _leave(units, job) if runs._value < 2 else None  # leaves its own successor while it runs
        inside -= 1
        runs.release()

    async with start_worker({PushBooking: handle}):
        await _leave(units, job)
        for _ in range(3):
            await asyncio.wait_for(runs.acquire(), PATIENCE_SECONDS)
    assert most == 1


async def test_a_job_that_fails_is_gone_and_the_worker_goes_on(
    units: SqlUnitsOfWork, start_worker: StartWorker, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    done: asyncio.Queue[Job] = asyncio.Queue()

    async def fail(_: PushBooking) -> None:
        raise ZeroDivisionError

    async with start_worker({PushBooking: fail, PullMailbox: done.put}):
        await _leave(units, PushBooking(uuid4()))
        await _leave(units, PullMailbox(uuid4()))
        await asyncio.wait_for(done.get(), PATIENCE_SECONDS)
    assert _jobs_left(database_url) == 0
    assert "ZeroDivisionError" in caplog.text


async def test_stopping_lets_running_jobs_end(units: SqlUnitsOfWork, start_worker: StartWorker) -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def handle(_: PushBooking) -> None:
        begun.set()
        await may_end.wait()
        ended.set()

    await _leave(units, PushBooking(uuid4()))
    async with start_worker({PushBooking: handle}):
        await asyncio.wait_for(begun.wait(), PATIENCE_SECONDS)
        asyncio.get_running_loop().call_later(0.1, may_end.set)
    assert ended.is_set()


async def test_the_job_of_a_killed_worker_gives_its_lock_back(
    units: SqlUnitsOfWork, start_worker: StartWorker, database_url: str
) -> None:
    job, done = PushBooking(uuid4()), asyncio.Queue[Job]()
    await _leave(units, job)
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HANGING_WORKER, database_url, stdout=asyncio.subprocess.PIPE
    )
    assert victim.stdout is not None
    taken = await asyncio.wait_for(victim.stdout.readline(), PATIENCE_SECONDS)
    assert UUID(taken.split()[1].decode()) == job.booking_id
    victim.send_signal(signal.SIGKILL)
    await victim.wait()
    await _leave(units, job)
    async with start_worker({PushBooking: done.put}, BURYING):
        assert await asyncio.wait_for(done.get(), PATIENCE_SECONDS) == job


async def test_the_worker_outlives_its_connections(
    units: SqlUnitsOfWork, start_worker: StartWorker, database_url: str
) -> None:
    done: asyncio.Queue[Job] = asyncio.Queue()
    async with start_worker({PullMailbox: done.put}):
        await _leave(units, PullMailbox(uuid4()))
        await asyncio.wait_for(done.get(), PATIENCE_SECONDS)
        with psycopg.connect(database_url, autocommit=True) as session:
            session.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'roomstead jobs' AND datname = current_database()"
            )
        await _leave(units, PullMailbox(uuid4()))
        await asyncio.wait_for(done.get(), PATIENCE_SECONDS)


async def test_a_worker_that_lost_its_database_ends_when_it_is_told_to(
    units: SqlUnitsOfWork, database_url: str
) -> None:
    """It does not wait for the database to come back, neither to find work nor to sign off."""
    place = make_url(database_url)
    elsewhere = place.set(database="postgres").render_as_string(hide_password=False)
    done: asyncio.Queue[Job] = asyncio.Queue()
    stop = asyncio.Event()
    running = asyncio.create_task(JobWorker(database_url, {PullMailbox: done.put}, IMPATIENT).run(stop))
    await _leave(units, PullMailbox(uuid4()))
    await asyncio.wait_for(done.get(), PATIENCE_SECONDS)
    with psycopg.connect(elsewhere, autocommit=True) as session:
        session.execute(f'ALTER DATABASE "{place.database}" ALLOW_CONNECTIONS false')
        ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        session.execute(ours, (place.database,))
    stop.set()
    ended, _ = await asyncio.wait({running}, timeout=PATIENCE_SECONDS)
    assert ended


def _jobs_left(database_url: str) -> int:
    deadline = time.monotonic() + PATIENCE_SECONDS
    count = 1
    with psycopg.connect(database_url, autocommit=True) as session:
        while count and time.monotonic() < deadline:
            row = session.execute("SELECT count(*) FROM procrastinate_jobs").fetchone()
            assert row is not None
            count = row[0]
    return count
