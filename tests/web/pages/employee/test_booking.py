"""The booking page, changing, cancelling, my bookings, .ics: over HTTP without scripts."""

import re

import httpx2
import psycopg
import pytest
from tests.support.office import Office
from tests.web.pages.conftest import Comes, Visitor, forms_of, heading
from tests.web.pages.employee.conftest import DAY_AHEAD, at

from roomstead.domain.access import Verdict
from roomstead.domain.booking import BookingId
from roomstead.domain.people import Role

LABEL = "This booking has been made via a service account"


async def hosted(office: Office) -> BookingId:
    """A booking that the service account hosts, confirmed."""
    await office.reach("me", Verdict.REFUSED)
    made = await office.book("me", "Oak", at(13), 60, "Budget review", people=["priya.nair@contoso.example"])
    await office.answered(made)
    return made


async def test_a_service_account_booking_is_labelled_and_explained(office: Office, member_page: Visitor) -> None:
    shown = await member_page.browser.open(f"/bookings/{await hosted(office)}")
    assert f"<strong>{LABEL}.</strong>" in shown.text
    assert "Roomstead has no access to your mailbox" in shown.text
    assert "So rooms@contoso.example sent the invitations on" in shown.text
    assert "Organised by Jane Doe" in shown.text
    assert "sent by rooms@contoso.example" in shown.text
    assert "Oak accepted." in shown.text
    assert "refused" not in shown.text  # the raw cause is for admins


async def test_admins_see_the_raw_cause(office: Office, admin_page: Visitor) -> None:
    shown = await admin_page.browser.open(f"/bookings/{await hosted(office)}")
    assert "<code>refused</code>" in shown.text
    assert "Only those who take part see who comes." in shown.text


async def test_a_booking_in_ones_own_calendar_has_no_label(office: Office, member_page: Visitor) -> None:
    made = await office.book("me", "Oak", at(13))
    shown = await member_page.browser.open(f"/bookings/{made}")
    assert LABEL not in shown.text


async def test_markup_in_titles_and_descriptions_is_shown_and_never_run(office: Office, member_page: Visitor) -> None:
    title, text = "<b>Kick</b>-off", '<img src=x onerror="alert(1)"><script>alert(2)</script>'
    made = await office.book("me", "Oak", at(13), 60, title, description=text)
    for place in (f"/bookings/{made}", f"/bookings/{made}/change", "/bookings", "/"):
        shown = await member_page.browser.open(place)
        assert "<b>Kick</b>" not in shown.text, place
        assert "<img src=x" not in shown.text, place
        assert "<script>alert" not in shown.text, place
    assert "&lt;img src=x" in (await member_page.browser.open(f"/bookings/{made}")).text


async def test_a_title_from_right_to_left_turns_no_sentence_around(office: Office, member_page: Visitor) -> None:
    title = "מצגת"
    made = await office.book("me", "Oak", at(13), 60, title)
    shown = await member_page.browser.open(f"/bookings/{made}")
    assert f"Cancel \u2068{title}\u2069" in shown.text
    assert f"<h1><bdi>{title}</bdi></h1>" in shown.text


async def test_a_drag_to_another_room_says_both_rooms(office: Office, member_page: Visitor) -> None:
    made = await office.book("me", "Oak", at(13))
    elm = office.rooms["Elm"].id
    shown = await member_page.browser.open(f"/bookings/{made}/change?by=60&room={elm.hex}")
    assert re.search("It was .* in Oak\\.", shown.text)
    assert re.search("It becomes .* in Elm\\.", shown.text)


async def test_my_bookings_are_live(office: Office, member_page: Visitor) -> None:
    shown = await member_page.browser.open("/bookings")
    assert '<div id="mine" data-live="/live/rooms" hx-get="/bookings" hx-trigger="live"' in shown.text
    assert "data-live" not in (await member_page.browser.open("/bookings?back=1")).text


async def test_what_happened_before_a_page_listens_is_not_missed(office: Office, member_page: Visitor) -> None:
    made = await office.book("me", "Oak", at(13))
    assert "On its way to the calendar." in (await member_page.browser.open(f"/bookings/{made}")).text
    await office.answered(made)
    async with member_page.browser.http.stream("GET", f"/live/bookings/{made}") as stream:
        lines = stream.aiter_lines()
        assert await anext(line async for line in lines if line.startswith("data:")) == "data: changed"


