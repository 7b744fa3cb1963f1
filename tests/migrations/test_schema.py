"""What the migrations make is what the tables say; old data survive; a newer database is refused."""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from roomstead.adapters.db import schema
from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.tables import metadata
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.embedded.binaries import find_binaries
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.application.ports.jobs import PushBooking
from roomstead.domain.booking import BookingId
from roomstead.domain.mailbox import IntegrationId

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


OLD_DATA = (
    """INSERT INTO integration (id, provider, name, tenant, endpoints, tier, status, domains)
       VALUES (:integration, 'microsoft', 'Contoso', 'tenant', '{}', 3, 'working', ARRAY['contoso.example'])""",
    """INSERT INTO service_mailbox (id, integration_id, address, display_name, status, activated_at)
       VALUES (gen_random_uuid(), :integration, 'rooms@contoso.example', 'Rooms', 'active', :at)""",
    """INSERT INTO room (id, integration_id, address, name, status, source, provider_facts, overrides)
       VALUES (:room, :integration, 'oak@contoso.example', 'Oak', 'live', 'directory', '{}', '{}')""",
    "INSERT INTO person (id, name, role) VALUES (:person, 'Jane Doe', 'member')",
    """INSERT INTO person_address (person_id, address, position) VALUES (:person, 'jane.doe@contoso.example', 0)""",
    """INSERT INTO booking (id, integration_id, title, zone, organizer_id, organizer_address)
       VALUES (:booking, :integration, 'Kick-off', 'UTC', :person, 'jane.doe@contoso.example')""",
    """INSERT INTO booking_occurrence (id, booking_id, original_start, starts_at, ends_at)
       VALUES (:occurrence, :booking, :at, :at, :at + interval '1 hour')""",
    "INSERT INTO occurrence_room (id, occurrence_id, room_id) VALUES (gen_random_uuid(), :occurrence, :room)",
    """INSERT INTO hosting (id, booking_id, host_kind, mailbox_address, cause, decided_at, reason, generation)
       VALUES (gen_random_uuid(), :booking, 'organizer', 'jane.doe@contoso.example', 'none', :at, 'booked', 1)""",
    """INSERT INTO intent (id, booking_id, seq, kind, status, actor, wanted, next_attempt_at)
       VALUES (gen_random_uuid(), :booking, 1, 'create', 'open', '{}', '{}', :at)""",
)
"""What an installation of the first release held, as its tables were then."""


@pytest.fixture
def first_release(empty_database_url: str) -> tuple[str, dict[str, object]]:
    """A database of the first release with a booking that is not sent yet."""
    names = ("integration", "room", "person", "booking", "occurrence")
    values: dict[str, object] = {name: uuid4() for name in names} | {"at": datetime(2026, 12, 1, 9, tzinfo=UTC)}
    engine = create_engine(make_url(empty_database_url).set(drivername="postgresql+psycopg"))
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in OLD_DATA:
            found = text(statement)
            connection.execute(found, {name: values[name] for name in found.compile().params})
    engine.dispose()
    return empty_database_url, values


async def test_what_the_first_release_held_is_there_after_the_upgrade(
    first_release: tuple[str, dict[str, object]],
) -> None:
    url, values = first_release
    assert schema.upgrade(url).found == "0001"
    schema.require_current(url)
    engine = make_engine(url)
    async with SqlUnitsOfWork(engine, lambda connection: QueuedJobs(connection.exec_driver_sql))() as uow:
        booking = await uow.bookings.get(BookingId(UUID(str(values["booking"]))))
        account = await uow.integrations.active_service_mailbox(IntegrationId(UUID(str(values["integration"]))))
        due = (await uow.due.by(datetime(2026, 12, 2, tzinfo=UTC), 10)).bookings
        await uow.jobs.defer(PushBooking(due[0]))
        await uow.commit()
    await engine.dispose()
    assert booking is not None
    assert (booking.title, booking.occurrence.rooms[0].room.name, booking.id) == ("Kick-off", "Oak", due[0])
    assert account is not None
    assert account.proven_at == values["at"]  # it was in force, so it was proven
