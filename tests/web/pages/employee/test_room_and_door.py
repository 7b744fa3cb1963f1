"""A room's week; the display at its door: who gets in, and what it does."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from tests.support.office import Office
from tests.web.pages.conftest import Browser, Visitor, forms_of, heading

from roomstead.application.booking.list_bookings import ListBookings
from roomstead.application.booking.make_door_link import MakeDoorLink
from roomstead.application.booking.read import ReadBooking
from roomstead.application.integration.edit_room import EditRoom
from roomstead.bootstrap.service import Roomstead
from roomstead.domain.people import OPERATOR


def soon(minutes: int) -> datetime:
    """So many minutes from the present five."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    return now - timedelta(minutes=now.minute % 5) + timedelta(minutes=minutes)


async def at_the_door(service: Roomstead, office: Office, browser: Browser, room: str = "Oak") -> str:
    """Make the browser a door display; the address of it."""
    link = await service.cases.make_door_link(
        MakeDoorLink(office.rooms[room].id, office.people["Priya Nair"].id), OPERATOR
    )
    entered = await browser.get(urlsplit(link).path)
    assert entered.status_code == 303
    return str(entered.headers["location"])


async def test_the_week_of_a_room(office: Office, member_page: Visitor) -> None:
    later = soon(60 * 24 * 7)
    made = await office.book("me", "Oak", later, 60, "Weekly")
    await office.answered(made)
    shown = await member_page.browser.open(f"/rooms/{office.rooms['Oak'].id}?week={later.date()}")
    assert heading(shown) == "Oak"
    assert shown.text.count('<th scope="row"') == 7
    assert f"/bookings/{made.hex}" in shown.text
    widths = {
        sum(map(int, re.findall(r"colspan=(\d+)", row)))
        for row in re.findall(r"<th scope=\"row\".*?(?=<tr|</tbody>)", shown.text, re.DOTALL)
    }
    assert len(widths) == 1
    gone = await member_page.browser.get("/rooms/3f0a3c0e-0000-4000-8000-000000000000")
    assert gone.status_code == 404


async def test_now_and_next(office: Office, member_page: Visitor) -> None:
    await office.busy("Oak", soon(-30), 60)
    shown = await member_page.browser.open(f"/rooms/{office.rooms['Oak'].id}")
    assert "Taken until" in shown.text
    assert "Free for the rest of the week" in (await member_page.browser.open(f"/rooms/{office.rooms['Elm'].id}")).text


async def test_nobody_gets_to_the_door_without_its_link(
    service: Roomstead, office: Office, browser: Browser, member_page: Visitor
) -> None:
    door = f"/rooms/{office.rooms['Oak'].id}/door"
    for one in (browser, member_page.browser):
        assert (await one.get(door)).status_code == 303
        assert (await one.send(f"{door}/take", {"minutes": "15"})).status_code in {303, 403}
    assert (await browser.get("/door/wrong")).status_code == 303
    elm = await at_the_door(service, office, browser, "Elm")
    assert (await browser.get(elm)).status_code == 200
    assert (await browser.get(door)).status_code == 404  # another room's door


async def test_take_it_extend_it_end_it(service: Roomstead, office: Office, browser: Browser) -> None:
    door = await at_the_door(service, office, browser)
    free = await browser.open(door)
    assert heading(free) == "Oak"
    assert "Take it for 15 min" in free.text
    taken = await browser.submit(free, "Take it for 30 min")
    assert "Taken at the door" in taken.text
    longer = await browser.submit(taken, "Stay 30 min longer")
    found = re.search(r"Taken until (\d\d:\d\d)", longer.text)
    assert found is not None
    over = await browser.submit(longer, "End now")
    assert (
        "Take it for 15 min" in over.text
    )  # it had just begun, nothing was sent: it is cancelled and the slot is free
    assert (await office.service.cases.list_bookings(ListBookings(), office.actor("Priya Nair"))).items == ()


