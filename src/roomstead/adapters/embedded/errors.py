"""What can go wrong with the database that Roomstead runs itself; each is raised with the way out as its remedy."""

from roomstead.domain.errors import NeedsAdmin


class EmbeddedError(NeedsAdmin):
    """The embedded database cannot do what was asked."""

    code = "embedded_error"


class EmbeddedNotAvailable(EmbeddedError):
    """There is no embedded PostgreSQL for this machine."""

    code = "embedded_not_available"


class ServerAccountUnusable(EmbeddedError):
    """The account that should run the database does not exist, or is root."""

    code = "embedded_account_unusable"


class InstallationClosed(EmbeddedError):
    """The account that runs the database may run neither the installed PostgreSQL nor a copy of it."""

    code = "embedded_installation_closed"


class DataFolderClosed(EmbeddedError):
    """The data folder cannot be used by this account."""

    code = "embedded_data_folder_closed"


class DataFolderInUse(EmbeddedError):
    """Another Roomstead already runs the database in this data folder."""

    code = "embedded_data_folder_in_use"


class DataFolderFull(EmbeddedError):
    """The disk under the data folder is full."""

    code = "embedded_data_folder_full"


class DataOfOtherVersion(EmbeddedError):
    """The data were written by another major version of PostgreSQL."""

    code = "embedded_data_of_other_version"


class EmbeddedStartFailed(EmbeddedError):
    """The embedded database did not start."""

    code = "embedded_start_failed"
