"""Backup and restore of the database, embedded or external, with PostgreSQL's own programs."""

from roomstead.adapters.backup.dump import BackupMade, make_backup
from roomstead.adapters.backup.restore import BackupFacts, read_backup, replace_by, restore_into_empty

__all__ = ["BackupFacts", "BackupMade", "make_backup", "read_backup", "replace_by", "restore_into_empty"]
