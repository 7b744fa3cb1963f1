"""The help article "Using a Service Account for Room Calendar Integrations" at a running demo.

A reader of the article finds its menus, fields and sentences here in its own words.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.e2e.article.conftest import INTEGRATIONS, Reader

from roomstead.entrypoints.demo.scene import JANE, MEI, PRIYA
from roomstead.entrypoints.demo.story import tomorrow_at
from roomstead.entrypoints.demo.tenants import CONTOSO

pytestmark = pytest.mark.timeout(400)

FIRST, SECOND = "Contoso", "Contoso South"
DOMAIN, SERVICE_ACCOUNT, KEPT_OUT = CONTOSO.domain, CONTOSO.service_account, CONTOSO.kept_out
TOM = f"tom.baker@{DOMAIN}"
NEW_ACCOUNT = f"bookings@{DOMAIN}"
LABEL = "This booking has been made via a service account"
ONLY_ADMINS = "Only a Global Admin can see and change integrations and settings."
ONLY_ONE = "Only one service account can be used per calendar integration."


@pytest.fixture
def existing(reader: Reader) -> Iterator[dict[str, Any]]:
    """A calendar integration that is set up already, with an admin's personal address."""
    form = {
        **reader.provider.tenant.form(reader.scene.told),
        "name": SECOND,
        "address": MEI.address,
        "use_as_service_account": False,
    }
    added = reader.scene.api(MEI).post("/integrations", form)
    reader.scene.verified(added["verification"]["id"])
    yield added["integration"]
    reader.remove(SECOND)


@pytest.fixture
def new_mailbox(reader: Reader) -> str:
    """Another mailbox that can serve as a service account."""
    known = {each["mail"] for each in reader.scene.sandbox.get("/users", tenant=DOMAIN)}
    if NEW_ACCOUNT not in known:
        user = {"upn": NEW_ACCOUNT, "display_name": "Bookings", "purpose": "shared", "tenant": DOMAIN}
        reader.scene.sandbox.post("/users", user)
        reader.scene.reach("grant", NEW_ACCOUNT)
    return NEW_ACCOUNT


def test_s1_only_a_global_admin_sees_integrations(reader: Reader) -> None:
    page = reader.settings()
    expect(reader.card(page, FIRST)).to_be_visible()
    page = reader.at(JANE, INTEGRATIONS)
    expect(page.get_by_text(ONLY_ADMINS)).to_be_visible()
    expect(page.get_by_text("Ask a Global Admin")).to_be_visible()
    expect(page.get_by_role("link", name="Settings")).to_have_count(0)
    answer = reader.scene.api(JANE).call("GET", "/integrations")
    assert (answer.status, answer.body["detail"]) == (403, ONLY_ADMINS)
    refused = reader.command(JANE, "integrations", "list")
    assert refused.returncode == 1
    assert ONLY_ADMINS in refused.stderr
    assert FIRST in reader.command(MEI, "integrations", "list").stdout


def test_s2_add_service_account_to_an_existing_integration(reader: Reader, existing: dict[str, Any]) -> None:
    page = reader.choose(SECOND, "Add service account")
    page.get_by_label("E-mail address").fill(SERVICE_ACCOUNT)
    page.get_by_role("button", name="Verify integration").click()
    reader.verified(page)
    expect(page.get_by_text(f"{SERVICE_ACCOUNT} in force")).to_be_visible()
    (account,) = reader.integration(SECOND)["service_accounts"]
    assert (account["address"], account["status"]) == (SERVICE_ACCOUNT, "active")
    page = reader.settings()
    expect(reader.card(page, SECOND)).to_contain_text(SERVICE_ACCOUNT)


def test_s3_add_calendar_integration_with_a_service_account(reader: Reader) -> None:
    page = reader.add(SECOND, SERVICE_ACCOUNT, is_service_account=True)
    page.get_by_role("button", name="Save with").click()
    expect(page.get_by_text(f"{SECOND} is saved.")).to_be_visible()
    expect(reader.card(page, SECOND)).to_contain_text("Working")
    shown = reader.integration(SECOND)
    assert [(each["address"], each["status"]) for each in shown["service_accounts"]] == [(SERVICE_ACCOUNT, "active")]
    assert shown["setup_address"] is None, "no personal address is kept"
    reader.remove(SECOND)


