"""Bounds on calls that several workers keep together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from roomstead.adapters.clock import SystemClock
from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.limits import CallLimitsAmongWorkers, SharedCallLimits
from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.application.ports.limits import LimitRules, Meter, Rate
from roomstead.domain.errors import Throttled

RULES = LimitRules(
    mailbox_concurrency=2,
    app_concurrency=3,
    patience=timedelta(milliseconds=100),
    turn_patience=timedelta(milliseconds=100),
)
FIVE_AT_ONCE = Meter("app writes jane", Rate(15, timedelta(minutes=10), at_once=5))
QUICK = Meter("app reads", Rate(1_000, timedelta(seconds=1), at_once=2))


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[list[AsyncEngine]]:
    """Two workers' pools."""
    made = [make_engine(database_url), make_engine(database_url)]
    yield made
    for engine in made:
        await engine.dispose()


@pytest.fixture
def workers(engines: list[AsyncEngine]) -> list[SharedCallLimits]:
    """Two workers."""
    return [SharedCallLimits(engine, RULES) for engine in engines]


async def test_a_mailbox_is_called_by_no_more_than_allowed_over_all_workers(workers: list[SharedCallLimits]) -> None:
    async with workers[0].slot("app", "jane"), workers[1].slot("app", "jane"):
        with pytest.raises(Throttled):
            async with workers[0].slot("app", "jane"):
                pass
        async with workers[1].slot("app", "tom"):
            pass


async def test_an_app_is_bounded_over_all_mailboxes(workers: list[SharedCallLimits]) -> None:
    async with AsyncExitStack() as held:
        for number, mailbox in enumerate(("jane", "tom", "")):
            await held.enter_async_context(workers[number % 2].slot("app", mailbox))
        with pytest.raises(Throttled):
            async with workers[0].slot("app", "nora"):
                pass
        async with workers[0].slot("other", "nora"):
            pass


async def test_a_place_given_back_is_taken_by_whoever_waits(workers: list[SharedCallLimits]) -> None:
    order: list[int] = []

    async def call(number: int) -> None:
        async with SharedCallLimits(workers[number % 2]._engine, LimitRules(mailbox_concurrency=1)).slot("app", "jane"):
            order.append(number)

    await asyncio.gather(*(call(number) for number in range(12)))
    assert sorted(order) == list(range(12))


async def test_a_failed_call_gives_its_place_back(workers: list[SharedCallLimits]) -> None:
    for _ in range(4):
        with pytest.raises(ZeroDivisionError):
            async with workers[0].slot("app", "jane"):
                raise ZeroDivisionError
    async with workers[1].slot("app", "jane"):
        pass


async def test_a_pause_told_to_one_worker_is_kept_by_all(workers: list[SharedCallLimits]) -> None:
    await workers[0].pause("app", "jane", timedelta(minutes=5))
    await workers[0].pause("app", "jane", timedelta(seconds=1))
    with pytest.raises(Throttled) as sent_away:
        async with workers[1].slot("app", "jane"):
            pass
    assert sent_away.value.after is not None
    assert sent_away.value.after > timedelta(minutes=4)
    async with workers[1].slot("app", "tom"):
        pass


async def test_turns_are_given_once_over_all_workers_and_each_is_told_another_time(
    workers: list[SharedCallLimits],
) -> None:
    for number in range(5):
        async with workers[number % 2].slot("app", "jane", (FIVE_AT_ONCE, QUICK)):
            pass
    told: list[timedelta] = []
    for number in range(3):
        with pytest.raises(Throttled) as sent_away:
            async with workers[number % 2].slot("app", "jane", (QUICK, FIVE_AT_ONCE)):
                pass
        assert sent_away.value.after is not None
        told.append(sent_away.value.after)
    assert [round(wait / timedelta(minutes=1)) for wait in told] == [2, 3, 4]
    async with workers[0].slot("app", "jane", (QUICK,)), workers[1].slot("app", "tom", (QUICK,)):
        pass


async def test_a_short_line_is_waited_in(workers: list[SharedCallLimits]) -> None:
    turns = [Meter("app", Rate(101, timedelta(seconds=1), at_once=1))]

    async def call(number: int) -> None:
        async with SharedCallLimits(workers[number % 2]._engine).slot("app", "", turns):
            pass

    await asyncio.gather(*(call(number) for number in range(20)))


async def test_a_call_that_asks_several_things_takes_as_many_turns(workers: list[SharedCallLimits]) -> None:
    async with workers[0].slot("app", "", (Meter(FIVE_AT_ONCE.name, FIVE_AT_ONCE.rate, times=5),)):
        pass
    with pytest.raises(Throttled) as sent_away:
        async with workers[1].slot("app", "jane", (FIVE_AT_ONCE,)):
            pass
    assert sent_away.value.after is not None
    async with workers[1].slot("app", "tom", (QUICK,)):
        pass


async def test_lines_are_taken_in_one_order(workers: list[SharedCallLimits]) -> None:
    """Or two callers of two lines would wait for each other."""
    both = [Meter("a", QUICK.rate), Meter("b", QUICK.rate)]

    async def call(number: int) -> None:
        async with SharedCallLimits(workers[number % 2]._engine).slot("app", "", both[:: 1 if number % 2 else -1]):
            pass

    await asyncio.gather(*(call(number) for number in range(60)))


async def test_places_of_a_dead_worker_come_free(workers: list[SharedCallLimits], engines: list[AsyncEngine]) -> None:
    async with engines[0].begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO call_lease (holder, app, mailbox, expires_at)"
                " SELECT gen_random_uuid(), 'app', 'jane', now() - interval '1 second' FROM generate_series(1, 3)"
            )
        )
    async with workers[1].slot("app", "jane"):
        pass


@pytest.mark.parametrize("count", [0, 1, 2])
async def test_one_worker_needs_no_database_for_it_and_two_share(engines: list[AsyncEngine], count: int) -> None:
    async with engines[0].begin() as connection:
        for _ in range(count):
            await connection.execute(text("SELECT procrastinate_register_worker_v1()"))
    among = CallLimitsAmongWorkers(
        engines[0], LocalCallLimits(SystemClock(), RULES), SharedCallLimits(engines[0], RULES)
    )
    async with among.slot("app", "jane"), engines[1].connect() as onlooker:
        leases = (await onlooker.execute(text("SELECT count(*) FROM call_lease"))).scalar_one()
    assert (leases > 0) is (count > 1)
