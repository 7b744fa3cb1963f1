"""Programs that the demo starts: the rehearsal tenant and Roomstead itself, as a person would start them."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from roomstead.domain.errors import Broken

STOP_SECONDS = 15.0


class DemoFailed(Broken):
    """The demo could not be set up."""

    code = "demo_failed"


class Program:
    """A child process that prints one line of JSON on its standard output when it is ready."""

    def __init__(self, name: str, arguments: Sequence[str], *, log: Path, environment: Mapping[str, str]) -> None:
        """``arguments`` follow ``python -m``; ``log`` receives what the program writes to standard error."""
        self.name = name
        self._log_path = log
        self._log: IO[bytes] = log.open("ab")
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
            [sys.executable, "-m", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Self:
        """The program, running."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def _read(self) -> None:
        stdout = self._process.stdout
        if stdout is not None:
            for line in stdout:
                self._lines.put(line.decode(errors="replace"))
        self._lines.put(None)

    def ready(self, seconds: float) -> dict[str, object]:
        """The object on the ready line. Raises DemoFailed when it ends or is silent for that long."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            if line is None:
                raise DemoFailed(f"{self.name} ended before it was ready.", remedy=self._tail())
            if line.lstrip().startswith("{"):
                found = json.loads(line)
                if isinstance(found, dict):
                    return found
        raise DemoFailed(f"{self.name} was not ready after {seconds:.0f} s.", remedy=self._tail())

    def _tail(self) -> str:
        lines = self._log_path.read_text(errors="replace").splitlines()[-15:]
        return "Its last words:\n" + "\n".join(lines) if lines else f"It said nothing in {self._log_path}."

    def wait(self) -> int:
        """Wait until it ends by itself; its exit code."""
        return self._process.wait()

    def stop(self) -> None:
        """Ask it to end, and end it when it does not."""
        if self.is_running:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._log.close()
