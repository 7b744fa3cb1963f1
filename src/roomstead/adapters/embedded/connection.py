"""Where a PostgreSQL database is, in the forms that its clients want."""

from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlencode

PORT = 5432
"""Only a part of the socket's file name, unless settings let the server listen on a network address."""

OWNER = "roomstead"
"""The database role that owns everything in the embedded server."""


@dataclass(frozen=True)
class Connection:
    """The way to one database of the embedded server.

    It holds no password: clients read that from `passfile` (PostgreSQL documentation, "The Password File"), so a
    URL can be logged, shown, and given to a child process.
    """

    socket_dir: Path
    passfile: Path
    port: int = PORT
    database: str = OWNER

    @property
    def url(self) -> str:
        """As a libpq URI, `postgresql://…`, understood by psycopg, Procrastinate, SQLAlchemy, psql and pg_dump."""
        place = urlencode(
            {"host": str(self.socket_dir), "port": self.port, "passfile": str(self.passfile)}, quote_via=quote
        )
        return f"postgresql://{OWNER}@/{quote(self.database)}?{place}"

    def to(self, database: str) -> "Connection":
        """The way to another database of the same server."""
        return replace(self, database=database)
