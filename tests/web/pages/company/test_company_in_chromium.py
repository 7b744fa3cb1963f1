"""The company's sign-in in a real browser, with an OpenID provider that we did not write."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx2
import pytest
from playwright.async_api import Browser as ChromiumBrowser
from playwright.async_api import Page, expect
from tests.support.ports import reserved_port
from tests.web.pages.company.conftest import Connect
from tests.web.pages.conftest import Comes, Visitor, carry_over

from roomstead.application.people.list_people import ListPeople
from roomstead.bootstrap.service import Roomstead
from roomstead.domain.people import OPERATOR, Role

MEI = (
    '{"sub": "mei", "email": "mei.tan@contoso.example", "email_verified": true, "name": "Mei Tan",'
    ' "groups": ["room-admins"]}'
)
EVE = '{"sub": "eve", "email": "eve@contoso.example", "email_verified": false, "name": "Eve"}'


@pytest.fixture
def provider_url() -> Iterator[str]:
    """The provider, as a program of its own."""
    with reserved_port() as port:
        running = subprocess.Popen(
            [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "--user-claims", MEI, "--user-claims", EVE],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx2.get(f"{url}/.well-known/openid-configuration").raise_for_status()
                break
            except httpx2.TransportError:
                assert time.monotonic() < deadline, "the provider does not start"
                assert running.poll() is None, "the provider ended"
                time.sleep(0.05)  # another program comes up; nothing tells us when
        yield url
        running.terminate()
        running.wait(timeout=60)


async def fill_in(page: Page, base_url: str, provider_url: str) -> None:
    """What an admin does under Settings → Sign-in."""
    await page.goto(f"{base_url}/settings/sign-in")
    await page.get_by_label("Issuer", exact=True).fill(provider_url)
    await page.get_by_label("Name on the sign-in page").fill("Contoso account")
    await page.get_by_label("Client ID").fill("roomstead")
    await page.get_by_label("Client secret").fill("a secret")
    await page.get_by_label("Domains").fill("contoso.example")
    await page.get_by_label("Add people at their first sign-in").check()
    await page.get_by_label("Role claim").fill("groups")
    await page.get_by_label("Values that make a Global Admin").fill("room-admins")
    await page.get_by_role("button", name="Check and save").click()
    await expect(page.get_by_role("status").first).to_contain_text("The provider answers")


async def test_an_admin_sets_it_up_and_people_come_in(
    service: Roomstead, chromium: ChromiumBrowser, comes: Comes, provider_url: str, base_url: str
) -> None:
    admin: Visitor = await comes("Ines Duarte", Role.GLOBAL_ADMIN)
    context = await chromium.new_context()
    await carry_over(admin, context)
    page = await context.new_page()
    await fill_in(page, base_url, provider_url)
    await context.close()

    context = await chromium.new_context()
    page = await context.new_page()
    await page.goto(f"{base_url}/me")
    await page.get_by_role("link", name="Sign in with Contoso account").click()
    await page.get_by_role("button", name="mei").click()
    await expect(page).to_have_url(f"{base_url}/me")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mei Tan")
    await expect(page.get_by_role("link", name="Settings")).to_be_visible()
    mei = await service.cases.find_person("mei.tan@contoso.example", OPERATOR)
    assert mei.role is Role.GLOBAL_ADMIN
    await context.close()


async def test_who_is_not_let_in_is_told_why_on_the_sign_in_page(
    service: Roomstead, chromium: ChromiumBrowser, connect: Connect, provider_url: str, base_url: str
) -> None:
    await connect(issuer=provider_url)
    page = await (await chromium.new_context()).new_page()
    for choice, words in (("eve", "no confirmed e-mail address"), ("Deny", "did not let you in")):
        await page.goto(f"{base_url}/sign-in")
        await page.get_by_role("link", name=re.compile("Sign in with")).click()
        await page.get_by_role("button", name=choice).click()
        await expect(page.get_by_role("alert")).to_contain_text(words)
        await expect(page.get_by_label("Password")).to_be_visible()
    assert (await service.cases.list_people(ListPeople(), OPERATOR)).items == ()
