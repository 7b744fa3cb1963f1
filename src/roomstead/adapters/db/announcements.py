"""Listens for NOTIFY on one connection and passes the news on to all who wait in this process."""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

import psycopg
import structlog

from roomstead.adapters.db.channel import CHANNEL
from roomstead.adapters.idle_line import WATCHED

log = structlog.get_logger("roomstead.announcements")

LOOK_ANYWAY_SECONDS = 15.0
"""A waiter looks again after this long even without news."""

CONNECT_AGAIN_SECONDS = 1.0

Key = tuple[str, str]

ANY = "*"
"""Stands for every ref of a topic."""


class DatabaseAnnouncements:
    """Implements ``Announcements``. The connection is opened when somebody waits, and closed when nobody does."""

    def __init__(self, url: str) -> None:
        """Nothing is opened yet."""
        self._url = url
        self._waiting: defaultdict[Key, set[asyncio.Event]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()

    def about(self, topic: str, ref: UUID) -> AbstractAsyncContextManager[AsyncIterator[bool]]:
        """Wait for news of ``ref``."""
        return self._wait_for([(topic, str(ref))])

    def of(self, *topics: str) -> AbstractAsyncContextManager[AsyncIterator[bool]]:
        """Wait for any news of these topics."""
        return self._wait_for([(topic, ANY) for topic in topics])

    @asynccontextmanager
    async def _wait_for(self, keys: Sequence[Key]) -> AsyncIterator[AsyncIterator[bool]]:
        news = asyncio.Event()
        for key in keys:
            self._waiting[key].add(news)
        try:
            if self._listening is None:
                self._connected.clear()
                self._listening = asyncio.create_task(self._listen())
            await _set_in_time(self._connected)
            yield _items(news)
        finally:
            for key in keys:
                self._waiting[key].discard(news)
                if not self._waiting[key]:
                    del self._waiting[key]
            if not self._waiting:
                await self.aclose()

    async def aclose(self) -> None:
        """Stop listening."""
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.cancel()
            await asyncio.wait({listening})

    async def _listen(self) -> None:
        has_missed = False
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True, **WATCHED) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self._connected.set()
                    if has_missed:
                        self._wake_all()
                    async for notify in connection.notifies():
                        self._wake(notify.payload)
            except (psycopg.Error, OSError) as error:
                log.warning("announcements_lost", exc_info=error)
            has_missed = True
            await asyncio.sleep(CONNECT_AGAIN_SECONDS)

    def _wake(self, payload: str) -> None:
        said = json.loads(payload)
        for ref in (said["ref"], ANY):
            for news in self._waiting.get((said["topic"], ref), ()):
                news.set()

    def _wake_all(self) -> None:
        for waiters in self._waiting.values():
            for news in waiters:
                news.set()


async def _items(news: asyncio.Event) -> AsyncIterator[bool]:
    while True:
        await _set_in_time(news)
        is_news = news.is_set()
        news.clear()
        yield is_news


async def _set_in_time(event: asyncio.Event) -> None:
    """Wait for it, but not for long. (``asyncio.wait_for`` of Python 3.11 loses a cancellation that comes with it.)"""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LOOK_ANYWAY_SECONDS):
            await event.wait()
