"""PostgreSQL's own programs for dumping and restoring, and running them without showing a password to anybody."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from roomstead.adapters.backup.errors import DatabaseToolsTooOld
from roomstead.adapters.embedded.binaries import find_binaries
from roomstead.adapters.embedded.errors import EmbeddedNotAvailable


@dataclass(frozen=True)
class Target:
    """A database as its client programs are told of it: the password apart, since command lines can be seen."""

    conninfo: str
    environment: dict[str, str]
    is_local: bool


@dataclass(frozen=True)
class Tools:
    """A folder with `pg_dump`, `pg_restore` and `psql` of one major version."""

    folder: Path
    major: int

    def command(self, program: str, *arguments: str) -> list[str]:
        """The command line of one of the programs."""
        return [str(self.folder / program), *arguments]


def target_of(url: str) -> Target:
    """Take a `postgresql://…` URL apart."""
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    environment = {**os.environ, "LC_ALL": "C", "PGAPPNAME": "roomstead-backup"}
    if password is not None:
        environment["PGPASSWORD"] = str(password)
    return Target(make_conninfo("", **parts), environment, is_local=str(parts.get("host", "")).startswith("/"))


def choose_tools(server_major: int, target: Target) -> Tools:
    """Find programs that are not older than the server.

    For a server elsewhere the machine's own come first: those that Roomstead brings along speak no TLS. Raises
    `DatabaseToolsTooOld` when there are none.
    """
    found = _all_tools(is_local=target.is_local)
    for tools in found:
        if tools.major >= server_major:
            return tools
    newest = max((tools.major for tools in found), default=None)
    raise DatabaseToolsTooOld(
        f"The server is PostgreSQL {server_major}; the programs on this machine are of version {newest or 'none'}.",
        remedy=f"Install the PostgreSQL {server_major} client programs (pg_dump, pg_restore, psql) on this machine, "
        "or make the backup with the server's own pg_dump.",
    )


def newest_tools() -> Tools:
    """The newest programs on this machine: they read the backups of all older ones.

    Raises `DatabaseToolsTooOld` when there are none.
    """
    found = _all_tools(is_local=True)
    if not found:
        raise DatabaseToolsTooOld(
            "There are no PostgreSQL programs on this machine.",
            remedy="Install the PostgreSQL client programs (pg_dump, pg_restore, psql).",
        )
    return max(found, key=lambda tools: tools.major)


def _all_tools(*, is_local: bool) -> list[Tools]:
    return [tools for folder in _folders(is_local=is_local) if (tools := _tools_in(folder)) is not None]


def _folders(*, is_local: bool) -> list[Path]:
    on_path = shutil.which("pg_dump")
    machine = [Path(on_path).resolve().parent, Path(on_path).parent] if on_path else []
    try:
        ours = [find_binaries().folder]
    except EmbeddedNotAvailable:
        ours = []
    return [*ours, *machine] if is_local else [*machine, *ours]


def _tools_in(folder: Path) -> Tools | None:
    if not all((folder / program).is_file() for program in ("pg_dump", "pg_restore", "psql")):
        return None
    answer = run([str(folder / "pg_dump"), "--version"], dict(os.environ))
    found = re.search(r"\) (\d+)", answer.stdout)
    return Tools(folder, int(found[1])) if found else None


def run(command: Sequence[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one of the programs to its end; the caller judges the outcome."""
    return subprocess.run(  # noqa: S603 - a list of arguments, programs that we found ourselves
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def last_words(said: str) -> str:
    """The sentence that names the cause: the first line that calls itself an error, or the last one."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if "error:" in line or "ERROR:" in line]
    return (errors or lines[-1:] or ["no reason was given"])[0]
