"""Removing an integration over the API: said first, confirmed by its name, in the words of the page."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
from tests.support.office import HOUSE, Office, close_office, open_office

from roomstead.bootstrap.service import Roomstead
from roomstead.domain.people import Role


@pytest.fixture
async def office(service: Roomstead) -> AsyncIterator[Office]:
    """Fourteen rooms, and a meeting to come that is not sent yet."""
    opened = await open_office(service)
    await opened.add_rooms(*HOUSE)
    await opened.person("Priya Nair", role=Role.MEMBER)
    await opened.reach("Priya Nair")
    start = (service.clock.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    await opened.book("Priya Nair", "Oak", start)
    yield opened
    await close_office(opened)


async def test_what_removing_means_is_said_and_its_name_confirms_it(admin: httpx2.AsyncClient, office: Office) -> None:
    place = f"/integrations/{office.integration.id}"
    said = (await admin.get(f"{place}/removal")).json()
    assert (said["name"], said["upcoming_bookings"], said["waiting_changes"]) == ("Contoso", 1, 1)
    assert said["consequences"][0].startswith("1 upcoming booking stays in its calendar as it is.")
    assert "14 rooms are no longer offered." in said["consequences"]
    for name in ("", "contoso"):
        kept = await admin.delete(place, params={"name": name})
        assert kept.status_code == 422
        assert kept.json()["mistakes"] == {"name": "Type the name exactly as it stands there."}
    assert (await admin.get(place)).status_code == 200
    assert (await admin.delete(place, params={"name": "Contoso"})).status_code == 204
    assert (await admin.get(place)).status_code == 404
    assert (await admin.delete(place, params={"name": "Contoso"})).status_code == 404
    (entry,) = (await admin.get("/audit?action=integration.removed")).json()["items"]
    assert entry["detail"]["upcoming_bookings"] == 1
    figures = (await admin.get(f"{str(admin.base_url).removesuffix('/api/v1/')}/metrics")).text
    assert "roomstead_integrations{" not in figures  # what was removed for good is none that somebody disabled
    assert "roomstead_rooms{" not in figures
