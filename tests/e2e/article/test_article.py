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

from roomstead.entrypoints.demo.scene import JANE, MEI
from roomstead.entrypoints.demo.story import tomorrow_at

pytestmark = pytest.mark.timeout(400)

LABEL = "This booking has been made via a service account"
ONLY_ADMINS = "Only a Global Admin can see and change integrations and settings."
ONLY_ONE = "Only one service account can be used per calendar integration."


@pytest.fixture
def existing(reader: Reader) -> Iterator[dict[str, Any]]:
    """A calendar integration that is set up already, with an admin's personal address."""
    form = {
        **reader.provider.tenant.form(reader.scene.told),
        "name": reader.provider.second,
        "address": reader.provider.admin,
        "use_as_service_account": False,
    }
    added = reader.scene.api(MEI).post("/integrations", form)
    reader.scene.verified(added["verification"]["id"])
    yield added["integration"]
    reader.remove(reader.provider.second)


@pytest.fixture
def new_mailbox(reader: Reader) -> str:
    """Another mailbox that can serve as a service account."""
    domain = reader.provider.tenant.domain
    address = f"bookings@{domain}"
    if address not in {each["mail"] for each in reader.scene.sandbox.get("/users", tenant=domain)}:
        user = {"upn": address, "display_name": "Bookings", "purpose": "shared", "tenant": domain}
        reader.scene.sandbox.post("/users", user)
        reader.reach("grant", address)
        reader.scene.prepare(reader.provider.tenant, instead={reader.provider.tenant.service_account: address})
    return address


def test_s1_only_a_global_admin_sees_integrations(reader: Reader) -> None:
    page = reader.settings()
    expect(reader.card(page, reader.provider.first)).to_be_visible()
    page = reader.at(JANE, INTEGRATIONS)
    expect(page.get_by_text(ONLY_ADMINS)).to_be_visible()
    expect(page.get_by_text("Ask a Global Admin")).to_be_visible()
    expect(page.get_by_role("link", name="Settings")).to_have_count(0)
    answer = reader.scene.api(JANE).call("GET", "/integrations")
    assert (answer.status, answer.body["detail"]) == (403, ONLY_ADMINS)
    refused = reader.command(JANE, "integrations", "list")
    assert refused.returncode == 1
    assert ONLY_ADMINS in refused.stderr
    assert reader.provider.first in reader.command(MEI, "integrations", "list").stdout


def test_s2_add_service_account_to_an_existing_integration(reader: Reader, existing: dict[str, Any]) -> None:
    page = reader.choose(reader.provider.second, "Add service account")
    page.get_by_label("E-mail address").fill(reader.provider.tenant.service_account)
    page.get_by_role("button", name="Verify integration").click()
    reader.verified(page)
    expect(page.get_by_text(f"{reader.provider.tenant.service_account} in force")).to_be_visible()
    (account,) = reader.integration(reader.provider.second)["service_accounts"]
    assert (account["address"], account["status"]) == (reader.provider.tenant.service_account, "active")
    page = reader.settings()
    expect(reader.card(page, reader.provider.second)).to_contain_text(reader.provider.tenant.service_account)


def test_s3_add_calendar_integration_with_a_service_account(reader: Reader) -> None:
    page = reader.add(reader.provider.second, reader.provider.tenant.service_account, is_service_account=True)
    page.get_by_role("button", name="Save with").click()
    expect(page.get_by_text(f"{reader.provider.second} is saved.")).to_be_visible()
    expect(reader.card(page, reader.provider.second)).to_contain_text("Working")
    shown = reader.integration(reader.provider.second)
    assert [(each["address"], each["status"]) for each in shown["service_accounts"]] == [
        (reader.provider.tenant.service_account, "active")
    ]
    assert shown["setup_address"] is None, "no personal address is kept"
    reader.remove(reader.provider.second)


def test_s3_without_the_toggle_an_admins_own_address_takes_its_place(reader: Reader) -> None:
    page = reader.add(reader.provider.second, reader.provider.admin, is_service_account=False)
    page.get_by_role("button", name="Save with").click()
    expect(reader.card(page, reader.provider.second)).to_contain_text(reader.provider.admin)
    expect(reader.card(page, reader.provider.second)).to_contain_text("an admin’s own address")
    assert reader.integration(reader.provider.second)["service_accounts"] == []
    reader.remove(reader.provider.second)