def test_s3_without_the_toggle_an_admins_own_address_takes_its_place(reader: Reader) -> None:
    page = reader.add(SECOND, MEI.address, is_service_account=False)
    page.get_by_role("button", name="Save with").click()
    expect(reader.card(page, SECOND)).to_contain_text(MEI.address)
    expect(reader.card(page, SECOND)).to_contain_text("an admin’s own address")
    assert reader.integration(SECOND)["service_accounts"] == []
    reader.remove(SECOND)


def test_s4_edit_service_account_update(reader: Reader, new_mailbox: str) -> None:
    booking = reader.confirmed(reader.book(JANE, "Hazel", "Hosted by the old account"), "Hazel")
    page = reader.choose(FIRST, "Edit service account")
    expect(page.get_by_role("heading", name="Edit service account")).to_be_visible()
    page.get_by_label("E-mail address").fill(f"nobody@{DOMAIN}")
    page.get_by_role("button", name="Update").click()
    reader.verified(page)
    assert _active(reader) == SERVICE_ACCOUNT, "the old one stays in force until the new one passes"
    _update(reader, new_mailbox)
    try:
        page = reader.choose(FIRST, "Edit service account")
        expect(page.get_by_role("region", name="Former service accounts")).to_contain_text(SERVICE_ACCOUNT)
        page = reader.at(JANE, f"/bookings/{booking}")
        expect(page.get_by_text(LABEL)).to_be_visible()
        page.get_by_role("link", name="Change", exact=True).click()
        page.get_by_label("Title").fill("Still editable")
        page.get_by_role("button", name="Save change").click()
        reader.has_in_calendar(SERVICE_ACCOUNT, "Still editable")
    finally:
        _update(reader, SERVICE_ACCOUNT)


def _active(reader: Reader) -> str:
    (found,) = [each["address"] for each in reader.integration(FIRST)["service_accounts"] if each["status"] == "active"]
    return str(found)


def _update(reader: Reader, address: str) -> None:
    page = reader.choose(FIRST, "Edit service account")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_role("button", name="Update").click()
    reader.verified(page)
    expect(page.get_by_text(f"{address} in force")).to_be_visible()
    assert _active(reader) == address


def test_s5_prerequisites_are_checked_one_by_one_and_rooms_that_fail_are_named(reader: Reader) -> None:
    with reader.out_of_reach(f"onyx@{DOMAIN}"):
        page = reader.choose(FIRST, "Verify integration")
        reader.verified(page)
        lines = page.get_by_role("region", name="Verify integration")
        for passed in (
            "accepted the credential",
            "Permissions work",
            "is a mailbox that can host",
            "concurrent bookings",
        ):
            expect(
                lines.get_by_role("listitem").filter(has_text=re.compile(f"Passed:.*{passed}", re.IGNORECASE))
            ).to_have_count(1)
        rooms = lines.get_by_role("listitem").filter(has_text="Failed:")
        expect(rooms).to_contain_text(f"onyx@{DOMAIN}")
        expect(rooms).to_contain_text("Who can:")
        expect(rooms.get_by_role("button", name="Copy").first).to_be_visible()
        expect(page.get_by_role("button", name="Save with 47 rooms")).to_be_visible()
    page.get_by_role("button", name="Verify again").click()
    expect(page.get_by_text("47 of 48")).to_have_count(0)
    reader.verified(page)
    expect(page.get_by_role("button", name="Save with 48 rooms")).to_be_visible()
    mine = reader.scene.sandbox.get(f"/calendars/{SERVICE_ACCOUNT}")["items"]
    assert not [each for each in mine if "erif" in each["subject"]], "verifying leaves nothing behind"


def test_s6_a_second_service_account_is_refused_also_when_two_come_at_once(
    reader: Reader, existing: dict[str, Any], new_mailbox: str
) -> None:
    admin, place = reader.scene.api(MEI), f"/integrations/{existing['id']}/service-account"
    with ThreadPoolExecutor(4) as several:
        asked = [SERVICE_ACCOUNT, new_mailbox] * 2
        answers = list(several.map(lambda address: admin.call("POST", place, {"address": address}), asked))
    assert sorted(each.status for each in answers) == [202, 409, 409, 409]
    assert {each.body["detail"] for each in answers if each.status == 409} == {ONLY_ONE}
    accounts = reader.wait_until(
        lambda: reader.integration(SECOND)["service_accounts"],
        lambda seen: "active" in {each["status"] for each in seen},
    )
    assert len([each for each in accounts if each["status"] in {"pending", "active"}]) == 1
    page = reader.settings()
    expect(reader.card(page, SECOND).get_by_role("link", name="Add service account")).to_have_count(0)


