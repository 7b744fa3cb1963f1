"""The jobs port: what it promises to use cases."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from uuid import uuid4

import psycopg

from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.application.ports.jobs import DiscoverRooms, Job, PullMailbox, PushBooking

Waiting = Callable[[], Awaitable[list[str]]]


async def _leave(units: SqlUnitsOfWork, *jobs: Job) -> None:
    async with units() as uow:
        await uow.jobs.defer_all(jobs)
        await uow.commit()


async def test_a_job_commits_with_its_transaction(units: SqlUnitsOfWork, waiting: Waiting) -> None:
    job = PushBooking(uuid4())
    async with units() as uow:
        await uow.jobs.defer(job)
        assert await waiting() == []
        await uow.commit()
    assert await waiting() == [job.lock]


async def test_a_job_vanishes_with_its_transaction(units: SqlUnitsOfWork, waiting: Waiting) -> None:
    async with units() as uow:
        await uow.jobs.defer(PushBooking(uuid4()))
    assert await waiting() == []


async def test_one_waiting_job_is_enough(units: SqlUnitsOfWork, waiting: Waiting) -> None:
    job = PullMailbox(uuid4())
    await _leave(units, job, job)
    await _leave(units, job)
    assert await waiting() == [job.lock]


async def test_a_job_that_waits_already_leaves_the_transaction_usable(units: SqlUnitsOfWork, waiting: Waiting) -> None:
    first, second = PushBooking(uuid4()), PushBooking(uuid4())
    await _leave(units, first)
    async with units() as uow:
        await uow.jobs.defer(first)
        await uow.jobs.defer(second)
        await uow.commit()
    assert await waiting() == [first.lock, second.lock]


async def test_many_at_once_skips_only_those_that_wait(units: SqlUnitsOfWork, waiting: Waiting) -> None:
    known = PullMailbox(uuid4())
    others = [PullMailbox(uuid4()) for _ in range(700)]
    await _leave(units, known)
    await _leave(units, *others, known, DiscoverRooms(known.mailbox_id))
    assert sorted(await waiting()) == sorted(
        [known.lock, f"discover:{known.mailbox_id}", *(other.lock for other in others)]
    )


async def test_thirty_two_at_once_leave_one(units: SqlUnitsOfWork, waiting: Waiting) -> None:
    jobs = [PushBooking(uuid4()) for _ in range(3)]
    await asyncio.gather(*(_leave(units, *jobs[:: (-1) ** n]) for n in range(32)))
    assert sorted(await waiting()) == sorted(job.lock for job in jobs)


async def _take(session: psycopg.AsyncConnection) -> str | None:
    """What a worker does to get its next job."""
    taken = await (await session.execute("SELECT lock FROM procrastinate_fetch_job_v2(NULL, NULL)")).fetchone()
    return None if taken is None else taken[0]


async def _end(session: psycopg.AsyncConnection, job: Job) -> int:
    """What a worker does when it has done a job; the number that the job had."""
    ended = await session.execute(
        "SELECT id, procrastinate_finish_job_v1(id, 'succeeded', true) FROM procrastinate_jobs"
        " WHERE lock = %s AND status = 'doing'",
        [job.lock],
    )
    row = await ended.fetchone()
    assert row is not None
    return int(row[0])


async def test_a_waiting_job_does_not_start_before_what_it_shall_find_is_committed(
    units: SqlUnitsOfWork, database_url: str
) -> None:
    job = PushBooking(uuid4())
    await _leave(units, job)
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as worker:
        async with units() as uow:
            await uow.jobs.defer(job)
            assert await _take(worker) is None
            await uow.commit()
        assert await _take(worker) == job.lock


async def test_a_job_left_while_its_twin_runs_waits_for_it(
    units: SqlUnitsOfWork, database_url: str, waiting: Waiting
) -> None:
    job = PushBooking(uuid4())
    await _leave(units, job)
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as worker:
        assert await _take(worker) == job.lock
        await _leave(units, job)
        assert await waiting() == [job.lock]
        assert await _take(worker) is None


async def test_workers_are_told_when_a_job_ends_for_whose_lock_another_waits_and_only_then(
    units: SqlUnitsOfWork, database_url: str
) -> None:
    alone, followed = PushBooking(uuid4()), PullMailbox(uuid4())
    await _leave(units, alone, followed)
    async with (
        await psycopg.AsyncConnection.connect(database_url, autocommit=True) as worker,
        await psycopg.AsyncConnection.connect(database_url, autocommit=True) as another,
    ):
        assert {await _take(worker), await _take(worker)} == {alone.lock, followed.lock}
        await _leave(units, followed)
        await another.execute("LISTEN procrastinate_any_queue_v1")
        await _end(worker, alone)
        ended = await _end(worker, followed)
        told = [json.loads(each.payload) async for each in another.notifies(timeout=60, stop_after=1)]
        assert told == [{"type": "job_inserted", "job_id": ended}]
        assert await _take(another) == followed.lock


def test_the_statement_is_run_by_whoever_owns_the_transaction() -> None:
    """The queue needs no more of a connection than a way to run one statement."""
    seen: list[tuple[str, tuple[str, ...]]] = []

    async def execute(statement: str, parameters: tuple[str, ...], /) -> None:
        seen.append((statement, parameters))

    asyncio.run(QueuedJobs(execute).defer_all(()))
    assert seen == []