def test_s4_edit_service_account_update(reader: Reader, new_mailbox: str) -> None:
    who, room = reader.provider.out_of_reach, reader.provider.rooms[0]
    booking = reader.confirmed(reader.book(who, room, "Hosted by the old account"), room)
    page = reader.choose(reader.provider.first, "Edit service account")
    expect(page.get_by_role("heading", name="Edit service account")).to_be_visible()
    page.get_by_label("E-mail address").fill(f"nobody@{reader.provider.tenant.domain}")
    page.get_by_role("button", name="Update").click()
    reader.verified(page)
    assert _active(reader) == reader.provider.tenant.service_account, (
        "the old one stays in force until the new one passes"
    )
    _update(reader, new_mailbox)
    try:
        page = reader.choose(reader.provider.first, "Edit service account")
        expect(page.get_by_role("region", name="Former service accounts")).to_contain_text(
            reader.provider.tenant.service_account
        )
        page = reader.at(who, f"/bookings/{booking}")
        expect(page.get_by_text(LABEL)).to_be_visible()
        page.get_by_role("link", name="Change", exact=True).click()
        page.get_by_label("Title").fill("Still editable")
        page.get_by_role("button", name="Save change").click()
        reader.has_in_calendar(reader.provider.tenant.service_account, "Still editable")
    finally:
        _update(reader, reader.provider.tenant.service_account)


def _active(reader: Reader) -> str:
    (found,) = [
        each["address"]
        for each in reader.integration(reader.provider.first)["service_accounts"]
        if each["status"] == "active"
    ]
    return str(found)


def _update(reader: Reader, address: str) -> None:
    page = reader.choose(reader.provider.first, "Edit service account")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_role("button", name="Update").click()
    reader.verified(page)
    expect(page.get_by_text(f"{address} in force")).to_be_visible()
    assert _active(reader) == address


def test_s5_prerequisites_are_checked_one_by_one_and_rooms_that_fail_are_named(reader: Reader) -> None:
    first = reader.integration(reader.provider.first)["id"]
    rooms = reader.scene.api(MEI).get("/rooms", limit=200)["items"]
    count = sum(each["integration_id"] == first for each in rooms)
    with reader.closed(reader.provider.rooms[-1]) as refused:
        page = reader.choose(reader.provider.first, "Verify integration")
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
        failed = lines.get_by_role("listitem").filter(has_text="Failed:")
        expect(failed).to_contain_text(refused)
        expect(failed).to_contain_text("Who can:")
        expect(failed.get_by_role("button", name="Copy").first).to_be_visible()
        expect(page.get_by_role("button", name=f"Save with {count - 1} rooms")).to_be_visible()
    page.get_by_role("button", name="Verify again").click()
    expect(page.get_by_text(f"{count - 1} of {count}")).to_have_count(0)
    reader.verified(page)
    expect(page.get_by_role("button", name=f"Save with {count} rooms")).to_be_visible()
    mine = reader.scene.sandbox.get(f"/calendars/{reader.provider.tenant.service_account}")["items"]
    assert not [each for each in mine if "erif" in each["subject"]], "verifying leaves nothing behind"


def test_s6_a_second_service_account_is_refused_also_when_two_come_at_once(
    reader: Reader, existing: dict[str, Any], new_mailbox: str
) -> None:
    admin, place = reader.scene.api(MEI), f"/integrations/{existing['id']}/service-account"
    with ThreadPoolExecutor(4) as several:
        asked = [reader.provider.tenant.service_account, new_mailbox] * 2
        answers = list(several.map(lambda address: admin.call("POST", place, {"address": address}), asked))
    assert sorted(each.status for each in answers) == [202, 409, 409, 409]
    assert {each.body["detail"] for each in answers if each.status == 409} == {ONLY_ONE}
    accounts = reader.wait_until(
        lambda: reader.integration(reader.provider.second)["service_accounts"],
        lambda seen: "active" in {each["status"] for each in seen},
    )
    assert len([each for each in accounts if each["status"] in {"pending", "active"}]) == 1
    page = reader.settings()
    expect(reader.card(page, reader.provider.second).get_by_role("link", name="Add service account")).to_have_count(0)


