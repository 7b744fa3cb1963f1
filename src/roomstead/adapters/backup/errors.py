"""What can go wrong with a backup; each is raised with the way out as its remedy."""

from roomstead.domain.errors import NeedsAdmin


class BackupFailed(NeedsAdmin):
    """The backup could not be made."""

    code = "backup_failed"


class BackupUnreadable(NeedsAdmin):
    """The file is not a whole backup."""

    code = "backup_unreadable"


class BackupOfNewerServer(NeedsAdmin):
    """The backup was made from a newer PostgreSQL than the one it should go into."""

    code = "backup_of_newer_server"


class DatabaseToolsTooOld(NeedsAdmin):
    """The PostgreSQL programs on this machine are older than the server."""

    code = "database_tools_too_old"


class DatabaseNotEmpty(NeedsAdmin):
    """The database that should be restored into has tables already."""

    code = "database_not_empty"


class DatabaseInUse(NeedsAdmin):
    """Roomstead is still working on this database."""

    code = "database_in_use"


class RestoreFailed(NeedsAdmin):
    """The backup could not be restored; the database is as it was."""

    code = "restore_failed"
