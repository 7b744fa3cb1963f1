"""The embedded PostgreSQL: started, found again, stopped.

One program holds a data folder and runs its server (`EmbeddedServer`); workers and commands look for the running one
(`attach`); a command that finds none starts one for as long as it needs it (`ensure`).
"""

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from roomstead.adapters.embedded import cluster
from roomstead.adapters.embedded import folder as folders
from roomstead.adapters.embedded.account import Account, server_account
from roomstead.adapters.embedded.binaries import Binaries, find_binaries
from roomstead.adapters.embedded.connection import OWNER, PORT, Connection
from roomstead.adapters.embedded.errors import DataFolderInUse
from roomstead.adapters.embedded.folder import LEAST_FREE_BYTES, Folder
from roomstead.adapters.embedded.postmaster import is_running, read_postmaster
from roomstead.adapters.embedded.staging import reachable

DEFAULT_USER = "nobody"
"""Who runs the server when Roomstead is started as root."""

_START_SECONDS = 120.0  # recovery after a crash reads the log of changes first
_LOOK_EVERY_SECONDS = 0.01
_VISITORS_SECONDS = 30.0
_STOP_STEPS = (
    (signal.SIGINT, 60.0),  # "fast": ends sessions, writes everything out
    (signal.SIGQUIT, 10.0),  # "immediate": recovers at the next start
    (signal.SIGKILL, 5.0),
)


