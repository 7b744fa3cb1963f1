"""Today, as a browser without scripts gets it."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import httpx2
from tests.support.office import HOUSE, Office
from tests.web.pages.conftest import Visitor
from tests.web.pages.employee.conftest import DAY_AHEAD, at


def row(answer: httpx2.Response, room: str) -> str:
    """The rows of a room in the table: from its header to the next one."""
    found = re.search(rf">{room}</a>.*?(?=<th scope=row|</tbody>)", answer.text, re.DOTALL)
    assert found is not None, f"{room} is not shown"
    return found[0]


async def test_first_use_says_what_comes_next(member_page: Visitor, admin_page: Visitor) -> None:
    shown = await member_page.browser.open("/")
    assert "No rooms yet" in shown.text
    assert "A Global Admin of your organisation has to connect a calendar first." in shown.text
    assert 'href="/settings/integrations"' in (await admin_page.browser.open("/")).text


async def test_own_and_others_meetings_and_what_is_free(office: Office, member_page: Visitor) -> None:
    mine = await office.book("me", "Oak", at(10), 60, "Budget review")
    await office.answered(mine)
    theirs = await office.book("Priya Nair", "Oak", at(13), 60, "Design <critique>")
    await office.answered(theirs)
    shown = await member_page.browser.open(f"/?day={DAY_AHEAD}")
    oak = row(shown, "Oak")
    assert f'class="blk b-mine mv" href=/bookings/{mine.hex}' in oak
    assert "Budget review" in oak
    assert "<i>10:00–11:00</i>" in oak
    assert f'class="blk b-other" href=/bookings/{theirs.hex}' in oak
    assert "Design &lt;critique&gt;</b><u>Priya Nair <i>13:00–14:00</i></u>" in oak
    room_no = office.rooms["Oak"].room_no
    assert re.findall(r'href=(/book/\S+?) aria-label="(.*?)"></a>', oak) == [
        (f"/book/{room_no}/{DAY_AHEAD:%Y%m%d}T0800", "Book Oak 08:00–08:30"),
        (f"/book/{room_no}/{DAY_AHEAD:%Y%m%d}T1100", "Book Oak 11:00–11:30"),
        (f"/book/{room_no}/{DAY_AHEAD:%Y%m%d}T1400", "Book Oak 14:00–14:30"),
    ]


async def test_times_are_told_by_12_hours_to_who_likes_that(office: Office, member_page: Visitor) -> None:
    made = await office.book("me", "Oak", at(13), 60, "Budget review")
    await office.answered(made)
    browser = member_page.browser
    await browser.submit(await browser.open("/me"), "Save", hours="12")
    assert 'value="12" checked' in (await browser.open("/me")).text
    shown = await browser.open(f"/?day={DAY_AHEAD}")
    oak = row(shown, "Oak").replace("\N{NO-BREAK SPACE}", " ")
    assert "<i>1:00–2:00 PM</i>" in oak
    assert 'T0800 aria-label="Book Oak 8:00–8:30 AM"' in oak
    assert re.findall(r'colspan="12"[^>]*><span>([^<]+)<', shown.text)[4:6] == [
        "12\N{NO-BREAK SPACE}PM",
        "1\N{NO-BREAK SPACE}PM",
    ]
    for path in (f"/bookings/{made}", f"/rooms/{office.rooms['Oak'].id}?week={DAY_AHEAD}", "/bookings"):
        told = (await browser.open(path)).text
        assert "1:00–2:00\N{NO-BREAK SPACE}PM" in told, path
        assert "13:00" not in told, path
    assert 'value="13:00"' in (await browser.open(f"/bookings/{made}/change")).text  # the browser tells fields


async def test_every_row_is_as_wide_as_the_day(office: Office, member_page: Visitor) -> None:
    await office.book("me", "Oak", at(6, 50), 35)
    await office.busy("Elm", at(17, 58), 4)
    await office.busy("Ash", at(9) - timedelta(days=2), 60 * 24 * 5)
    shown = await member_page.browser.open(f"/?day={DAY_AHEAD}")
    hours = len(re.findall(r'<th scope="col" colspan="12">', shown.text))
    assert hours == 13  # 06 to 19: what begins or ends outside of working hours widens them
    rows = re.findall(r"<tr><th scope=row>.*?(?=<tr|</tbody>)", shown.text, re.DOTALL)
    assert len(rows) == len(HOUSE)
    assert {sum(map(int, re.findall(r"colspan=(\d+)", each))) for each in rows} == {hours * 12}


async def test_what_may_not_be_told_is_busy(office: Office, member_page: Visitor) -> None:
    private = await office.book("Priya Nair", "Elm", at(9), 60, "Salary talk", is_private=True)
    await office.answered(private)
    await office.busy("Elm", at(11))
    shown = await member_page.browser.open(f"/?day={DAY_AHEAD}")
    elm = row(shown, "Elm")
    assert elm.count("popovertargetaction=show><b>Busy</b>") == 2
    assert "Salary" not in shown.text
    assert str(private) not in shown.text
    assert "Meeting information unavailable" in shown.text
    assert "Meetings booked in Roomstead always show theirs" in shown.text


async def test_a_declined_booking_hides_no_free_time(office: Office, member_page: Visitor) -> None:
    declined = await office.book("me", "Willow", at(10), 60, "Quarter close")
    await office.answered(declined, "declined")
    shown = await member_page.browser.open(f"/?day={DAY_AHEAD}")
    willow = row(shown, "Willow")
    assert 'class="blk b-declined mv"' in willow
    assert 'aria-label="Book Willow 08:00–08:30"' in willow
    assert len(re.findall(r"href=/book/", willow)) == 1  # one stretch from eight to six
    other = await office.book("Priya Nair", "Willow", at(10), 60, "Sprint review")
    await office.answered(other)
    assert "Sprint review" in row(await member_page.browser.open(f"/?day={DAY_AHEAD}"), "Willow")


async def test_a_booking_on_its_way_is_hatched_and_says_so(office: Office, member_page: Visitor) -> None:
    await office.book("me", "Oak", at(10), 60, "Budget review")
    oak = row(await member_page.browser.open(f"/?day={DAY_AHEAD}"), "Oak")
    assert 'class="blk b-wait mv"' in oak
    assert "<u>On its way… <i>10:00–11:00</i></u>" in oak


async def test_filters_and_days(office: Office, member_page: Visitor) -> None:
    browser = member_page.browser
    shown = await browser.open(f"/?day={DAY_AHEAD}&building=North+House&people=10")
    assert re.findall(r"href=/rooms/\w+>(\w+)</a>", shown.text) == ["Elm", "Larch", "Rowan"]
    assert "3 rooms" in shown.text
    assert "Ground floor" not in re.sub(r".*id=\"floor\"", "", shown.text, flags=re.DOTALL).partition("</select>")[0]
    yesterday = re.search(r'href="([^"]+)" aria-label="[^"]+"><svg', shown.text)
    assert yesterday is not None
    assert "building=North+House" in yesterday[1]
    nothing = await browser.open("/?equipment=Aquarium")
    assert "No room fits" in nothing.text
    assert (await browser.open("/?day=nonsense&people=x&page=-3")).status_code == 200


async def test_the_way_to_other_days_keeps_a_filter_that_was_just_set(office: Office, member_page: Visitor) -> None:
    part = await member_page.browser.get(f"/?day={DAY_AHEAD}&building=North+House", **{"HX-Request": "true"})
    days = re.search(r'<div class="seg" id="days"[^>]* hx-swap-oob="true">(.*?)</div>', part.text)
    assert days is not None
    assert len(re.findall(r'href="[^"]*building=North\+House[^"]*"', days[1])) == 3


async def test_a_filter_that_no_room_fits_any_more_is_named(office: Office, member_page: Visitor) -> None:
    shown = await member_page.browser.open("/?building=Gone+House&floor=77&equipment=Aquarium")
    for gone in ("Gone House", "77", "Aquarium"):
        assert f'<option value="{gone}" selected>' in shown.text


async def test_a_room_is_searched_by_parts_of_its_name(office: Office, member_page: Visitor) -> None:
    names = ("Zürich Süd", "ZÜRICH Nord", "Großer Saal", "Ærø", "Λάρισα", "50 % Off_ice", "A\u0301gora")
    await office.add_rooms(*((name, "Tower", "1", 2) for name in names))

    async def found(typed: str) -> list[str]:
        shown = await member_page.browser.get(f"/?{urlencode({'room': typed})}", **{"HX-Request": "true"})
        return re.findall(r"href=/rooms/\w+>([^<]+)</a>", shown.text)

    assert await found("zurich") == ["ZÜRICH Nord", "Zürich Süd"]
    assert await found("sud  zür") == ["Zürich Süd"]
    assert await found("GROSSER") == await found("großer") == ["Großer Saal"]
    assert await found("aero") == ["Ærø"]
    assert await found("λαρ") == ["Λάρισα"]
    assert await found("agora") == await found("\u00c1GORA") == ["A\u0301gora"]
    assert await found("%") == await found("_") == ["50 % Off_ice"]
    assert await found("' OR 1=1 --") == []


async def test_a_searched_name_is_kept_and_cleared(office: Office, member_page: Visitor) -> None:
    browser = member_page.browser
    shown = await browser.submit(await browser.open(f"/?day={DAY_AHEAD}&building=North+House"), "Show", room="e  LM")
    assert re.findall(r"href=/rooms/\w+>(\w+)</a>", shown.text) == ["Elm"]
    assert 'name="room" type="search" maxlength="100" value="e LM"' in shown.text
    days = shown.text.partition('id="days"')[2].partition("</div>")[0]
    assert len(re.findall(r'href="[^"]*building=North\+House[^"]*room=e\+LM', days)) == 3
    none = await browser.open("/?day=2030-01-01&room=<b>Oak")
    assert "No room is called “&lt;b&gt;Oak”" in none.text
    assert 'href="/?day=2030-01-01">Clear the name</a>' in none.text
    assert "Show all rooms" not in none.text
    wished = await browser.open("/?day=2030-01-01&people=9&room=Oakx")
    assert "No room called “Oakx” fits" in wished.text
    assert 'href="/?day=2030-01-01&amp;people=9">Clear the name</a>' in wished.text
    assert 'href="/?day=2030-01-01">Show all rooms</a>' in wished.text


async def test_floors_come_in_the_order_of_a_lift(office: Office, member_page: Visitor) -> None:
    floors = ("10", "2", "Ground floor", "-1", "1")
    await office.add_rooms(*((f"Lift {number}", "Tower", floor, 2) for number, floor in enumerate(floors)))
    shown = await member_page.browser.open("/?building=Tower")
    in_order = ["Floor -1", "Ground floor", "Floor 1", "Floor 2", "Floor 10"]
    assert re.findall(r"<span>Tower · ([^<]+)</span>", shown.text) == in_order
    choices = shown.text.partition('id="floor"')[2].partition("</select>")[0]
    assert re.findall(r">([^<]+)</option>", choices)[1:] == in_order


async def test_any_day_can_be_chosen(office: Office, member_page: Visitor) -> None:
    shown = await member_page.browser.open(f"/?day={DAY_AHEAD}")
    assert f'name="day" type="date" value="{DAY_AHEAD}"' in shown.text


async def test_a_link_that_was_cut_leads_nowhere_in_words_for_people(office: Office, member_page: Visitor) -> None:
    for broken in ("/rooms/nope", "/bookings/0b4c", "/book/oak/20261201T0900"):
        shown = await member_page.browser.get(broken)
        assert (shown.status_code, "There is nothing at this address" in shown.text) == (404, True), broken


async def test_free_now_leaves_out_what_is_taken(office: Office, member_page: Visitor) -> None:
    await office.busy("Oak", datetime.now(UTC) - timedelta(minutes=10), 60)
    shown = await member_page.browser.open("/?free=on")
    assert ">Oak</a>" not in shown.text
    assert ">Elm</a>" in shown.text
    assert "Taken until" in row(await member_page.browser.open("/"), "Oak")


async def test_fifty_rooms_a_page(office: Office, member_page: Visitor) -> None:
    await office.add_rooms(*((f"Cell {number:02}", "Tower", "1", 2) for number in range(60)))
    first = await member_page.browser.open(f"/?day={DAY_AHEAD}")
    assert first.text.count("<th scope=row") == 50
    assert "1–50 of 74" in first.text
    second = await member_page.browser.open(f"/?day={DAY_AHEAD}&page=2")
    assert second.text.count("<th scope=row") == 24
    assert "51–74 of 74" in second.text


async def test_the_live_part_is_sent_alone(office: Office, member_page: Visitor) -> None:
    part = await member_page.browser.get(f"/?day={DAY_AHEAD}", **{"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="board"')
    assert "<html" not in part.text
    assert "style nonce" not in part.text  # another page's nonce is worth nothing


async def test_nobody_is_sent_to_the_sign_in_page(office: Office, new_browser: object) -> None:
    answer = await new_browser().get("/")  # type: ignore[operator]  # the fixture of the pages
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in"
