"""Telling other programs when an integration is doing otherwise, whatever made it so."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.webhook_events import record_events
from roomstead.domain.integration import Integration
from roomstead.domain.webhook_news import health_event


@asynccontextmanager
async def health_told(
    connection: AsyncConnection, read: Callable[[], Awaitable[Integration | None]]
) -> AsyncIterator[None]:
    """Compare before and after the block, and leave the event that follows, in the same transaction."""
    before = await read()
    yield
    after = await read()
    if before is None or after is None:
        return
    at = (await connection.execute(select(func.now()))).scalar_one()
    event = health_event(before, after, at)
    if event is not None:
        await record_events(connection, [event])
