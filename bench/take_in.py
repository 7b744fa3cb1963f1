"""P3: taking changed events in, by one worker: fetched, read, mapped, reconciled, masked, stored.

The floor fetches the same pages, parses them and brings id, times and version into a table of the same shape by COPY
and one upsert a page.
"""

import asyncio
import json
import statistics
import sys
import time
import uuid
from collections.abc import Sequence
from contextlib import ExitStack

import httpx2
import psycopg

from bench.figures import Figure, at_least
from bench.pages import PAGE
from bench.parts import Tenant, connected
from bench.stage import free_port, fresh_database, running

EVENTS = 10_000
ROUNDS = 5
FIRST_PAGE = "/v1.0/users/oak@contoso.example/calendarView/delta"
FLOOR_TABLE = "CREATE TABLE floor_event (LIKE event_time INCLUDING ALL)"
FLOOR_UPSERT = """
INSERT INTO floor_event (id, mailbox_id, event_id, ical_uid, kind, starts_at, ends_at, is_busy, is_cancelled,
                         is_host_copy, revision, generation, seen_at)
SELECT gen_random_uuid(), %s, event_id, ical_uid, 'single', starts_at, ends_at, true, false, false, revision, 1, now()
  FROM arrived
ON CONFLICT (mailbox_id, event_id) DO UPDATE
   SET starts_at = excluded.starts_at, ends_at = excluded.ends_at, revision = excluded.revision
"""


def measure() -> Sequence[Figure]:
    """Events a second, first taken in and then again as changed."""
    with ExitStack() as undo:
        place, url = undo.enter_context(fresh_database())
        port = free_port()
        program = [sys.executable, "-m", "bench.pages", str(port), str(EVENTS)]
        undo.enter_context(running(program, {}, port, place / "pages.log"))
        rounds = [(asyncio.run(_ours(url, port)), asyncio.run(_floor(url, port))) for _ in range(ROUNDS)]
    ours, floors = zip(*rounds, strict=True)
    rate, floor = (EVENTS / statistics.median(seconds) for seconds in (ours, floors))
    return (at_least("P3", f"{EVENTS:,} changed events taken in, pages of {PAGE}", rate, floor, 0.3),)


async def _ours(url: str, port: int) -> float:
    """Seconds for a full round over a calendar that was never seen."""
    base = f"http://127.0.0.1:{port}"
    tenant = Tenant("bench", base, base, "bench", "bench", "contoso.example")
    async with connected(url, tenant) as site:
        (mailbox_id,) = await site.follow(["oak@contoso.example"])
        began = time.perf_counter()
        await site.pull(mailbox_id)
        seconds = time.perf_counter() - began
    with psycopg.connect(url) as session:
        held = session.execute("SELECT count(*) FROM event_time WHERE mailbox_id = %s", [mailbox_id]).fetchone()
        busy = session.execute("SELECT count(*) FROM room_busy").fetchone()
        assert held == busy == (EVENTS,)
        session.execute("TRUNCATE event_time, room_busy CASCADE")
    return seconds


async def _floor(url: str, port: int) -> float:
    """Seconds for the same pages, parsed and copied in."""
    mailbox = uuid.uuid4()
    async with (
        await psycopg.AsyncConnection.connect(url) as session,
        httpx2.AsyncClient(trust_env=False) as client,
    ):
        await session.execute("DROP TABLE IF EXISTS floor_event")
        await session.execute(FLOOR_TABLE)
        await session.execute(
            "CREATE TEMP TABLE arrived (event_id text, ical_uid text, starts_at timestamptz, ends_at timestamptz,"
            " revision text) ON COMMIT DELETE ROWS"
        )
        await session.commit()
        began = time.perf_counter()
        link: str | None = f"http://127.0.0.1:{port}{FIRST_PAGE}"
        while link is not None:
            page = json.loads((await client.get(link)).content)
            await _copy_in(session, page["value"], mailbox)
            link = page.get("@odata.nextLink")
        return time.perf_counter() - began


async def _copy_in(
    session: psycopg.AsyncConnection, events: list[dict[str, dict[str, str]]], mailbox: uuid.UUID
) -> None:
    async with session.cursor() as cursor:
        async with cursor.copy("COPY arrived FROM STDIN") as copying:
            for event in events:
                await copying.write_row(
                    (
                        event["id"],
                        event["iCalUId"],
                        event["start"]["dateTime"][:19] + "Z",
                        event["end"]["dateTime"][:19] + "Z",
                        event["changeKey"],
                    )
                )
        await cursor.execute(FLOOR_UPSERT, [mailbox])
    await session.commit()
