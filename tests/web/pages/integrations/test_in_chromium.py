"""The same in a real browser: live while a verification runs, and without a hindrance for anybody (axe)."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect
from tests.web.pages.conftest import Visitor
from tests.web.pages.integrations.conftest import DOMAIN, SERVICE, Desk

LOOKS = {"light": (1280, "light"), "dark": (1280, "dark"), "phone": (360, "light")}
PATIENCE_MS = 60_000


@asynccontextmanager
async def opened(chromium: Chromium, visitor: Visitor, look: str = "light") -> AsyncIterator[Page]:
    """A page of Mei Tan's; what the browser complains of fails the test."""
    width, scheme = LOOKS[look]
    context = await chromium.new_context(
        base_url=visitor.browser.base_url,
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    cookies = visitor.browser.http.cookies.jar
    await context.add_cookies(
        [
            {"name": each.name, "value": (each.value or "").strip('"'), "url": visitor.browser.base_url}
            for each in cookies
        ]
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield page
    await context.close()
    assert complaints == []


async def test_s3_verification_goes_on_by_itself_on_the_page(
    chromium: Chromium, admin_page: Visitor, desk: Desk
) -> None:
    found = desk.contoso.endpoints
    async with opened(chromium, admin_page) as page:
        await page.goto("/settings/integrations")
        await page.get_by_role("link", name="Add calendar integration").first.click()
        await page.get_by_role("link", name=re.compile("Outlook")).click()
        await page.get_by_role("radio", name=re.compile("^Everyone")).check()
        await page.get_by_label("Tenant", exact=True).fill(found["tenant_id"])
        await page.get_by_role("radio", name="Client secret").check()
        await page.get_by_role("textbox", name="Application (client) ID").fill(found["client_id"])
        await page.get_by_label("Client secret value").fill(found["client_secret"])
        await page.get_by_text("Less common settings").click()
        await page.get_by_label("Other address: login").fill(found["login_base"])
        await page.get_by_label("Other address: api").fill(found["graph_base"])
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_role("switch", name="Use mailbox as a service account")).to_be_checked()
        await page.get_by_label("E-mail address").fill(SERVICE)
        await page.get_by_role("button", name="Verify integration").click()
        await expect(page.get_by_role("button", name="Save with 48 rooms")).to_be_visible(timeout=PATIENCE_MS)
        await expect(page.get_by_role("status")).to_contain_text("Passed", timeout=PATIENCE_MS)
        await expect(page.get_by_role("button", name="Verify integration")).to_be_enabled()
        await page.get_by_role("button", name="Save with 48 rooms").click()
        await expect(page.get_by_text("48 rooms can be booked.", exact=False).first).to_be_visible()


def every_page(place: str, room: str, verification: str) -> Iterator[str]:
    """All of these pages."""
    yield from ("/settings/integrations", "/settings/rooms", room, verification)
    yield from ("/settings/integrations/add", "/settings/integrations/add/microsoft")
    for name in ("service-account", "restriction", "access", "credential", "edit", "remove", "rooms"):
        yield f"{place}/{name}"


@pytest.mark.parametrize("look", LOOKS)
async def test_every_page_is_without_hindrance_and_fits(
    chromium: Chromium, admin_page: Visitor, desk: Desk, look: str
) -> None:
    desk.contoso.control.post("microsoft/revoke", {"mailbox": f"oak@{DOMAIN}", "propagation_seconds": 0})
    place = await desk.connected()
    found = (await desk.open()).text + (await desk.open("/settings/rooms")).text
    room, verification = (
        re.search(pattern, found)
        for pattern in (r"/settings/rooms/[0-9a-f-]{36}", r"/settings/integrations/verifications/[0-9a-f-]{36}")
    )
    assert room is not None
    assert verification is not None
    problems: dict[str, object] = {}
    async with opened(chromium, admin_page, look) as page:
        for path in every_page(place, room[0], verification[0]):
            await page.goto(path)
            await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            result = await Axe().run(page)
            if result.response["violations"]:
                problems[path] = [
                    (each["id"], [node["html"][:160] for node in each["nodes"]][:3])
                    for each in result.response["violations"]
                ]
            wide = await page.evaluate("document.documentElement.scrollWidth")
            if wide > LOOKS[look][0]:
                problems[f"{path} is too wide"] = wide
    assert problems == {}
