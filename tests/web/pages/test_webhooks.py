"""Settings → Webhooks."""

import re

import httpx2
from tests.web.pages.conftest import Visitor, heading

PAGE = "/settings/webhooks"
URL = "https://hooks.example.com/in?a=1"


async def test_first_use_teaches_the_next_step(admin_page: Visitor) -> None:
    shown = await admin_page.browser.get(PAGE)
    assert "No webhooks yet" in shown.text
    assert f"{PAGE}/new" in shown.text


async def test_a_webhook_is_added_and_its_secret_shown_once(admin_page: Visitor) -> None:
    browser = admin_page.browser
    form = await browser.get(f"{PAGE}/new")
    wrong = await browser.submit(form, "Add webhook", url="http://10.0.0.1/", events=[])
    assert wrong.status_code == 422
    assert "Use https." in wrong.text
    assert "Choose at least one event." in wrong.text
    made = await added(admin_page)
    secret = re.search(r"whsec_[\w+/=]+", made.text)
    assert secret is not None
    shown = await browser.get(place_of(made))
    assert secret[0] not in shown.text
    assert "Nothing was sent yet." in shown.text
    rotated = await browser.submit(shown, "Make a new secret")
    assert secret[0] not in rotated.text
    assert "whsec_" in rotated.text


async def test_a_test_is_left_and_can_be_sent_again(admin_page: Visitor) -> None:
    browser = admin_page.browser
    made = await added(admin_page)
    test = await browser.submit(made, "Send a test")
    assert "Not tried yet." in test.text
    again = await browser.submit(test, "Send again")
    assert "It is sent again." in again.text
    assert "Waiting" in (await browser.get(place_of(made))).text
    off = await browser.submit(await browser.get(place_of(made)), "Disable")
    late = await browser.submit(again, "Send again")
    assert late.status_code == 422
    assert "Enable it first." in late.text
    assert "Send a test" not in off.text


async def test_a_webhook_is_changed_and_removed(admin_page: Visitor) -> None:
    browser = admin_page.browser
    shown = await browser.get(place_of(await added(admin_page)))
    saved = await browser.submit(shown, "Save", description="Screens", events=["booking.confirmed"])
    assert heading(saved) == "Screens"
    stale = await browser.submit(shown, "Save", description="Late")
    assert stale.status_code == 422
    assert "Late" in stale.text
    off = await browser.submit(saved, "Disable")
    assert "It is told nothing." in off.text
    gone = await browser.submit(off, "Remove webhook")
    assert "The webhook is removed." in gone.text
    audit = await browser.get("/settings/audit?action=webhook")
    for each in ("added", "changed", "disabled", "removed"):
        assert f"Webhook {each}" in audit.text


async def added(admin_page: Visitor) -> httpx2.Response:
    """The page that follows adding one."""
    form = await admin_page.browser.get(f"{PAGE}/new")
    made = await admin_page.browser.submit(form, "Add webhook", url=URL, description="Door signs")
    assert heading(made) == "Door signs"
    return made


def place_of(shown: httpx2.Response) -> str:
    """The webhook's own page."""
    found = re.search(rf"{PAGE}/[0-9a-f-]{{36}}", shown.text)
    assert found is not None
    return found[0]
