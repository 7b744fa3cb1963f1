"""Booking a room from a free stretch and from Find, as a browser without scripts does it."""

import re
from datetime import timedelta

import psycopg
import pytest
from tests.support.office import Office
from tests.web.pages.conftest import Comes, Visitor, forms_of, heading
from tests.web.pages.employee.conftest import DAY_AHEAD, at

from roomstead.application.booking.preview import PreviewBooking
from roomstead.application.booking_request import BookingRequest
from roomstead.domain.access import Verdict
from roomstead.domain.people import Role

DAY = f"{DAY_AHEAD:%Y%m%d}"


def link(office: Office, room: str = "Oak", time: str = "1400") -> str:
    return f"/book/{office.rooms[room].room_no}/{DAY}T{time}"


async def test_from_a_free_stretch_to_the_booking(office: Office, member_page: Visitor) -> None:
    browser = member_page.browser
    form = await browser.open(link(office))
    assert heading(form) == "Book Oak"
    assert "Booked in your own calendar." in form.text
    booked = await browser.submit(
        form, "Book Oak", title="Budget <review>", typed="Priya Nair; sam@corp.example", minutes="60"
    )
    assert booked.status_code == 200
    assert re.fullmatch(r"/bookings/[0-9a-f-]{36}", booked.url.path)
    assert heading(booked) == "Budget &lt;review&gt;"
    assert "On its way to the calendar." in booked.text
    assert "14:00–15:00" in booked.text
    assert "priya.nair@contoso.example" in booked.text
    assert "sam@corp.example" in booked.text


async def test_the_form_predicts_the_host_and_whom_it_mails(office: Office, member_page: Visitor) -> None:
    await office.reach("me", Verdict.REFUSED)
    browser = member_page.browser
    form = await browser.open(link(office))
    assert "so this will be booked by rooms@contoso.example on your behalf" in form.text.replace("&#39;", "'")
    assert "Roomstead has no access to your mailbox: your organisation has not granted it." in form.text
    assert "Mails you" in form.text
    token = next(value for name, value in forms_of(form)[-1].values if name == "csrf")
    typed = {
        "csrf": token,
        "day": str(DAY_AHEAD),
        "time": "14:00",
        "minutes": "30",
        "typed": "Priya Nair, x@corp.example",
    }
    told = await browser.send(f"/book/{office.rooms['Oak'].room_no}/preview", dict(typed))
    assert "Mails you, Priya Nair, and x@corp.example" in told.text
    assert 'data-outside="x@corp.example"' in told.text
    assert "<html" not in told.text


async def test_the_organiser_and_colleagues_are_no_outsiders(office: Office, member_page: Visitor) -> None:
    """A mailbox of another tenant does not make somebody who works here a stranger."""
    await office.person("Lea Silva", "lea.silva@lisbon.example")
    browser = member_page.browser
    form = await browser.open(link(office))
    token = next(value for name, value in forms_of(form)[-1].values if name == "csrf")
    typed = {"csrf": token, "typed": "Lea Silva"}
    assert 'data-outside=""' in (await browser.send(f"/book/{office.rooms['Oak'].room_no}/preview", typed)).text
    me = await office.person("Traveller", "traveller@lisbon.example")
    found = await office.service.cases.preview_booking(
        PreviewBooking(BookingRequest(at(14), at(15), "T", office.rooms["Oak"].id, organizer_id=me.id)),
        office.actor("Traveller"),
    )
    assert (found.mailed, found.outside) == (("traveller@lisbon.example",), ())


async def test_the_first_mistake_has_the_focus(office: Office, member_page: Visitor) -> None:
    browser = member_page.browser
    form = await browser.open(link(office))
    assert re.search(r'id="f-title"[^>]* autofocus', form.text)
    wrong = await browser.submit(form, "Book Oak", title="Fine", typed="Nobody Known")
    assert not re.search(r'id="f-title"[^>]* autofocus', wrong.text)
    assert re.search(r'id="f-people"[^>]* autofocus', wrong.text)


async def test_mistakes_stand_beside_the_fields_and_nothing_is_lost(office: Office, member_page: Visitor) -> None:
    browser = member_page.browser
    form = await browser.open(link(office))
    wrong = await browser.submit(form, "Book Oak", title=" ", typed="Nobody Known; Priya Nair", description="Numbers")
    assert wrong.status_code == 422
    assert "Give the meeting a title." in wrong.text
    assert "Nobody here is called Nobody Known. Type the e-mail address." in wrong.text
    assert 'value="Priya Nair &lt;priya.nair@contoso.example&gt;; Nobody Known"' in wrong.text
    assert ">Numbers</textarea>" in wrong.text
    past = await browser.submit(form, "Book Oak", title="T", day="2020-01-01")
    assert "The start lies in the past." in past.text
    odd = await browser.submit(form, "Book Oak", title="T", day="yesterday", time="25:99")
    assert "Write the day like 2026-11-23." in odd.text
    assert "Write the time like 14:30." in odd.text


async def test_a_taken_room_offers_others_and_keeps_the_form(office: Office, member_page: Visitor) -> None:
    browser = member_page.browser
    form = await browser.open(link(office))
    await office.busy("Oak", at(14), 30)
    refused = await browser.submit(form, "Book Oak", title="Budget review", description="Numbers")
    assert refused.status_code == 409
    assert "Oak is already taken at that time." in refused.text
    assert 'value="Budget review"' in refused.text
    other = re.search(r"Free instead: <a class=\"link\" href=\"([^\"]+)\">(\w+)</a>", refused.text)
    assert other is not None
    again = await browser.open(other[1].replace("&amp;", "&"))
    assert 'value="Budget review"' in again.text
    booked = await browser.submit(again, f"Book {other[2]}")
    assert heading(booked) == "Budget review"


