"""A worker as a process of its own."""

import asyncio
import contextlib
import sys
import threading

import structlog

from roomstead.application.ports.mail import Letters
from roomstead.bootstrap.worker import build_worker
from roomstead.config import Settings
from roomstead.entrypoints.wire.webhooks import JsonPayloads
from roomstead.entrypoints.worker.run import Regular, run_worker, stop_on_signals

log = structlog.get_logger("roomstead.worker")


async def work_until_stopped(settings: Settings, database_url: str, *, until_eof: bool) -> None:
    """Work until SIGTERM or SIGINT; with ``until_eof`` also until standard input ends: a parent is not outlived."""
    stop = asyncio.Event()
    stop_on_signals(stop)
    if until_eof:
        _stop_at_end_of_input(stop)
    async with build_worker(settings, database_url, _letters(settings), JsonPayloads()) as parts:
        log.info("working", concurrency=settings.worker_concurrency)
        await run_worker(
            take_jobs=parts.take_jobs,
            timetable=[Regular(turn.name, turn.every, turn.work) for turn in parts.turns],
            leadership=parts.leadership,
            stop=stop,
        )


def _letters(settings: Settings) -> Letters | None:
    if not settings.sends_mail:
        return None
    from roomstead.entrypoints.mail.letters import CatalogueLetters  # loads the words of all pages

    return CatalogueLetters()


def _stop_at_end_of_input(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def watch() -> None:
        sys.stdin.buffer.read()
        with contextlib.suppress(RuntimeError):  # stopped already, and the loop closed
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=watch, daemon=True).start()