def test_s7_the_service_account_books_only_for_those_whose_mailbox_cannot_be_reached(reader: Reader) -> None:
    page = reader.book(PRIYA, "Rowan", "In my own name")
    expect(page.get_by_text("Booked in your own calendar.")).to_be_visible()
    mine = reader.confirmed(page, "Rowan")
    page = reader.book(JANE, "Rowan", "In my stead")
    expect(page.get_by_text(f"this will be booked by {SERVICE_ACCOUNT} on your behalf")).to_be_visible()
    hosted = reader.confirmed(page, "Rowan")
    assert _host(reader, mine) == PRIYA.address
    assert _host(reader, hosted) == SERVICE_ACCOUNT
    assert len(reader.calendar(PRIYA.address, "In my own name")) == 1
    assert len(reader.calendar(SERVICE_ACCOUNT, "In my stead")) == 1


def _host(reader: Reader, booking: str) -> str:
    return str(reader.scene.api(MEI).get(f"/bookings/{booking}")["host"]["address"])


def test_s8_booking_is_labelled_wherever_it_is_shown(reader: Reader) -> None:
    booking = reader.confirmed(reader.book(JANE, "Alder", "Openly labelled"), "Alder")
    page = reader.at(JANE, f"/bookings/{booking}")
    expect(page.get_by_text(f"{LABEL}.")).to_be_visible()
    page.get_by_text("Why?").click()
    expect(page.get_by_text(f"So {SERVICE_ACCOUNT} sent the invitations")).to_be_visible()
    shown = reader.scene.api(JANE).get(f"/bookings/{booking}")
    assert shown["label"] == LABEL
    assert LABEL in reader.command(JANE, "bookings", "show", booking).stdout
    listed = reader.at(JANE, "/bookings").get_by_role("listitem").filter(has_text="Openly labelled")
    expect(listed.get_by_role("img", name="Made via a service account")).to_be_visible()
    page = reader.today(PRIYA, datetime.fromisoformat(shown["intended"]["start"]).date(), "Alder")
    block = page.get_by_role("link", name="Openly labelled")
    expect(block.get_by_role("img", name="Made via a service account")).to_be_visible()
    (event,) = reader.calendar(SERVICE_ACCOUNT, "Openly labelled")
    assert "service account" not in event["body"], "outsiders read the invitation"


def test_s9_the_original_organiser_is_shown_in_the_event_description(reader: Reader) -> None:
    page = reader.book(JANE, "Beech", "Who organised this")
    page.get_by_label("Description").fill("Bring the numbers.")
    reader.confirmed(page, "Beech")
    expect(page.get_by_text("Organised by Jane Doe")).to_be_visible()
    (event,) = reader.calendar(SERVICE_ACCOUNT, "Who organised this")
    assert "Organised by Jane Doe" in event["body"]
    assert "Bring the numbers." in event["body"]


def test_s10_invitations_are_sent_from_the_service_account_and_the_organiser_is_invited(reader: Reader) -> None:
    reader.confirmed(reader.book(JANE, "Poplar", "Invited too", people=(TOM,)), "Poplar")
    sent = reader.wait_until(lambda: reader.mail("Invited too", "request"), bool)
    assert {each["sender"] for each in sent} == {SERVICE_ACCOUNT}
    invited = [address for each in sent for address in each["recipients"]]
    assert invited.count(JANE.address) == 1
    assert invited.count(TOM) == 1
    reader.has_in_calendar(JANE.address, "Invited too")


