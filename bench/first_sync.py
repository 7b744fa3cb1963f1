"""P10: the first full round over many rooms; beside it, how fast a bare client gets the same pages from the tenant.

A sample of rooms stands for 1,000: every room is a round of its own, so the rate does not depend on how many there are.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import httpx2
import psutil
import psycopg

from bench.figures import Figure, at_least
from bench.parts import Tenant, connected
from bench.stage import free_port, fresh_database
from roomstead_sandbox.world.seed_big import DOMAIN

ROOMS = 100
MEETINGS = 100
ROUNDS = 3
AT_ONCE = 8
PAGE = 200
GIVEN = 5_000.0
"""Events that the tenant should give out in a second of its processor, of which a busy machine gives it less."""


def measure() -> Sequence[Figure]:
    """Events a second, all mailboxes together, a few at a time as a worker does."""
    with ExitStack() as undo:
        _, url = undo.enter_context(fresh_database())
        tenant, program = _tenant(undo)
        rounds = [(asyncio.run(_ours(url, tenant)), asyncio.run(_bare(tenant))) for _ in range(ROUNDS)]
        before = _processor(program)
        asyncio.run(_bare(tenant))
        given = ROOMS * MEETINGS / (_processor(program) - before)
    events = ROOMS * MEETINGS
    ours, paging = (events / statistics.median(seconds) for seconds in zip(*rounds, strict=True))
    return (
        at_least("P10", f"first sync, {ROOMS:,} rooms × {MEETINGS} events, Microsoft", ours, paging, 0.5),
        Figure(
            "P10",
            "the rehearsal tenant's paging, a second of its processor",
            given,
            "/s",
            None,
            "≥ 5,000 /s",
            given >= GIVEN,
            is_rate=True,
        ),
    )


def _processor(program: psutil.Process) -> float:
    times = program.cpu_times()
    return float(times.user + times.system)


def _tenant(undo: ExitStack) -> tuple[Tenant, psutil.Process]:
    command = [sys.executable, "-m", "bench.tenant", str(free_port()), str(ROOMS), str(MEETINGS)]
    program = undo.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
    undo.callback(program.terminate)
    assert program.stdout is not None
    found = json.loads(program.stdout.readline())
    _await(f"{found['control']}/state")
    tenant = Tenant(
        found["tenant_id"],
        found["login_base"],
        found["graph_base"],
        found["client_id"],
        found["client_secret"],
        DOMAIN,
    )
    return tenant, psutil.Process(program.pid)


def _await(address: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx2.get(address, trust_env=False).raise_for_status()
        except httpx2.TransportError:
            assert time.monotonic() < deadline, "the rehearsal tenant did not start"
            time.sleep(0.05)
        else:
            return


def _rooms() -> list[str]:
    return [f"room{number}@{DOMAIN}" for number in range(ROOMS)]


async def _a_few_at_a_time(work: Iterable[Callable[[], Awaitable[None]]]) -> float:
    """Seconds for all of it."""
    waiting = iter(work)

    async def one_after_the_other() -> None:
        for each in waiting:
            await each()

    began = time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    return time.perf_counter() - began


async def _ours(url: str, tenant: Tenant) -> float:
    async with connected(url, tenant) as site:
        mailboxes = await site.follow(_rooms())
        assert len(mailboxes) == ROOMS
        seconds = await _a_few_at_a_time([lambda each=each: site.pull(each) for each in mailboxes])  # type: ignore[misc]  # bound
    with psycopg.connect(url) as session:
        held = session.execute("SELECT count(*) FROM event_time").fetchone()
        assert held == (ROOMS * MEETINGS,), held
        session.execute("TRUNCATE event_time, room_busy CASCADE")
    return seconds


async def _bare(tenant: Tenant) -> float:
    """The same pages, fetched and parsed."""
    now = datetime.now(UTC)
    window = urlencode(
        {
            "startDateTime": (now - timedelta(days=1)).isoformat(),
            "endDateTime": (now + timedelta(days=365)).isoformat(),
        }
    )
    async with httpx2.AsyncClient(trust_env=False, timeout=60) as client:
        answer = await client.post(
            f"{tenant.login}/{tenant.id}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": tenant.app_id,
                "client_secret": tenant.secret,
                "scope": f"{tenant.api}/.default",
            },
        )
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        client.headers["Prefer"] = (
            f'IdType="ImmutableId", outlook.timezone="UTC", outlook.body-content-type="text", odata.maxpagesize={PAGE}'
        )

        async def read(room: str) -> None:
            link: str | None = f"{tenant.api}/v1.0/users/{room}/calendarView/delta?{window}"
            count = 0
            while link is not None:
                page = (await client.get(link)).raise_for_status().json()
                count += len(page["value"])
                link = page.get("@odata.nextLink")
            assert count == MEETINGS, count

        return await _a_few_at_a_time([lambda room=room: read(room) for room in _rooms()])  # type: ignore[misc]  # bound
