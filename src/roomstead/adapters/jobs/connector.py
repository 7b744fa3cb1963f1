"""The queue's own connections: a statement is one round trip."""

from typing import Any

from procrastinate import PsycopgConnector
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from roomstead.adapters.idle_line import WATCHED, line_is_quiet

_Connection = AsyncConnection[Any]


def make_connector(database_url: str, *, size: int, patience: float) -> PsycopgConnector:
    """Connections on which every statement stands for itself.

    Whatever the queue does is one statement, mostly a call of a function, so there is nothing that a transaction around
    it would keep together; begin, commit and a question before whether the server is there would be four round trips
    beside the one. ``patience``: how long, in seconds, a connection is waited for.
    """
    return PsycopgConnector(
        pool_factory=_make_pool,
        conninfo=database_url,
        min_size=1,
        max_size=size,
        timeout=patience,
        configure=_commit_each,
        kwargs={**WATCHED, "application_name": "roomstead jobs", "options": "-c timezone=UTC"},
    )


def _make_pool(**given: Any) -> AsyncConnectionPool[_Connection]:  # noqa: ANN401 - the pool's own arguments, by name
    return AsyncConnectionPool(**{**given, "check": _require_connected})


async def _commit_each(connection: _Connection) -> None:
    await connection.set_autocommit(True)


async def _require_connected(connection: _Connection) -> None:
    """Raise when the connection is lost; the server is asked only where the line is not quiet."""
    if not line_is_quiet(connection.fileno()):
        await AsyncConnectionPool.check_connection(connection)
