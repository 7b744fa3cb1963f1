"""Live pages: so many at a time and no more, the newest live, the oldest told to come back later."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from uuid import uuid4

import httpx2
import psycopg
import pytest
from tests.web.pages.conftest import COOKIE, Browser, Visitor

from roomstead.adapters.db.channel import CHANNEL, news
from roomstead.bootstrap.service import Roomstead
from roomstead.entrypoints.web.streams import PER_PERSON, PER_SESSION, Streams

LIVE = "/live/rooms"
TABS = 20


class Tab:
    """A page that listens."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.status = answer.status_code
        self._lines = answer.aiter_lines()

    async def begun(self) -> None:
        """Wait until it is listened to."""
        await self._until(": listening")

    async def told(self) -> None:
        """Wait for news."""
        await self._until("data: changed")

    async def _until(self, wanted: str) -> None:
        async for line in self._lines:
            if line == wanted:
                return
        raise AssertionError(f"it ended before it said “{wanted}”")

    async def end(self) -> str:
        """Wait for the end; the last line."""
        last = ""
        async for line in self._lines:
            last = line or last
        return last


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    """Closes what was opened."""
    async with AsyncExitStack() as opened:
        yield opened


async def announce(service: Roomstead) -> None:
    """What any change to a room leads to."""
    async with await psycopg.AsyncConnection.connect(service.database_url) as session:
        await session.execute("SELECT pg_notify(%s, %s)", (CHANNEL, news("room", uuid4())))


async def open_tab(stack: AsyncExitStack, browser: Browser) -> Tab:
    tab = Tab(await stack.enter_async_context(browser.http.stream("GET", LIVE)))
    await tab.begun()
    return tab


async def test_twenty_tabs_are_all_live(service: Roomstead, member_page: Visitor, stack: AsyncExitStack) -> None:
    tabs = [await open_tab(stack, member_page.browser) for _ in range(TABS)]
    assert {each.status for each in tabs} == {200}
    await announce(service)
    await asyncio.gather(*(each.told() for each in tabs))


async def test_one_more_closes_the_oldest_which_is_told_to_come_back_later(
    service: Roomstead, member_page: Visitor, stack: AsyncExitStack
) -> None:
    oldest, *others = [await open_tab(stack, member_page.browser) for _ in range(PER_SESSION)]
    newest = await open_tab(stack, member_page.browser)
    assert await oldest.end() == "retry: 60000"
    await announce(service)
    await asyncio.gather(*(each.told() for each in (*others, newest)))


async def test_nobody_else_is_closed(
    member_page: Visitor, admin_page: Visitor, service: Roomstead, stack: AsyncExitStack
) -> None:
    kept = await open_tab(stack, admin_page.browser)
    for _ in range(PER_SESSION + 5):
        await open_tab(stack, member_page.browser)
    await announce(service)
    await kept.told()


async def test_a_stream_still_ends_with_the_session(
    member_page: Visitor, new_browser: Callable[[], Browser], service: Roomstead, stack: AsyncExitStack
) -> None:
    other = new_browser()
    other.http.cookies.set(COOKIE, member_page.browser.http.cookies[COOKIE], domain="127.0.0.1", path="/")
    tab = await open_tab(stack, other)
    await member_page.browser.submit(await member_page.browser.get("/me"), "Sign out")
    await announce(service)
    assert await tab.end() == ""


def test_a_person_has_so_many_places_over_all_sessions_and_gives_them_back() -> None:
    streams = Streams()
    sessions = ["one", "two", "three"]
    with_all = [streams.place("jane", sessions[number % 3]) for number in range(PER_PERSON + 1)]
    events = [each.__enter__() for each in with_all]
    assert [each.is_set() for each in events] == [True] + [False] * PER_PERSON
    for each in with_all:
        each.__exit__(None, None, None)
    with streams.place("jane", sessions[0]) as over:
        assert not over.is_set()
