"""P6 and P7: how fast `serve` answers on a database that is there, and what it holds when idle.

The floor of the cold start is the plain import of the stack that it is made of, in a process of its own.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench.figures import Figure

ROUNDS = 3
COLD_START_SECONDS = 2.5
FIRST_START_SECONDS = 5.0
MEMORY_MB = 240.0
IDLE_SECONDS = 20.0
STACK = "import sqlalchemy.ext.asyncio, psycopg, fastapi, uvicorn, structlog, pydantic_settings, prometheus_client"


def measure() -> Sequence[Figure]:
    """First start, cold start, memory."""
    with tempfile.TemporaryDirectory(prefix="roomstead-bench-") as name:
        place = Path(name)
        place.chmod(0o711)
        with _served(place) as (_, first):
            pass
        stack = statistics.median(_import_seconds() for _ in range(ROUNDS))
        starts = []
        for _ in range(ROUNDS):
            with _served(place) as (_, seconds):
                starts.append(seconds)
        with _served(place) as (process, _):
            memory = _idle_memory(process)
    cold = statistics.median(starts)
    return (
        _figure("P7", "very first start to the first answer", first, stack, FIRST_START_SECONDS, "s"),
        _figure("P7", "cold start to the first answer, database present", cold, stack, COLD_START_SECONDS, "s"),
        _figure("P6", "serve, worker and embedded PostgreSQL, idle, PSS", memory, None, MEMORY_MB, "MB"),
    )


def _figure(key: str, work: str, value: float, floor: float | None, most: float, unit: str) -> Figure:
    return Figure(key, work, value, unit, floor, f"≤ {most:g} {unit}", value <= most)


@contextmanager
def _served(place: Path) -> Iterator[tuple[psutil.Process, float]]:
    """The running program, and how long it took to answer."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "roomstead.entrypoints.cli", "serve", "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "ROOMSTEAD_DATA_DIR": str(place / "data")},
    ) as program:
        assert program.stdout is not None
        url = json.loads(program.stdout.readline())["url"]
        with urllib.request.urlopen(f"{url}/healthz") as answer:  # noqa: S310 - our own program on this machine
            assert answer.status == 200
        yield psutil.Process(program.pid), time.perf_counter() - began
        program.terminate()


def _idle_memory(process: psutil.Process) -> float:
    """Proportional set size of it and all its children, in MB, when the worker has settled."""
    time.sleep(IDLE_SECONDS)
    family = [process, *process.children(recursive=True)]
    return float(sum(each.memory_full_info().pss for each in family)) / 1_000_000


def _import_seconds() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", STACK], check=True)
    return time.perf_counter() - began