async def test_my_bookings_tell_the_rooms_own_time(office: Office, member_page: Visitor, database_url: str) -> None:
    await office.book("me", "Oak", at(13))
    async with await psycopg.AsyncConnection.connect(database_url) as session:
        await session.execute("UPDATE room SET zone = 'Asia/Tokyo' WHERE name = 'Oak'")
    assert "22:00–23:00 (Tokyo, UTC+9)" in (await member_page.browser.open("/bookings")).text


async def test_answers_are_counted(office: Office, member_page: Visitor, database_url: str) -> None:
    made = await hosted(office)
    async with await psycopg.AsyncConnection.connect(database_url) as session:
        await session.execute("UPDATE attendee SET response = 'tentative', answered_at = now()")
    shown = await member_page.browser.open(f"/bookings/{made}")
    assert "<b>1</b> tentative" in shown.text
    assert "answered “tentative”" in shown.text


async def test_strangers_see_a_private_meeting_as_busy(office: Office, comes: Comes) -> None:
    made = await office.book("me", "Oak", at(13), 60, "Salary talk", is_private=True, people=["a@b.example"])
    stranger = await comes("Tom Visser")
    shown = await stranger.browser.open(f"/bookings/{made}")
    assert heading(shown) == "Busy"
    assert "Meeting information unavailable" in shown.text
    for secret in ("Salary", "a@b.example", "Jane"):
        assert secret not in shown.text.partition("<main")[2]
    assert "Change" not in [form.button for form in forms_of(shown)]
    assert (await stranger.browser.get(f"/bookings/{made}/change")).status_code == 403
    file = await stranger.browser.get(f"/bookings/{made}.ics")
    assert "Salary" not in file.text


async def test_a_declined_booking_swaps_its_room_with_one_click(office: Office, member_page: Visitor) -> None:
    made = await office.book("me", "Larch", at(13), 60, "Pricing")
    await office.answered(made, "declined")
    browser = member_page.browser
    shown = await browser.open(f"/bookings/{made}")
    assert "Larch declined. Choose another room, or cancel the booking." in shown.text
    offered = re.findall(r"Take (\w+)", shown.text)
    assert len(offered) == 3
    swapped = await browser.submit(shown, f"Take {offered[0]}")
    assert swapped.url.path == f"/bookings/{made}"
    assert f">{offered[0]}</a>" in swapped.text
    assert "The change is on its way" in swapped.text


async def test_a_swap_to_a_room_that_was_taken_says_so(office: Office, member_page: Visitor) -> None:
    made = await office.book("me", "Larch", at(13), 60, "Pricing")
    await office.answered(made, "declined")
    browser = member_page.browser
    shown = await browser.open(f"/bookings/{made}")
    offered = re.findall(r"Take (\w+)", shown.text)
    await office.busy(offered[0], at(13))
    refused = await browser.submit(shown, f"Take {offered[0]}")
    assert refused.status_code == 409
    assert f"{offered[0]} is already taken at that time." in refused.text


@pytest.mark.parametrize(
    ("kind", "under_way"),
    [("create", "On its way to the calendar."), ("change", "The change is on its way to the calendar; the old slot")],
)
async def test_what_was_not_delivered_says_what_holds_and_offers_ways_out(
    office: Office, member_page: Visitor, database_url: str, kind: str, under_way: str
) -> None:
    made = await office.book("me", "Oak", at(13), 60, "Pricing")
    if kind == "change":
        await office.answered(made)
        browser = member_page.browser
        await browser.submit(await browser.open(f"/bookings/{made}/change"), "Save change", time="15:00")
    async with await psycopg.AsyncConnection.connect(database_url) as session:
        await session.execute(
            "UPDATE intent SET status = 'failed', done_at = now(), error_code = 'x',"
            " error_sentence = 'The calendar refuses so many guests.' WHERE kind = %s",
            (kind,),
        )
    shown = await member_page.browser.open(f"/bookings/{made}")
    assert "The calendar refuses so many guests." in shown.text
    if kind == "change":
        assert "What still holds: " in shown.text
        assert "13:00–14:00" in shown.text
        assert "Change it in the calendar where it lies, or try again here." in shown.text
    else:
        assert "The room is not booked and nobody was told." in shown.text
    again = await member_page.browser.submit(shown, "Try again")
    assert under_way in again.text


