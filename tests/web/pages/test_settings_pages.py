"""Settings → Audit and Settings → System."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.web.pages.conftest import Browser, Visitor, heading

from roomstead.bootstrap.service import Roomstead
from roomstead.domain.people import OPERATOR


def actions_in(answer: httpx2.Response) -> list[str]:
    return re.findall(r'<th scope="row">([^<]+)</th>', answer.text)


async def test_the_audit_trail_says_who_did_what(
    service: Roomstead, admin_page: Visitor, member_page: Visitor, new_browser: Callable[[], Browser]
) -> None:
    browser, hers = admin_page.browser, new_browser()
    link = await service.cases.make_password_link(member_page.person.id, OPERATOR)
    chosen = await hers.send(urlsplit(link.url).path, {"password": "window-lemon-forty-sparrow"})
    assert chosen.status_code == 303
    await hers.submit(await hers.get("/me"), "Make a token", name="script")
    shown = await browser.get("/settings/audit")
    assert actions_in(shown)[0] == "API token made"
    tokens = await browser.submit(shown, "Show", action="token")
    assert actions_in(tokens) == ["API token made"]
    done = await browser.get(f"/settings/audit?actor={member_page.person.id}")
    assert set(actions_in(done)) == {"API token made", "Password chosen with a link"}
    about = await browser.get(f"/settings/audit?subject={member_page.person.id}&action=person")
    assert "Person added" in actions_in(about)
    kept = await browser.submit(about, "Show", action="token")
    assert "Nothing matches" in kept.text
    assert OPERATOR.name in shown.text


async def test_older_entries_are_a_page_away(service: Roomstead, admin_page: Visitor) -> None:
    from roomstead.application.people.add_person import AddPerson

    for number in range(60):
        await service.cases.add_person(AddPerson(f"P{number}", [f"p{number}@contoso.example"]), OPERATOR)
    first = await admin_page.browser.get("/settings/audit?action=person.added")
    following = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert following is not None
    second = await admin_page.browser.get("/settings/audit" + following[1].replace("&amp;", "&"))
    assert (len(actions_in(first)), len(actions_in(second))) == (50, 11)


@pytest.mark.parametrize("query", ["since=yesterday", "until=9999-12-31", "actor=me", "cursor=x", "subject=1"])
async def test_nonsense_in_the_address_is_named(admin_page: Visitor, query: str) -> None:
    answer = await admin_page.browser.get(f"/settings/audit?{query}")
    assert answer.status_code == 422
    assert 'class="mistake"' in answer.text


async def test_days_are_the_viewers(admin_page: Visitor) -> None:
    today = await admin_page.browser.get("/settings/audit?since=2000-01-01&until=2100-01-01")
    assert actions_in(today)
    assert not actions_in(await admin_page.browser.get("/settings/audit?until=2000-01-01"))


async def test_the_system_page_says_what_is_wrong_and_what_to_do(admin_page: Visitor) -> None:
    shown = await admin_page.browser.get("/settings/system")
    assert heading(shown) == "System"
    assert "No worker is at work" in shown.text
    assert "<code>roomstead serve</code>" in shown.text
    assert shown.text.index("No worker is at work") < shown.text.index("The database answers.")
    assert 'href="/help/operate#run"' in shown.text
    assert "The database has this program&#39;s schema" in shown.text
    assert "roomstead db backup" in shown.text
    assert "sealing.key" in shown.text
