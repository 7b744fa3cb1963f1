"""Real processes, started as an operator starts them, and the little it takes to talk to them."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2
import psutil
import pytest
from tests.support.plain import PLAIN

T = TypeVar("T")

PATIENCE_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.1
QUICK = {"ROOMSTEAD_POLL_INTERVAL_SECONDS": "2", "ROOMSTEAD_ACCESS_MAX_AGE_SECONDS": "5"}


def eventually(look: Callable[[], T], holds: Callable[[T], object], *, seconds: float = PATIENCE_SECONDS) -> T:
    """What was seen as soon as ``holds``. Fails with the last thing seen."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if holds(seen):
            return seen
        assert time.monotonic() < deadline, f"never came true; last seen: {seen!r}"
        time.sleep(LOOK_AGAIN_SECONDS)


class Program:
    """A program of ours, running."""

    def __init__(self, module: str, *arguments: str, environment: Mapping[str, str], log: Path) -> None:
        """Starts it."""
        self.log = log
        with log.open("ab") as sink:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=sink,
                env={**os.environ, **environment},
                text=True,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        """Running already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, whatever state it is in, with what it started."""
        children = self.children()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        for child in children:
            if child.is_running():
                child.kill()

    def ready(self) -> dict[str, Any]:
        """Its ready line."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"it ended with {self.process.wait()}: {self.log.read_text()[-2000:]}"
        found: dict[str, Any] = json.loads(line)
        return found

    def children(self) -> list[psutil.Process]:
        """What it started."""
        try:
            return psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def worker(self) -> psutil.Process | None:
        """Its worker, once there is one."""
        for child in self.children():
            try:
                if "worker" in child.cmdline():
                    return child
            except psutil.Error:
                continue
        return None

    def kill(self) -> None:
        """As a power cut would, but for the programs that it started."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Installation:
    """A data folder, and commands on it."""

    def __init__(self, place: Path, **settings: str) -> None:
        """``settings`` win over those of a quick rehearsal."""
        self.place = place
        self.environment = {**QUICK, "ROOMSTEAD_DATA_DIR": str(place / "data"), **settings}
        self.stack = ExitStack()

    def serve(self, *arguments: str) -> Program:
        """Start ``roomstead serve`` on a free port."""
        command = ("serve", "--port", "0", "--json", *arguments)
        return self.stack.enter_context(
            Program("roomstead.entrypoints.cli", *command, environment=self.environment, log=self.place / "serve.log")
        )

    def start(self, *arguments: str) -> Program:
        """Start another command that goes on."""
        return self.stack.enter_context(
            Program("roomstead.entrypoints.cli", *arguments, environment=self.environment, log=self.place / "other.log")
        )

    def run(self, *arguments: str, token: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        known = {"ROOMSTEAD_TOKEN": token} if token else {}
        return subprocess.run(
            [sys.executable, "-m", "roomstead.entrypoints.cli", *arguments],
            env={**os.environ, **self.environment, **known},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def ok(self, *arguments: str, token: str = "") -> str:
        """Run a command that must succeed; what it printed."""
        done = self.run(*arguments, token=token)
        assert done.returncode == 0, f"{arguments} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout

    def person(self, name: str, address: str, *, admin: bool = False) -> str:
        """Add somebody; a token of theirs."""
        self.ok("people", "add", name, address, *(["--admin"] if admin else []))
        return self.ok("tokens", "create", address).strip()


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that the database's account may pass through."""
    with tempfile.TemporaryDirectory(prefix="roomstead-e2e-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture(scope="module")
def installation(place: Path) -> Iterator[Installation]:
    """A fresh installation; what is started on it ends with the module."""
    made = Installation(place)
    with made.stack:
        yield made


@pytest.fixture(scope="module")
def tenant(place: Path) -> Iterator[dict[str, Any]]:
    """A rehearsal tenant in a process of its own; its addresses and credential."""
    arguments = ("--json", "serve", "--seed", "contoso", "--port", "0")
    with Program("roomstead_sandbox", *arguments, environment={}, log=place / "tenant.log") as program:
        yield program.ready()


def client(url: str, token: str = "") -> httpx2.Client:
    """The API, as the person of the token."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx2.Client(base_url=f"{url}/api/v1", headers=headers, verify=PLAIN, timeout=60)


class Helpers:
    """What tests of this folder call; given by a fixture, since test folders are no packages."""

    eventually = staticmethod(eventually)
    client = staticmethod(client)
    Installation = Installation


@pytest.fixture(scope="session")
def helpers() -> Helpers:
    """The helpers."""
    return Helpers()
