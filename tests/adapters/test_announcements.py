"""Waiting for news of the database: who leaves is gone."""

import asyncio
from uuid import uuid4

import pytest

from roomstead.adapters.db.announcements import DatabaseAnnouncements
from roomstead.adapters.db.channel import news


async def test_who_leaves_at_the_moment_that_news_comes_is_gone(database_url: str) -> None:
    """Else a closed page would be written to for ever, and the program would not end."""
    announcements = DatabaseAnnouncements(database_url)
    heard = asyncio.Event()

    async def follow() -> None:
        async with announcements.of("room") as items:
            async for _ in items:
                heard.set()

    following = asyncio.create_task(follow())
    while not heard.is_set():
        announcements._wake(news("room", uuid4()))
        await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)  # until it waits again
    announcements._wake(news("room", uuid4()))
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(following, 60)
