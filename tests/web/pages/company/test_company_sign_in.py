"""Signing in with the company's account: who comes in, as what, and every lie that is not believed."""

import base64
import hmac
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httpx2
import pytest
from joserfc.jwk import ECKey, RSAKey
from tests.web.pages.company.conftest import CLIENT_ID, SECRET, Connect, Issuer, Leave
from tests.web.pages.conftest import Browser, heading

from roomstead.application.people.add_person import AddPerson
from roomstead.application.people.edit_person import EditPerson
from roomstead.application.people.list_people import ListPeople
from roomstead.application.people.read_audit import ReadAudit
from roomstead.application.ports.people import AuditFilter
from roomstead.bootstrap.service import Roomstead
from roomstead.domain.people import OPERATOR, Role


def note_in(answer: httpx2.Response) -> str:
    found = re.search(r'id="wrong">.*?<p>(.*?)</p>', answer.text, re.DOTALL)
    return found[1] if found else ""


def assert_refused(answer: httpx2.Response, words: str) -> None:
    assert answer.status_code == 403, answer.headers
    assert heading(answer) == "Sign in"
    assert words in note_in(answer)
    assert 'href="/help/single-sign-on#' in answer.text
    assert "roomstead-session" not in str(answer.headers)


async def assert_inside(browser: Browser, name: str = "Jane Doe") -> None:
    page = await browser.get("/me")
    assert (page.status_code, heading(page)) == (200, name)


async def test_somebody_new_comes_in_and_the_conversation_is_as_it_should_be(
    service: Roomstead, connect: Connect, leave: Leave, issuer: Issuer, browser: Browser
) -> None:
    await connect()
    assert "Sign in with Contoso" in (await browser.get("/sign-in")).text
    journey = await leave(browser)
    asked = journey.asked
    assert asked["tenant"] == "1"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert set(asked["scope"].split()) == {"openid", "email", "profile"}
    answer = await journey.back()
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    await assert_inside(browser)
    sent = issuer.traded[0]
    assert sent["redirect_uri"] == asked["redirect_uri"] == f"{browser.base_url}/sign-in/callback"
    name, _, secret = base64.b64decode(sent["authorization"].removeprefix("Basic ")).decode().partition(":")
    assert (unquote(name), unquote(secret)) == (CLIENT_ID, SECRET)
    assert "client_secret" not in sent
    jane = await service.cases.find_person("jane.doe@contoso.example", OPERATOR)
    assert (jane.name, jane.role) == ("Jane Doe", Role.MEMBER)


async def test_the_account_stays_the_persons_whatever_the_address_becomes(
    service: Roomstead, connect: Connect, leave: Leave, browser: Browser
) -> None:
    await connect()
    await (await leave(browser)).back()
    await (await leave(browser, email="jane.smith@contoso.example", name="Jane Smith")).back()
    await assert_inside(browser)
    await (await leave(browser, sub="someone-else", email="jane.doe@contoso.example", name="X")).back()
    await assert_inside(browser)
    assert len((await service.cases.list_people(ListPeople(), OPERATOR)).items) == 1


async def test_who_is_here_already_is_recognised_by_a_confirmed_address(
    service: Roomstead, connect: Connect, leave: Leave, browser: Browser
) -> None:
    await connect(adds_people=False)
    jane = await service.cases.add_person(AddPerson("Jane D.", ["jane.doe@contoso.example"]), OPERATOR)
    assert_refused(await (await leave(browser, email_verified=False)).back(), "no confirmed e-mail address")
    assert_refused(await (await leave(browser, email_verified=None)).back(), "no confirmed e-mail address")
    assert_refused(await (await leave(browser, email=None)).back(), "no confirmed e-mail address")
    assert_refused(
        await (await leave(browser, sub="x", email="a@contoso.example")).back(), "Nobody here has the address"
    )
    assert_refused(await (await leave(browser, email_verified=["true"])).back(), "no confirmed e-mail address")
    assert (await (await leave(browser, email_verified=None, xms_edov="1")).back()).status_code == 303
    await assert_inside(browser, "Jane D.")
    assert (await service.cases.read_account(jane.id, OPERATOR)).companies


async def test_who_is_refused_stands_in_the_audit_trail_without_the_address(
    service: Roomstead, connect: Connect, leave: Leave, browser: Browser
) -> None:
    await connect()
    for address in ("jane@evil.example", "kim@evil.example"):
        assert_refused(await (await leave(browser, email=address)).back(), "Addresses of your domain")
    failed = await service.cases.read_audit(ReadAudit(AuditFilter(action="attempt")), OPERATOR)
    assert [(each.action, dict(each.detail)) for each in failed.items] == [
        ("attempt.failed", {"attempts": 2, "network": "127.0.0.1", "by": "company"})
    ]


