"""Coming in with a password, and going out."""

import re
from collections.abc import Callable

import httpx2
import pytest
from tests.web.pages.conftest import PASSWORD, Browser, Comes, Visitor, heading

from roomstead.application.people.add_person import AddPerson
from roomstead.application.people.edit_person import EditPerson
from roomstead.application.sign_in_rules import TRIES_PER_ADDRESS
from roomstead.bootstrap.service import Roomstead, build
from roomstead.config import Settings, load
from roomstead.domain.people import OPERATOR, Role

COOKIE = "roomstead-session"


async def type_in(browser: Browser, address: str, password: str, wanted: str = "") -> httpx2.Response:
    return await browser.send("/sign-in", {"address": address, "password": password, "next": wanted})


def without_what_was_typed(answer: httpx2.Response) -> str:
    plain = re.sub(r'value="[^"]*"|nonce="[^"]*"', "", answer.text)
    return re.sub(r"[a-f0-9]{32}", "", plain)


async def test_signing_in_leads_where_one_was_going(browser: Browser, member_page: Visitor) -> None:
    away = await browser.get("/me?tab=1")
    assert (away.status_code, away.headers["location"]) == (303, "/sign-in?next=/me%3Ftab%3D1")
    shown = await browser.follow(away)
    assert heading(shown) == "Sign in"
    inside = await browser.submit(shown, "Sign in", address=member_page.person.addresses[0], password=PASSWORD)
    assert str(inside.url).endswith("/me?tab=1")
    assert heading(inside) == "Jane Doe"


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser, member_page: Visitor) -> None:
    answer = await type_in(browser, member_page.person.addresses[0], PASSWORD)
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith(f"{COOKIE}="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


async def test_each_signing_in_has_a_new_secret_and_ends_the_old_one(member_page: Visitor, browser: Browser) -> None:
    old = member_page.browser.http.cookies[COOKIE]
    await type_in(member_page.browser, member_page.person.addresses[0], PASSWORD)
    assert member_page.browser.http.cookies[COOKIE] != old
    browser.http.cookies.set(COOKIE, old)
    assert (await browser.get("/me")).status_code == 303


async def test_nobody_learns_who_is_here(service: Roomstead, browser: Browser, comes: Comes) -> None:
    here, left = await comes(), await comes("Robin Gone")
    await service.cases.edit_person(EditPerson(left.person.id, None, is_active=False), OPERATOR)
    invited = await service.cases.add_person(AddPerson("Ines Duarte", ["ines@contoso.example"]), OPERATOR)
    refused = [
        await type_in(browser, address, password)
        for address, password in (
            (here.person.addresses[0], "not the password"),
            (left.person.addresses[0], PASSWORD),
            (invited.addresses[0], ""),
            ("nobody@contoso.example", PASSWORD),
            ("no address", PASSWORD),
        )
    ]
    assert {answer.status_code for answer in refused} == {401}
    assert len({without_what_was_typed(answer) for answer in refused}) == 1
    assert "The address or the password is not right." in refused[0].text
    assert 'href="/help/sign-in#when-somebody-forgot-it"' in refused[0].text
    assert 'value="no address"' in refused[-1].text


async def test_too_many_attempts_end_for_a_while_also_after_a_restart(
    service: Roomstead, database_url: str, settings: Settings, browser: Browser, comes: Comes
) -> None:
    jane, other = await comes(), await comes("Robin Other")
    address = jane.person.addresses[0].upper()
    for _ in range(TRIES_PER_ADDRESS):
        assert (await type_in(browser, address, "not the password")).status_code == 401
    refused = await type_in(browser, address, PASSWORD)
    assert refused.status_code == 429
    assert "Wait a quarter of an hour" in refused.text
    assert 'href="/help/sign-in#attempts"' in refused.text
    async with build(settings, database_url) as again:
        from roomstead.application.people.sign_in import SignIn
        from roomstead.application.sign_in_rules import TooManyAttempts, Visitor

        with pytest.raises(TooManyAttempts):
            await again.cases.sign_in(SignIn(address, PASSWORD, Visitor("198.51.100.7", "")))
    assert (await type_in(browser, other.person.addresses[0], PASSWORD)).status_code == 303
    assert (await jane.browser.get("/me")).status_code == 200


async def test_failed_attempts_stand_in_the_audit_trail(
    browser: Browser, member_page: Visitor, admin_page: Visitor
) -> None:
    for address in (member_page.person.addresses[0], member_page.person.addresses[0], "stranger@elsewhere.example"):
        assert (await type_in(browser, address, "not the password")).status_code == 401
    shown = await admin_page.browser.get("/settings/audit?action=attempt")
    assert shown.text.count("Failed to sign in<") == 2
    assert "as Jane Doe, 2 times within five minutes" in shown.text
    assert "127.0.0.1" in shown.text
    assert "stranger@" not in shown.text
    assert (await member_page.browser.get("/settings/audit?action=attempt")).status_code == 403


async def test_a_right_password_forgets_the_wrong_ones(browser: Browser, member_page: Visitor) -> None:
    address = member_page.person.addresses[0]
    for _ in range(2):
        for _ in range(TRIES_PER_ADDRESS - 1):
            assert (await type_in(browser, address, "x")).status_code == 401
        assert (await type_in(browser, address, PASSWORD)).status_code == 303


async def test_signing_out_makes_the_cookie_worthless(member_page: Visitor, browser: Browser) -> None:
    secret = member_page.browser.http.cookies[COOKIE]
    page = await member_page.browser.get("/me")
    out = await member_page.browser.submit(page, "Sign out")
    assert heading(out) == "Sign in"
    assert "You are signed out." in out.text
    assert COOKIE not in member_page.browser.http.cookies
    assert "You are signed out." not in (await member_page.browser.get("/sign-in")).text
    browser.http.cookies.set(COOKIE, secret)
    assert (await browser.get("/me")).status_code == 303


async def test_somebody_who_is_kept_out_is_out_at_once(service: Roomstead, member_page: Visitor) -> None:
    await service.cases.edit_person(EditPerson(member_page.person.id, None, is_active=False), OPERATOR)
    assert (await member_page.browser.get("/me")).status_code == 303


async def test_a_new_role_holds_at_once(service: Roomstead, member_page: Visitor) -> None:
    assert (await member_page.browser.get("/settings/people")).status_code == 403
    await service.cases.edit_person(EditPerson(member_page.person.id, None, role=Role.GLOBAL_ADMIN), OPERATOR)
    assert (await member_page.browser.get("/settings/people")).status_code == 200


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "me",
    "/sign-out",
    "/sign-in?next=/sign-in",
    "",
]