async def test_change_title_time_people(office: Office, member_page: Visitor) -> None:
    made = await hosted(office)
    browser = member_page.browser
    form = await browser.open(f"/bookings/{made}/change")
    assert "2 people get mail about it." in form.text
    wrong = await browser.submit(form, "Save change", title="", typed="Nobody Known")
    assert wrong.status_code == 422
    saved = await browser.submit(
        form, "Save change", title="Budget, second look", time="15:30", minutes="90", typed="a@corp.example"
    )
    assert heading(saved) == "Budget, second look"
    assert "15:30–17:00" in saved.text
    assert "a@corp.example" in saved.text
    assert "priya.nair@contoso.example" not in saved.text
    assert "Saved. The calendar is told within seconds." in saved.text


async def test_a_stale_form_is_told_and_can_be_saved_knowingly(office: Office, member_page: Visitor) -> None:
    made = await hosted(office)
    browser = member_page.browser
    first, second = [await browser.open(f"/bookings/{made}/change") for _ in range(2)]
    await browser.submit(first, "Save change", title="By one")
    stale = await browser.submit(second, "Save change", title="By another")
    assert stale.status_code == 409
    assert "This booking was changed in the meantime." in stale.text
    assert 'value="By another"' in stale.text
    assert heading(await browser.submit(stale, "Save change")) == "By another"


async def test_a_drag_ends_on_a_form_that_asks(office: Office, member_page: Visitor) -> None:
    made = await hosted(office)
    elm = office.rooms["Elm"]
    form = await member_page.browser.open(f"/bookings/{made}/change?by=60&room={elm.id.hex}")
    assert "14:00–15:00" in form.text
    assert "It becomes" in form.text
    saved = await member_page.browser.submit(form, "Save change")
    assert ">Elm</a>" in saved.text
    assert "14:00–15:00" in saved.text


async def test_moving_onto_a_taken_time_keeps_the_form(office: Office, member_page: Visitor) -> None:
    made = await hosted(office)
    await office.busy("Oak", at(16))
    form = await member_page.browser.open(f"/bookings/{made}/change")
    refused = await member_page.browser.submit(form, "Save change", time="16:00")
    assert refused.status_code == 409
    assert "Oak is already taken at that time." in refused.text
    assert 'value="16:00"' in refused.text


def offered(answer: httpx2.Response) -> list[str]:
    """The rooms to choose from in the form that changes a booking."""
    return re.findall(
        r"<option[^>]*>([^<]+)</option>", answer.text.partition('id="f-room"')[2].partition("</select>")[0]
    )


async def test_the_rooms_offered_follow_the_time_in_the_form(office: Office, member_page: Visitor) -> None:
    made = await hosted(office)
    browser = member_page.browser
    present, *others = offered(await browser.open(f"/bookings/{made}/change"))
    assert (present, len(others)) == ("Oak · 8 seats", 3)
    for taken in ("Oak", others[0].partition(" ·")[0]):
        await office.busy(taken, at(16))
    part = f"/bookings/{made}/change/rooms?day={DAY_AHEAD}&minutes=30&time="
    then = await browser.get(f"{part}16:00&room={office.rooms['Oak'].id}")
    assert then.text.lstrip().startswith('<label for="f-room">')
    assert offered(then)[0] == "Oak · 8 seats · taken then"
    assert others[0] not in offered(then)
    assert len(offered(then)) == 4
    assert "Oak is taken" in then.text
    elm = office.rooms["Elm"]
    chosen = await browser.get(f"{part}13:15&room={elm.id}")  # its own slot does not stand in its way
    assert "taken" not in chosen.text
    assert f'<option value="{elm.id}" selected>' in chosen.text
    nonsense = await browser.get(f"{part}99:99&room={elm.id}")
    assert offered(nonsense) == ["Oak · 8 seats", "Elm · 12 seats"]