async def test_other_domains_stay_outside(connect: Connect, leave: Leave, browser: Browser) -> None:
    await connect()
    for address in ("jane@evil.example", "jane@contoso.example.evil.example", "jane@sub.contoso.example"):
        assert_refused(await (await leave(browser, email=address)).back(), "Addresses of your domain")


async def test_who_is_kept_out_here_is_kept_out_there(
    service: Roomstead, connect: Connect, leave: Leave, browser: Browser
) -> None:
    await connect()
    await (await leave(browser)).back()
    jane = await service.cases.find_person("jane.doe@contoso.example", OPERATOR)
    await service.cases.edit_person(EditPerson(jane.id, None, is_active=False), OPERATOR)
    assert_refused(await (await leave(browser)).back(), "You may not sign in here any more.")


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("groups", ["staff", "room-admins"]),
        ("groups", "room-admins"),
        ("realm_access.roles", None),
        ("https://contoso.example/role", "room-admins"),
    ],
)
async def test_a_claim_gives_the_role_and_takes_it(
    service: Roomstead, connect: Connect, leave: Leave, browser: Browser, claim: str, value: object
) -> None:
    await service.cases.add_person(AddPerson("Mei Tan", ["mei@contoso.example"], Role.GLOBAL_ADMIN), OPERATOR)
    await connect(role_claim=claim, admin_values=["room-admins"])
    said = {"realm_access": {"roles": ["room-admins"]}} if value is None else {claim: value}
    await (await leave(browser, **said)).back()
    jane = await service.cases.find_person("jane.doe@contoso.example", OPERATOR)
    assert jane.role is Role.GLOBAL_ADMIN
    assert (await browser.get("/settings/people")).status_code == 200
    await (await leave(browser, **{claim: ["staff"]})).back()
    assert (await service.cases.read_person(jane.id, OPERATOR)).role is Role.MEMBER


async def test_no_claim_takes_the_last_admin_away(
    service: Roomstead, connect: Connect, leave: Leave, browser: Browser
) -> None:
    await connect(role_claim="groups", admin_values=["room-admins"])
    await (await leave(browser, groups=["room-admins"])).back()
    await (await leave(browser, groups=[])).back()
    jane = await service.cases.find_person("jane.doe@contoso.example", OPERATOR)
    assert jane.role is Role.GLOBAL_ADMIN


async def test_without_a_role_claim_roles_are_given_by_hand(
    service: Roomstead, connect: Connect, leave: Leave, browser: Browser
) -> None:
    await connect()
    await (await leave(browser, roles=["global_admin"])).back()
    jane = await service.cases.find_person("jane.doe@contoso.example", OPERATOR)
    assert jane.role is Role.MEMBER


async def test_a_sign_in_belongs_to_the_browser_that_began_it(
    connect: Connect, leave: Leave, browser: Browser, new_browser: Callable[[], Browser]
) -> None:
    await connect()
    journey = await leave(browser)
    stranger = new_browser()
    answer = await stranger.http.get("/sign-in/callback", params={"code": "x", "state": journey.asked["state"]})
    assert_refused(answer, "not begun in this browser")
    assert_refused(await journey.back(state="made up"), "not begun in this browser")
    again = await leave(browser)
    assert_refused(await again.back(state=""), "not begun in this browser")


async def test_what_came_back_cannot_be_used_again(connect: Connect, leave: Leave, browser: Browser) -> None:
    await connect()
    journey = await leave(browser)
    assert (await journey.back()).status_code == 303
    assert_refused(await journey.back(), "not begun in this browser")


async def test_saying_no_over_there_is_said_here(connect: Connect, leave: Leave, browser: Browser) -> None:
    await connect()
    answer = await (await leave(browser)).back(code="", error="access_denied")
    assert_refused(answer, "did not let you in")


NOW = int(time.time())
"""When the tests were collected; they may run much later."""
LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "other"},
    "no nonce": {"nonce": None},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "someone else"},
    "many audiences, not asked by us": {"aud": [CLIENT_ID, "someone else"], "azp": "someone else"},
    "no subject": {"sub": None},
    "a subject that cannot be stored": {"sub": "jane\0"},
    "a subject that is no text": {"sub": 7},
    "no end": {"exp": None},
    "issued in the future": {"iat": NOW + 86_400},
    "not valid yet": {"nbf": NOW + 86_400},
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_token_with_a_wrong_claim_is_not_believed(
    connect: Connect, leave: Leave, browser: Browser, lie: str
) -> None:
    await connect()
    answer = await (await leave(browser, **LIES[lie])).back()
    assert answer.status_code == 403, lie
    assert note_in(answer).startswith("The company&#39;s sign-in ")
    assert (await browser.get("/me")).status_code == 303


