"""The floor of the day view: one query, and the barest table of it.

Run as ``python -m bench.day_floor URL PORT``.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from html import escape
from itertools import groupby
from typing import Any

import uvicorn
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

DAY = """
SELECT room.name, room.capacity, booking.id, booking.title, busy.blocks_from, busy.blocks_to, person.name AS who
FROM room
JOIN room_busy AS busy ON busy.room_no = room.room_no AND busy.blocks_from >= %(day)s::date
  AND busy.blocks_from < %(day)s::date + 1
JOIN occurrence_room AS request ON request.id = busy.ref
JOIN booking_occurrence AS occurrence ON occurrence.id = request.occurrence_id
JOIN booking ON booking.id = occurrence.booking_id
JOIN person ON person.id = booking.organizer_id
WHERE room.status = 'live' ORDER BY room.name, busy.blocks_from
"""


class Floor:
    """The application."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        """``pool`` is open."""
        self._pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        while (await receive()).get("more_body", False):
            pass
        day = scope["query_string"].decode().partition("day=")[2]
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(DAY, {"day": day})).fetchall()
        body = ("<!doctype html><title>Day</title><table>" + "".join(_lines(rows)) + "</table>").encode()
        headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _lines(rows: list[Any]) -> list[str]:
    lines = []
    for (room, seats), meetings in groupby(rows, key=lambda row: row[:2]):
        cells = "".join(
            f'<td><a href="/bookings/{booking}">{escape(title)}<br>{begins:%H:%M}–{ends:%H:%M} {escape(who)}</a></td>'
            for _, _, booking, title, begins, ends, who in meetings
        )
        lines.append(f"<tr><th>{escape(room)} ({seats})</th>{cells}</tr>")
    return lines


async def main(url: str, port: int) -> None:
    """Serve until stopped."""
    async with AsyncConnectionPool(url, min_size=8, max_size=16) as pool:
        config = uvicorn.Config(Floor(pool), port=port, log_level="error", access_log=False, lifespan="off")
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
