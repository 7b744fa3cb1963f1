"""What an operator does to the installation as a whole, before or beside the service."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from roomstead.adapters.backup import BackupFacts, BackupMade, make_backup, read_backup, replace_by, restore_into_empty
from roomstead.adapters.db import schema
from roomstead.adapters.db.revision import latest_revision
from roomstead.bootstrap.database import raw_database
from roomstead.config import Settings
from roomstead.domain.errors import NeedsAdmin


class BackupTooNew(NeedsAdmin):
    """The backup was made by a newer Roomstead."""

    code = "backup_too_new"


@dataclass(frozen=True, slots=True)
class DatabaseStatus:
    """Which schema the database has and which this program wants."""

    found: str | None
    wanted: str
    is_embedded: bool

    @property
    def is_current(self) -> bool:
        """Whether nothing is to be done."""
        return self.found == self.wanted


def database_status(settings: Settings) -> DatabaseStatus:
    """Look, without changing anything."""
    with raw_database(settings) as url:
        version = schema.version(url)
    return DatabaseStatus(version.found, version.wanted, settings.database_url is None)


def upgrade_database(settings: Settings) -> DatabaseStatus:
    """Bring the schema up; answers what was there before."""
    with raw_database(settings) as url:
        before = schema.upgrade(url)
    return DatabaseStatus(before.found, before.wanted, settings.database_url is None)


def back_up(settings: Settings, path: Path) -> BackupMade:
    """Write the database into a new file; the service may go on meanwhile."""
    with raw_database(settings) as url:
        return make_backup(url, path)


def restore_to_empty(settings: Settings, path: Path) -> BackupFacts:
    """Restore into a database without tables. Raises BackupTooNew and what the backup's own errors say."""
    return _restore(settings, path, restore_into_empty)


def restore_over(settings: Settings, path: Path) -> BackupFacts:
    """Restore in place of what is there, whole or not at all."""
    return _restore(settings, path, replace_by)


def _restore(settings: Settings, path: Path, play: Callable[[str, Path], BackupFacts]) -> BackupFacts:
    facts = read_backup(path)
    if (facts.schema_revision or "") > latest_revision():
        raise BackupTooNew(
            f"The backup has schema {facts.schema_revision}, this Roomstead knows {latest_revision()}.",
            remedy="Install the Roomstead that made the backup, or a newer one, and restore with it.",
        )
    with raw_database(settings) as url:
        play(url, path)
        schema.upgrade(url)
    return facts
