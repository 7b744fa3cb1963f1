"""The port by which use cases leave jobs."""

import json
from collections.abc import Awaitable, Iterable
from typing import Protocol

from roomstead.adapters.jobs.names import PRIORITIES, TASKS, arguments
from roomstead.application.ports.jobs import Job


class Execute(Protocol):
    """Runs one statement with ``%s`` parameters on the connection, and in the transaction, of a unit of work."""

    def __call__(self, statement: str, parameters: tuple[str, ...], /) -> Awaitable[object]:
        """Run it."""
        ...


class QueuedJobs:
    """Implements ``Jobs``: a job commits or vanishes together with the data that it follows from.

    One statement a call. Whether a job waits already is found out inside the server under a savepoint, so a job that
    is there already never spoils the caller's transaction. A waiting job that makes ours superfluous is kept from
    starting until the caller's transaction has ended: what ours should have seen, it will see.
    """

    def __init__(self, execute: Execute) -> None:
        """``execute`` belongs to an open unit of work."""
        self._execute = execute

    async def defer(self, job: Job) -> None:
        """Leave one job."""
        await self.defer_all((job,))

    async def defer_all(self, jobs: Iterable[Job]) -> None:
        """Leave many jobs at once; doubles are one."""
        wanted = tuple(jobs)
        if wanted:
            await self._execute("SELECT roomstead_defer_jobs(%s::jsonb)", (self.written(wanted),))

    @staticmethod
    def written(jobs: Iterable[Job]) -> str:
        """The argument of ``roomstead_defer_jobs``, for a statement that leaves jobs beside what else it does."""
        wanted = [
            {"task": TASKS[type(job)], "lock": job.lock, "priority": PRIORITIES[type(job)], "args": arguments(job)}
            for job in dict.fromkeys(jobs)
        ]
        return json.dumps(wanted)
