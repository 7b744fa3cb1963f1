"""Asking for a verification over the API."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from tests.support.office import HOUSE, Office, close_office, open_office

from roomstead.bootstrap.service import Roomstead


@pytest.fixture
async def office(service: Roomstead) -> AsyncIterator[Office]:
    """An integration with rooms."""
    opened = await open_office(service)
    await opened.add_rooms(*HOUSE)
    yield opened
    await close_office(opened)


@pytest.mark.parametrize("sent", [{}, {"json": None}, {"json": {}}, {"json": {"purpose": "integration"}}])
async def test_without_a_word_all_of_it_is_verified(
    admin: httpx2.AsyncClient, office: Office, sent: dict[str, object]
) -> None:
    place = f"/integrations/{office.integration.id}/verify"
    asked = await admin.post(place, **sent)  # type: ignore[arg-type]  # keywords of the call
    assert asked.status_code == 202, asked.text
    assert asked.json()["purpose"] == "integration"
    assert (await admin.post(place, json={"purpose": "nothing of ours"})).status_code == 422