def test_s11_answers_go_to_the_service_account_and_are_visible(reader: Reader) -> None:
    guests = {TOM: "accepted", f"nora.weiss@{DOMAIN}": "tentative", f"luis.ortega@{DOMAIN}": "declined"}
    page = reader.book(JANE, "Granite", "Who is coming", people=(*guests, f"hugo.lind@{DOMAIN}"))
    reader.confirmed(page, "Granite")
    for guest, answer in guests.items():
        reader.has_in_calendar(guest, "Who is coming")
        reader.scene.sandbox.post("/act/respond", {"who": guest, "meeting": "Who is coming", "answer": answer})
    people = page.get_by_role("region", name="People").get_by_role("listitem")
    for address, shown in (
        (TOM, "Accepted"), (f"nora.weiss@{DOMAIN}", "Tentative"), (f"luis.ortega@{DOMAIN}", "Declined"),
        (f"hugo.lind@{DOMAIN}", "No answer yet"), (f"granite@{DOMAIN}", "Accepted"),
    ):  # fmt: skip
        expect(people.filter(has_text=address)).to_contain_text(shown)
    answers = reader.mail("Who is coming", "response")
    assert {address for each in answers for address in each["recipients"]} == {SERVICE_ACCOUNT}


def test_s12_restriction_names_app_id_group_and_rooms_and_is_proven(reader: Reader) -> None:
    page = reader.choose(FIRST, "Restrict access")
    expect(page.get_by_text("Our App ID")).to_be_visible()
    expect(page.locator("#c-app-id")).to_have_text(reader.scene.told["client_id"])
    policy = page.get_by_role("region", name="Application Access Policy")
    page.get_by_text("Show the script").last.click()
    for needed in ("New-ApplicationAccessPolicy", reader.scene.told["client_id"], SERVICE_ACCOUNT, f"oak@{DOMAIN}"):
        expect(policy.last).to_contain_text(needed)
    page.get_by_role("button", name="Check the restriction").click()
    reader.verified(page)
    page = reader.choose(FIRST, "Restrict access")
    expect(page.get_by_role("heading", name="In effect")).to_be_visible()
    proof = page.get_by_role("listitem").filter(has_text=KEPT_OUT)
    expect(proof).to_contain_text("refused, as it must be")
    reader.scene.reach("grant", KEPT_OUT)
    page.get_by_role("button", name="Check the restriction").click()
    reader.verified(page)
    reader.scene.reach("revoke", KEPT_OUT)
    page = reader.choose(FIRST, "Restrict access")
    expect(page.get_by_role("heading", name="Not in effect")).to_be_visible()
    page.get_by_role("button", name="Check the restriction").click()
    reader.verified(page)


def test_s13_meetings_of_organisers_out_of_reach_show_as_busy(reader: Reader) -> None:
    start = tomorrow_at(9) + timedelta(days=14)
    event = {"who": KEPT_OUT, "subject": "Pay round", "body": "Confidential.", "rooms": [f"slate@{DOMAIN}"]}
    times = {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}
    reader.scene.sandbox.post("/act/create", {**event, **times})
    page = reader.today(JANE, start.date(), "Slate")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Slate", exact=True))
    busy = row.get_by_role("button", name=re.compile(f"^Busy.*{start:%H:%M}"))
    expect(busy).to_be_visible()
    busy.click()
    expect(page.get_by_text("Meeting information unavailable")).to_be_visible()
    expect(page.get_by_text("grants access to the organiser’s mailbox")).to_be_visible()
    expect(page.get_by_text("Meetings booked in Roomstead always show")).to_be_visible()
    assert "Pay round" not in page.content()
    listed = reader.scene.api(JANE).get(f"/rooms/{reader.scene.room('Slate')['id']}/events", **times)
    (seen,) = listed["items"]
    assert (seen["title"], seen["description"]) == ("Busy", "Meeting information unavailable")
    assert "Confidential" not in str(listed)


def test_s13_after_a_grant_the_organiser_books_in_their_own_name(reader: Reader) -> None:
    reader.scene.reach("grant", JANE.address)
    try:
        page = reader.choose(FIRST, "Access report")
        page.get_by_label("E-mail addresses").fill(JANE.address)
        page.get_by_role("button", name="Try them").click()
        reader.verified(page)
        page = reader.book(JANE, "Marble", "Reached again")
        booking = reader.confirmed(page, "Marble")
        assert _host(reader, booking) == JANE.address
        expect(page.get_by_text(LABEL)).to_have_count(0)
    finally:
        reader.scene.reach("revoke", JANE.address)
