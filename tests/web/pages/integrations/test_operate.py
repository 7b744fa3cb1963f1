"""What an admin does with an integration that is connected: restrict, look, rotate, leave out, remove."""

import csv
import io
import json
import re

from tests.web.pages.conftest import Visitor
from tests.web.pages.integrations.conftest import DOMAIN, SERVICE, Desk, words

from roomstead.entrypoints.web.pages import (
    access_report,
    credentials,
    integration_add,
    integration_remove,
    integration_verify,
    integrations,
    restriction,
    service_account,
    settings,
    settings_rooms,
)

KEPT_OUT = f"emma.novak@{DOMAIN}"
SOME_ID = "3f0a3c0e-0000-4000-8000-000000000000"
MODULES = (
    access_report,
    credentials,
    integration_add,
    integration_remove,
    integration_verify,
    integrations,
    restriction,
    service_account,
    settings,
    settings_rooms,
)


async def test_s12_restrict_access_is_proven_by_a_mailbox_that_must_be_refused(desk: Desk) -> None:
    desk.contoso.control.post("microsoft/revoke", {"mailbox": KEPT_OUT, "propagation_seconds": 0})
    place = await desk.connected()
    page = await desk.open(f"{place}/restriction")
    shown = words(page)
    assert desk.contoso.endpoints["client_id"] in shown
    assert "Not proven" in shown
    assert shown.index("RBAC for Applications") < shown.index("Application Access Policy")
    assert "New-ApplicationAccessPolicy" in shown
    refused = await desk.browser.submit(page, "Add and try it", address=SERVICE)
    assert refused.status_code == 422
    assert "is a service account; it has to be reached" in words(refused)
    page = await desk.browser.submit(page, "Add and try it", address=KEPT_OUT, reason="finance")
    assert f"{KEPT_OUT} is on the list and is tried now." in words(page)
    page = await desk.settled(await desk.browser.submit(page, "Check the restriction"))
    page = await desk.open(f"{place}/restriction")
    assert "In effect" in words(page)
    assert "refused, as it must be" in words(page)
    page = await desk.browser.submit(page, "Take off")
    assert f"{KEPT_OUT} is no longer on the list." in words(page)
    assert "Not proven" in words(page)


async def test_rooms_that_fail_are_named_with_what_mends_them(desk: Desk) -> None:
    for name in ("oak", "elm"):
        desk.contoso.control.post("microsoft/revoke", {"mailbox": f"{name}@{DOMAIN}", "propagation_seconds": 0})
    page = await desk.settled(await desk.connect())
    shown = words(page)
    assert f"elm@{DOMAIN}, oak@{DOMAIN}" in shown
    assert "Who can: Exchange admin" in shown
    assert "Add-DistributionGroupMember" in shown
    assert "Save with 46 rooms" in shown
    assert desk.contoso.endpoints["client_secret"] not in page.text
    mail = re.search(r'href="(mailto:[^"]+)"', page.text)
    assert mail is not None
    assert "client_secret" not in mail[1]
    page = await desk.browser.submit(page, "I have run this")
    assert "Noted. We look again after 5, 15, 30 and 60 minutes" in words(page)
    assert "Waiting for a change to spread" in words(page)
    card = words(await desk.open())
    assert "2 rooms cannot be reached." in card
    assert "Check these 2" in card


async def test_access_report_filters_pages_and_downloads(desk: Desk) -> None:
    desk.contoso.control.post("microsoft/revoke", {"mailbox": f"oak@{DOMAIN}", "propagation_seconds": 0})
    place = await desk.connected()
    page = await desk.open(f"{place}/access")
    assert "Next" in words(page)
    only = await desk.open(f"{place}/access?verdict=refused&capability=times")
    assert f"oak@{DOMAIN}" in words(only)
    assert f"elm@{DOMAIN}" not in words(only)
    assert "kept out by the provider" in words(only)
    nothing = await desk.open(f"{place}/access?search=nobody-at-all")
    assert "Nothing matches" in words(nothing)
    table = await desk.browser.get(f"{place}/access.csv?search=oak")
    assert table.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(table.text.lstrip("\ufeff"))))
    assert {row["address"] for row in rows} == {f"oak@{DOMAIN}"}
    assert {row["verdict"] for row in rows} == {"refused"}
    outside = await desk.browser.submit(page, "Try them", addresses="someone@elsewhere.example")
    assert outside.status_code == 422
    assert "outside this tenant's domains" in words(outside)


async def test_a_new_credential_is_proven_before_it_takes_over(desk: Desk) -> None:
    place = await desk.connected()
    page = await desk.open(f"{place}/credential")
    app = desk.contoso.endpoints["client_id"]
    form = {"kind": "secret", "secret.app_id": app, "secret.client_secret": "not-the-right-one"}
    mistaken = await desk.browser.submit(page, "Store and prove it", **{**form, "secret.client_secret": ""})
    assert mistaken.status_code == 422
    page = await desk.settled(await desk.browser.submit(page, "Store and prove it", **form))
    assert "Failed" in words(page)
    page = await desk.open(f"{place}/credential")
    assert "Next, not proven yet" in words(page)
    assert "the present credential stays in use" in words(page)
    assert re.search(r'<select[^>]*name="tier"', page.text)
    assert "not-the-right-one" not in page.text
    right = desk.contoso.endpoints["client_secret"]
    page = await desk.settled(
        await desk.browser.submit(page, "Store and prove it", **{**form, "secret.client_secret": right})
    )
    assert "Passed" in words(page)
    assert "Next, not proven yet" not in words(await desk.open(f"{place}/credential"))


