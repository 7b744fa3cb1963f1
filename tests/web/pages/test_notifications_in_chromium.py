"""The notification pages in a real browser: without findings of axe, in light, dark and at 360 px."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser as ChromiumBrowser
from tests.web.pages.conftest import Visitor, carry_over

from roomstead.config import Settings, load

PAGES = ("/me/notifications", "/settings/notifications")
LOOKS = {"light": (1280, "light"), "dark": (1280, "dark"), "phone": (360, "light")}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A mail server is named; no worker runs, so nothing is sent."""
    return load(data_dir=settings.data_dir, port=0, smtp_url="smtp://mail.example", mail_from="rooms@contoso.example")


@pytest.mark.parametrize("look", LOOKS)
async def test_notification_pages_are_accessible(chromium: ChromiumBrowser, admin_page: Visitor, look: str) -> None:
    width, scheme = LOOKS[look]
    shown = await admin_page.browser.get("/settings/notifications")
    await admin_page.browser.submit(shown, "Send a test mail to me")
    context = await chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    await carry_over(admin_page, context)
    page = await context.new_page()
    for path in PAGES:
        await page.goto(admin_page.browser.base_url + path)
        found = (await Axe().run(page)).response["violations"]
        assert [f"{path} {each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]] == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    await context.close()
