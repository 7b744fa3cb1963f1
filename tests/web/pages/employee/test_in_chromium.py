"""Employees' pages in a real browser: axe in four looks, arrow keys, drag, live parts, scripts under the policy."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser as ChromiumBrowser
from playwright.async_api import Locator, Page, Route, expect
from tests.support.office import Office
from tests.web.pages.conftest import PASSWORD, Visitor, carry_over
from tests.web.pages.employee.conftest import DAY_AHEAD, at

from roomstead.application.booking.make_door_link import MakeDoorLink
from roomstead.application.booking.read import ReadBooking
from roomstead.application.people.edit_preferences import EditPreferences
from roomstead.domain.access import Verdict
from roomstead.domain.booking import BookingId
from roomstead.domain.people import OPERATOR

LOOKS = {"light": (1280, "light"), "dark": (1280, "dark"), "phone": (360, "light"), "dark phone": (360, "dark")}
EXPECTED = re.compile("status of 4|htmx:(afterRequest|sendAbort), ")
"""Refusals, and questions that a newer one replaced: what fails in earnest is told as more than that."""
Opens = Callable[..., Awaitable[Page]]
LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"


@pytest.fixture
async def open_page(chromium: ChromiumBrowser, member_page: Visitor) -> AsyncIterator[Opens]:
    """Opens a page as the member; what scripts complain about fails the test."""
    errors: list[str] = []

    async def start(path: str, width: int = 1280, scheme: str = "light") -> Page:
        context = await chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
        )
        await carry_over(member_page, context)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        await page.goto(member_page.browser.base_url + path)
        return page

    yield start
    assert [each for each in errors if not EXPECTED.search(each)] == []


async def findings(page: Page) -> list[str]:
    """What axe has to say about what is shown."""
    found = (await Axe().run(page)).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


async def busy_day(office: Office) -> dict[str, str]:
    """Every kind of block; the addresses of some bookings."""
    await office.reach("me", Verdict.REFUSED)
    await office.person(LONG)
    await office.reach(LONG)
    hosted = await office.book("me", "Oak", at(13), 60, f"{LONG} {LONG}", people=["priya.nair@contoso.example"])
    await office.answered(hosted)
    declined = await office.book("me", "Larch", at(12), 60, "Pricing")
    await office.answered(declined, "declined")
    theirs = await office.book("Priya Nair", "Larch", at(12), 30, "Lunch")
    await office.answered(theirs)
    waiting = await office.book(LONG, "Elm", at(9), 5, "Asking")
    await office.busy("Ash", at(10), 30)
    return {"hosted": str(hosted), "declined": str(declined), "waiting": str(waiting)}


@pytest.mark.parametrize("look", LOOKS)
async def test_pages_are_accessible(office: Office, open_page: Opens, member_page: Visitor, look: str) -> None:
    width, scheme = LOOKS[look]
    ids = await busy_day(office)
    link = await office.service.cases.make_door_link(
        MakeDoorLink(office.rooms["Oak"].id, office.people["Priya Nair"].id), OPERATOR
    )
    oak = office.rooms["Oak"]
    page = await open_page("/", width, scheme)
    wrong: dict[str, list[str]] = {}
    for path in (
        f"/?day={DAY_AHEAD}",
        "/?equipment=Aquarium",
        f"/find?day={DAY_AHEAD}&time=13:00&minutes=60",
        f"/find?day={DAY_AHEAD}&time=13:00&people=900",
        f"/book/{oak.room_no}/{DAY_AHEAD:%Y%m%d}T1300",
        "/bookings",
        "/bookings?back=1",
        f"/bookings/{ids['hosted']}",
        f"/bookings/{ids['declined']}",
        f"/bookings/{ids['waiting']}",
        f"/bookings/{ids['hosted']}/change?by=60",
        f"/rooms/{oak.id}?week={DAY_AHEAD}",
        urlsplit(link).path,
    ):
        await page.goto(member_page.browser.base_url + path)
        wrong[path] = await findings(page)
        wider = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wider, path
    assert {path: said for path, said in wrong.items() if said} == {}


async def test_today_by_keyboard_alone(office: Office, open_page: Opens) -> None:
    await busy_day(office)
    page = await open_page(f"/?day={DAY_AHEAD}")
    table = page.get_by_role("table")
    assert await table.locator("tbody [tabindex='0']").count() == 1
    first = table.get_by_role("link", name="Book Ash 08:00–08:30")
    await first.focus()
    await page.keyboard.press("ArrowRight")
    await expect(table.get_by_role("link", name="Book Ash 08:30–09:00")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    for _ in range(3):
        await page.keyboard.press("ArrowRight")
    busy = table.get_by_role("button", name="Busy")
    await expect(busy).to_be_focused()
    note = page.locator("#busy")
    await expect(note).to_be_visible()
    await expect(note).to_contain_text("Meeting information unavailable")
    box = await note.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 800
    await page.keyboard.press("ArrowRight")
    await expect(note).to_be_hidden()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Book Ash").first).to_be_attached()


async def test_marks_are_not_read_out_and_going_back_brings_the_filters_back(office: Office, open_page: Opens) -> None:
    await office.busy("Ash", at(10), 30)
    page = await open_page(f"/?day={DAY_AHEAD}")
    session = await page.context.new_cdp_session(page)
    nodes = (await session.send("Accessibility.getFullAXTree"))["nodes"]
    names = {each["name"]["value"] for each in nodes if each.get("name", {}).get("value")}
    assert "Book Ash 08:00–08:30" in names
    assert "Busy 10:00–10:30" in names
    assert names.isdisjoint({"+", "?"})
    building = page.get_by_label("Building")
    await building.select_option("North House")
    await expect(page.get_by_role("link", name="Studio", exact=True)).to_have_count(0)
    assert page.url.endswith(f"/?day={DAY_AHEAD}&building=North%20House")
    await page.locator("#days a").last.click()
    await expect(building).to_have_value("North House")
    await page.go_back()
    await page.go_back()
    await expect(page.get_by_role("link", name="Studio", exact=True)).to_be_visible()
    await expect(building).to_have_value("")


async def test_a_name_is_searched_as_it_is_typed_and_asked_for_once(office: Office, open_page: Opens) -> None:
    page = await open_page(f"/?day={DAY_AHEAD}")
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if "room=" in sent.url else None)
    field, oak = page.get_by_label("Room name"), page.get_by_role("link", name="Oak", exact=True)
    await field.fill("óak")
    await expect(page.get_by_role("status").filter(has_text="One room")).to_be_visible()
    await expect(oak).to_be_visible()
    await page.wait_for_url(re.compile("room=%C3%B3ak$"))
    await field.press("Tab")
    await page.get_by_label("Building").select_option("North House")
    await page.wait_for_url(re.compile("building=North%20House$"))
    assert [each.partition("room=")[2] for each in asked] == ["%C3%B3ak", "%C3%B3ak&building=North%20House"]
    await page.locator("#days a").last.click()
    await expect(field).to_have_value("óak")
    await expect(oak).to_be_visible()
    await page.get_by_label("Building").select_option("South Wing")
    await expect(page.get_by_role("heading", name="No room called “óak” fits")).to_be_visible()
    await page.get_by_role("link", name="Clear the name").click()
    await expect(page.get_by_role("link", name="Studio", exact=True)).to_be_visible()
    await expect(field).to_have_value("")


async def test_another_day_is_chosen_with_filters_kept_and_times_follow_a_journey(
    office: Office, open_page: Opens
) -> None:
    page = await open_page(f"/?day={DAY_AHEAD}&building=North+House")
    await page.get_by_label("Go to day").fill(f"{DAY_AHEAD + timedelta(days=30)}")
    await page.wait_for_url(re.compile(f"day={DAY_AHEAD + timedelta(days=30)}"))
    assert "building=North" in page.url
    await page.context.add_cookies([{"name": "rs_zone", "value": "Asia%2FTokyo", "url": page.url}])
    await office.book("me", "Oak", at(10), 60, "Budget review")
    await page.goto(f"{page.url.partition('?')[0]}?day={DAY_AHEAD}")  # told by the clock of Tokyo, which it left
    block = page.get_by_role("link", name=re.compile("Budget review"))
    await expect(block).to_contain_text("10:00–11:00")


async def test_other_starts_of_a_free_stretch_are_told_by_12_hours_too(office: Office, open_page: Opens) -> None:
    await office.service.cases.edit_preferences(EditPreferences("", "system", "12"), office.actor("me"))
    page = await open_page(f"/?day={DAY_AHEAD}")
    await page.get_by_role("table").get_by_role("link", name="Book Ash 8:00–8:30 AM").focus()
    for told in ("8:30–9:00 AM", "9:00–9:30 AM"):
        await page.keyboard.press("ArrowRight")
        await expect(page.locator(":focus")).to_have_accessible_name(f"Book Ash {told}")
    for _ in range(5):
        await page.keyboard.press("ArrowRight")
    await expect(page.locator(":focus")).to_have_accessible_name("Book Ash 11:30 AM–12:00 PM")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(f"/{DAY_AHEAD:%Y%m%d}T1130$"))


async def test_a_start_inside_a_free_stretch_with_the_pointer(office: Office, open_page: Opens) -> None:
    page = await open_page(f"/?day={DAY_AHEAD}")
    gap = page.get_by_role("link", name=re.compile("Book Studio 08:00"))
    box = await gap.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] * 0.62, box["y"] + 10)
    await expect(page.get_by_role("link", name="Book Studio 14:00–14:30")).to_be_visible()
    await page.mouse.click(box["x"] + box["width"] * 0.62, box["y"] + 10)
    await expect(page.locator("#f-time")).to_have_value("14:00")


async def test_moving_by_drag_asks_first(office: Office, open_page: Opens) -> None:
    made = await office.book("me", "Oak", at(13), 60, "Budget review")
    await office.answered(made)
    page = await open_page(f"/?day={DAY_AHEAD}")
    block = page.get_by_role("link", name=re.compile("Budget review"))
    hour = await page.locator("thead th").nth(1).bounding_box()
    box = await block.bounding_box()
    assert box is not None
    assert hour is not None
    await page.mouse.move(box["x"] + 20, box["y"] + 10)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 20 + hour["width"], box["y"] + 12, steps=5)
    await page.mouse.up()
    await expect(page.get_by_text(re.compile("It becomes .*14:00–15:00"))).to_be_visible()
    view = await office.service.cases.read_booking(ReadBooking(made), office.actor("me"))
    assert view.intended.start == at(13)
    await page.get_by_role("button", name="Save change").click()
    await expect(page.get_by_text("Saved. The calendar is told within seconds.")).to_be_visible()


async def test_find_book_and_see_the_room_answer(office: Office, open_page: Opens) -> None:
    await office.reach("me", Verdict.REFUSED)
    page = await open_page(f"/find?day={DAY_AHEAD}&time=13:00")
    await page.get_by_label("For", exact=True).first.select_option("15")  # nothing is typed into the form beside it yet
    await expect(page.get_by_role("heading", name="Rooms free 13:00–13:15")).to_be_visible()
    await page.get_by_role("link", name="Studio").press("Enter")
    await expect(page.get_by_role("heading", name="Book Studio, 13:00–13:15")).to_be_visible()
    await expect(page.get_by_label("Title")).to_be_focused()  # by keyboard: on to the form, not through all rooms
    await page.get_by_label("Title").fill("Budget review")
    people = page.get_by_label(re.compile("^People \\(optional"))
    await people.fill("Priya Nair")
    await people.press("Enter")
    await people.fill("alex@corp.example")
    await people.press("Enter")
    await expect(page.locator(".chip", has_text="alex@corp.example")).to_contain_text("outside")
    await expect(page.get_by_text("Mails you, Priya Nair, and alex@corp.example")).to_be_visible()
    await page.get_by_label("For", exact=True).first.select_option("60")
    await expect(page.get_by_role("heading", name="Book Studio, 13:00–14:00")).to_be_visible()
    await expect(page.get_by_label("Title")).to_have_value("Budget review")
    assert "Budget" not in page.url
    await page.get_by_role("button", name="Book Studio").click()
    await expect(page.get_by_role("status").filter(has_text="n its way to the calendar")).to_be_visible()
    await page.get_by_text("Why?").click()
    await office.answered(BookingId(UUID(page.url.rpartition("/")[2])))
    await expect(page.get_by_role("status").filter(has_text="Studio accepted.")).to_be_visible()
    await expect(page.get_by_text("sent the invitations on")).to_be_visible()  # still folded out


async def test_a_field_and_the_button_ask_once_and_the_newer_answer_wins(office: Office, open_page: Opens) -> None:
    page = await open_page(f"/find?day={DAY_AHEAD}&time=13:00")
    asked: list[str] = []
    held: list[Route] = []

    async def hold(route: Route) -> None:
        held.append(route)

    page.on("request", lambda sent: asked.extend(re.findall(r"people=(\d+)", sent.url)))
    await page.clock.install()
    await page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))  # however slow the click is, it is one
    people, find = page.get_by_label("People", exact=True), page.get_by_role("button", name="Find")
    await people.fill("13")
    await find.click()
    await expect(page.get_by_role("link", name="Oak", exact=True)).to_have_count(0)
    await page.clock.run_for(5_000)
    await page.route(re.compile("people=14"), hold)
    await people.fill("14")
    async with page.expect_request(re.compile("people=14")):
        await find.click()
    await people.fill("20")
    async with page.expect_event("requestfailed", lambda sent: "people=14" in sent.url):  # not waited for any more
        await find.click()
    await expect(page.get_by_role("link", name="Rowan")).to_have_count(0)
    await expect(page.get_by_role("link", name="Forum")).to_be_visible()
    assert asked == ["13", "14", "20"]


async def test_a_change_while_an_answer_is_drawn_is_not_lost(office: Office, open_page: Opens) -> None:
    page = await open_page(f"/book/{office.rooms['Oak'].room_no}/{DAY_AHEAD:%Y%m%d}T1300")
    held: list[Route] = []

    async def hold(route: Route) -> None:
        held.append(route)

    await page.clock.install()
    await page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    await page.route("**/preview", hold, times=1)
    length = page.get_by_label("For", exact=True)
    async with page.expect_request("**/preview"):
        await length.select_option("45")
        await page.clock.run_for(1_000)
    await length.select_option("60")
    await held[0].continue_()
    await expect(page.locator("#when")).to_contain_text("13:00–13:45")
    await page.clock.run_for(1_000)
    await expect(page.locator("#when")).to_contain_text("13:00–14:00")


async def test_the_rooms_of_a_change_follow_its_time(office: Office, open_page: Opens) -> None:
    made = await office.book("me", "Oak", at(13), 60, "Budget review")
    await office.answered(made)
    await office.busy("Oak", at(16))
    page = await open_page(f"/bookings/{made}/change")
    room = page.get_by_label("Room", exact=True)
    await room.select_option("Birch · 6 seats")
    await page.get_by_label("Title").fill("Budget, second look")
    await page.get_by_label("From").fill("16:00")
    await page.get_by_label("From").press("Tab")
    await expect(room.locator("option", has_text="Oak")).to_have_text("Oak · 8 seats · taken then")
    await expect(room.locator("option:checked")).to_have_text("Birch · 6 seats")
    await room.focus()
    await room.select_option("Oak · 8 seats · taken then")
    await expect(page.get_by_text(re.compile("Oak is taken .*16:00–17:00"))).to_be_visible()
    await expect(room).to_be_focused()
    await expect(page.get_by_label("Title")).to_have_value("Budget, second look")
    assert await findings(page) == []
    await page.get_by_label("From").fill("14:00")
    await page.get_by_label("From").press("Tab")
    await expect(room.locator("option:checked")).to_have_text("Oak · 8 seats")
    await page.get_by_role("button", name="Save change").click()
    await expect(page.get_by_text("Saved. The calendar is told within seconds.")).to_be_visible()


async def test_the_door_is_drawn_anew_under_the_fingers(office: Office, open_page: Opens) -> None:
    link = await office.service.cases.make_door_link(
        MakeDoorLink(office.rooms["Oak"].id, office.people["Priya Nair"].id), OPERATOR
    )
    page = await open_page(urlsplit(link).path)
    take = page.get_by_role("button", name=re.compile("^Take it for")).first
    await take.focus()
    await page.evaluate("document.getElementById('door').dataset.old = 'yes'; htmx.trigger('#door', 'live')")
    await expect(page.locator("#door:not([data-old])")).to_be_visible()
    await expect(take).to_be_focused()


async def somebody_listens(database_url: str) -> None:
    """Wait until a page is told of news."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as session:
        while True:
            found = await session.execute(
                "SELECT 1 FROM pg_stat_activity"
                " WHERE datname = current_database() AND state = 'idle' AND query LIKE 'LISTEN%'"
            )
            if await found.fetchone() is not None:
                return
            await asyncio.sleep(0.01)


