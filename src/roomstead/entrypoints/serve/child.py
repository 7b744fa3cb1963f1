"""The worker as a child process: started again when it ends, stopped with us, never left behind."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence

import structlog

log = structlog.get_logger("roomstead.serve")

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0
STOP_SECONDS = 25.0
COMMAND = ("-m", "roomstead.entrypoints.cli", "worker", "--until-eof")


class WatchedChild:
    """Keeps one child running.

    The child's standard input is a pipe that only we hold: when we die, however we die, it ends, and the child stops.
    """

    def __init__(self, arguments: Sequence[str] = COMMAND, environment: Mapping[str, str] | None = None) -> None:
        """``arguments`` follow the Python interpreter."""
        self._arguments = tuple(arguments)
        self._environment = {**os.environ, **(environment or {})}

    async def keep_running(self) -> None:
        """Start the child, and again whenever it ends, with growing pauses. Cancelling stops it in order."""
        wait = FIRST_WAIT_SECONDS
        while True:
            began = asyncio.get_running_loop().time()
            code = await self._run_once()
            lived = asyncio.get_running_loop().time() - began
            wait = FIRST_WAIT_SECONDS if lived > STEADY_AFTER_SECONDS else wait
            log.error("worker_ended", exit_code=code, again_in_seconds=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    async def _run_once(self) -> int:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *self._arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=sys.stderr,
            env=self._environment,
            start_new_session=True,  # Ctrl+C reaches us alone: we stop the child in order
        )
        log.info("worker_started", pid=child.pid)
        try:
            return await child.wait()
        except asyncio.CancelledError:
            await asyncio.shield(_stop(child))
            raise


async def _stop(child: asyncio.subprocess.Process) -> None:
    if child.stdin is not None:
        child.stdin.close()
    try:
        await asyncio.wait_for(child.wait(), STOP_SECONDS)
    except TimeoutError:
        log.warning("worker_killed", pid=child.pid)
        child.kill()
        await child.wait()
