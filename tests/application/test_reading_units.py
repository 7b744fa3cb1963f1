"""Units of work that only read, beside those that write, on the same connections."""

import uuid

import pytest

from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.domain.errors import Broken
from roomstead.domain.mailbox import parse_address
from roomstead.domain.people import Person, PersonId, Role

JANE = parse_address("jane.doe@contoso.example")


async def test_what_only_reads_cannot_be_committed(units: SqlUnitsOfWork) -> None:
    async with units.reading() as uow:
        with pytest.raises(Broken, match="only reads"):
            await uow.commit()


async def test_after_reading_a_connection_still_undoes_what_was_not_committed(database_url: str) -> None:
    engine = make_engine(database_url, pool_size=1)
    units = SqlUnitsOfWork(engine, lambda connection: QueuedJobs(connection.exec_driver_sql))
    for _ in range(2):
        async with units.reading() as uow:
            assert await uow.people.by_address(JANE) is None
        async with units() as writing:
            await writing.people.add(Person(PersonId(uuid.uuid4()), "Jane Doe", (JANE,), Role.MEMBER))
    await engine.dispose()
