"""An office to look at, in which the visitor works."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.support.office import HOUSE, Office, close_office, open_office
from tests.web.pages.conftest import Visitor

from roomstead.bootstrap.service import Roomstead

DAY_AHEAD = (datetime.now(UTC) + timedelta(days=2)).date()
"""Lies ahead still when the tests run past midnight."""


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of the day ahead."""
    return datetime(DAY_AHEAD.year, DAY_AHEAD.month, DAY_AHEAD.day, hour, minute, tzinfo=UTC)


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
