"""S3: Add calendar integration, step by step, without scripts."""

import re

import pytest
from tests.web.pages.conftest import Visitor
from tests.web.pages.integrations.conftest import Desk, typed, words

from roomstead_sandbox.running import RunningSandbox

ADD = "/settings/integrations/add"
LIST = "/settings/integrations"


async def test_s3_add_calendar_integration_with_a_service_account(desk: Desk) -> None:
    empty = await desk.browser.open(LIST)
    assert "No calendars yet" in empty.text
    page = await desk.browser.open(ADD)
    assert "Outlook" in page.text
    page = await desk.settled(await desk.connect())
    assert "Use mailbox as a service account" in words(page)
    assert "Rooms can be read" in words(page)
    saved = re.search(r"Save with (\d+) rooms", words(page))
    assert saved is not None, words(page)
    page = await desk.browser.submit(page, "Save with")
    assert f"{saved[1]} rooms can be booked." in words(page)
    assert "rooms@contoso.example" in words(page)
    assert "Working" in words(page)
    assert "Edit service account" in words(page)
    assert "Add service account" not in words(page)


async def test_s3_an_admins_own_address_takes_its_place_without_the_toggle(desk: Desk) -> None:
    page = await desk.settled(await desk.connect("mei.tan@contoso.example", is_service_account=False))
    page = await desk.browser.submit(page, "Save with")
    assert "mei.tan@contoso.example" in words(page)
    assert "an admin’s own address" in words(page)
    assert "Add service account" in words(page)


async def test_what_was_typed_is_kept_but_never_the_secret_shown(admin_page: Visitor, contoso: RunningSandbox) -> None:
    browser = admin_page.browser
    form = {
        "tier": "3",
        "tenant": "common",
        "kind": "secret",
        "secret.app_id": "not a guid",
        "secret.client_secret": "a-secret-value-nobody-sees",
        "expires_at": "soon",
    }
    page = await browser.submit(await browser.open(f"{ADD}/microsoft"), "Continue", **form)
    assert page.status_code == 422
    assert "Enter your own tenant's ID" in words(page)
    assert "This is not an application ID" in words(page)
    assert "Give the day as in" in words(page)
    assert 'value="not a guid"' in page.text
    assert "a-secret-value-nobody-sees" not in page.text
    again = await browser.open(f"{ADD}/microsoft")
    assert 'value="common"' in again.text
    assert "a-secret-value-nobody-sees" not in again.text
    found = contoso.endpoints
    right = {"tenant": found["tenant_id"], "kind": "secret", "secret.app_id": found["client_id"], "expires_at": ""}
    page = await browser.submit(again, "Continue", **right)
    assert "E-mail address" in page.text
    assert f"{found['tenant_id']}/adminconsent" in page.text


@pytest.mark.parametrize("path", [f"{ADD}/address", f"{ADD}/nothing-of-the-kind"])
async def test_steps_cannot_be_skipped(admin_page: Visitor, path: str) -> None:
    page = await admin_page.browser.open(path)
    assert page.status_code in {200, 404}
    assert "Verify integration</button>" not in page.text


async def test_a_draft_can_be_given_up(admin_page: Visitor) -> None:
    browser = admin_page.browser
    form = {"tenant": "common", "kind": "secret", "secret.client_secret": "x"}
    await browser.submit(await browser.open(f"{ADD}/microsoft"), "Continue", **form)
    page = await browser.open(ADD)
    assert "You began to add an integration" in page.text
    page = await browser.submit(page, "Start over")
    assert "What was typed is forgotten" in page.text
    assert "You began to add an integration" not in page.text


async def test_sending_the_last_step_twice_adds_one_integration(desk: Desk) -> None:
    page = await desk.browser.open(f"{ADD}/microsoft")
    page = await desk.browser.submit(page, "Continue", **typed(desk.contoso))
    first = await desk.browser.submit(page, "Verify integration", address="rooms@contoso.example")
    second = await desk.browser.submit(page, "Verify integration", address="rooms@contoso.example")
    assert str(first.url) == str(second.url)
    await desk.settled(first)
    assert (await desk.browser.open(LIST)).text.count('class="surface integ"') == 1