async def test_without_another_free_room_the_form_says_so(office: Office, member_page: Visitor) -> None:
    made = await hosted(office)
    for name in office.rooms:
        await office.busy(name, at(16))
    then = await member_page.browser.get(f"/bookings/{made}/change/rooms?day={DAY_AHEAD}&minutes=30&time=16:00")
    assert "No other room that fits is free then." in then.text


async def test_cancelling_names_the_consequence(office: Office, member_page: Visitor) -> None:
    made = await hosted(office)
    browser = member_page.browser
    shown = await browser.open(f"/bookings/{made}")
    assert "The meeting is cancelled for everyone, and Oak is free again." in shown.text
    assert "2 people get mail about it." in shown.text
    too_long = await browser.submit(shown, "Cancel Budget review", comment="x" * 1001)
    assert "Shorten the comment" in too_long.text
    over = await browser.submit(shown, "Cancel Budget review", comment="Sorry")
    assert "The cancellation is on its way." in over.text
    assert not [form for form in forms_of(over) if "Cancel" in form.button]
    refused = await browser.submit(await browser.open(f"/bookings/{made}/change"), "Save change", title="Too late")
    assert "This booking is cancelled." in refused.text


async def test_only_the_organiser_and_admins_change(office: Office, comes: Comes) -> None:
    made = await hosted(office)
    stranger = await comes("Tom Visser")
    shown = await stranger.browser.open(f"/bookings/{made}")
    assert heading(shown) == "Budget review"
    assert "Cancel meeting" not in shown.text
    admin = await comes("Mei Tan", Role.GLOBAL_ADMIN)
    assert "Cancel meeting" in (await admin.browser.open(f"/bookings/{made}")).text


async def test_the_file_for_any_calendar(office: Office, member_page: Visitor) -> None:
    made = await office.book("me", "Oak", at(13), 60, "Büro; Plan, zwei " + "lang " * 30)
    answer = await member_page.browser.get(f"/bookings/{made}.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = answer.content.decode().split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    unfolded = answer.text.replace("\r\n ", "").split("\r\n")
    assert unfolded[0] == "BEGIN:VCALENDAR"
    assert f"DTSTART:{DAY_AHEAD:%Y%m%d}T130000Z" in unfolded
    assert any(line.startswith("SUMMARY:Büro\\; Plan\\, zwei lang") for line in unfolded)
    assert "LOCATION:Oak" in unfolded


async def test_nothing_in_a_title_begins_a_line_of_the_file(
    office: Office, member_page: Visitor, database_url: str
) -> None:
    made = await office.book("me", "Oak", at(13), 60, "Plan")
    with psycopg.connect(database_url) as session:  # as a calendar may hold it
        told = "Plan\u2028ATTENDEE:mailto:x\x85X-A:1\x0bX-B:1\r\nX-C:1\x0cX-D:1\x1eX-E:1"
        session.execute("UPDATE booking SET title = %s WHERE id = %s", [told, made])
    answer = await member_page.browser.get(f"/bookings/{made}.ics")
    lines = answer.content.decode().replace("\r\n ", "").splitlines()  # where eager readers break lines
    assert [each for each in lines if each.startswith(("ATTENDEE", "X-"))] == []
    assert len([each for each in lines if each.startswith("SUMMARY:Plan ATTENDEE:mailto:x X-A:1")]) == 1


async def test_my_bookings_in_three_parts(office: Office, member_page: Visitor) -> None:
    browser = member_page.browser
    assert "No bookings yet" in (await browser.open("/bookings")).text
    sure = await office.book("me", "Oak", at(13), 60, "Sure")
    await office.answered(sure)
    await office.book("me", "Elm", at(13), 60, "On its way")
    await office.book("Priya Nair", "Ash", at(13), 60, "Not mine")
    shown = await browser.open("/bookings")
    waiting, _, upcoming = shown.text.partition('id="sure"')
    assert "On its way" in waiting
    assert "Sure" in upcoming
    assert "Not mine" not in shown.text
    assert "Nothing in these days" in (await browser.open("/bookings?back=1")).text
    assert (await browser.open("/bookings?back=2&cursor=x")).status_code == 200


async def test_no_such_booking(office: Office, member_page: Visitor) -> None:
    answer = await member_page.browser.get("/bookings/3f0a3c0e-0000-4000-8000-000000000000")
    assert answer.status_code == 404
