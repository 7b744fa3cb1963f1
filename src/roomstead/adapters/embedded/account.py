"""The system account that PostgreSQL runs under.

PostgreSQL refuses to run as root. Started as root, Roomstead therefore hands the server, and the folder with its
data, to an unprivileged account; started as anybody else, the server runs as that same person.
"""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from roomstead.adapters.embedded.errors import ServerAccountUnusable


@dataclass(frozen=True)
class Account:
    """Who runs the server: nothing set means "whoever runs us"."""

    name: str | None = None
    uid: int | None = None
    gid: int | None = None

    def own(self, path: Path) -> None:
        """Give `path` to this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def run(self, command: Sequence[str | Path], *, timeout_seconds: float) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as this account to its end; the caller judges `returncode`.

        Raises `PermissionError` when the account may not reach the program, `subprocess.TimeoutExpired` when it
        takes longer than `timeout_seconds`.
        """
        return subprocess.run(  # noqa: S603 - a list of arguments, the program is one we found ourselves
            [str(part) for part in command],
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout_seconds,
            stdin=subprocess.DEVNULL,
            cwd="/",
            env=clean_environment(),
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
        )

    def start(self, command: Sequence[str | Path], *, log: Path) -> subprocess.Popen[bytes]:
        """Start the server as a child of ours, in a session of its own: Ctrl-C at a terminal is ours to handle."""
        with log.open("ab") as sink:
            return subprocess.Popen(  # noqa: S603 - as above
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                cwd="/",
                env=clean_environment(),
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
                start_new_session=True,
            )


def clean_environment() -> dict[str, str]:
    """Our environment without what would steer PostgreSQL's programs elsewhere (PGDATA, PGHOST, PGOPTIONS, …)."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C"}


def server_account(embedded_user: str) -> Account:
    """Return the account to run the server under: `embedded_user` when we are root, otherwise ourselves.

    Raises `EmbeddedError` when that account does not exist or is root itself.
    """
    if os.geteuid() != 0:
        return Account()
    import pwd  # not on Windows, where this is never reached

    try:
        entry = pwd.getpwnam(embedded_user)
    except KeyError:
        raise ServerAccountUnusable(
            f"The account {embedded_user!r} that should run the database does not exist on this machine.",
            remedy="Set ROOMSTEAD_EMBEDDED_USER to an existing unprivileged account, or start Roomstead as one.",
        ) from None
    if entry.pw_uid == 0:
        raise ServerAccountUnusable(
            "PostgreSQL refuses to run as root.",
            remedy="Set ROOMSTEAD_EMBEDDED_USER to an unprivileged account, or start Roomstead as one.",
        )
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def first_closed_folder(path: Path, account: Account) -> Path | None:
    """The outermost folder on the way to `path` that `account` may not enter, `None` when the way is open."""
    if account.uid is None:
        return None
    for folder in reversed(path.absolute().parents):
        status = folder.stat()
        if status.st_uid == account.uid:
            enter = status.st_mode & 0o100
        elif status.st_gid == account.gid:
            enter = status.st_mode & 0o010
        else:
            enter = status.st_mode & 0o001
        if not enter:
            return folder
    return None
