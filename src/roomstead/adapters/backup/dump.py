"""Making a backup: the whole database as one file, which is there whole or not at all."""

import os
from dataclasses import dataclass
from pathlib import Path

import psycopg

from roomstead.adapters.backup.errors import BackupFailed
from roomstead.adapters.backup.tools import choose_tools, last_words, run, target_of

LEFT_OUT = (
    "The sealing key is not in the backup: keep a copy of it elsewhere.",
    "Without that key the stored credentials of integrations cannot be opened, and each has to be entered again.",
    "Calendars are not in the backup: they stay with the provider, and are read again after a restore.",
)
"""What an operator has to know when a backup is made."""

_LOCK_WAIT = "30s"


@dataclass(frozen=True)
class BackupMade:
    """A backup that was written and read back."""

    path: Path
    size_bytes: int
    server_major: int
    left_out: tuple[str, ...] = LEFT_OUT


def make_backup(url: str, path: Path) -> BackupMade:
    """Write the database at `url` into the new file `path`, readable by its owner alone.

    The service may go on working meanwhile: what is written is one moment of the database. Raises `BackupFailed`,
    also when `path` is there already, or `DatabaseToolsTooOld`.
    """
    path = path.absolute()
    if path.exists():
        raise BackupFailed(f"{path} is there already.", remedy="Name another file; a backup never replaces one.")
    target = target_of(url)
    server_major = _server_major(url)
    tools = choose_tools(server_major, target)
    begun = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _touch_private(begun)
        dump = ("--format=custom", "--no-owner", "--no-privileges", f"--lock-wait-timeout={_LOCK_WAIT}")
        where = (f"--file={begun}", f"--dbname={target.conninfo}")
        outcome = run(tools.command("pg_dump", *dump, *where), target.environment)
        if outcome.returncode == 0:  # only what can be read back is a backup
            outcome = run(tools.command("pg_restore", "--list", str(begun)), target.environment)
        if outcome.returncode != 0:
            raise _failed(path, last_words(outcome.stderr))
        _settle(begun, path)
    except OSError as error:
        raise _failed(path, error.strerror or str(error)) from error
    finally:
        begun.unlink(missing_ok=True)
    return BackupMade(path, path.stat().st_size, server_major)


def _server_major(url: str) -> int:
    try:
        with psycopg.connect(url, application_name="roomstead-backup") as session:
            return session.info.server_version // 10000
    except psycopg.OperationalError as error:
        raise BackupFailed(
            f"The database cannot be reached: {last_words(str(error))}",
            remedy="Check that it runs, and ROOMSTEAD_DATABASE_URL.",
        ) from error


def _touch_private(path: Path) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _settle(begun: Path, path: Path) -> None:
    """Make the file and its name survive a power cut; a file that came into being meanwhile is not replaced."""
    with begun.open("rb") as file:
        os.fsync(file.fileno())
    path.hardlink_to(begun)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _failed(path: Path, cause: str) -> BackupFailed:
    if "No space left on device" in cause:
        remedy = "Free some space there, or name a file on another disk."
    elif "SSL" in cause:
        remedy = "Install the PostgreSQL client programs on this machine: those that Roomstead brings speak no TLS."
    else:
        remedy = "Mend what it names and run the backup again; nothing was left behind."
    return BackupFailed(f"The backup {path} could not be made: {cause}", remedy=remedy)