async def test_a_room_is_edited_left_out_and_put_back(desk: Desk) -> None:
    place = await desk.connected()
    listing = await desk.open(f"{place}/rooms?search=oak")
    assert "Can be booked" in words(listing)
    room = re.search(r"/settings/rooms/[0-9a-f-]{36}", listing.text)
    assert room is not None
    page = await desk.open(room[0])
    wrong = await desk.browser.submit(page, "Save", capacity="many", name="Oak Room")
    assert wrong.status_code == 422
    assert "Give a whole number of people." in words(wrong)
    assert 'value="Oak Room"' in wrong.text
    saved = await desk.browser.submit(page, "Save", capacity="99", name="Oak Room", approval="on")
    assert "Oak Room is saved." in words(saved)
    assert 'name="approval" checked' in saved.text
    stale = await desk.browser.submit(page, "Save", capacity="1")
    assert "Somebody else changed this meanwhile." in words(stale)
    page = await desk.browser.submit(saved, "Leave out")
    assert "Left out by Mei Tan" in words(page)
    page = await desk.settled(await desk.browser.submit(page, "Put it back"))
    assert "Passed" in words(page)
    known = await desk.browser.submit(await desk.open(f"{place}/rooms"), "Add and check it", address=f"oak@{DOMAIN}")
    assert known.status_code == 422
    assert "is known already" in words(known)
    assert 'href="/help/' in known.text.partition('id="add"')[2].partition("</form>")[0]
    no_address = await desk.browser.submit(known, "Add and check it", address="oak")
    assert no_address.status_code == 422
    assert 'href="/help/rooms"' in no_address.text.partition('id="add"')[2].partition("</form>")[0]


async def test_rooms_are_asked_or_their_settings_read(desk: Desk) -> None:
    place = await desk.connected()
    page = await desk.open(f"{place}/room-answers?search=oak")
    assert "oak@contoso.example" in page.text
    assert "elm@contoso.example" not in page.text.partition("<details")[0]
    none = await desk.browser.submit(page, "Ask these rooms")
    assert none.status_code == 422
    assert "Choose 1 to 25 rooms" in words(none)
    room = re.search(r'name="room" value="([0-9a-f-]{36})"', page.text)
    assert room is not None
    asked = await desk.browser.submit(page, "Ask these rooms", room=room[1])
    assert "Whether rooms accept" in words(asked)

    wrong = await desk.browser.submit(page, "Read it", pasted="<b>oak</b>")
    assert wrong.status_code == 422
    assert "Paste all of it, from [ to ]." in words(wrong)
    assert "<b>oak" not in wrong.text
    policy = {"Room": f"oak@{DOMAIN}", "AutomateProcessing": "AutoUpdate"}
    switches = dict.fromkeys(("AllBookInPolicy", "BookInPolicy", "AllRequestInPolicy", "RequestInPolicy"), False)
    read = await desk.browser.submit(page, "Read it", pasted=json.dumps([{**policy, **switches}]))
    assert "By their settings: 1 room does not answer" in words(read)
    assert "Set-CalendarProcessing" in read.text


async def test_removing_names_the_consequences_and_wants_the_name(desk: Desk) -> None:
    place = await desk.connected()
    page = await desk.open(f"{place}/remove")
    assert "48 rooms are no longer offered." in words(page)
    assert "It has no upcoming bookings." in words(page)
    kept = await desk.browser.submit(page, "Remove contoso.example", name="contoso")
    assert kept.status_code == 422
    assert "Type the name exactly as it stands there." in words(kept)
    gone = await desk.browser.submit(page, "Remove contoso.example", name="contoso.example")
    assert "contoso.example is removed." in words(gone)
    assert "No calendars yet" in words(gone)
    assert (await desk.browser.get(f"{place}/rooms")).status_code == 404
    assert "No rooms yet" in words(await desk.open("/settings/rooms"))
    await desk.connected()


async def test_disabling_stops_everything_until_it_is_enabled(desk: Desk) -> None:
    place = await desk.connected()
    page = await desk.browser.submit(await desk.open(f"{place}/remove"), "Disable")
    assert "Nothing is read or sent." in words(page)
    page = await desk.settled(await desk.browser.submit(page, "Enable and verify"))
    assert "Passed" in words(page)
    assert "Working" in words(await desk.open())


async def test_s1_members_are_refused_on_every_one_of_these_pages(member_page: Visitor) -> None:
    seen = 0
    for module in MODULES:
        for route in module.router.routes:
            path = re.sub(r"\{provider\}", "microsoft", route.path)
            path = re.sub(r"\{\w+\}", SOME_ID, path)
            for method in route.methods:
                browser = member_page.browser
                answer = await (
                    browser.get(path)
                    if method == "GET"
                    else browser.http.request(
                        method, path, headers={"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": await csrf(member_page)}
                    )
                )
                assert answer.status_code == 403, (method, path, answer.status_code)
                assert "Global Admin" in answer.text, (method, path)
                seen += 1
    assert seen > 35


async def csrf(visitor: Visitor) -> str:
    """The token that the visitor's pages carry."""
    found = re.search(r'"X-CSRF-Token": "([^"]+)"', (await visitor.browser.open("/me")).text)
    assert found is not None
    return found[1]


async def test_a_page_that_is_older_than_the_end_is_told_to_look_again(desk: Desk) -> None:
    await desk.connected()
    found = re.search(r"/settings/integrations/verifications/[0-9a-f-]{36}", (await desk.open()).text)
    assert found is not None
    told = await desk.browser.get(f"{found[0]}/news")
    assert told.status_code == 200
    assert told.headers["content-type"].startswith("text/event-stream")
    assert told.text == "data: begin\n\n"
