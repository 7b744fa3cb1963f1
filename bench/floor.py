"""The floor: a bare ASGI application on PostgreSQL that does the same work with nothing around it.

Run as ``python -m bench.floor URL PORT``. ``GET /free`` is one query; ``POST /book`` writes the rows of a booking in
one statement under the same exclusion constraint; ``POST /slot`` writes the slot alone, for many who want the same.
"""

import asyncio
import json
import sys
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

FREE = """
SELECT id, name, building, floor, capacity FROM room
WHERE status = 'live' AND (capacity >= %(seats)s OR capacity IS NULL) AND equipment @> ARRAY[%(equipment)s]
  AND room_no NOT IN (
    SELECT room_no FROM room_busy WHERE blocks_from > %(start)s::timestamptz - interval '24 hours'
      AND blocks_from < %(end)s AND blocks_to > %(start)s)
ORDER BY capacity, name LIMIT 50
"""
BOOK = """
WITH slot AS (
    INSERT INTO room_busy (room_no, blocks_from, blocks_to, kind, ref)
    SELECT room_no, %(start)s, %(end)s, 'claim', %(request)s FROM room WHERE id = %(room)s FOR NO KEY UPDATE
    ON CONFLICT DO NOTHING RETURNING room_no
), a AS (
    INSERT INTO booking (id, integration_id, title, zone, organizer_id, organizer_address)
    SELECT %(id)s, integration.id, %(title)s, 'UTC', person.id, 'jane@contoso.example' FROM slot, integration, person
), b AS (
    INSERT INTO booking_occurrence (id, booking_id, original_start, starts_at, ends_at)
    SELECT %(occurrence)s, %(id)s, %(start)s, %(start)s, %(end)s FROM slot
), c AS (
    INSERT INTO occurrence_room (id, occurrence_id, room_id) SELECT %(request)s, %(occurrence)s, %(room)s FROM slot
), d AS (
    INSERT INTO hosting (id, booking_id, host_kind, mailbox_address, cause, decided_at, reason)
    SELECT gen_random_uuid(), %(id)s, 'organizer', 'jane@contoso.example', 'none', now(), 'booked' FROM slot
), e AS (
    INSERT INTO intent (id, booking_id, kind, status, actor, next_attempt_at)
    SELECT gen_random_uuid(), %(id)s, 'create', 'open', '{}', now() FROM slot
), f AS (
    INSERT INTO attendee (booking_id, address, role)
    SELECT %(id)s, address, 'required' FROM slot, unnest(%(people)s::text[]) AS address
), g AS (
    INSERT INTO audit (at, actor_name, via, action, subject_kind, subject_id)
    SELECT now(), 'Jane Doe', 'api', 'booking.created', 'booking', %(id)s FROM slot
), h AS (
    INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args)
    SELECT 'default', 'push', 'push:' || %(id)s, 'push:' || %(id)s, '{}' FROM slot
)
SELECT room_no FROM slot
"""
SLOT = """
WITH one AS (SELECT room_no FROM room WHERE id = %(room)s FOR NO KEY UPDATE)
INSERT INTO room_busy (room_no, blocks_from, blocks_to, kind, ref)
SELECT room_no, %(start)s, %(end)s, 'claim', %(request)s FROM one ON CONFLICT DO NOTHING RETURNING room_no
"""


class Floor:
    """The application."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        """``pool`` is open."""
        self._pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["path"] == "/free":
            status, answer = await self._free(parse_qs(scope["query_string"].decode()))
        else:
            status, answer = await self._write(scope["path"], json.loads((await receive())["body"]))
        body = json.dumps(answer, default=str).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _free(self, asked: dict[str, list[str]]) -> tuple[int, object]:
        values = {name: asked[name][0] for name in ("start", "end", "equipment")}
        async with self._pool.connection() as connection:
            rows = await connection.execute(FREE, {**values, "seats": int(asked["min_capacity"][0])})
            return 200, [list(row) for row in await rows.fetchall()]

    async def _write(self, path: str, asked: dict[str, Any]) -> tuple[int, object]:
        values: dict[str, Any] = {name: asked[name] for name in ("start", "end", "title")}
        values |= {"room": asked["room_id"], "people": [each["address"] for each in asked["attendees"]]}
        values |= {name: uuid.uuid4() for name in ("id", "occurrence", "request")}
        async with self._pool.connection() as connection:
            rows = await connection.execute(BOOK if path == "/book" else SLOT, values)
            won = await rows.fetchone() is not None
        return (201, {"id": values["id"]}) if won else (409, {"code": "room_taken"})


async def main(url: str, port: int) -> None:
    """Serve until stopped."""
    async with AsyncConnectionPool(url, min_size=8, max_size=16) as pool:
        config = uvicorn.Config(Floor(pool), port=port, log_level="error", access_log=False, lifespan="off")
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
