"""An office to look at, in which the visitor works."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.support.office import HOUSE, Office, close_office, open_office
from tests.web.pages.conftest import Visitor

from roomstead.bootstrap.service import Roomstead

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date()


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of tomorrow."""
    return datetime(TOMORROW.year, TOMORROW.month, TOMORROW.day, hour, minute, tzinfo=UTC)


@pytest.fixture
async def office(service: Roomstead, member_page: Visitor) -> AsyncIterator[Office]:
    """Fourteen rooms; the visitor, called “me”, and a colleague whose mailboxes are in reach."""
    opened = await open_office(service)
    await opened.add_rooms(*HOUSE)
    opened.people["me"] = member_page.person
    await opened.person("Priya Nair")
    await opened.reach("me")
    yield opened
    await close_office(opened)
