"""Sign-in, one's own page and Settings: without findings of axe, in light, dark and 360 px; by keyboard alone."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser as ChromiumBrowser
from playwright.async_api import Page, expect
from tests.web.pages.conftest import PASSWORD, Visitor, carry_over

from roomstead.application.people.add_person import AddPerson
from roomstead.bootstrap.service import Roomstead
from roomstead.domain.people import OPERATOR, SYSTEM

LOOKS = {"light": (1280, "light"), "dark": (1280, "dark"), "phone": (360, "light"), "dark phone": (360, "dark")}
PAGES = (
    "/me",
    "/help?q=service",
    "/help/service-account",
    "/settings/people",
    "/settings/people?search=nobody-at-all",
    "/settings/people/new",
    "/settings/people/import",
    "/settings/sign-in",
    "/settings/audit",
    "/settings/audit?since=x",
    "/settings/system",
    "/settings/webhooks",
    "/settings/webhooks/new",
    "/nowhere",
)


async def findings(page: Page) -> list[str]:
    """What axe has to say about what is shown."""
    found = (await Axe().run(page)).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


async def is_wider_than_the_window(page: Page) -> bool:
    wider: bool = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return wider


@pytest.mark.parametrize("look", LOOKS)
async def test_pages_are_accessible(
    service: Roomstead, chromium: ChromiumBrowser, admin_page: Visitor, look: str
) -> None:
    width, scheme = LOOKS[look]
    long = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh " * 2
    jane = await service.cases.add_person(
        AddPerson(long.strip(), [f"{'x' * 60}@{'sub.' * 20}contoso.example", "j@contoso.example"]), OPERATOR
    )
    invitation = urlsplit((await service.cases.make_password_link(jane.id, OPERATOR)).url).path
    context = await chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = await context.new_page()
    wrong: dict[str, list[str]] = {}
    for path in ("/sign-in", invitation):
        await page.goto(admin_page.browser.base_url + path)
        wrong[path] = await findings(page)
        assert not await is_wider_than_the_window(page), path
    await carry_over(admin_page, context)
    for path in (*PAGES, f"/settings/people/{jane.id}"):
        await page.goto(admin_page.browser.base_url + path)
        wrong[path] = await findings(page)
        assert not await is_wider_than_the_window(page), path
    await context.close()
    assert {path: said for path, said in wrong.items() if said} == {}


async def test_the_first_admin_gets_in_by_keyboard_alone(
    service: Roomstead, chromium: ChromiumBrowser, base_url: str
) -> None:
    path = urlsplit((await service.cases.make_setup_link(SYSTEM)).url).path
    page = await (await chromium.new_context()).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    await page.goto(base_url + path)
    assert await findings(page) == []
    await page.keyboard.type("Mei Tan")
    await page.keyboard.press("Tab")
    await page.keyboard.type("mei.tan@contoso.example")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/settings/integrations"))
    await page.goto(f"{base_url}/me")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#main")).to_be_focused()
    assert [each for each in said if "Content Security" in each] == []


async def test_comforts_of_scripts_work_under_the_policy(chromium: ChromiumBrowser, member_page: Visitor) -> None:
    context = await chromium.new_context(timezone_id="America/New_York")
    await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=member_page.browser.base_url)
    await carry_over(member_page, context)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    await page.goto(f"{member_page.browser.base_url}/me")
    await page.reload()
    await expect(page.locator(".tz")).to_have_text(re.compile("New York"))
    await page.get_by_label("What the token is for").fill("script")
    await page.get_by_role("button", name="Make a token").click()
    await page.get_by_role("button", name="Copy to the clipboard").click()
    await expect(page.locator("#said")).to_have_text("Copied")  # the button says so for a moment only
    copied: str = await page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"rs_[a-z2-9]{8}_[\w-]{43}", copied)
    await page.get_by_label("Dark").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "roomstead-dark")
    await page.locator("summary", has_text="Jane Doe").click()
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await expect(page.get_by_text("You are signed out.")).to_be_visible()
    await context.close()
    assert errors == []
