"""The worker's main loop: jobs, and a timetable that one of all workers keeps."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

log = structlog.get_logger("roomstead.worker")


class Leadership(Protocol):
    """Which of many workers does what only one shall do."""

    async def is_mine(self) -> bool:
        """Whether this process leads, after trying to."""
        ...

    async def resign(self) -> None:
        """Let another lead."""
        ...


@dataclass(frozen=True, slots=True)
class Regular:
    """Something that the leading worker does again and again, ``every`` so many seconds."""

    name: str
    every: float
    work: Callable[[], Awaitable[object]]


async def run_worker(
    *,
    take_jobs: Callable[[asyncio.Event], Coroutine[object, None, None]],
    timetable: Sequence[Regular],
    leadership: Leadership,
    stop: asyncio.Event,
) -> None:
    """Take jobs, and keep the timetable while this worker leads, until ``stop`` is set."""
    async with asyncio.TaskGroup() as group:
        group.create_task(take_jobs(stop))
        group.create_task(_keep(timetable, leadership, stop))


async def _keep(timetable: Sequence[Regular], leadership: Leadership, stop: asyncio.Event) -> None:
    """Each regular on its own, so that a slow one does not hold up the others."""
    try:
        async with asyncio.TaskGroup() as group:
            for regular in timetable:
                group.create_task(_repeat(regular, leadership, stop))
    finally:
        await leadership.resign()


async def _repeat(regular: Regular, leadership: Leadership, stop: asyncio.Event) -> None:
    stopped = asyncio.ensure_future(stop.wait())
    try:
        while not stopped.done():
            try:
                if await leadership.is_mine():
                    await regular.work()
            except Exception:
                # what one turn did not do, the next one does
                log.exception("regular_failed", regular=regular.name)
            await asyncio.wait({stopped}, timeout=regular.every)
    finally:
        stopped.cancel()


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set ``stop`` on SIGTERM and SIGINT: running jobs end, then the process."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