async def test_today_changes_by_itself(office: Office, open_page: Opens, database_url: str) -> None:
    page = await open_page(f"/?day={DAY_AHEAD}")
    gap = page.get_by_role("link", name=re.compile("Book Oak 08:00"))
    await gap.focus()
    await somebody_listens(database_url)
    made = await office.book("Priya Nair", "Elm", at(13), 60, "Design critique")
    await office.answered(made)
    await expect(page.get_by_role("link", name=re.compile("Design critique"))).to_be_visible()
    await expect(page.get_by_role("link", name=re.compile("Book Oak 08:00"))).to_be_focused()


async def test_today_on_a_phone_is_a_list(office: Office, open_page: Opens) -> None:
    soon = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    for number in range(3):
        await office.busy("Oak", soon + timedelta(hours=2 * number), 60)
    page = await open_page("/", 360)
    shown = page.locator("tr", has=page.get_by_role("link", name="Oak", exact=True)).locator("td:visible")
    assert await shown.count() <= 3
    await expect(page.locator(".now")).to_be_hidden()


async def answers_503(route: Route) -> None:
    """What a proxy says while Roomstead starts again."""
    await route.fulfill(status=503, body="<h1>Bad gateway</h1>")


async def miss_a_preview(page: Page, told: Locator) -> None:
    """Type somebody while previews fail; they are not made up for by whatever else is answered."""
    people = page.get_by_label(re.compile("^People \\(optional"))
    await page.route("**/preview", answers_503)
    await people.fill("Priya Nair")
    await people.press("Enter")
    await expect(told).to_contain_text("Roomstead does not answer.")
    async with page.expect_request_finished(lambda request: "/people/find" in request.url):
        await people.press_sequentially("Pri")  # an answer to another question is not the one that was missed
    await expect(page.locator("#people-found option")).not_to_have_count(0)
    await expect(told).to_contain_text("Roomstead does not answer.")
    await people.fill("")
    await page.unroute("**/preview")


