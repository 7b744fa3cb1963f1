"""Creating PostgreSQL's data, once, and the settings it runs with."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from roomstead.adapters.embedded.account import Account
from roomstead.adapters.embedded.binaries import MAJOR_VERSION, Binaries
from roomstead.adapters.embedded.connection import OWNER
from roomstead.adapters.embedded.errors import DataOfOtherVersion, EmbeddedError, EmbeddedStartFailed
from roomstead.adapters.embedded.folder import Folder, disk_full

SETTINGS: Mapping[str, str] = {
    # Reached by its socket alone.
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # Small enough to sit beside the service on a small machine: few processes, memory that is touched when used.
    "max_connections": "60",
    "shared_buffers": "48MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "1GB",
    "io_method": "sync",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "1",
    "autovacuum_max_workers": "2",
    "autovacuum_naptime": "30s",
    "random_page_cost": "1.1",
    # One server, no replicas: less is written.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "min_wal_size": "32MB",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "15min",
    # The log names errors, never the contents of rows or the statements that carry them.
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


def require_own_version(folder: Folder) -> None:
    """Raise `DataOfOtherVersion` when the data were written by a PostgreSQL that is not ours."""
    found = folder.version
    if found is not None and found != MAJOR_VERSION:
        raise _other_version(folder, found)


def create(folder: Folder, binaries: Binaries, account: Account) -> None:
    """Create the data if there are none; a creation that is cut off leaves nothing that looks like data.

    Raises `EmbeddedError` when the disk is full, or `initdb` fails.
    """
    if folder.version is not None:
        return
    begun = folder.root / "postgres.new"
    shutil.rmtree(begun, ignore_errors=True)
    begun.mkdir(mode=0o700)
    account.own(begun)
    password = secrets.token_urlsafe(32)
    _initialise(folder, binaries, account, begun, password)
    _write_passfile(folder.passfile, password)
    if folder.data.exists():
        folder.data.rmdir()
    begun.rename(folder.data)


def _initialise(folder: Folder, binaries: Binaries, account: Account, begun: Path, password: str) -> None:
    with tempfile.TemporaryDirectory(prefix="postgres.", dir=folder.root) as place:
        account.own(Path(place))
        password_file = Path(place) / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        account.own(password_file)
        outcome = account.run(
            [
                binaries.program("initdb"),
                f"--pgdata={begun}",
                f"--username={OWNER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
            ],
            timeout_seconds=300,
        )
    if outcome.returncode == 0:
        return
    shutil.rmtree(begun, ignore_errors=True)
    raise failure(folder, outcome.stderr, "The database could not be created")


def failure(folder: Folder, said: str, what: str) -> EmbeddedError:
    """Turn PostgreSQL's last words into an error with a way out."""
    if "No space left on device" in said:
        return disk_full(folder, "no space left on device")
    last = said.strip().splitlines()[-1] if said.strip() else "it gave no reason"
    return EmbeddedStartFailed(
        f"{what}: {last}",
        remedy=f"Read {folder.log}, mend what it names, and start again.",
    )


def _write_passfile(path: Path, password: str) -> None:
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"*:*:*:{OWNER}:{password}\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _other_version(folder: Folder, found: int) -> EmbeddedError:
    if found > MAJOR_VERSION:
        path = f"Install the Roomstead release that brings PostgreSQL {found}."
    else:
        path = (
            f"With the Roomstead release that brought PostgreSQL {found}, run `roomstead db backup FILE`. "
            f"Move {folder.data} aside, install this release, then run `roomstead db restore FILE`."
        )
    return DataOfOtherVersion(
        f"The data in {folder.data} were written by PostgreSQL {found}; "
        f"this Roomstead runs PostgreSQL {MAJOR_VERSION}.",
        remedy=path,
    )