async def test_without_a_service_account_nothing_is_written(
    office: Office, member_page: Visitor, database_url: str
) -> None:
    await office.reach("me", Verdict.REFUSED)
    async with await psycopg.AsyncConnection.connect(database_url) as session:
        await session.execute("DELETE FROM service_mailbox")
    browser = member_page.browser
    form = await browser.open(link(office))
    words = "Your mailbox is out of reach and this integration has no service account to book in your stead."
    assert words in form.text
    refused = await browser.submit(form, "Book Oak", title="Review")
    assert refused.status_code == 409
    assert 'value="Review"' in refused.text
    assert "Ask a Global Admin to grant access to your mailbox or to add a service account." in refused.text
    async with await psycopg.AsyncConnection.connect(database_url) as session:
        assert await (await session.execute("SELECT count(*) FROM booking")).fetchone() == (0,)


async def test_a_form_that_is_sent_twice_books_once(office: Office, member_page: Visitor) -> None:
    browser = member_page.browser
    form = await browser.open(link(office))
    first = await browser.submit(form, "Book Oak", title="Once")
    second = await browser.submit(form, "Book Oak", title="Once")
    assert first.url.path == second.url.path


async def test_only_admins_book_for_others(office: Office, member_page: Visitor, comes: Comes) -> None:
    assert "For somebody else" not in (await member_page.browser.open(link(office))).text
    admin = await comes("Mei Tan", Role.GLOBAL_ADMIN)
    form = await admin.browser.open(link(office))
    wrong = await admin.browser.submit(form, "Book Oak", title="T", organizer="x@corp.example")
    assert "Choose one person of this organisation." in wrong.text
    booked = await admin.browser.submit(form, "Book Oak", title="Review", organizer="Priya Nair")
    assert "Booked by Mei Tan" in booked.text
    assert "Priya Nair" in booked.text


async def test_suggestions_come_by_name_and_address(office: Office, member_page: Visitor) -> None:
    browser = member_page.browser
    found = await browser.open("/people/find?typed=x@y.example; priy")
    assert found.text.strip() == '<option value="Priya Nair &lt;priya.nair@contoso.example&gt;"></option>'
    assert (await browser.open("/people/find?typed=p")).text.strip() == ""


async def test_namesakes_have_to_be_told_apart(office: Office, member_page: Visitor) -> None:
    await office.person("Alex Kim", "alex.kim@contoso.example")
    await office.person("Alex Kim", "alex.kim2@contoso.example")
    form = await member_page.browser.open(link(office))
    wrong = await member_page.browser.submit(form, "Book Oak", title="T", typed="alex kim")
    assert "Several people are called alex kim. Type the address: alex.kim" in wrong.text


@pytest.mark.parametrize("address", ["/book/999999/20301123T1400", "/book/1/nonsense", "/book/1/20301123T9900"])
async def test_links_to_nothing(office: Office, member_page: Visitor, address: str) -> None:
    assert (await member_page.browser.get(address)).status_code == 404


async def test_find_ranks_with_reasons_and_books(office: Office, member_page: Visitor) -> None:
    await office.busy("Birch", at(15), 60)
    browser = member_page.browser
    found = await browser.open(f"/find?day={DAY_AHEAD}&time=14:00&minutes=60&people=6&building=North+House")
    names = re.findall(r"hit-link[^>]*>(\w+)</a>", found.text)
    assert names[:2] == ["Birch", "Maple"]
    assert "The smallest that fits" in found.text
    assert "free until 15:00" in found.text
    assert "Ash" not in names
    booked = await browser.submit(found, "Book Birch", title="Sprint review")
    assert heading(booked) == "Sprint review"
    assert "14:00–15:00" in booked.text


async def test_find_begins_with_the_next_half_hour(office: Office, member_page: Visitor) -> None:
    found = await member_page.browser.open("/find")
    time = re.search(r'name="time" type="time"[^>]*value="(\d\d:\d\d)"', found.text)
    assert time is not None
    assert time[1][3:] in {"00", "30"}


async def test_find_says_when_nothing_is_free_and_what_is_wrong(office: Office, member_page: Visitor) -> None:
    browser = member_page.browser
    nothing = await browser.open(f"/find?day={DAY_AHEAD}&time=14:00&minutes=60&people=500")
    assert "No room is free" in nothing.text
    past = await browser.open("/find?day=2020-01-01&time=10:00")
    assert "The start lies in the past." in past.text
    assert (await browser.open("/find?people=many&cursor=zzz")).status_code == 200


async def test_find_keeps_the_chosen_room_and_says_when_it_is_gone(office: Office, member_page: Visitor) -> None:
    browser = member_page.browser
    oak = office.rooms["Oak"].room_no
    query = f"/find?day={DAY_AHEAD}&time=14:00&minutes=60&room={oak}&title=Review"
    kept = await browser.open(query)
    assert 'id="book-what">Book Oak, 14:00–15:00' in kept.text
    assert 'value="Review"' in kept.text
    await office.busy("Oak", at(14) + timedelta(minutes=30), 30)
    gone = await browser.open(query)
    assert "The room that you had chosen is not among these any more." in gone.text


async def test_a_list_without_an_end_is_refused_before_anybody_is_looked_up(
    office: Office, member_page: Visitor
) -> None:
    for typed in ("a, " * 20_000, "a@contoso.example;" * 20_000, f"Jane{' ' * 300_000}@"):
        form = await member_page.browser.open(link(office))
        refused = await member_page.browser.submit(form, "Book Oak", title="Everybody", typed=typed)
        assert refused.status_code == 422
