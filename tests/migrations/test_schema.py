"""What the migrations make is what the tables say; old data survive; a newer database is refused."""

import re
import subprocess

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from roomstead.adapters.db import schema
from roomstead.adapters.db.tables import metadata
from roomstead.adapters.embedded.binaries import find_binaries

OURS = sorted(table.name for table in metadata.tables.values())


def _dump(url: str) -> str:
    """The definition of our tables as PostgreSQL itself writes it, in an order of its own."""
    program = find_binaries().program("pg_dump")
    tables = [f"--table={name}" for name in OURS]
    done = subprocess.run(
        [program, "--schema-only", "--no-owner", "--no-privileges", *tables, url], capture_output=True, check=True
    )
    written = done.stdout.decode()
    written = re.sub(r"(?m)^(--.*|\\(un)?restrict .*|)\n", "", written)
    return "\n".join(sorted(_sorted_columns(statement) for statement in written.split(";\n")))


def _sorted_columns(statement: str) -> str:
    """The order of columns has no meaning to us; a later migration can only append."""
    lines = statement.strip().splitlines()
    if not lines or not lines[0].startswith("CREATE TABLE"):
        return "\n".join(lines)
    return "\n".join([lines[0], *sorted(line.strip().rstrip(",") for line in lines[1:-1]), lines[-1]])


@pytest.fixture
def by_tables(empty_database_url: str) -> str:
    """A database made from the tables as they stand in the code."""
    engine = create_engine(make_url(empty_database_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        metadata.create_all(connection)
    engine.dispose()
    return empty_database_url


def test_migrations_make_the_tables_of_the_code(database_url: str, by_tables: str) -> None:
    assert _dump(database_url) == _dump(by_tables)


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    before = _dump(database_url)
    found = schema.upgrade(database_url)
    assert found.is_current
    assert _dump(database_url) == before
    schema.require_current(database_url)


def test_an_empty_database_is_too_old(empty_database_url: str) -> None:
    with pytest.raises(schema.SchemaTooOld, match="has schema none") as refused:
        schema.require_current(empty_database_url)
    assert "roomstead db upgrade" in refused.value.remedy


def test_a_database_of_a_newer_release_is_refused_and_left_alone(database_url: str) -> None:
    with psycopg.connect(database_url) as session:
        session.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(schema.SchemaTooNew, match="9999"):
        schema.upgrade(database_url)
    with psycopg.connect(database_url) as session:
        assert session.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_a_migration_that_fails_leaves_everything_as_it_was(empty_database_url: str) -> None:
    """The first table of ours is there already, so the first revision fails half-way."""
    with psycopg.connect(empty_database_url) as session:
        session.execute("CREATE TABLE room (id int)")
    with pytest.raises(ProgrammingError, match="room"):
        schema.upgrade(empty_database_url)
    engine = create_engine(make_url(empty_database_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
        assert list(tables) == ["room"]
    engine.dispose()
