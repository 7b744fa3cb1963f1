"""Today's head is sent before its rooms are read; what goes wrong by then is told in their place."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from tests.support.office import Office
from tests.web.pages.conftest import Visitor, heading
from tests.web.pages.employee.conftest import DAY_AHEAD


@pytest.fixture
async def away(database_url: str) -> AsyncIterator[psycopg.AsyncConnection]:
    """A database in which what keeps rooms busy cannot be read."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as session:
        await session.execute("ALTER TABLE room_busy RENAME TO room_busy_away")
        yield session


async def test_the_head_comes_first(office: Office, member_page: Visitor) -> None:
    async with member_page.browser.http.stream("GET", f"/?day={DAY_AHEAD}") as answer:
        parts = [part async for part in answer.aiter_text()]
    assert office.rooms
    assert "app.css" in parts[0]
    assert ".top{" in parts[0]
    assert "Find a room" in parts[0]
    assert "<main" not in parts[0]
    whole = "".join(parts)
    assert whole.count("<main") == whole.count("<!doctype html>") == whole.count("</html>") == 1
    assert "Oak" in whole


async def test_rooms_that_cannot_be_read(office: Office, member_page: Visitor, away: psycopg.AsyncConnection) -> None:
    broken = await member_page.browser.get(f"/?day={DAY_AHEAD}")
    assert office.rooms
    assert heading(broken) == "This did not work"
    assert broken.headers["x-request-id"] in broken.text
    assert "Find a room" in broken.text
    assert broken.text.count("<main") == broken.text.count("</html>") == 1
    part = await member_page.browser.get(f"/?day={DAY_AHEAD}", **{"HX-Request": "true"})
    assert part.status_code == 500
    await away.execute("ALTER TABLE room_busy_away RENAME TO room_busy")
    assert "Oak" in (await member_page.browser.open(f"/?day={DAY_AHEAD}")).text
