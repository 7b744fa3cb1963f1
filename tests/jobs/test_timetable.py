"""The timetable: kept by one of all workers, by another as soon as that one is gone, and whatever fails."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import psycopg
import pytest
from tests.jobs.conftest import PATIENCE_SECONDS

from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.leadership import Leadership
from roomstead.entrypoints.worker.run import Regular, run_worker


@pytest.fixture
async def workers(database_url: str) -> AsyncIterator[list[Leadership]]:
    """Two workers that would both like to lead."""
    engines = [make_engine(database_url), make_engine(database_url)]
    leaderships = [Leadership(engine) for engine in engines]
    yield leaderships
    for leadership, engine in zip(leaderships, engines, strict=True):
        await leadership.resign()
        await engine.dispose()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until it holds, at most a minute."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not await condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.01)


async def test_one_leads_until_it_resigns(workers: list[Leadership]) -> None:
    first, second = workers
    assert await first.is_mine()
    assert not await second.is_mine()
    assert await first.is_mine()
    await first.resign()
    assert await second.is_mine()
    assert not await first.is_mine()


async def test_a_leader_whose_connection_died_is_followed_at_once(workers: list[Leadership], database_url: str) -> None:
    first, second = workers
    assert await first.is_mine()
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as session:
        await session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database AS d ON d.oid = database"
            " WHERE locktype = 'advisory' AND datname = current_database()"  # other tests' leaders live on
        )
    await until(second.is_mine)
    assert not await first.is_mine()


async def _no_jobs(stop: asyncio.Event) -> None:
    await stop.wait()


async def test_only_the_leader_keeps_the_timetable_and_the_next_takes_over(workers: list[Leadership]) -> None:
    turns: list[int] = []
    stops = [asyncio.Event(), asyncio.Event()]

    def keep(number: int) -> asyncio.Task[None]:
        async def note() -> None:
            turns.append(number)

        timetable = [Regular("note", 0.01, note)]
        return asyncio.create_task(
            run_worker(take_jobs=_no_jobs, timetable=timetable, leadership=workers[number], stop=stops[number])
        )

    async def has_turns(number: int) -> bool:
        return turns.count(number) >= 5

    running = [keep(0)]
    await until(lambda: has_turns(0))
    running.append(keep(1))
    turns.clear()
    await until(lambda: has_turns(0))
    assert 1 not in turns
    stops[0].set()
    await running[0]
    await until(lambda: has_turns(1))
    stops[1].set()
    await asyncio.gather(*running)


async def test_a_turn_that_fails_is_told_and_comes_again(workers: list[Leadership]) -> None:
    stop, tries = asyncio.Event(), 0

    async def fail() -> None:
        nonlocal tries
        tries += 1
        if tries == 3:
            stop.set()
        raise ZeroDivisionError

    await asyncio.wait_for(
        run_worker(take_jobs=_no_jobs, timetable=[Regular("fail", 0.01, fail)], leadership=workers[0], stop=stop),
        PATIENCE_SECONDS,
    )
    assert tries == 3