async def test_signing_in_leads_nowhere_else(member_page: Visitor) -> None:
    for wanted in ELSEWHERE:
        signed_in = await member_page.browser.http.get("/sign-in", params={"next": wanted})
        assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/"), wanted
    answer = await type_in(member_page.browser, member_page.person.addresses[0], PASSWORD, ELSEWHERE[4])
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_where_people_come_by_https_the_cookie_is_this_hosts_alone(
    database_url: str, settings: Settings, new_browser: Callable[[], Browser]
) -> None:
    from fastapi import Request, Response

    from roomstead.domain.sessions import LASTS
    from roomstead.entrypoints.web.app import create_app
    from roomstead.entrypoints.web.pages.cookies import SESSION, set_cookie

    secure = load(data_dir=settings.data_dir, public_url="https://rooms.contoso.example")
    async with build(secure, database_url) as service:
        request = Request({"type": "http", "app": create_app(service), "headers": []})
        response = Response()
        set_cookie(request, response, SESSION, "secret", lasts=LASTS)
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-roomstead=secret;")
    assert "Secure" in cookie


async def test_behind_a_trusted_proxy_with_tls_cookies_never_leave_it(browser: Browser, member_page: Visitor) -> None:
    typed = {"address": member_page.person.addresses[0], "password": PASSWORD}
    answer = await browser.send("/sign-in", typed, **{"X-Forwarded-Proto": "https"})
    cookies = answer.headers.get_list("set-cookie")
    assert cookies
    assert all(each.startswith("__Host-") and "Secure" in each for each in cookies), cookies
