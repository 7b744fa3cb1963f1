"""The top of a page is shown before the style sheet is there, and does not move or change when it comes."""

import asyncio

import pytest
from playwright.async_api import Browser as ChromiumBrowser
from playwright.async_api import Page, Route, expect
from tests.web.pages.conftest import Visitor, carry_over
from tests.web.pages.employee.conftest import DAY_AHEAD

SEEN = """() => Object.fromEntries([...document.querySelectorAll("body, .top, .brand, .places a")]
  .filter((each) => each.checkVisibility())
  .map((each) => {
    const { x, y, width, height } = each.getBoundingClientRect();
    const { color, backgroundColor, fontSize, fontWeight } = getComputedStyle(each);
    const box = each === document.body ? [x, y, width] : [x, y, width, height];
    const name = `${each.className} ${each.getAttribute("href")}`;
    return [name, [...box, color, backgroundColor, fontSize, fontWeight]];
  }))"""


async def seen(page: Page) -> dict[str, list[object]]:
    found: dict[str, list[object]] = await page.evaluate(SEEN)
    return found


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (800, "light"), (360, "dark")])
async def test_the_top_stays_as_it_was_first_seen(
    member_page: Visitor, chromium: ChromiumBrowser, width: int, scheme: str
) -> None:
    context = await chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    await carry_over(member_page, context)
    page = await context.new_page()
    may_come = asyncio.Event()

    async def when_it_may(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await page.route("**/app.css*", when_it_may)
    await page.goto(f"{member_page.browser.base_url}/?day={DAY_AHEAD}", wait_until="commit")
    try:
        await expect(page.locator(".brand")).to_be_visible()
        await expect(page.locator("link[rel=stylesheet]")).to_be_attached()
        first = await seen(page)
    finally:
        may_come.set()
    assert len(first) == (6 if width > 700 else 3)
    await page.wait_for_load_state("load")
    await expect(page.locator(".face")).to_be_visible()
    last = await seen(page)
    assert {name: last[name] for name in first} == first
