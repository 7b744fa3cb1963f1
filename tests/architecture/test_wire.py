"""Nothing goes over the wire while a transaction is open: refused before a connection is made."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.unit_of_work import SqlUnitOfWork
from roomstead.adapters.http.transport import CallNotSent, HttpSettings, HttpTransport, OutgoingCall, make_tls_context
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.domain.errors import Broken

NOBODY_LISTENS = OutgoingCall("GET", "http://127.0.0.1:9/", "/")


def jobs_on(connection: AsyncConnection) -> QueuedJobs:
    return QueuedJobs(connection.exec_driver_sql)


@asynccontextmanager
async def transport() -> AsyncIterator[HttpTransport]:
    made = HttpTransport(HttpSettings(), make_tls_context(None))
    try:
        yield made
    finally:
        await made.aclose()


async def test_call_inside_a_unit_of_work_is_refused_and_outside_it_goes_out(database_url: str) -> None:
    engine = make_engine(database_url)
    async with transport() as wire:
        async with SqlUnitOfWork(engine, jobs_on) as unit:
            with pytest.raises(Broken, match="transaction was open"):
                await wire.send(NOBODY_LISTENS)
            await unit.commit()
        with pytest.raises(CallNotSent):
            await wire.send(NOBODY_LISTENS)
    await engine.dispose()


async def test_failed_unit_of_work_does_not_leave_the_wire_closed(database_url: str) -> None:
    engine = make_engine(database_url)
    async with transport() as wire:
        with pytest.raises(ZeroDivisionError):
            async with SqlUnitOfWork(engine, jobs_on):
                raise ZeroDivisionError
        with pytest.raises(CallNotSent):
            await wire.send(NOBODY_LISTENS)
    await engine.dispose()
