"""A database with rooms and claims in it, and both servers on it: ours as a person would start it, and the floor."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg import sql

from roomstead.adapters.db import schema
from roomstead.adapters.embedded import EmbeddedServer

FIRST_DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=7)
CLAIMS_PER_ROOM = 100


@dataclass(frozen=True, slots=True)
class Stage:
    """Both servers, listening, on one database."""

    url: str
    ours: int
    floor: int
    token: str
    rooms: tuple[str, ...]


@contextmanager
def fresh_database() -> Iterator[tuple[Path, str]]:
    """A folder that is gone after the block, and the address of a database of its own in it, with today's schema."""
    with tempfile.TemporaryDirectory(prefix="roomstead-bench-") as folder:
        place = Path(folder)
        place.chmod(0o711)
        with EmbeddedServer.start(place / "data") as server:
            schema.upgrade(server.connection.url)
            yield place, server.connection.url


@contextmanager
def stage(rooms: int, *, with_claims: bool) -> Iterator[Stage]:
    """Prepare everything; it is all gone after the block."""
    with ExitStack() as undo:
        place, url = undo.enter_context(fresh_database())
        ids = _fill(url, rooms)
        if with_claims:
            _claim(url)
        environment = {**os.environ, "ROOMSTEAD_DATA_DIR": str(place / "own"), "ROOMSTEAD_DATABASE_URL": url}
        token = _token(environment)
        ours, floor = free_port(), free_port()
        program = [sys.executable, "-m", "roomstead.entrypoints.cli", "serve", "--no-worker", "--port", str(ours)]
        undo.enter_context(running(program, environment, ours, place / "ours.log"))
        bare = [sys.executable, "-m", "bench.floor", url, str(floor)]
        undo.enter_context(running(bare, environment, floor, place / "floor.log"))
        yield Stage(url, ours, floor, token, ids)


def _fill(url: str, rooms: int) -> tuple[str, ...]:
    """A tenant, one organiser in reach, and the rooms."""
    with psycopg.connect(url) as session:
        integration, person = uuid.uuid4(), uuid.uuid4()
        session.execute(
            "INSERT INTO integration (id, provider, name, tenant, endpoints, tier, status, domains)"
            " VALUES (%s, 'microsoft', 'Bench', 'bench', '{}', 3, 'working', '{contoso.example}')",
            (integration,),
        )
        session.execute("INSERT INTO person (id, name, role) VALUES (%s, 'Jane Doe', 'global_admin')", (person,))
        session.execute(
            "INSERT INTO person_address (address, person_id) VALUES ('jane@contoso.example', %s)", (person,)
        )
        rows = session.execute(
            "INSERT INTO room (id, integration_id, address, name, building, floor, capacity, equipment, source, status)"
            " SELECT gen_random_uuid(), %s, 'room' || n || '@contoso.example', 'Room ' || n, 'Building ' || n %% 20,"
            " (n %% 6)::text, 2 + n * 7 %% 30,"
            " CASE WHEN n %% 2 = 0 THEN '{projector,phone}'::text[] ELSE '{phone}' END, 'directory', 'live'"
            " FROM generate_series(1, %s) AS n RETURNING id",
            (integration, rooms),
        ).fetchall()
    return tuple(str(row[0]) for row in rows)


def _claim(url: str) -> None:
    """A hundred claims a room, two a day at hours of their own; indexes are made after the rows, which is faster."""
    with psycopg.connect(url, autocommit=True) as session:
        found = session.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'room_busy' AND indexname LIKE 'ix%%'"
        ).fetchall()
        constraint = session.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ex_room_busy_no_double_claim'"
        ).fetchone()
        assert constraint is not None
        session.execute("ALTER TABLE room_busy DROP CONSTRAINT ex_room_busy_no_double_claim")
        for name, _ in found:
            session.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        session.execute(
            "INSERT INTO room_busy (room_no, blocks_from, blocks_to, kind, ref)"
            " SELECT room_no, begin, begin + interval '1 hour', 'claim', gen_random_uuid() FROM ("
            "  SELECT room_no, %s + k / 2 * interval '1 day' + (8 + k %% 2 * 5) * interval '1 hour'"
            "   + abs(hashtext(room_no || '-' || k)) %% 13 * interval '15 minutes' AS begin"
            "  FROM room, generate_series(0, %s) AS k) AS claims",
            (FIRST_DAY, CLAIMS_PER_ROOM - 1),
        )
        for _, definition in found:
            session.execute(definition)
        session.execute(f"ALTER TABLE room_busy ADD CONSTRAINT ex_room_busy_no_double_claim {constraint[0]}")
        session.execute("VACUUM ANALYZE room_busy")
        session.execute("VACUUM ANALYZE room")


def _token(environment: dict[str, str]) -> str:
    """A token for the organiser, as an operator would make it."""
    made = subprocess.run(
        [
            sys.executable,
            "-m",
            "roomstead.entrypoints.cli",
            "tokens",
            "create",
            "jane@contoso.example",
            "--name",
            "bench",
            "--json",
        ],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return str(json.loads(made.stdout)["secret"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(program: list[str], environment: dict[str, str], port: int, log: Path) -> Iterator[None]:
    with log.open("wb") as sink:
        process = subprocess.Popen(program, env=environment, stdout=sink, stderr=sink)
        try:
            _await_port(port, process, log)
            yield
        finally:
            process.terminate()
            process.wait(30)


def _await_port(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {log.read_text()}")