class EmbeddedServer:
    """A PostgreSQL that this process has started and will stop.

    Use it as a context manager, or call `stop`. It is stopped as well when the interpreter ends and on SIGTERM or
    SIGHUP, which are turned into an ordinary exit where nobody handles them otherwise. After a `kill -9` the next
    start finds the server that was left behind and ends it properly first.
    """

    def __init__(self, folder: Folder, connection: Connection, process: subprocess.Popen[bytes], lock: int) -> None:
        self.connection = connection
        self._folder = folder
        self._process = process
        self._lock = lock
        self._owner_pid = os.getpid()
        self._stopping = threading.Lock()
        self._stopped = False

    @classmethod
    def start(
        cls,
        data_dir: Path,
        *,
        embedded_user: str = DEFAULT_USER,
        settings: Mapping[str, str] | None = None,
        least_free_bytes: int = LEAST_FREE_BYTES,
    ) -> "EmbeddedServer":
        """Start the server on `data_dir`, creating its data at the first time, and wait until it answers.

        `settings` are PostgreSQL's own and win over ours. Raises an `EmbeddedError` that says
        why not: no server for this machine, its account, a closed, full or held folder, data of another version.
        """
        installed = find_binaries()
        account = server_account(embedded_user)
        folder = folders.prepare(data_dir, account)
        lock = folders.take_lock(folder)
        try:
            folders.require_space(folder, least_free_bytes)
            cluster.require_own_version(folder)
            _end_orphan(folder)
            binaries = reachable(installed, folder, account)
            cluster.create(folder, binaries, account)
            process, connection = _launch(folder, binaries, account, {**cluster.SETTINGS, **(settings or {})})
        except BaseException:
            os.close(lock)
            raise
        server = cls(folder, connection, process, lock)
        atexit.register(server._stop_at_exit)
        _exit_on_signals()
        try:
            _create_database(connection)
        except BaseException:
            server.stop()
            raise
        return server

    @property
    def pid(self) -> int:
        """The process number of the server."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether the server still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the server's sessions, let it write everything out, and let go of the data folder. Repeatable."""
        with self._stopping:
            if self._stopped:
                return
            _end(self._process.pid, self._gone_within)
            folders.remove_socket(self.connection.socket_dir)
            os.close(self._lock)
            self._stopped = True
            atexit.unregister(self._stop_at_exit)

    def _gone_within(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _stop_at_exit(self) -> None:
        if os.getpid() == self._owner_pid:  # a forked child runs our exit handlers, but the server is not its own
            self.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def attach(data_dir: Path) -> Connection | None:
    """Return the way to the server that runs on `data_dir`, `None` when none is ready.

    Raises `DataFolderClosed` when the folder belongs to somebody else.
    """
    folder = Folder(data_dir.absolute())
    try:
        found = read_postmaster(folder.data)
        if found is None or not found.ready or not is_running(found, folder.data):
            return None
        folder.passfile.read_bytes()
    except PermissionError as error:
        raise folders.of_another_account(folder) from error
    return Connection(found.socket_dir, folder.passfile, found.port)


@contextmanager
def ensure(
    data_dir: Path, *, embedded_user: str = DEFAULT_USER, settings: Mapping[str, str] | None = None
) -> Iterator[Connection]:
    """Use the server that runs on `data_dir`, or run one as long as the block lasts: for a command on its own.

    Commands may overlap: the one that started the server waits for the others before it stops it.
    Raises `EmbeddedError` as `EmbeddedServer.start` does.
    """
    folder = Folder(data_dir.absolute())
    deadline = time.monotonic() + _START_SECONDS
    while True:
        if folder.root.is_dir():
            with folders.visiting(folder):
                found = attach(data_dir)
                if found is not None:
                    yield found
                    return
        try:
            server = EmbeddedServer.start(data_dir, embedded_user=embedded_user, settings=settings)
        except DataFolderInUse:
            # Somebody holds the folder but does not answer yet, or no longer: it is starting or stopping.
            if time.monotonic() > deadline:
                raise
            time.sleep(_LOOK_EVERY_SECONDS * 10)
            continue
        break
    with server:
        try:
            yield server.connection
        finally:
            folders.await_visitors(folder, _VISITORS_SECONDS)


def _launch(
    folder: Folder, binaries: Binaries, account: Account, settings: Mapping[str, str]
) -> tuple[subprocess.Popen[bytes], Connection]:
    socket_dir = folders.make_socket_dir(folder, account)
    command: list[str | Path] = [binaries.program("postgres"), "-D", folder.data, "-k", socket_dir]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    folders.turn_log(folder)
    deadline = time.monotonic() + _START_SECONDS
    while True:
        said_from = folder.log.stat().st_size
        process = account.start(command, log=folder.log)
        if _becomes_ready(process, folder, deadline):
            return process, Connection(socket_dir, folder.passfile, int(settings.get("port", PORT)))
        said = folder.log.read_bytes()[said_from:].decode(errors="replace")
        # After a kill of the server itself its sessions may need a moment to end.
        if "pre-existing shared memory block" not in said or time.monotonic() > deadline:
            folders.remove_socket(socket_dir)
            raise cluster.failure(folder, said, "The database did not start")
        time.sleep(_LOOK_EVERY_SECONDS * 10)


def _becomes_ready(process: subprocess.Popen[bytes], folder: Folder, deadline: float) -> bool:
    try:
        while time.monotonic() < deadline:
            if process.poll() is not None:
                return False
            found = read_postmaster(folder.data)
            if found is not None and found.pid == process.pid and found.ready:
                return True
            time.sleep(_LOOK_EVERY_SECONDS)
    except BaseException:
        process.kill()
        process.wait()
        raise
    process.kill()
    process.wait()
    return False


def _create_database(connection: Connection) -> None:
    import psycopg  # heavy, and not needed to attach

    with psycopg.connect(connection.to("postgres").url, autocommit=True) as session:
        if session.execute("SELECT FROM pg_database WHERE datname = %s", [OWNER]).fetchone() is None:
            session.execute(f"CREATE DATABASE {OWNER}")


def _end_orphan(folder: Folder) -> None:
    """End a server whose program was killed, so that ours runs with settings that we know. We hold the lock."""
    found = read_postmaster(folder.data)
    if found is None:
        return
    if is_running(found, folder.data):
        orphan = found

        def gone_within(seconds: float) -> bool:
            deadline = time.monotonic() + seconds
            while is_running(orphan, folder.data):
                if time.monotonic() > deadline:
                    return False
                time.sleep(_LOOK_EVERY_SECONDS)
            return True

        _end(found.pid, gone_within)
    # The number may by now belong to another program of the same account, which PostgreSQL would take for a server.
    # Its own check of the shared memory still protects the data.
    (folder.data / "postmaster.pid").unlink(missing_ok=True)
    folders.remove_socket(found.socket_dir)


def _end(pid: int, gone_within: Callable[[float], bool]) -> None:
    for number, patience_seconds in _STOP_STEPS:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        if gone_within(patience_seconds):
            return


def _exit_on_signals() -> None:
    """Let an unhandled SIGTERM or SIGHUP unwind the program, so that `with` blocks and exit handlers run."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _leave)


def _leave(number: int, frame: FrameType | None) -> None:
    del frame
    sys.exit(128 + number)
