"""Call limits in one process."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.application.ports.limits import LimitRules, Meter, Rate
from roomstead.domain.errors import Throttled

if TYPE_CHECKING:
    from tests.adapters.conftest import HandClock

APP, OAK, ELM = "tenant/app", "oak", "elm"


async def hold(limits: LocalCallLimits, mailbox: str, inside: list[str], leave: asyncio.Event) -> None:
    async with limits.slot(APP, mailbox):
        inside.append(mailbox)
        await leave.wait()


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_no_more_than_four_at_a_time_in_one_mailbox(clock: "HandClock") -> None:
    inside: list[str] = []
    limits, leave = LocalCallLimits(clock), asyncio.Event()
    tasks = [asyncio.create_task(hold(limits, OAK, inside, leave)) for _ in range(6)]
    await settled()
    assert inside == [OAK] * 4
    leave.set()
    await asyncio.gather(*tasks)
    assert inside == [OAK] * 6


async def test_the_app_has_a_bound_over_all_mailboxes(clock: "HandClock") -> None:
    inside: list[str] = []
    limits, leave = LocalCallLimits(clock, LimitRules(app_concurrency=3)), asyncio.Event()
    names = [OAK, OAK, ELM, ELM, ""]
    tasks = [asyncio.create_task(hold(limits, name, inside, leave)) for name in names]
    await settled()
    assert len(inside) == 3
    leave.set()
    await asyncio.gather(*tasks)
    assert sorted(inside) == sorted(names)


async def test_a_failed_call_gives_its_place_back(clock: "HandClock") -> None:
    limits = LocalCallLimits(clock, LimitRules(mailbox_concurrency=1, app_concurrency=1))
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            async with limits.slot(APP, OAK):
                raise ZeroDivisionError
    async with limits.slot(APP, OAK):
        pass


async def test_a_short_pause_is_waited_out_by_callers_of_that_mailbox_only(clock: "HandClock") -> None:
    limits = LocalCallLimits(clock, sleep=clock.sleep)
    await limits.pause(APP, OAK, timedelta(seconds=7))
    async with limits.slot(APP, ELM):
        assert clock.waited == []
    async with limits.slot("tenant/another", OAK):
        assert clock.waited == []
    async with limits.slot(APP, OAK):
        assert clock.waited == [7]


async def test_a_long_pause_sends_callers_away_with_the_time_to_come_back(clock: "HandClock") -> None:
    limits = LocalCallLimits(clock, sleep=clock.sleep)
    await limits.pause(APP, OAK, timedelta(minutes=2))
    await limits.pause(APP, OAK, timedelta(seconds=1))
    with pytest.raises(Throttled) as refusal:
        async with limits.slot(APP, OAK):
            pytest.fail("the longer pause stays in force")
    assert refusal.value.after == timedelta(minutes=2)
    assert clock.waited == []


async def test_a_pause_of_the_app_stops_every_mailbox(clock: "HandClock") -> None:
    limits = LocalCallLimits(clock, sleep=clock.sleep)
    await limits.pause(APP, "", timedelta(minutes=1))
    with pytest.raises(Throttled):
        async with limits.slot(APP, OAK):
            pytest.fail("the app is paused")


async def test_a_call_that_asks_several_things_takes_as_many_turns(clock: "HandClock") -> None:
    limits = LocalCallLimits(clock, sleep=clock.sleep)
    rate = Rate(15, timedelta(minutes=10), at_once=5)
    async with limits.slot(APP, "", (Meter("jane", rate, times=5),)):
        pass
    with pytest.raises(Throttled) as sent_away:
        async with limits.slot(APP, OAK, (Meter("jane", rate),)):
            pytest.fail("the five were used up")
    assert sent_away.value.after is not None
    assert sent_away.value.after > timedelta(minutes=1)
    async with limits.slot(APP, OAK, (Meter("tom", rate),)):
        pass


async def test_mailboxes_that_nobody_calls_are_forgotten(clock: "HandClock") -> None:
    limits = LocalCallLimits(clock)
    rate = Rate(10, timedelta(minutes=1), at_once=5)
    for number in range(1200):
        async with limits.slot(APP, f"room{number}", (Meter(f"room{number}", rate),)):
            clock.move(timedelta(seconds=2))
    assert len(limits._lanes) < 900
    assert len(limits._lines._lines) < 900
