"""A worker killed at every step of a push; the next one brings it to the same end: one event, one mail."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from roomstead.domain.booking import BookingId, BookingState

if TYPE_CHECKING:
    from tests.sync.conftest import Town

PROGRAM = Path(__file__).with_name("worker_program.py")


@dataclass(frozen=True)
class Act:
    """An act to be killed in: the call that delivers it, the mail that it sends, where it leads."""

    name: str
    who: str
    method: str
    operation: str
    mail: str
    state: BookingState
    events: int


EVENTS = "/users/{user}/events"
CREATE = Act("create", "jane.doe", "POST", EVENTS, "request", BookingState.CONFIRMED, 1)
HOSTED = Act("create", "priya.shah", "POST", EVENTS, "request", BookingState.CONFIRMED, 1)
CHANGE = Act("change", "jane.doe", "PATCH", f"{EVENTS}/{{event}}", "update", BookingState.CONFIRMED, 1)
CANCEL = Act("cancel", "jane.doe", "POST", f"{EVENTS}/{{event}}/cancel", "cancellation", BookingState.CANCELLED, 0)
CASES = [
    (CREATE, "deciding"),
    (CREATE, "sending"),
    (CREATE, "answered"),
    (CREATE, "recording"),
    (HOSTED, "deciding"),
    (HOSTED, "answered"),
    (CHANGE, "sending"),
    (CHANGE, "recording"),
    (CANCEL, "answered"),
    (CANCEL, "recording"),
]


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Wait until a condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.05)


class Workers:
    """Starts worker processes, and never leaves one behind."""

    def __init__(self, town: Town, database_url: str, key: str) -> None:
        self._town = town
        self._url = database_url
        self._key = key
        self._all: list[asyncio.subprocess.Process] = []

    async def start(self) -> asyncio.subprocess.Process:
        """A worker at the rehearsal's time, ready to take jobs."""
        shift = (self._town.clock.now() - datetime.now(UTC)).total_seconds()
        settings = json.dumps({"database_url": self._url, "key": self._key, "shift": shift})
        process = await asyncio.create_subprocess_exec(
            sys.executable, PROGRAM, settings, stdout=asyncio.subprocess.PIPE
        )
        self._all.append(process)
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"working\n"
        return process

    async def end(self) -> None:
        """End those that still run."""
        for process in self._all:
            if process.returncode is None:
                process.kill()
                await process.wait()


@pytest.fixture
async def workers(town: Town, database_url: str, sealing_key: str) -> AsyncIterator[Workers]:
    """Worker processes beside a town whose clock runs and whose rooms are quick."""
    town.sandbox.control.patch("delays", {"deliver": 0.1, "process": 0.2, "reply": 0.1, "rotate": 0.2})
    town.sandbox.control.post("clock/run", {"speed": 1})
    starter = Workers(town, database_url, sealing_key)
    yield starter
    await starter.end()


class RowLock:
    """The lock on a booking's row, which can be taken at once: its sessions are open already."""

    def __init__(self, holder: psycopg.AsyncConnection, onlooker: psycopg.AsyncConnection, booking: BookingId) -> None:
        self._holder = holder
        self._onlooker = onlooker
        self._booking = booking

    async def take(self) -> None:
        """Hold it, to the end of the block."""
        await self._holder.execute("SELECT 1 FROM booking WHERE id = %s FOR UPDATE", [self._booking])

    async def is_waited_for(self) -> bool:
        """Whether a worker waits for it."""
        found = await self._onlooker.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            " AND query ILIKE '%booking%FOR UPDATE%'"
        )
        return await found.fetchone() is not None


@asynccontextmanager
async def row_lock(url: str, booking_id: BookingId) -> AsyncIterator[RowLock]:
    """The lock on the booking's row, not taken yet."""
    connect = psycopg.AsyncConnection.connect
    async with await connect(url) as holder, await connect(url, autocommit=True) as onlooker:
        yield RowLock(holder, onlooker, booking_id)