async def test_clocks_may_differ_a_little_and_not_more(connect: Connect, leave: Leave, browser: Browser) -> None:
    await connect()
    now = int(time.time())
    assert (await (await leave(browser, iat=now + 60, exp=now + 400)).back()).status_code == 303
    assert (await (await leave(browser, iat=now - 400, exp=now - 60)).back()).status_code == 303
    late = await (await leave(browser, iat=now - 900, exp=now - 600)).back()
    assert_refused(late, "its clock and ours may differ")


def signed_with_what_all_know(issuer: Issuer, secret: bytes) -> str:
    """A token “signed” with a shared secret, or, where there is none, not at all."""
    header = {"alg": "HS256" if secret else "none"}
    parts = [packed(json.dumps(part).encode()) for part in (header, issuer.whole_claims())]
    return ".".join([*parts, packed(hmac.digest(secret, ".".join(parts).encode(), "sha256")) if secret else ""])


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


async def test_signatures_by_other_keys_or_by_none_are_not_believed(
    connect: Connect, leave: Leave, issuer: Issuer, browser: Browser
) -> None:
    await connect()
    forged: list[tuple[dict[str, str], RSAKey | ECKey]] = [
        ({"alg": "RS256", "kid": "one"}, RSAKey.generate_key(2048)),
        ({"alg": "ES256", "kid": "one"}, ECKey.generate_key("P-256")),
        ({"alg": "RS256", "kid": "nobody's"}, RSAKey.generate_key(2048)),
    ]
    for header, key in forged:
        issuer.header, issuer.signs_with = header, key
        assert_refused(await (await leave(browser)).back(), "could not be verified")
    for secret in (issuer.key.as_pem(private=False), SECRET.encode(), b""):
        journey = await leave(browser)
        issuer.id_token_sent = signed_with_what_all_know(issuer, secret)
        assert_refused(await journey.back(), "could not be verified")
    assert issuer.key_reads < 4


async def test_a_new_key_of_the_issuer_is_found(
    connect: Connect, leave: Leave, issuer: Issuer, browser: Browser, service: Roomstead
) -> None:
    await connect()
    issuer.key = ECKey.generate_key("P-256", {"kid": "two"})
    issuer.header = {"alg": "ES256", "kid": "two"}
    await connect()  # saving reads the keys anew; an hour would, too
    assert (await (await leave(browser)).back()).status_code == 303


async def test_another_answerer_is_noticed(connect: Connect, leave: Leave, issuer: Issuer, browser: Browser) -> None:
    issuer.said_about_itself = {"authorization_response_iss_parameter_supported": True}
    await connect()
    assert (await (await leave(browser)).back(iss=issuer.url)).status_code == 303
    assert_refused(await (await leave(browser)).back(iss="https://evil.example"), "another issuer")
    assert_refused(await (await leave(browser)).back(), "another issuer")


async def test_the_address_may_come_from_userinfo_of_the_same_person(
    connect: Connect, leave: Leave, issuer: Issuer, browser: Browser
) -> None:
    await connect()
    issuer.userinfo = {"sub": "another", "email": "jane.doe@contoso.example", "email_verified": True}
    assert_refused(await (await leave(browser, email=None, email_verified=None)).back(), "no confirmed e-mail address")
    issuer.userinfo["sub"] = "jane-1"
    assert (await (await leave(browser, email=None, email_verified=None)).back()).status_code == 303


async def test_a_secret_that_is_refused_is_the_admins_matter(
    connect: Connect, leave: Leave, issuer: Issuer, browser: Browser
) -> None:
    await connect()
    issuer.refuses_with = "invalid_client"
    assert_refused(await (await leave(browser)).back(), "does not accept Roomstead&#39;s client id or secret")


async def test_a_client_without_a_secret_and_one_that_sends_it_in_the_body(
    connect: Connect, leave: Leave, issuer: Issuer, browser: Browser
) -> None:
    issuer.said_about_itself = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    await connect()
    await (await leave(browser)).back()
    assert (issuer.traded[-1]["client_secret"], issuer.traded[-1]["authorization"]) == (SECRET, "")


async def test_a_code_without_our_verifier_is_worth_nothing(
    connect: Connect, leave: Leave, issuer: Issuer, browser: Browser
) -> None:
    await connect()
    journey = await leave(browser)
    issuer.challenges = {journey.asked["code_challenge"][:20]: "of another sign-in"}
    assert_refused(await journey.back(), "took too long")


async def test_switched_off_or_removed_it_is_not_offered(
    service: Roomstead, connect: Connect, leave: Leave, browser: Browser
) -> None:
    await connect()
    journey = await leave(browser)
    await connect(is_enabled=False, secret="")
    assert "Contoso" not in (await browser.get("/sign-in")).text
    assert_refused(await journey.back(), "switched off meanwhile")
    assert (await browser.get("/sign-in/with-company")).status_code == 409
    await service.cases.drop_identity_provider(OPERATOR)
    assert await service.cases.read_identity_provider(OPERATOR) is None