def test_s7_the_service_account_books_only_for_those_whose_mailbox_cannot_be_reached(reader: Reader) -> None:
    who, room = reader.provider.out_of_reach, reader.provider.rooms[1]
    direct, own = reader.provider.direct
    page = reader.book(direct, room, "In my own name")
    expect(page.get_by_text("Booked in your own calendar.")).to_be_visible()
    mine = reader.confirmed(page, room)
    page = reader.book(who, room, "In my stead")
    expect(
        page.get_by_text(f"this will be booked by {reader.provider.tenant.service_account} on your behalf")
    ).to_be_visible()
    hosted = reader.confirmed(page, room)
    assert _host(reader, mine) == own
    assert _host(reader, hosted) == reader.provider.tenant.service_account
    assert len(reader.calendar(own, "In my own name")) == 1
    assert len(reader.calendar(reader.provider.tenant.service_account, "In my stead")) == 1


def _host(reader: Reader, booking: str) -> str:
    return str(reader.scene.api(MEI).get(f"/bookings/{booking}")["host"]["address"])


def test_s8_booking_is_labelled_wherever_it_is_shown(reader: Reader) -> None:
    who, room = reader.provider.out_of_reach, reader.provider.rooms[2]
    booking = reader.confirmed(reader.book(who, room, "Openly labelled"), room)
    page = reader.at(who, f"/bookings/{booking}")
    expect(page.get_by_text(f"{LABEL}.")).to_be_visible()
    page.get_by_text("Why?").click()
    expect(page.get_by_text(f"So {reader.provider.tenant.service_account} sent the invitations")).to_be_visible()
    shown = reader.scene.api(who).get(f"/bookings/{booking}")
    assert shown["label"] == LABEL
    assert LABEL in reader.command(who, "bookings", "show", booking).stdout
    listed = reader.at(who, "/bookings").get_by_role("listitem").filter(has_text="Openly labelled")
    expect(listed.get_by_role("img", name="Made via a service account")).to_be_visible()
    page = reader.today(MEI, datetime.fromisoformat(shown["intended"]["start"]).date(), room)
    block = page.get_by_role("link", name="Openly labelled")
    expect(block.get_by_role("img", name="Made via a service account")).to_be_visible()
    (event,) = reader.calendar(reader.provider.tenant.service_account, "Openly labelled")
    assert "service account" not in event["body"], "outsiders read the invitation"


def test_s9_the_original_organiser_is_shown_in_the_event_description(reader: Reader) -> None:
    who, room = reader.provider.out_of_reach, reader.provider.rooms[3]
    page = reader.book(who, room, "Who organised this")
    page.get_by_label("Description").fill("Bring the numbers.")
    reader.confirmed(page, room)
    expect(page.get_by_text(f"Organised by {who.name}")).to_be_visible()
    (event,) = reader.calendar(reader.provider.tenant.service_account, "Who organised this")
    assert f"Organised by {who.name}" in event["body"]
    assert "Bring the numbers." in event["body"]


def test_s10_invitations_are_sent_from_the_service_account_and_the_organiser_is_invited(reader: Reader) -> None:
    who, room = reader.provider.out_of_reach, reader.provider.rooms[4]
    guest, title = reader.guest(0), f"Invited too at {reader.provider.first}"
    reader.confirmed(reader.book(who, room, title, people=(guest,)), room)
    sent = reader.wait_until(lambda: reader.mail(title, "request"), bool)
    assert {each["sender"] for each in sent} == {reader.provider.tenant.service_account}
    invited = [address for each in sent for address in each["recipients"]]
    assert invited.count(who.address) == 1
    assert invited.count(guest) == 1
    reader.has_in_calendar(who.address, title)


