"""The schema's version: upgrade it, and refuse a database that is newer than this program."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

from roomstead.domain.errors import NeedsAdmin

T = TypeVar("T")

OLDEST_SERVER = 150000
_UPGRADE_LOCK = 0x526F6F6D


class SchemaTooNew(NeedsAdmin):
    """The database was upgraded by a newer Roomstead."""

    code = "schema_too_new"


class SchemaTooOld(NeedsAdmin):
    """The database needs an upgrade."""

    code = "schema_too_old"


class ServerTooOld(NeedsAdmin):
    """The PostgreSQL server is too old."""

    code = "server_too_old"


@dataclass(frozen=True, slots=True)
class SchemaVersion:
    """Which revision a database has, and which this program wants."""

    found: str | None
    wanted: str

    @property
    def is_current(self) -> bool:
        """Whether nothing is to be done."""
        return self.found == self.wanted


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _version(connection: Connection, script: ScriptDirectory) -> SchemaVersion:
    wanted = script.get_current_head()
    if wanted is None:
        raise LookupError("there are no migrations")
    return SchemaVersion(MigrationContext.configure(connection).get_current_revision(), wanted)


def _check_server(connection: Connection) -> None:
    number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    if number < OLDEST_SERVER:
        raise ServerTooOld(
            f"This PostgreSQL server is version {number // 10000}; Roomstead needs 15 or newer.",
            remedy="Upgrade the server, or unset ROOMSTEAD_DATABASE_URL to use the embedded one.",
        )


def _on_connection(url: str, work: Callable[[Connection], T]) -> T:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    try:
        with engine.begin() as connection:
            return work(connection)
    finally:
        engine.dispose()


def version(url: str) -> SchemaVersion:
    """Which revision the database has. Raises SchemaTooNew when this program does not know it."""
    script = ScriptDirectory.from_config(_config())

    def look(connection: Connection) -> SchemaVersion:
        _check_server(connection)
        return _known(_version(connection, script), script)

    return _on_connection(url, look)


def _known(found: SchemaVersion, script: ScriptDirectory) -> SchemaVersion:
    revisions = {revision.revision for revision in script.walk_revisions()}
    if found.found is not None and found.found not in revisions:
        raise SchemaTooNew(
            f"The database has schema {found.found}, which this Roomstead does not know (it knows {found.wanted}).",
            remedy="Start the newer Roomstead again, or restore a backup made before the upgrade.",
        )
    return found


def require_current(url: str) -> None:
    """Raise SchemaTooOld or SchemaTooNew unless the database fits this program."""
    found = version(url)
    if not found.is_current:
        raise SchemaTooOld(
            f"The database has schema {found.found or 'none'}, this Roomstead needs {found.wanted}.",
            remedy="Make a backup with `roomstead db backup`, then run `roomstead db upgrade`.",
        )


def upgrade(url: str) -> SchemaVersion:
    """Bring the database to this program's schema; nothing happens when it is there already.

    One transaction for all revisions: it is upgraded whole or not at all. Two at once: the second waits and finds
    nothing to do. Answers what was found before.
    """
    config = _config()
    script = ScriptDirectory.from_config(config)

    def work(connection: Connection) -> SchemaVersion:
        _check_server(connection)
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
        before = _known(_version(connection, script), script)
        if not before.is_current:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return before

    return _on_connection(url, work)
