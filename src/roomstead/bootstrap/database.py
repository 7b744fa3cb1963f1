"""The database of an entry point: an external one by its URL, or the embedded one in the data folder."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from roomstead.adapters.embedded import EmbeddedServer, attach, ensure
from roomstead.config import Settings
from roomstead.domain.errors import NeedsAdmin, RetryLater


class DatabaseNotRunning(NeedsAdmin):
    """The embedded database is not running."""

    code = "database_not_running"


class DatabaseUnreachable(RetryLater):
    """The database cannot be reached."""

    code = "database_unreachable"


@dataclass(frozen=True, slots=True)
class Database:
    """A database in use: its libpq URL, and whether its server still runs as far as this process can tell."""

    url: str
    is_alive: Callable[[], bool]


@contextmanager
def owned_database(settings: Settings) -> Iterator[Database]:
    """For ``serve``: run the embedded database for the length of the block, with today's schema.

    An external one must have the schema already: its upgrade is an operator's decision.
    """
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        require_schema(url)
        yield Database(url, lambda: True)
        return
    with EmbeddedServer.start(settings.data_dir, embedded_user=settings.embedded_user) as server:
        upgrade_if_needed(server.connection.url)
        yield Database(server.connection.url, server.is_alive)


@contextmanager
def borrowed_database(settings: Settings) -> Iterator[str]:
    """For a single command: use the database that is there, or run the embedded one as long as the block lasts."""
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        require_schema(url)
        yield url
        return
    with ensure(settings.data_dir, embedded_user=settings.embedded_user) as connection:
        upgrade_if_needed(connection.url)
        yield connection.url


@contextmanager
def raw_database(settings: Settings) -> Iterator[str]:
    """For ``db`` commands: as :func:`borrowed_database`, whatever schema is there."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    with ensure(settings.data_dir, embedded_user=settings.embedded_user) as connection:
        yield connection.url


def worker_database(settings: Settings) -> str:
    """For ``worker``: the database that runs already. Raises DatabaseNotRunning."""
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
    else:
        found = attach(settings.data_dir)
        if found is None:
            raise DatabaseNotRunning(
                f"No Roomstead runs on the data folder {settings.data_dir}.",
                remedy="Start `roomstead serve` first: it runs the embedded database. For workers on other machines "
                "set ROOMSTEAD_DATABASE_URL.",
            )
        url = found.url
    require_schema(url)
    return url


def require_schema(url: str) -> None:
    """Raise SchemaTooOld or SchemaTooNew unless the database fits, DatabaseUnreachable when it does not answer."""
    if not _is_current(url):
        from roomstead.adapters.db import schema  # heavy, and hardly ever needed

        schema.require_current(url)


def upgrade_if_needed(url: str) -> None:
    """Bring the embedded database to this program's schema. Raises SchemaTooNew."""
    if not _is_current(url):
        from roomstead.adapters.db import schema  # heavy, and hardly ever needed

        schema.upgrade(url)


def _is_current(url: str) -> bool:
    import psycopg

    from roomstead.adapters.db.revision import is_current

    try:
        return is_current(url)
    except psycopg.OperationalError as error:
        raise DatabaseUnreachable(
            "The database cannot be reached. Check that it runs, and address, name and password in "
            "ROOMSTEAD_DATABASE_URL."
        ) from error