async def test_what_is_typed_outlives_an_outage(
    office: Office, chromium: ChromiumBrowser, member_page: Visitor
) -> None:
    context = await chromium.new_context()
    await carry_over(member_page, context)
    page = await context.new_page()
    oak = office.rooms["Oak"]
    await page.goto(f"{member_page.browser.base_url}/book/{oak.room_no}/{DAY_AHEAD:%Y%m%d}T1300")
    await page.get_by_label("Title").fill("Budget review")
    told = page.locator(".offline")
    await miss_a_preview(page, told)
    await context.set_offline(True)
    await page.get_by_role("button", name="Book Oak").click()
    await expect(told).to_contain_text("Not sent: Roomstead cannot be reached. Nothing you typed is lost.")
    await context.set_offline(False)
    await expect(told).to_contain_text("Roomstead answers again. You can send it now.")
    await expect(page.locator(".chip")).to_contain_text("Priya Nair")
    await page.get_by_role("button", name="Book Oak").click()
    await expect(page.get_by_role("heading", name="Budget review")).to_be_visible()
    await context.set_offline(True)
    await expect(told).to_contain_text("You are offline.")
    await office.answered(BookingId(UUID(page.url.rpartition("/")[2])))
    await context.set_offline(False)
    await expect(page.get_by_role("status").filter(has_text="Oak accepted.")).to_be_visible()
    await expect(told).to_be_hidden()


