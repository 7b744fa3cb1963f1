"""One's own page."""

import re

import httpx2
from tests.support.plain import PLAIN
from tests.web.pages.conftest import PASSWORD, Browser, Visitor, heading

from roomstead.bootstrap.service import Roomstead
from roomstead.domain.people import OPERATOR


def mistakes_in(answer: httpx2.Response) -> list[str]:
    return re.findall(r'<p class="mistake"[^>]*>.*?</p>', answer.text, re.DOTALL)


async def test_zone_and_theme_are_kept(member_page: Visitor) -> None:
    browser = member_page.browser
    shown = await browser.get("/me")
    assert re.search(r"<html [^>]*data-theme", shown.text) is None
    assert '<span class="tz">UTC</span>' in shown.text
    saved = await browser.submit(shown, "Save", zone="Asia/Kathmandu", theme="dark")
    assert "Your time zone, times and theme are saved." in saved.text
    assert 'data-theme="roomstead-dark"' in saved.text
    assert '<span class="tz">Kathmandu, UTC+5:45</span>' in saved.text
    light = await browser.submit(saved, "Save", theme="light")
    assert 'data-theme="roomstead"' in light.text


async def test_fields_tell_the_browser_their_bounds(member_page: Visitor) -> None:
    shown = await member_page.browser.get("/me")
    assert 'minlength="12" maxlength="256"' in shown.text
    assert "=&#34;" not in shown.text


async def test_without_a_choice_the_browsers_zone_holds(member_page: Visitor) -> None:
    member_page.browser.http.cookies.set("rs_zone", "America%2FNew_York")
    assert "New York, UTC−5" in (await member_page.browser.get("/me")).text
    for nonsense in ("Mars%2FBase", "..%2F..%2Fetc%2Fpasswd", "America", ""):
        member_page.browser.http.cookies.set("rs_zone", nonsense)
        assert '<span class="tz">UTC</span>' in (await member_page.browser.get("/me")).text


async def test_a_zone_or_theme_that_is_none_is_named(member_page: Visitor) -> None:
    shown = await member_page.browser.get("/me")
    wrong = await member_page.browser.submit(shown, "Save", zone="Mars/Base", theme="pink", hours="13")
    assert wrong.status_code == 422
    assert "Choose a time zone from the list" in wrong.text
    assert "Choose one of the two." in wrong.text


async def test_changing_the_password_signs_others_out(member_page: Visitor, browser: Browser) -> None:
    address = member_page.person.addresses[0]
    await browser.send("/sign-in", {"address": address, "password": PASSWORD})
    shown = await member_page.browser.get("/me")
    wrong = await member_page.browser.submit(shown, "Change password", present="no", new="lantern-otter-quartz")
    assert "This is not your present password." in mistakes_in(wrong)[0]
    weak = await member_page.browser.submit(shown, "Change password", present=PASSWORD, new="password2026!")
    assert "tried first" in mistakes_in(weak)[0]
    done = await member_page.browser.submit(shown, "Change password", present=PASSWORD, new="lantern-otter-quartz")
    assert "Your password is changed." in done.text
    assert (await browser.get("/me")).status_code == 303
    again = await browser.send("/sign-in", {"address": address, "password": "lantern-otter-quartz"})
    assert again.status_code == 303


async def test_browsers_are_listed_and_signed_out_one_by_one_or_all(member_page: Visitor, browser: Browser) -> None:
    address = member_page.person.addresses[0]
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    await browser.send("/sign-in", {"address": address, "password": PASSWORD}, **{"User-Agent": agent})
    shown = await member_page.browser.get("/me")
    assert "Firefox on Linux" in shown.text
    assert shown.text.count("This browser") == 1
    done = await member_page.browser.submit(shown, "Sign out: Firefox on Linux")
    assert "That browser is signed out." in done.text
    assert (await browser.get("/me")).status_code == 303
    await browser.send("/sign-in", {"address": address, "password": PASSWORD})
    shown = await member_page.browser.get("/me")
    done = await member_page.browser.submit(shown, "Sign out everywhere else")
    assert "One other browser is signed out." in done.text
    assert (await browser.get("/me")).status_code == 303
    assert (await member_page.browser.get("/me")).status_code == 200


async def test_the_session_of_somebody_else_is_not_mine_to_end(
    service: Roomstead, member_page: Visitor, admin_page: Visitor
) -> None:
    theirs = (await service.cases.read_account(admin_page.person.id, OPERATOR)).sessions[0]
    token = re.search(r'name="csrf" value="([0-9a-f]{64})"', (await member_page.browser.get("/me")).text)
    assert token is not None
    await member_page.browser.send(f"/me/sessions/{theirs.id}/end", {"csrf": token[1]})
    assert (await admin_page.browser.get("/me")).status_code == 200


async def test_a_token_is_shown_once_and_made_once(service: Roomstead, member_page: Visitor, base_url: str) -> None:
    browser = member_page.browser
    shown = await browser.get("/me")
    once = re.search(r'name="once" value="([^"]+)"', shown.text)
    assert once is not None
    made = await browser.submit(shown, "Make a token", name="door tablet", lasts="30")
    secret = re.search(r"rs_[a-z2-9]{8}_[\w-]{40,}", made.text)
    assert secret is not None
    again = await browser.submit(shown, "Make a token", name="door tablet", lasts="30")
    assert secret[0] in again.text
    page = await browser.get("/me")
    assert secret[0] not in page.text
    assert page.text.count("Revoke door tablet") == 1
    async with httpx2.AsyncClient(
        base_url=base_url, headers={"Authorization": f"Bearer {secret[0]}"}, verify=PLAIN
    ) as program:
        assert (await program.get("/api/v1/me")).json()["name"] == "Jane Doe"
        done = await browser.submit(page, "Revoke door tablet")
        assert "The token is revoked." in done.text
        assert (await program.get("/api/v1/me")).status_code == 401


async def test_a_token_without_a_name_is_refused_and_an_admins_is_a_members_unless_asked(admin_page: Visitor) -> None:
    browser = admin_page.browser
    shown = await browser.get("/me")
    nameless = await browser.submit(shown, "Make a token", name="  ")
    assert (nameless.status_code, len(mistakes_in(nameless))) == (422, 1)
    plain = await browser.submit(nameless, "Make a token", name="script")
    assert plain.text.count('<span class="tag">Global Admin</span>') == 0
    strong = await browser.submit(await browser.get("/me"), "Make a token", name="deploy", as_admin="on")
    assert strong.text.count('<span class="tag">Global Admin</span>') == 1
    assert heading(strong) == "Mei Tan"
