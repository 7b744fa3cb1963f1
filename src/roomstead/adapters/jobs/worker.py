"""The worker: takes jobs and gives each to the use case that is bound to it."""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from procrastinate import App
from procrastinate.jobs import Status

from roomstead.adapters.jobs.connector import make_connector
from roomstead.adapters.jobs.names import TASKS, read
from roomstead.application.ports.jobs import Job

log = structlog.get_logger("roomstead.jobs")

CONNECTIONS = 4

Handler = Callable[[Any], Awaitable[None]]
"""Takes one job of the kind that it is listed under."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a worker paces itself, in seconds.

    ``poll``: how often it looks for jobs unasked. It is told of each that is left, and of each that waited for another
    of the same lock; but the queue's own loop misses what it is told in the very moment in which it looks.
    ``heartbeat``: how often a worker says that it lives; ``dead_after``: how long it may be silent before its jobs are
    given up. ``grace``: how long running jobs may take to end when the worker is asked to stop; ``patience``: how long
    a lost database is waited for before the loop gives up for the moment, and so how long that may hold up its end.
    """

    concurrency: int = 16
    poll: float = 0.5
    heartbeat: float = 5.0
    dead_after: float = 20.0
    grace: float = 20.0
    patience: float = 3.0


class JobWorker:
    """Runs jobs until it is told to stop.

    Jobs are never retried, scheduled or kept by the queue itself: a job that ends in any way is removed, and what is
    still due in our tables is left again by the sweep (a waiting job would block all later ones with its lock).
    """

    def __init__(self, database_url: str, handlers: Mapping[type[Job], Handler], pace: Pace | None = None) -> None:
        """Nothing is opened before :meth:`run`."""
        self._pace = pace = pace or Pace()
        self._app = App(connector=make_connector(database_url, size=CONNECTIONS, patience=pace.patience))
        for kind, handler in handlers.items():
            self._app.task(name=TASKS[kind])(functools.partial(_perform, kind, handler))

    async def run(self, stop: asyncio.Event) -> None:
        """Take jobs until ``stop`` is set, then let the running ones end. A lost database is waited for."""
        async with self._app.open_async(), asyncio.TaskGroup() as group:
            burying = group.create_task(self._bury_until_cancelled())
            while not stop.is_set():
                await self._take_jobs(stop)
            burying.cancel()

    async def _take_jobs(self, stop: asyncio.Event) -> None:
        pace = self._pace
        worker = asyncio.create_task(
            self._app.run_worker_async(
                concurrency=pace.concurrency,
                fetch_job_polling_interval=pace.poll,
                update_heartbeat_interval=pace.heartbeat,
                stalled_worker_timeout=pace.dead_after,
                shutdown_graceful_timeout=pace.grace,
                delete_jobs="always",
                install_signal_handlers=False,
            )
        )
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({worker, stopping}, return_when=asyncio.FIRST_COMPLETED)
        worker.cancel()
        try:
            await worker
        except asyncio.CancelledError:
            _reraise_own_cancellation()
        except Exception:
            # whatever ended the queue's own loop, it is started again after a moment
            log.exception("worker_loop_failed")
        if not stop.is_set():
            await _wait(stopping, pace.heartbeat)
        stopping.cancel()

    async def _bury_until_cancelled(self) -> None:
        """Remove jobs of dead workers, again and again, so that their locks come free."""
        while True:
            with contextlib.suppress(Exception):  # the database is away: the worker's own loop says so
                await self.bury()
            await asyncio.sleep(self._pace.heartbeat)

    async def bury(self) -> int:
        """Remove the jobs whose worker died; what they should have done is left again by the sweep."""
        manager = self._app.job_manager
        stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=self._pace.dead_after))
        for job in stalled:
            log.warning("job_of_dead_worker_removed", task=job.task_name, lock=job.lock)
            await manager.finish_job(job, Status.FAILED, delete_job=True)
        return len(stalled)


async def _perform(kind: type[Job], handler: Handler, **stored: str) -> None:
    await handler(read(kind, stored))


async def _wait(event: asyncio.Task[bool], seconds: float) -> None:
    await asyncio.wait({event}, timeout=seconds)


def _reraise_own_cancellation() -> None:
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
