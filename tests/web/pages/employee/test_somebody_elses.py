"""Somebody else's booking, by its id: on every road to it nothing is changed, and of a private one nothing told."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
from tests.support.office import Office
from tests.support.plain import PLAIN
from tests.web.pages.conftest import Comes, Visitor
from tests.web.pages.employee.conftest import DAY_AHEAD, at
from tests.web.pages.test_guard import token_of

from roomstead.application.booking.read import ReadBooking
from roomstead.application.people.create_token import CreateToken
from roomstead.domain.booking import BookingId
from roomstead.domain.people import OPERATOR

SECRETS = ("Redundancies", "two of us", "lawyer@outside.example", "Jane", "jane.doe")


@pytest.fixture
async def private(office: Office) -> BookingId:
    """A private meeting of “me”, Jane Doe."""
    made = await office.book(
        "me",
        "Oak",
        at(13),
        60,
        "Redundancies",
        is_private=True,
        description="two of us",
        people=["lawyer@outside.example"],
    )
    await office.answered(made)
    return made


@pytest.fixture
async def stranger(comes: Comes) -> Visitor:
    """A colleague who has nothing to do with it."""
    return await comes("Tom Visser")


@pytest.fixture
async def api(office: Office, stranger: Visitor) -> AsyncIterator[httpx2.AsyncClient]:
    """The same colleague, by token."""
    made = await office.service.cases.create_token(CreateToken(stranger.person.id, "test"), OPERATOR)
    headers = {"Authorization": f"Bearer {made.secret}"}
    async with httpx2.AsyncClient(
        base_url=f"{stranger.browser.base_url}/api/v1", headers=headers, verify=PLAIN
    ) as client:
        yield client


def assert_tells_nothing(answer: httpx2.Response) -> None:
    words = answer.text + str(answer.headers)
    assert [each for each in SECRETS if each in words] == [], answer.request.url


async def test_it_is_not_changed_by_page_or_api(
    office: Office, private: BookingId, stranger: Visitor, api: httpx2.AsyncClient
) -> None:
    before = await office.service.cases.read_booking(ReadBooking(private), office.actor("me"))
    token = await token_of(stranger)
    page = f"/bookings/{private}"
    elm = str(office.rooms["Elm"].id)
    for path in ("cancel", "retry", "check-in", "room", "change"):
        sent = {"csrf": token, "room": elm, "title": "Mine", "version": "1", "day": f"{DAY_AHEAD}", "time": "10:00"}
        answer = await stranger.browser.send(f"{page}/{path}", sent)
        assert answer.status_code == 403, path
        assert_tells_nothing(answer)
    changes = ({"title": "Mine"}, {"is_private": False}, {"attendees": [{"address": stranger.person.addresses[0]}]})
    answers = [await api.patch(page, json=change, headers={"If-Match": '"1"'}) for change in changes]
    answers += [await api.post(f"{page}/{verb}", json={}) for verb in ("cancel", "retry")]
    for answer in answers:
        assert answer.status_code == 403
        assert_tells_nothing(answer)
    assert await office.service.cases.read_booking(ReadBooking(private), office.actor("me")) == before


async def test_it_is_told_nowhere(
    office: Office, private: BookingId, stranger: Visitor, api: httpx2.AsyncClient
) -> None:
    oak = office.rooms["Oak"]
    day = f"{DAY_AHEAD}"
    pages = (
        f"/bookings/{private}",
        f"/bookings/{private}.ics",
        f"/?day={day}",
        f"/rooms/{oak.id}?week={day}",
        f"/find?day={day}&time=14:30&minutes=30",
        f"/book/{oak.room_no}/{DAY_AHEAD:%Y%m%d}T1300",
        "/bookings",
    )
    for path in pages:
        answer = await stranger.browser.get(path)
        assert answer.status_code == 200, path
        assert_tells_nothing(answer)
    span = {"start": at(12).isoformat(), "end": at(15).isoformat()}
    wanted = {**span, "title": "Mine", "room_id": str(oak.id)}
    for answer in (
        await api.get(f"/bookings/{private}"),
        await api.get("/bookings", params={"room_id": str(oak.id)}),
        await api.get(f"/rooms/{oak.id}/events", params=span),
        await api.get("/rooms/free", params=span),
        await api.post("/bookings/preview", json=wanted),
        await api.post("/bookings", json=wanted),
    ):
        assert answer.status_code in {200, 409}, answer.text
        assert_tells_nothing(answer)
    for refused in (
        await api.get("/bookings", params={"whose": "all"}),
        await api.get("/bookings", params={"person_id": str(office.people["me"].id)}),
    ):
        assert refused.status_code == 403
    mine = (await api.get("/bookings", params={"since": (at(0) - timedelta(days=9)).isoformat()})).json()
    assert mine["items"] == []