async def test_what_is_typed_outlives_the_end_of_the_session(
    office: Office, chromium: ChromiumBrowser, member_page: Visitor
) -> None:
    context = await chromium.new_context()
    await carry_over(member_page, context)
    page = await context.new_page()
    browser, oak = member_page.browser, office.rooms["Oak"]
    await page.goto(f"{browser.base_url}/book/{oak.room_no}/{DAY_AHEAD:%Y%m%d}T1300")
    await page.get_by_label("Title").fill("Budget review")
    await browser.submit(await browser.open("/me"), "Sign out")
    people = page.get_by_label(re.compile("^People \\(optional"))
    await people.fill("priya.nair@contoso.example")
    await people.press("Enter")
    told = page.locator(".offline")
    await expect(told).to_contain_text("you are not signed in here any more")
    async with context.expect_page() as opened:
        await told.get_by_role("link", name="Sign in").click()
    other = await opened.value
    await other.get_by_label("E-mail address").fill(member_page.person.addresses[0])
    await other.get_by_label("Password").fill(PASSWORD)
    await other.get_by_role("button", name="Sign in").click()
    await other.wait_for_url(f"{browser.base_url}/")
    await page.get_by_role("button", name="Book Oak").click()
    await expect(page.get_by_role("heading", name="Budget review")).to_be_visible()
    await expect(page.get_by_text("priya.nair@contoso.example").first).to_be_visible()


async def test_a_form_is_sent_though_its_button_is_drawn_anew_meanwhile(office: Office, open_page: Opens) -> None:
    oak = office.rooms["Oak"]
    page = await open_page(f"/book/{oak.room_no}/{DAY_AHEAD:%Y%m%d}T1300")
    await page.get_by_label("Title").fill("Budget review")

    async def hold(route: Route) -> None:
        await page.evaluate(
            """() => {
                document.querySelector("#book-form [type=submit]").dataset.old = "yes";
                document.getElementById("book-form").dispatchEvent(new CustomEvent("form-changed", { bubbles: true }));
            }"""
        )
        await expect(page.locator("[data-old]")).to_have_count(0)
        await route.continue_()

    await page.route("**/live/me", hold)
    await page.get_by_role("button", name="Book Oak").click()
    await expect(page.get_by_role("heading", name="Budget review")).to_be_visible()
