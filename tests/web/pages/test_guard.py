"""Every page route, walked: forged forms, people who are not signed in, members under Settings."""

import re
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from tests.web.pages.conftest import Browser, Visitor, heading

from roomstead.entrypoints.web.pages import ROUTERS

ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
READ = sorted({route.path for route in ROUTES if "GET" in (route.methods or ())})
WRITE = sorted((method, route.path) for route in ROUTES for method in (route.methods or set()) - {"GET", "HEAD"})
WITHOUT_SESSION = (
    "/sign-in",
    "/sign-out",
    "/first-run/",
    "/password/",
    "/rooms/{room_id}/door",
    "/door/",
    "/help",  # whoever cannot sign in needs the guides first
    "/settings/integrations/consented",  # whoever consents need not be somebody here: the sealed state speaks
)
"""Open to people who are not signed in, by design."""

REFUSAL = "Only a Global Admin can see and change integrations and settings."


def filled(path: str) -> str:
    path = path.replace("{room_no}", "1").replace("{at}", "20300101T0900")
    return re.sub(r"\{[^}]+\}", str(uuid4()), path)


def is_open(path: str) -> bool:
    return path.startswith(WITHOUT_SESSION)


async def test_there_are_routes_to_walk() -> None:
    assert len(READ) > 8
    assert len(WRITE) > 10


async def test_forms_of_other_sites_are_refused(member_page: Visitor, admin_page: Visitor) -> None:
    forged: list[dict[str, str]] = [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ]
    token = await token_of(admin_page)
    for method, path in WRITE:
        for headers in forged:
            answer = await admin_page.browser.http.request(
                method, filled(path), headers={**headers, "X-CSRF-Token": token}
            )
            assert (answer.status_code, "foreign_form" in answer.text) == (403, True), (method, path, headers)


@pytest.mark.parametrize("token", [None, "", "0" * 64, "é"])
async def test_forms_without_the_sessions_token_are_refused(admin_page: Visitor, token: str | None) -> None:
    for method, path in WRITE:
        if path == "/sign-in":  # begins a session of its own; where it comes from is enough
            continue
        answer = await admin_page.browser.http.request(
            method,
            filled(path),
            data=None if token is None else {"csrf": token},
            headers={"Sec-Fetch-Site": "same-origin", "Origin": admin_page.browser.base_url},
        )
        assert (answer.status_code, "foreign_form" in answer.text) == (403, True), (method, path)


async def test_the_token_of_another_person_is_worth_nothing(member_page: Visitor, admin_page: Visitor) -> None:
    answer = await admin_page.browser.send("/me/preferences", {"csrf": await token_of(member_page), "theme": "dark"})
    assert answer.status_code == 403


async def test_without_signing_in_there_is_only_the_way_to_it(browser: Browser, admin_page: Visitor) -> None:
    for path in READ:
        if not is_open(path):
            answer = await browser.get(filled(path))
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/sign-in"), path
    for method, path in WRITE:
        if not is_open(path):
            answer = await browser.http.request(method, filled(path), headers={"Sec-Fetch-Site": "same-origin"})
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/sign-in"), path


async def test_members_get_the_clear_refusal_everywhere_under_settings(member_page: Visitor) -> None:
    token = await token_of(member_page)
    under = [("GET", path) for path in READ] + WRITE
    for method, path in under:
        if path.startswith("/settings") and not is_open(path):
            answer = await member_page.browser.http.request(
                method, filled(path), headers={"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": token}
            )
            assert answer.status_code == 403, (method, path)
            assert REFUSAL in answer.text, (method, path)
            assert "Ask a Global Admin of your organisation" in answer.text, (method, path)
            assert "Settings</a>" not in answer.text


async def test_nobody_is_refused_what_is_for_them(member_page: Visitor, admin_page: Visitor) -> None:
    for path in READ:
        if path.startswith("/live/") or is_open(path):  # streams without an end; what its own tests open
            continue
        for visitor in (admin_page, member_page):
            if visitor is member_page and path.startswith("/settings"):
                continue
            answer = await visitor.browser.follow(await visitor.browser.get(filled(path)))
            assert answer.status_code in {200, 404}, (path, answer.status_code)


async def test_parts_of_pages_lead_to_sign_in_and_errors_take_the_page(browser: Browser, member_page: Visitor) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"{browser.base_url}/me?x=1"}
    answer = await browser.get("/settings/people", **headers)
    assert answer.headers["hx-redirect"] == "/sign-in?next=/me%3Fx%3D1"
    elsewhere = await browser.get("/settings/people", **{**headers, "HX-Current-URL": "https://evil.example//x"})
    assert elsewhere.headers["hx-redirect"] == "/sign-in"
    refused = await member_page.browser.get("/settings/people", **headers)
    assert refused.headers["hx-retarget"] == "#main"


async def test_pages_let_nothing_in_but_our_own_files(admin_page: Visitor) -> None:
    known = ("/sign-in", "/help", "/help/sign-in", "/nowhere", "/password/wrong", "/first-run/wrong")  # errors, too
    for path in (*known, *(each for each in READ if not each.startswith("/live/"))):
        answer = await admin_page.browser.get(filled(path))
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert answer.headers["referrer-policy"] in {"same-origin", "no-referrer"}, path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["cache-control"] == "no-store", path
        assert not re.search(r'\sstyle="|\son[a-z]+="|<script>', answer.text), path


async def test_files_are_kept_by_browsers_and_change_their_address_with_their_content(browser: Browser) -> None:
    page = await browser.get("/sign-in")
    for address in set(re.findall(r'"(/static/[^"#]+)', page.text)):
        assert "?v=" in address
        answer = await browser.http.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    plain = await browser.http.get("/static/app.css", headers={"Accept-Encoding": "identity"})
    packed = await browser.http.get("/static/app.css", headers={"Accept-Encoding": "gzip"})
    assert (plain.content, packed.headers["content-encoding"]) == (packed.content, "gzip")
    for nowhere in ("/static/none.css", "/static/..%2fapp.py", "/static/__init__.py"):
        assert (await browser.http.get(nowhere)).status_code == 404


async def test_what_is_not_there_is_said_on_a_page(browser: Browser, member_page: Visitor) -> None:
    for visitor in (browser, member_page.browser):
        answer = await visitor.get("/nowhere/at/all")
        assert (answer.status_code, heading(answer)) == (404, "There is nothing at this address")
        assert answer.headers["x-request-id"] in answer.text
        assert answer.headers["content-type"].startswith("text/html")


async def token_of(visitor: Visitor) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', (await visitor.browser.get("/me")).text)
    assert found is not None
    return found[1]


async def test_a_body_that_is_too_large_is_refused_on_a_page(admin_page: Visitor) -> None:
    answer = await admin_page.browser.http.post(
        "/settings/people/import",
        content=b"x" * 1_100_000,
        headers={"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413
    assert heading(answer) == "The body is larger than this server takes"
