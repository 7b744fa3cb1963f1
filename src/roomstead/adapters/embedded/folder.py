"""The data folder: who holds it, where the socket is, and how much room is left."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from roomstead.adapters.embedded.account import Account, first_closed_folder
from roomstead.adapters.embedded.errors import DataFolderClosed, DataFolderFull, DataFolderInUse

LONGEST_SOCKET_PATH = 103
"""Bytes: Linux cuts the path of a socket at 107, macOS at 103."""

LEAST_FREE_BYTES = 200 * 1024 * 1024
"""A new database takes 40 MB and its log of changes a few times 16 MB; with less than this it would soon stop."""

_LOG_LIMIT_BYTES = 5 * 1024 * 1024
_TEMPORARY_PREFIX = "roomstead-socket-"


@dataclass(frozen=True)
class Folder:
    """The paths inside a data folder. Everything but `data` and the socket belongs to whoever runs Roomstead."""

    root: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's own data."""
        return self.root / "postgres"

    @property
    def programs(self) -> Path:
        """PostgreSQL's programs, copied here where its account cannot enter the installation."""
        return self.root / "postgres.programs"

    @property
    def passfile(self) -> Path:
        """The password of the database, in the form that PostgreSQL's clients read."""
        return self.root / "postgres.pass"

    @property
    def lock(self) -> Path:
        """Held by the program that runs the server."""
        return self.root / "postgres.lock"

    @property
    def visitors(self) -> Path:
        """Held, shared, by command-line programs that use a server which another of them may be about to stop."""
        return self.root / "postgres.visitors"

    @property
    def log(self) -> Path:
        """What PostgreSQL has to say."""
        return self.root / "postgres.log"

    @property
    def version(self) -> int | None:
        """The major version of PostgreSQL that wrote the data, `None` when there are none."""
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None


def prepare(root: Path, account: Account) -> Folder:
    """Create the data folder, closed to others but for the account that must pass through it.

    Raises `EmbeddedError` when that account cannot reach it, or when the disk is full.
    """
    root = root.absolute()
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if account.uid is not None:
            root.chmod(root.stat().st_mode | 0o011)
    except OSError as error:
        raise DataFolderClosed(
            f"The data folder {root} cannot be used: {error.strerror}.",
            remedy="Set ROOMSTEAD_DATA_DIR to a folder that belongs to the account which starts Roomstead.",
        ) from error
    closed = first_closed_folder(root / "postgres", account)
    if closed is not None:
        raise DataFolderClosed(
            f"Roomstead was started as root, so its database runs as {account.name!r}, "
            f"and that account may not enter {closed} on the way to the data folder {root}.",
            remedy="Set ROOMSTEAD_DATA_DIR to a folder that it can reach, for example /var/lib/roomstead, "
            "or start Roomstead as an ordinary account.",
        )
    return Folder(root)


def require_space(folder: Folder, least_free_bytes: int) -> None:
    """Raise `DataFolderFull` when the disk under the data folder has less than `least_free_bytes` left."""
    free = shutil.disk_usage(folder.root).free
    if free < least_free_bytes:
        raise disk_full(folder, f"{free // 1024**2} MB free, at least {least_free_bytes // 1024**2} MB needed")


def disk_full(folder: Folder, found: str) -> DataFolderFull:
    """The error for a disk without room; `found` says what was seen."""
    return DataFolderFull(
        f"The disk under the data folder {folder.root} is full ({found}).",
        remedy="Free some space there, or move the folder to a larger disk and set ROOMSTEAD_DATA_DIR to it. "
        "Nothing was lost.",
    )


def take_lock(folder: Folder) -> int:
    """Take the data folder for this process and return the lock's file descriptor; closing it lets go.

    The kernel lets go, too, when the process dies in whatever way. Raises `EmbeddedError` when another holds it.
    """
    import fcntl  # not on Windows, where this is never reached

    descriptor = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 20, 0).decode().strip() or "unknown"
        os.close(descriptor)
        raise DataFolderInUse(
            f"Another Roomstead (process {holder}) already runs the database in {folder.root}.",
            remedy="Stop that one first, or give this one its own ROOMSTEAD_DATA_DIR. "
            "Workers and other commands use the running database by themselves.",
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def of_another_account(folder: Folder) -> DataFolderClosed:
    """The error for a data folder that this account may not look into."""
    return DataFolderClosed(
        f"The data folder {folder.root} belongs to another account.",
        remedy="Run this command as the account that runs Roomstead.",
    )


@contextmanager
def visiting(folder: Folder) -> Iterator[None]:
    """Be known as a user of the server, so that the program which started it waits before it stops it."""
    import fcntl  # as above

    try:
        descriptor = os.open(folder.visitors, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        raise of_another_account(folder) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def await_visitors(folder: Folder, seconds: float) -> None:
    """Wait until nobody is `visiting`, for at most `seconds`."""
    import fcntl  # as above

    deadline = time.monotonic() + seconds
    descriptor = os.open(folder.visitors, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while time.monotonic() < deadline:
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            time.sleep(0.02)
    finally:
        os.close(descriptor)


def make_socket_dir(folder: Folder, account: Account) -> Path:
    """Create the folder of the socket, entered by the server's account alone, with a path short enough."""
    beside = folder.root / "run"
    if len(os.fsencode(beside / ".s.PGSQL.65535.lock")) <= LONGEST_SOCKET_PATH:
        beside.mkdir(mode=0o700, exist_ok=True)
        chosen = beside
    else:
        chosen = Path(tempfile.mkdtemp(prefix=_TEMPORARY_PREFIX))
    chosen.chmod(0o700)
    account.own(chosen)
    return chosen


def remove_socket(socket_dir: Path) -> None:
    """Remove what a server that has stopped left of its socket, and the folder if that was made for it alone."""
    for socket in socket_dir.glob(".s.PGSQL.*"):
        socket.unlink(missing_ok=True)
    if socket_dir.name.startswith(_TEMPORARY_PREFIX):
        with suppress(OSError):  # not empty, or gone already
            socket_dir.rmdir()


def turn_log(folder: Folder) -> None:
    """Begin a new log when the old one has grown; one old one is kept."""
    if folder.log.exists() and folder.log.stat().st_size > _LOG_LIMIT_BYTES:
        folder.log.replace(folder.log.with_name(folder.log.name + ".1"))
    folder.log.touch(mode=0o600)