async def test_only_so_long_as_nobody_comes(service: Roomstead, office: Office, browser: Browser) -> None:
    await office.busy("Oak", soon(40), 60)
    door = await at_the_door(service, office, browser)
    free = await browser.open(door)
    assert "Take it for 30 min" in free.text
    assert "Take it for 1 h" not in free.text
    for minutes in ("60", "9" * 5000, "²", ""):
        refused = await browser.send(f"{door}/take", {"minutes": minutes})
        assert refused.status_code == 409
        assert "Somebody was faster" in refused.text


async def test_check_in_at_the_door(service: Roomstead, office: Office, browser: Browser) -> None:
    await service.cases.edit_room(EditRoom(office.rooms["Oak"].id, {"check_in_minutes": 30}), OPERATOR)
    made = await office.book("me", "Oak", soon(10), 60, "Stand-up")
    await office.answered(made)
    door = await at_the_door(service, office, browser)
    shown = await browser.open(door)
    assert "Stand-up: check in by" in shown.text
    here = await browser.submit(shown, "Check in")
    assert "check in by" not in here.text
    assert "Stand-up: checked in." in here.text
    view = await service.cases.read_booking(ReadBooking(made), office.actor("me"))
    assert (view.history[0].action, view.history[0].who) == ("booking.checked_in", "Oak (door)")


async def test_check_in_on_the_booking_page(service: Roomstead, office: Office, member_page: Visitor) -> None:
    await service.cases.edit_room(EditRoom(office.rooms["Oak"].id, {"check_in_minutes": 30}), OPERATOR)
    made = await office.book("me", "Oak", soon(10), 60, "Stand-up")
    await office.answered(made)
    shown = await member_page.browser.open(f"/bookings/{made}")
    assert "or Oak is given back." in shown.text
    here = await member_page.browser.submit(shown, "Check in")
    assert "You are checked in." in here.text
    assert "Jane Doe checked in." in here.text


async def test_private_meetings_stay_private_at_the_door(service: Roomstead, office: Office, browser: Browser) -> None:
    made = await office.book("me", "Oak", soon(0), 60, "Salary talk", is_private=True)
    await office.answered(made)
    shown = await browser.open(await at_the_door(service, office, browser))
    assert "Salary" not in shown.text
    assert "Busy" in shown.text


async def test_admins_make_and_take_back_the_link(office: Office, admin_page: Visitor, browser: Browser) -> None:
    page = f"/settings/rooms/{office.rooms['Oak'].id}/door"
    admin = admin_page.browser
    wrong = await admin.submit(await admin.open(page), "Make a link", organizer="x@corp.example")
    assert "Choose one person of this organisation." in wrong.text
    made = await admin.submit(await admin.open(page), "Make a link", organizer="Priya Nair")
    link = re.search(r"http://[^<]*(/door/[\w-]+)", made.text)
    assert link is not None
    entered = await browser.open(link[1])
    assert heading(entered) == "Oak"
    shown = await admin.open(page)
    assert link[1] not in shown.text
    assert "organised by Priya Nair" in shown.text
    await admin.submit(shown, "Take the display out of use")
    assert (await browser.get(f"/rooms/{office.rooms['Oak'].id}/door")).status_code == 303


async def test_admins_ask_for_check_in(office: Office, admin_page: Visitor) -> None:
    page = f"/settings/rooms/{office.rooms['Oak'].id}/door"
    admin = admin_page.browser

    async def save(minutes: str) -> str:
        shown = await admin.open(page)
        form = next(each for each in forms_of(shown) if each.action.endswith("/check-in"))
        values = {**dict(form.values), "minutes": minutes}
        return (await admin.follow(await admin.send(form.action, values))).text

    assert "Give a number of minutes from 1 to 120." in await save("500")
    assert 'value="10"' in await save("10")
    assert 'name="minutes" type="number" value=""' in await save("")