class Scene:
    """A town, a booking, and an act of it in which the worker dies."""

    def __init__(self, town: Town, url: str, act: Act) -> None:
        self.town = town
        self.url = url
        self.act = act

    async def leave(self) -> BookingId:
        """Everything up to the act, which is left to the workers."""
        booking_id = await self.town.book(self.act.who, "elm", 3, guests=["tom.baker"])
        if self.act.name == "create":
            return booking_id
        await self.town.push(booking_id)
        if self.act.name == "change":
            await self.town.change(booking_id, self.act.who, start=self.town.at(6))
        else:
            await self.town.cancel(booking_id, self.act.who)
        return booking_id

    def slow(self, seconds: float, *, after_commit: bool) -> None:
        """Let the act's call hang."""
        where = {"method": self.act.method, "operation": self.act.operation}
        self.town.fault("slow", seconds=seconds, after_commit=after_commit, **where)

    async def is_struck(self) -> bool:
        """Whether the call hangs now."""
        return not self.town.sandbox.control.get("faults")

    async def kill_while_deciding(self, workers: Workers, booking_id: BookingId) -> None:
        """Nothing is stored yet, nothing sent."""
        async with row_lock(self.url, booking_id) as lock:
            await lock.take()
            victim = await workers.start()
            await until(lock.is_waited_for)
            await _kill(victim)

    async def kill_while_sending(self, workers: Workers, _: BookingId) -> None:
        """The request is stored and on its way; the provider takes it long after."""
        self.slow(3, after_commit=False)
        victim = await workers.start()
        await until(self.is_struck)
        await _kill(victim)

    async def kill_while_answered(self, workers: Workers, _: BookingId) -> None:
        """The provider has taken it, its answer is on its way."""
        self.slow(3, after_commit=True)
        victim = await workers.start()
        await until(self.is_struck)
        await _kill(victim)

    async def kill_while_recording(self, workers: Workers, booking_id: BookingId) -> None:
        """The answer is there and not stored yet."""
        self.slow(3, after_commit=True)
        async with row_lock(self.url, booking_id) as lock:
            victim = await workers.start()
            await until(self.is_struck)
            await lock.take()
            await until(lock.is_waited_for)
            await _kill(victim)


async def _kill(victim: asyncio.subprocess.Process) -> None:
    victim.send_signal(signal.SIGKILL)
    await victim.wait()


@pytest.mark.parametrize(("act", "step"), CASES, ids=[f"{act.name}-{act.who}-{step}" for act, step in CASES])
async def test_a_killed_push_ends_as_if_nothing_had_happened(
    town: Town, workers: Workers, database_url: str, act: Act, step: str
) -> None:
    await town.use_service_account()
    scene = Scene(town, database_url, act)
    booking_id = await scene.leave()
    await getattr(scene, f"kill_while_{step}")(workers, booking_id)
    survivor = await workers.start()

    async def is_settled() -> bool:
        booking = await town.stored(booking_id)
        return not booking.unfinished and await town.state(booking_id) is act.state

    await until(is_settled)
    assert len(town.all_hosted()) == act.events
    assert len(town.mail(act.mail)) == 1
    assert len(town.mail("request")) == 1
    survivor.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(survivor.wait(), 60) == 0


COPIES = (
    "SELECT array_agg(DISTINCT e.ical_uid ORDER BY e.ical_uid), count(*),"
    " (SELECT count(*) FROM room_busy b WHERE b.ref IN (SELECT id FROM event_time WHERE mailbox_id = m.id))"
    " FROM event_time e JOIN mailbox m ON m.id = e.mailbox_id WHERE m.address = %s GROUP BY m.id"
)
PAGE = 200


@pytest.mark.parametrize("after_commit", [False, True], ids=["asking", "answered"])
async def test_a_pull_killed_between_pages_loses_nothing_and_doubles_nothing(
    town: Town,
    workers: Workers,
    database_url: str,
    after_commit: bool,  # noqa: FBT001 - a case
) -> None:
    elm = "elm@contoso.example"
    for number in range(PAGE + 5):
        times = {"start": town.at(24 + number).isoformat(), "end": town.at(24.5 + number).isoformat()}
        town.act("create", "elm", subject=f"Meeting {number}", **times)
    delta = {"mailbox": elm, "operation": "/users/{user}/calendarView/delta"}
    town.fault("slow", seconds=0, **delta)  # the first page
    town.fault("slow", seconds=30, after_commit=after_commit, count=None, **delta)

    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as onlooker:

        async def copies() -> tuple[list[str], int, int]:
            row = await (await onlooker.execute(COPIES, [elm])).fetchone()
            return ([], 0, 0) if row is None else row

        async def is_between_pages() -> bool:
            slow = town.sandbox.control.get("faults")[-1]
            return bool(slow["struck"]) and (await copies())[1] == PAGE

        victim = await workers.start()
        await until(is_between_pages)
        await _kill(victim)
        town.sandbox.control.delete("faults")
        window = (await town.mailbox("elm")).window
        assert window is not None
        span = {"start": window.start.isoformat(), "end": window.end.isoformat()}
        there = town.sandbox.control.get(f"calendars/{elm}", **span)["items"]
        survivor = await workers.start()

        async def is_complete() -> bool:
            return (await town.mailbox("elm")).pulled_at is not None

        await until(is_complete)
        uids, rows, busy = await copies()
        assert uids == sorted({item["uid"] for item in there})
        assert rows == busy == len(there)
        assert (await town.mailbox("elm")).generation == 1  # it went on where it stood
        survivor.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(survivor.wait(), 60) == 0
