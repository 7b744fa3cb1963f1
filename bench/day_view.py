"""P5: the day view of 50 rooms with five meetings each, as the server makes it, and how large it is.

The floor is a bare application that reads the same meetings with one query and writes the barest table of them.
"""

import asyncio
import gzip
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from bench.figures import Figure, at_most, median_ms
from bench.load import Connection
from bench.stage import FIRST_DAY, Stage, free_port, running, stage

ROOMS = 50
MEETINGS = 5
REQUESTS = 150
WARM_UP = 30
TIMES = 12.0
LARGEST = 80_000
FIRST_VISIT = 150_000
SECRET = "bench-session"
COOKIE = f"roomstead-session={SECRET}"
STATIC = Path("src/roomstead/entrypoints/web/static")

MEET = """
WITH slot AS (
    SELECT gen_random_uuid() AS booking, gen_random_uuid() AS occurrence, gen_random_uuid() AS request, room.id AS room,
           room_no, %(day)s + (8 + k * 2) * interval '1 hour' AS begins, 30 + 30 * (room_no + k) %% 3 AS minutes, k
    FROM room, generate_series(0, %(meetings)s - 1) AS k
), a AS (
    INSERT INTO booking (id, integration_id, title, zone, organizer_id, organizer_address)
    SELECT booking, integration.id, (ARRAY['Stand-up', 'Design critique', 'Budget review'])[k %% 3 + 1], 'UTC',
           person.id, 'jane@contoso.example' FROM slot, integration, person
), b AS (
    INSERT INTO booking_occurrence (id, booking_id, original_start, starts_at, ends_at)
    SELECT occurrence, booking, begins, begins, begins + minutes * interval '1 minute' FROM slot
), c AS (
    INSERT INTO occurrence_room (id, occurrence_id, room_id, answer)
    SELECT request, occurrence, room, 'accepted' FROM slot
), d AS (
    INSERT INTO hosting (id, booking_id, host_kind, mailbox_address, cause, decided_at, reason, event_id)
    SELECT gen_random_uuid(), booking, 'organizer', 'jane@contoso.example', 'none', now(), 'booked', booking::text
    FROM slot
), e AS (
    INSERT INTO intent (id, booking_id, kind, status, actor) SELECT gen_random_uuid(), booking, 'create', 'done', '{}'
    FROM slot
)
INSERT INTO room_busy (room_no, blocks_from, blocks_to, kind, ref)
SELECT room_no, begins, begins + minutes * interval '1 minute', 'claim', request FROM slot
"""
SIGNED_IN = """
INSERT INTO web_session (id, person_id, digest, seen_at, expires_at, agent)
SELECT gen_random_uuid(), id, %s, now(), now() + interval '1 day', 'bench' FROM person
"""


@contextmanager
def furnished() -> Iterator[tuple[Stage, int]]:
    """A stage with the day's meetings, somebody signed in by ``COOKIE``, and the port of the barest day view."""
    with stage(ROOMS, with_claims=False) as ready, ExitStack() as undo:
        with psycopg.connect(ready.url) as session:
            session.execute(MEET, {"day": FIRST_DAY, "meetings": MEETINGS})
            session.execute(SIGNED_IN, (sha256(SECRET.encode()).digest(),))
        with psycopg.connect(ready.url, autocommit=True) as session:
            session.execute("VACUUM ANALYZE")
        place = Path(undo.enter_context(TemporaryDirectory(prefix="roomstead-bench-floor-")))
        port = free_port()
        bare = [sys.executable, "-m", "bench.day_floor", ready.url, str(port)]
        undo.enter_context(running(bare, {"PYTHONPATH": "."}, port, place / "floor.log"))
        yield ready, port


def measure() -> Sequence[Figure]:
    """Time and size."""
    with furnished() as (ready, port):
        ours, floor, size, table = asyncio.run(_medians(ready, port))
    visit = size[1] + sum(len(gzip.compress((STATIC / name).read_bytes())) for name in FILES)
    return (
        at_most("P5", f"day view, {ROOMS} rooms × {MEETINGS} meetings, p50", ours, floor, TIMES),
        _bytes("P5", f"day view, HTML (the barest table: {table:,})", size[0], LARGEST),
        _bytes("P5", "day view, first visit, compressed", visit, FIRST_VISIT),
    )


FILES = ("app.css", "app.js", "htmx.min.js", "timeline.js", "icons.svg", "mark.svg")


def _bytes(key: str, work: str, value: int, most: int) -> Figure:
    return Figure(key, work, value, "B", None, f"≤ {most:,} B", value <= most)


async def _medians(ready: Stage, port: int) -> tuple[float, float, tuple[int, int], int]:
    """Ours and the floor's, asked in turns, so that a noisy moment hits both; and how large the answers are."""
    ours, floor = await Connection(ready.ours, cookie=COOKIE).open(), await Connection(port).open()
    times: tuple[list[float], list[float]] = ([], [])
    path = f"/?day={FIRST_DAY.date()}"
    for turn in range(WARM_UP + REQUESTS):
        for connection, taken in ((ours, times[0]), (floor, times[1])):
            answer = await connection.ask("GET", path)
            assert answer.status == 200, answer.body
            assert answer.body.count(b"Budget review") >= ROOMS
            if turn >= WARM_UP:
                taken.append(answer.seconds)
    page, table = await ours.ask("GET", path), await floor.ask("GET", path)
    await ours.close()
    await floor.close()
    sizes = (len(page.body), len(gzip.compress(page.body)))
    return median_ms(times[0]), median_ms(times[1]), sizes, len(table.body)
