"""A worker process killed while an endpoint has its message in hand: another sends the same message again."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from cryptography.fernet import Fernet

from roomstead.adapters.clock import SystemClock
from roomstead.adapters.secrets import Sealer
from roomstead.application.webhooks.send_test_event import send_test_event
from roomstead.domain.people import OPERATOR

if TYPE_CHECKING:
    from tests.application.webhooks.conftest import Courier, Inbox

PROGRAM = Path(__file__).with_name("worker_program.py")
Start = Callable[[], Awaitable[asyncio.subprocess.Process]]


@pytest.fixture
def key() -> str:
    """The sealing key of the test and of the workers."""
    return Fernet.generate_key().decode()


@pytest.fixture
def sealer(key: str) -> Sealer:
    """Seals with it."""
    return Sealer([key])


@pytest.fixture
async def start(database_url: str, key: str) -> AsyncIterator[Start]:
    """Starts workers, and leaves none behind."""
    running: list[asyncio.subprocess.Process] = []

    async def begin() -> asyncio.subprocess.Process:
        given = json.dumps({"database_url": database_url, "key": key})
        running.append(await asyncio.create_subprocess_exec(sys.executable, PROGRAM, given))
        return running[-1]

    yield begin
    for process in running:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_worker_killed_in_the_act_loses_no_message(
    courier: Courier, inbox: Inbox, database_url: str, start: Start
) -> None:
    made = await courier.register(inbox)
    await send_test_event(made.endpoint.id, OPERATOR, units=courier.units, clock=SystemClock())
    inbox.gate.clear()
    first = await start()
    await asyncio.wait_for(inbox.arrived.wait(), 60)
    first.kill()
    await first.wait()
    inbox.arrived.clear()
    inbox.gate.set()
    async with await psycopg.AsyncConnection.connect(database_url) as session:
        await session.execute("UPDATE webhook_delivery SET due_at = now()")  # as if its time in hand had passed
    await start()
    await asyncio.wait_for(inbox.arrived.wait(), 60)
    once, again = inbox.taken
    assert (once.headers["webhook-id"], once.body) == (again.headers["webhook-id"], again.body)
