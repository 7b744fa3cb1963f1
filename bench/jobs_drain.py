"""P9: mailboxes due at once, drained by workers; and by twice as many processes.

The floor is a bare Procrastinate application with the same jobs under distinct locks, its table analysed likewise.
Every process is a program of its own: ``python -m bench.jobs_drain SIDE URL``.
"""

import asyncio
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from contextlib import ExitStack

import psycopg
from procrastinate import App, PsycopgConnector

from bench.figures import Figure, at_least
from bench.stage import fresh_database
from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.adapters.jobs.worker import JobWorker, Pace
from roomstead.application.ports.jobs import PullMailbox

JOBS = 10_000
ROUNDS = 3
SECONDS = 5.0
CONCURRENCY = 16


def measure() -> Sequence[Figure]:
    """Jobs a second per process, and what a second process brings."""
    rates: dict[str, list[float]] = {"floor": [], "ours": [], "two": []}
    with ExitStack() as undo:
        _, url = undo.enter_context(fresh_database())
        for _ in range(ROUNDS):
            rates["floor"].append(_drained(url, "floor", processes=1))
            rates["ours"].append(_drained(url, "ours", processes=1))
            rates["two"].append(_drained(url, "ours", processes=2))
    floor, ours, two = (sorted(rates[side])[ROUNDS // 2] for side in ("floor", "ours", "two"))
    return (
        at_least("P9", f"{JOBS:,} mailboxes due at once, drained by one process", ours, floor, 0.8),
        at_least("P9", "the same by two processes, beside one", two, ours, 1.5),
    )


def _drained(url: str, side: str, *, processes: int) -> float:
    """Jobs a second in the first seconds, while thousands wait."""
    asyncio.run(_leave(url))
    program = [sys.executable, "-m", "bench.jobs_drain", side, url]
    with ExitStack() as undo:
        running = [
            undo.enter_context(subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
            for _ in range(processes)
        ]
        for process in running:
            assert process.stdout is not None
            assert process.stdin is not None
            assert process.stdout.readline() == "ready\n"
        for process in running:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        rate = _watch(url)
        for process in running:
            process.kill()
    return rate


def _watch(url: str) -> float:
    """From the first job done, for a while."""
    with psycopg.connect(url, autocommit=True) as session:

        def left() -> int:
            row = session.execute("SELECT count(*) FROM procrastinate_jobs").fetchone()
            assert row is not None
            return int(row[0])

        deadline = time.monotonic() + 60
        while (before := left()) == JOBS:
            if time.monotonic() > deadline:
                raise RuntimeError("no job was done in a minute")
            time.sleep(0.01)
        began = time.perf_counter()
        time.sleep(SECONDS)
        return (before - left()) / (time.perf_counter() - began)


async def _leave(url: str) -> None:
    """Leave the jobs as the sweep does, in a table that was vacuumed while it was empty."""
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("TRUNCATE procrastinate_jobs CASCADE")
        session.execute("VACUUM ANALYZE procrastinate_jobs")
    engine = make_engine(url)
    units = SqlUnitsOfWork(engine, lambda connection: QueuedJobs(connection.exec_driver_sql))
    async with units() as uow:
        await uow.jobs.defer_all(PullMailbox(uuid.uuid4()) for _ in range(JOBS))
        await uow.commit()
    await engine.dispose()


async def _work(side: str, url: str) -> None:
    await (_bare(url) if side == "floor" else _ours(url))


async def _ours(url: str) -> None:
    async def pull(_: PullMailbox) -> None:
        return

    worker = JobWorker(url, {PullMailbox: pull}, Pace(concurrency=CONCURRENCY))
    _wait_for_go()
    await worker.run(asyncio.Event())


async def _bare(url: str) -> None:
    app = App(connector=PsycopgConnector(conninfo=url))

    async def pull(**_: str) -> None:
        return

    app.task(name="pull_mailbox")(pull)
    async with app.open_async():
        _wait_for_go()
        await app.run_worker_async(concurrency=CONCURRENCY, delete_jobs="always", install_signal_handlers=False)


def _wait_for_go() -> None:
    """All processes begin together, their imports done."""
    print("ready", flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], sys.argv[2]))
