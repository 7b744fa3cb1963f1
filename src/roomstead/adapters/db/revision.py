"""Which schema a database has and which this program wants, found without loading the tools that change it."""

from pathlib import Path

import psycopg

VERSIONS = Path(__file__).parent / "migrations" / "versions"


def latest_revision() -> str:
    """The newest of our revisions: their files are named ``<revision>_<slug>.py`` and count upwards."""
    return max(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*_*.py"))


def is_current(url: str) -> bool:
    """Whether the database has exactly this program's schema. Raises psycopg's errors when it cannot be reached."""
    with psycopg.connect(url, autocommit=True) as session:
        try:
            found = session.execute("SELECT version_num FROM alembic_version").fetchall()
        except psycopg.errors.UndefinedTable:
            return False
    return found == [(latest_revision(),)]
