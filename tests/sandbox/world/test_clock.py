"""The clock: ordered timers, advancing, and running with real time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead_sandbox.world.clock import Arguments, Clock
from roomstead_sandbox.world.errors import Invalid

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_a_frozen_clock_stands_until_advanced() -> None:
    clock = Clock(NOW)
    assert clock.now() == NOW
    clock.advance(90)
    assert clock.now() == NOW + timedelta(seconds=90)


@given(st.lists(st.integers(0, 1000), max_size=30))
def test_timers_run_in_order_of_due_time_then_of_registration(delays: list[int]) -> None:
    clock = Clock(NOW)
    ran: list[tuple[int, int, datetime]] = []

    def note(arguments: Arguments) -> None:
        ran.append((int(str(arguments["delay"])), int(str(arguments["number"])), clock.now()))

    clock.on("note", note)
    for number, delay in enumerate(delays):
        clock.after(delay, "note", delay=delay, number=number)
    assert clock.advance(1000) == len(delays)
    assert [(delay, number) for delay, number, _ in ran] == sorted((d, n) for n, d in enumerate(delays))
    assert all(at == NOW + timedelta(seconds=delay) for delay, _, at in ran)


def test_a_timer_set_by_a_timer_runs_in_the_same_advance_if_it_is_due_by_then() -> None:
    clock = Clock(NOW)
    times: list[datetime] = []

    def again(arguments: Arguments) -> None:
        times.append(clock.now())
        clock.after(10, "again")

    clock.on("again", again)
    clock.after(10, "again")
    clock.advance(35)
    assert [t - NOW for t in times] == [timedelta(seconds=s) for s in (10, 20, 30)]
    assert len(clock.timers()) == 1


def test_settle_stops_where_nothing_more_is_due() -> None:
    clock = Clock(NOW)
    clock.on("x", lambda _: None)
    clock.after(5, "x")
    clock.after(5000, "x")
    assert clock.settle(60) == 1
    assert clock.now() == NOW + timedelta(seconds=5)


def test_a_cancelled_timer_does_not_run() -> None:
    clock = Clock(NOW)
    ran: list[Arguments] = []
    clock.on("x", ran.append)
    clock.cancel(clock.after(1, "x"))
    clock.advance(10)
    assert ran == []


def test_time_does_not_go_back() -> None:
    clock = Clock(NOW)
    with pytest.raises(Invalid):
        clock.advance(-1)
    with pytest.raises(Invalid):
        clock.advance_to(NOW - timedelta(seconds=1))
    with pytest.raises(Invalid):
        clock.run(0)


async def test_a_running_clock_runs_its_timers_by_itself() -> None:
    clock = Clock(NOW, frozen=False, speed=1000)
    done = asyncio.Event()
    clock.on("done", lambda _: done.set())
    task = asyncio.create_task(clock.drive())
    await asyncio.sleep(0)
    clock.after(20, "done")  # twenty milliseconds of real time
    await asyncio.wait_for(done.wait(), 60)
    assert clock.now() >= NOW + timedelta(seconds=20)
    task.cancel()


async def test_a_frozen_clock_wakes_its_driver_when_it_is_let_run() -> None:
    clock = Clock(NOW)
    done = asyncio.Event()
    clock.on("done", lambda _: done.set())
    clock.after(10, "done")
    task = asyncio.create_task(clock.drive())
    await asyncio.sleep(0)
    assert not done.is_set()
    clock.run(speed=1000)
    await asyncio.wait_for(done.wait(), 60)
    clock.freeze()
    stood = clock.now()
    assert clock.now() == stood
    task.cancel()


async def test_a_driver_that_is_cancelled_as_a_timer_is_set_ends() -> None:
    clock = Clock(NOW, frozen=False, speed=1)
    clock.on("late", lambda _: None)
    clock.after(3600, "late")
    task = asyncio.create_task(clock.drive())
    for _ in range(20):
        await asyncio.sleep(0)  # until it waits
    clock.after(3600, "late")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 60)
