"""The worker's main loop."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
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


async def run_worker(
    *,
    take_jobs: Callable[[asyncio.Event], Coroutine[object, None, None]],
    sweep: Callable[[], Awaitable[object]],
    leadership: Leadership,
    stop: asyncio.Event,
    sweep_every: float = 1.0,
) -> None:
    """Take jobs, and sweep every ``sweep_every`` seconds while this worker leads, until ``stop`` is set."""
    async with asyncio.TaskGroup() as group:
        group.create_task(take_jobs(stop))
        group.create_task(_sweep_until(stop, sweep, leadership, sweep_every))


async def _sweep_until(
    stop: asyncio.Event, sweep: Callable[[], Awaitable[object]], leadership: Leadership, every: float
) -> None:
    stopped = asyncio.ensure_future(stop.wait())
    try:
        while not stopped.done():
            try:
                if await leadership.is_mine():
                    await sweep()
            except Exception:
                # one failed sweep is made good by the next
                log.exception("sweep_failed")
            await asyncio.wait({stopped}, timeout=every)
    finally:
        stopped.cancel()
        await leadership.resign()


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set ``stop`` on SIGTERM and SIGINT: running jobs end, then the process."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