def test_s11_answers_go_to_the_service_account_and_are_visible(reader: Reader) -> None:
    who, room = reader.provider.out_of_reach, reader.provider.rooms[5]
    title = f"Who is coming at {reader.provider.first}"
    answers = dict(zip(map(reader.guest, range(3)), ("accepted", "tentative", "declined"), strict=True))
    silent = reader.guest(3)
    page = reader.book(who, room, title, people=(*answers, silent))
    reader.confirmed(page, room)
    for guest, answer in answers.items():
        reader.has_in_calendar(guest, title)
        reader.scene.sandbox.post("/act/respond", {"who": guest, "meeting": title, "answer": answer})
    people = page.get_by_role("region", name="People").get_by_role("listitem")
    shown = {**{guest: answer.title() for guest, answer in answers.items()}, silent: "No answer yet"}
    for address, words in {**shown, reader.scene.room(room)["address"]: "Accepted"}.items():
        expect(people.filter(has_text=address)).to_contain_text(words)
    sent = reader.mail(title, "response")
    assert {address for each in sent for address in each["recipients"]} == {reader.provider.tenant.service_account}


def test_s12_restriction_names_app_id_group_and_rooms_and_is_proven(reader: Reader) -> None:
    page = reader.choose(reader.provider.first, "Restrict access")
    label, told = reader.provider.app_id
    expect(page.get_by_text(label)).to_be_visible()
    expect(page.locator("#c-app-id")).to_have_text(reader.scene.told[told])
    title, words = reader.provider.script
    script = page.get_by_role("region", name=title).last
    if not script.is_visible():
        page.locator("summary").filter(has_text=re.compile(f"Show the script.*{title}")).last.click()
    for needed in (reader.scene.told[told], *words):
        expect(script).to_contain_text(needed)
    page.get_by_role("button", name="Check the restriction").click()
    reader.verified(page)
    page = reader.choose(reader.provider.first, "Restrict access")
    expect(page.get_by_role("heading", name="In effect")).to_be_visible()
    proof = page.get_by_role("listitem").filter(has_text=reader.provider.tenant.kept_out)
    expect(proof).to_contain_text("refused, as it must be")
    reader.reach("grant", reader.provider.tenant.kept_out)
    page.get_by_role("button", name="Check the restriction").click()
    reader.verified(page)
    reader.reach("revoke", reader.provider.tenant.kept_out)
    page = reader.choose(reader.provider.first, "Restrict access")
    expect(page.get_by_role("heading", name="Not in effect")).to_be_visible()
    page.get_by_role("button", name="Check the restriction").click()
    reader.verified(page)


def test_s13_meetings_of_organisers_out_of_reach_show_as_busy(reader: Reader) -> None:
    start, room = tomorrow_at(9) + timedelta(days=14), reader.scene.room(reader.provider.rooms[6])
    event = {
        "who": reader.provider.tenant.kept_out,
        "subject": "Pay round",
        "body": "Confidential.",
        "rooms": [room["address"]],
    }
    times = {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}
    reader.scene.sandbox.post("/act/create", {**event, **times})
    (seen,) = reader.wait_until(
        lambda: reader.scene.api(JANE).get(f"/rooms/{room['id']}/events", **times)["items"], bool
    )
    page = reader.today(JANE, start.date(), room["name"])
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=room["name"], exact=True))
    busy = row.get_by_role("button", name=re.compile(f"^Busy.*{start:%H:%M}"))
    expect(busy).to_be_visible()
    busy.click()
    expect(page.get_by_text("Meeting information unavailable")).to_be_visible()
    expect(page.get_by_text("grants access to the organiser’s mailbox")).to_be_visible()
    expect(page.get_by_text("Meetings booked in Roomstead always show")).to_be_visible()
    assert "Pay round" not in page.content()
    assert (seen["title"], seen["description"]) == ("Busy", "Meeting information unavailable")
    assert "Confidential" not in str(seen)


def test_s13_after_a_grant_the_organiser_books_in_their_own_name(reader: Reader) -> None:
    room, own = (
        reader.provider.rooms[7],
        next(each for each in (JANE.address, *JANE.further) if each.endswith(f"@{reader.provider.tenant.domain}")),
    )
    reader.reach("grant", own)
    page = reader.choose(reader.provider.first, "Access report")
    page.get_by_label("E-mail addresses").fill(own)
    page.get_by_role("button", name="Try them").click()
    reader.verified(page)
    page = reader.book(JANE, room, "Reached again")
    booking = reader.confirmed(page, room)
    assert _host(reader, booking) == own
    expect(page.get_by_text(LABEL)).to_have_count(0)
    if own in reader.provider.tenant.out_of_reach:
        reader.reach("revoke", own)
