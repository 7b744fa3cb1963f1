"""The guides that Roomstead shows itself: found, read, and linked from what goes wrong."""

import re

import pytest
from tests.web.pages.conftest import Browser, Visitor, heading

from roomstead.application.people.create_token import CreateToken
from roomstead.bootstrap.service import Roomstead
from roomstead.config import Settings, load
from roomstead.domain.people import OPERATOR


async def test_guides_are_listed_and_read(member_page: Visitor) -> None:
    listing = await member_page.browser.open("/help")
    assert heading(listing) == "Guides"
    links = re.findall(r'href="(/help/[a-z0-9-]+)"', listing.text)
    assert len(links) > 20
    for link in links:
        page = await member_page.browser.get(link)
        assert page.status_code == 200, link
        assert page.text.count("<h1") == 1, link
    page = await member_page.browser.get("/help/service-account")
    assert heading(page) == "Use a service account"
    assert 'id="add"' in page.text
    assert 'href="#add"' in page.text


async def test_headings_are_searched(member_page: Visitor) -> None:
    listing = await member_page.browser.open("/help")
    found = await member_page.browser.submit(listing, "Search", q="restrict PROOF")
    assert 'href="/help/restrict-access#proof"' in found.text
    nothing = await member_page.browser.open("/help?q=%3Cb%3Ezebra")
    assert "No heading has these words" in nothing.text
    assert "<b>zebra" not in nothing.text


async def test_pictures_come_with_them_and_nothing_else(member_page: Visitor) -> None:
    picture = await member_page.browser.get("/help/images/today.png")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    for nowhere in ("none.png", "..%2fREADME.md", "today"):
        assert (await member_page.browser.get(f"/help/images/{nowhere}")).status_code == 404
    missing = await member_page.browser.get("/help/nothing")
    assert missing.status_code == 404
    assert "/help" in missing.text


async def test_whoever_cannot_sign_in_reads_them_too(browser: Browser) -> None:
    lost = await browser.get("/password/spent-long-ago")
    link = re.search(r'href="(/help/sign-in)#([^"]+)"', lost.text)
    assert link is not None
    guide = await browser.get(link[1])
    assert guide.status_code == 200
    assert f'id="{link[2]}"' in guide.text
    assert 'id="when-somebody-forgot-it"' in guide.text
    assert 'id="attempts"' in guide.text
    assert "Sign out" not in guide.text
    assert 'href="/settings' not in guide.text


async def test_an_error_links_to_its_guide_on_every_road(
    service: Roomstead, browser: Browser, member_page: Visitor
) -> None:
    page = await member_page.browser.get("/settings/people")
    link = re.search(r'href="(/help/[^"#]+)#([^"]+)"', page.text)
    assert link is not None
    assert f'id="{link[2]}"' in (await member_page.browser.get(link[1])).text
    assert "it-help@contoso.example" in page.text
    made = await service.cases.create_token(CreateToken(member_page.person.id, "test"), OPERATOR)
    answer = await browser.http.get("/api/v1/integrations", headers={"Authorization": f"Bearer {made.secret}"})
    problem = answer.json()
    assert problem["guide"] == f"{service.policy.public_url}{link[1]}#{link[2]}"
    assert problem["support_contact"] == "it-help@contoso.example"
    told = (await browser.http.get(f"/problems/{problem['code']}")).json()
    assert told["guide"] == f"{link[1]}#{link[2]}"


class TestOwnGuide:
    """An organisation with a guide of its own."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        """Its address is set."""
        return load(data_dir=settings.data_dir, port=0, guide_url="https://intranet.contoso.example/rooms")

    async def test_it_takes_the_place_of_ours(self, member_page: Visitor) -> None:
        page = await member_page.browser.get("/settings/people")
        assert 'href="https://intranet.contoso.example/rooms"' in page.text
