"""Whatever stands in an address or a form, the answer is ours: a sentence, never a fault."""

import re
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from tests.support.office import HOUSE, Office, close_office, open_office
from tests.web.pages.conftest import Visitor
from tests.web.pages.test_guard import READ, WRITE, token_of

from roomstead.bootstrap.service import Roomstead

FIELDS = (
    "address", "addresses", "at", "back", "building", "by", "capacity", "check", "code", "cursor", "day", "equipment",
    "events", "expires_at", "floor", "hours", "integration", "iss", "kind", "minutes", "name", "next", "organizer",
    "page", "pasted", "people", "person", "purpose", "role", "room", "search", "since", "state", "status", "subject",
    "table", "theme", "tier", "time", "title", "typed", "until", "url", "version", "week", "zone",
)  # fmt: skip
NASTY = ("9" * 5000, "99999999999999999999", "²", "9999-12-31")
NUMBERS = frozenset({"by", "capacity", "minutes", "page", "people", "tier", "version"})


@pytest.fixture
async def office(service: Roomstead) -> AsyncIterator[Office]:
    """One room."""
    opened = await open_office(service)
    await opened.add_rooms(*HOUSE[:1])
    yield opened
    await close_office(opened)


def filled(path: str, office: Office) -> str:
    (room,) = office.rooms.values()
    path = path.replace("{room_no}", str(room.room_no)).replace("{at}", "20300101T0900")
    return re.sub(r"\{[^}]+\}", str(uuid4()), path.replace("{room_id}", str(room.id)))


async def test_nothing_in_an_address_makes_a_fault(office: Office, admin_page: Visitor) -> None:
    faults = set()
    for path in READ:
        if path.startswith("/live/") or path.endswith("/news"):  # without an end
            continue
        for value in NASTY:
            asked = {name: value for name in FIELDS if len(value) < 100 or name in NUMBERS}
            answer = await admin_page.browser.http.get(filled(path, office), params=asked)
            faults |= {(path, value[:20])} if answer.status_code >= 500 else set()
    assert not faults


async def test_nothing_in_a_form_makes_a_fault(office: Office, admin_page: Visitor) -> None:
    faults, token = set(), await token_of(admin_page)
    for _, path in WRITE:
        if path.startswith("/sign-"):
            continue
        for value in NASTY:
            typed = {**dict.fromkeys(FIELDS, value), "csrf": token}
            answer = await admin_page.browser.send(filled(path, office), typed)
            faults |= {(path, value[:20])} if answer.status_code >= 500 else set()
    assert not faults
