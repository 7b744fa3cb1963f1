"""Restoring a backup: into an empty database, or in place of what is there, but never by halves."""

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from roomstead.adapters.backup.errors import (
    BackupOfNewerServer,
    BackupUnreadable,
    DatabaseInUse,
    DatabaseNotEmpty,
    RestoreFailed,
)
from roomstead.adapters.backup.tools import Target, Tools, choose_tools, last_words, newest_tools, run, target_of

_TRANSACTION_TIMEOUT_SINCE = 17
_REPLACE = "DROP SCHEMA IF EXISTS public CASCADE;\nCREATE SCHEMA public;\n"
_COUNT_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
_COUNT_SESSIONS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend' AND application_name LIKE 'roomstead%'"
)


@dataclass(frozen=True)
class BackupFacts:
    """What a backup says of itself."""

    made_at: str
    server_major: int
    schema_revision: str | None


@dataclass(frozen=True)
class _Place:
    server_major: int
    tables: int
    sessions: int


def read_backup(path: Path) -> BackupFacts:
    """Look into a backup: when it was made, from which PostgreSQL, and of which schema.

    Whether this program knows that schema is for the caller to judge before restoring. Raises `BackupUnreadable`.
    """
    tools, environment = newest_tools(), dict(os.environ)
    listed = run(tools.command("pg_restore", "--list", str(path)), environment)
    server = re.search(r"Dumped from database version: (\d+)", listed.stdout)
    made = re.search(r"Archive created at (.+)", listed.stdout)
    if listed.returncode != 0 or server is None or made is None:
        raise _unreadable(path, listed.stderr)
    rows = run(
        tools.command("pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(path)), environment
    )
    revision = re.search(r"^COPY [^\n]*alembic_version[^\n]*FROM stdin;\n([^\n]+)\n\\\.", rows.stdout, re.MULTILINE)
    return BackupFacts(made[1].strip(), int(server[1]), revision[1] if revision else None)


def _unreadable(path: Path, said: str) -> BackupUnreadable:
    return BackupUnreadable(
        f"{path} is not a whole backup: {last_words(said)}", remedy="Name a file that `roomstead db backup` made."
    )


def restore_into_empty(url: str, path: Path) -> BackupFacts:
    """Restore the backup into the database at `url`, which must have no tables.

    In one transaction: afterwards everything is there, or nothing. Raises `DatabaseNotEmpty`, `DatabaseInUse`,
    `BackupUnreadable`, `BackupOfNewerServer`, `DatabaseToolsTooOld`, `RestoreFailed`.
    """
    place = _look(url)
    if place.tables:
        raise DatabaseNotEmpty(
            f"The database has {place.tables} tables already; a restore would mix two histories.",
            remedy="Restore into an empty database, or throw away what is there with --replace.",
        )
    return _restore(url, path, place, prelude="")


def replace_by(url: str, path: Path) -> BackupFacts:
    """Throw away what the database at `url` holds and restore the backup in its place, in one transaction.

    When anything fails, what was there is still there. Raises as `restore_into_empty` does.
    """
    return _restore(url, path, _look(url), prelude=_REPLACE)


def _look(url: str) -> _Place:
    try:
        with psycopg.connect(url, application_name="restore", autocommit=True) as session:
            tables = session.execute(_COUNT_TABLES).fetchone() or (0,)
            sessions = session.execute(_COUNT_SESSIONS).fetchone() or (0,)
            return _Place(session.info.server_version // 10000, tables[0], sessions[0])
    except psycopg.OperationalError as error:
        raise RestoreFailed(
            f"The database cannot be reached: {last_words(str(error))}",
            remedy="Check that it runs, and ROOMSTEAD_DATABASE_URL.",
        ) from error


def _restore(url: str, path: Path, place: _Place, *, prelude: str) -> BackupFacts:
    if place.sessions:
        raise DatabaseInUse(
            f"Roomstead still works on this database ({place.sessions} connections).",
            remedy="Stop `roomstead serve` and every worker first.",
        )
    facts = read_backup(path)
    if facts.server_major > place.server_major:
        raise BackupOfNewerServer(
            f"The backup was made from PostgreSQL {facts.server_major}, this server is {place.server_major}.",
            remedy=f"Restore into PostgreSQL {facts.server_major} or newer.",
        )
    target = target_of(url)
    tools = choose_tools(place.server_major, target)
    with tempfile.TemporaryDirectory(prefix="roomstead-restore-") as folder:
        before, script = Path(folder) / "before.sql", Path(folder) / "script.sql"
        before.write_text(prelude)
        _write_script(path, script)
        if place.server_major < _TRANSACTION_TIMEOUT_SINCE:
            _without(b"SET transaction_timeout = 0;\n", script)
        _play(tools, target, [before, script])
    return facts


def _write_script(path: Path, script: Path) -> None:
    options = ("--no-owner", "--no-privileges", f"--file={script}")
    made = run(newest_tools().command("pg_restore", *options, str(path)), dict(os.environ))
    if "No space left on device" in made.stderr:
        raise RestoreFailed(
            f"The disk of {script.parent.parent} is full.",
            remedy="The database is as it was. Free some space there, or set TMPDIR to a folder on another disk.",
        )
    if made.returncode != 0:
        raise _unreadable(path, made.stderr)


def _play(tools: Tools, target: Target, scripts: Sequence[Path]) -> None:
    """Run the scripts in one transaction."""
    options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    files = [f"--file={script}" for script in scripts]
    outcome = run(tools.command("psql", *options, f"--dbname={target.conninfo}", *files), target.environment)
    if outcome.returncode != 0:
        raise RestoreFailed(
            f"The backup could not be restored: {last_words(outcome.stderr)}",
            remedy="The database is as it was. Mend what the message names and restore again.",
        )


def _without(line: bytes, script: Path) -> None:
    """Take the first such line out of a script that may be large."""
    shorter = script.with_suffix(".shorter")
    with script.open("rb") as source, shorter.open("wb") as sink:
        for found in source:
            if found == line:
                break
            sink.write(found)
        shutil.copyfileobj(source, sink)
    shorter.replace(script)
