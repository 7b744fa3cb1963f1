"""The connection pool."""

import json
from uuid import UUID

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def _dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not stored as JSON")


def make_engine(url: str, *, pool_size: int = 8) -> AsyncEngine:
    """A pool of connections to PostgreSQL.

    ``url`` is any ``postgresql://…`` URL; the driver is always psycopg. Sessions run in UTC; a statement that takes
    over 30 s or a transaction idle for over 60 s is ended by the server, so that no defect holds locks for long.
    """
    target = make_url(url).set(drivername="postgresql+psycopg")
    return create_async_engine(
        target,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        pool_pre_ping=True,
        hide_parameters=True,  # an error's text would repeat titles and addresses
        json_serializer=_dump,
        connect_args={
            "application_name": "roomstead",
            "options": "-c timezone=UTC -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s -c jit=off",
        },
    )
