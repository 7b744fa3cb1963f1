"""Which of many workers does what only one shall do."""

import asyncio
from contextlib import suppress

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roomstead.adapters.idle_line import line_is_quiet

_SWEEP_LOCK = 0x73776565


class Leadership:
    """Held by at most one process at a time, for as long as it and its connection live.

    A session's advisory lock (PostgreSQL documentation, "Advisory Locks") goes with its session: when the leader dies
    the next that asks takes over at once.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        """Nothing is opened before the first question."""
        self._engine = engine
        self._session: AsyncConnection | None = None
        self._one_at_a_time = asyncio.Lock()

    async def is_mine(self) -> bool:
        """Whether this process leads, after trying to."""
        async with self._one_at_a_time:
            try:
                return await self._holds() or await self._takes()
            except DBAPIError:
                await self.resign()
                return False

    async def resign(self) -> None:
        """Let another lead, from the moment this returns.

        The lock is given back by word: the server notices the end of a connection only a while later.
        """
        session, self._session = self._session, None
        if session is None:
            return
        if not session.invalidated:
            with suppress(DBAPIError):
                await session.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _SWEEP_LOCK})
        with suppress(DBAPIError):
            await session.invalidate()
        await session.close()

    async def _holds(self) -> bool:
        if self._session is None:
            return False
        driver = (await self._session.get_raw_connection()).driver_connection
        if driver is None or driver.closed or not line_is_quiet(driver.fileno()):
            await self._session.execute(text("SELECT 1"))
        return True

    async def _takes(self) -> bool:
        session = await self._engine.connect()
        await session.execution_options(isolation_level="AUTOCOMMIT")
        taken = await session.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _SWEEP_LOCK})
        if not taken.scalar_one():
            await session.close()
            return False
        self._session = session
        return True
