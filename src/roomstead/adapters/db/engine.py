"""The connection pool."""

import json
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from roomstead.adapters.idle_line import WATCHED, line_is_quiet


def _dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not stored as JSON")


def make_engine(url: str, *, pool_size: int = 16) -> AsyncEngine:
    """A pool of connections to PostgreSQL.

    ``url`` is any ``postgresql://…`` URL; the driver is always psycopg. Sessions run in UTC; a statement that takes
    over 30 s or a transaction idle for over 60 s is ended by the server, so that no defect holds locks for long.
    A connection on which something came unasked is tried before it is handed out, since its server may be gone.
    """
    target = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_async_engine(
        target,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        skip_autocommit_rollback=True,  # where there is no transaction, there is nothing to ask the driver to undo
        hide_parameters=True,  # an error's text would repeat titles and addresses
        json_serializer=_dump,
        connect_args={
            **WATCHED,
            "application_name": "roomstead",
            "options": "-c timezone=UTC -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s -c jit=off",
        },
    )
    _try_idle_connections(engine)
    return engine


def _try_idle_connections(engine: AsyncEngine) -> None:
    """Ask for a sign of life where the line is not quiet: the question costs several round trips."""

    @event.listens_for(engine.sync_engine, "checkout")
    def ask(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        driver = record.driver_connection
        is_quiet = driver is not None and not driver.closed and line_is_quiet(driver.fileno())
        if not is_quiet and not _is_alive(engine, connection):
            raise DisconnectionError


def _is_alive(engine: AsyncEngine, connection: DBAPIConnection) -> bool:
    dialect = engine.sync_engine.dialect
    try:
        return dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        return False
