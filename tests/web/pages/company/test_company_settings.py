"""Settings → Sign-in."""

from typing import Any

import psycopg
import pytest
from tests.web.pages.company.conftest import CLIENT_ID, SECRET, Issuer
from tests.web.pages.conftest import Visitor

from roomstead.bootstrap.service import Roomstead
from roomstead.domain.people import OPERATOR

PAGE = "/settings/sign-in"


@pytest.fixture
def entered(issuer: Issuer) -> dict[str, Any]:
    """What an admin enters."""
    return {
        "issuer": f"{issuer.url}/",
        "label": "Contoso",
        "client_id": CLIENT_ID,
        "secret": SECRET,
        "domains": "@Contoso.example, corp.example",
        "adds_people": "on",
        "role_claim": "groups",
        "admin_values": "room-admins\nit\n",
    }


async def test_it_is_checked_saved_and_shown_without_its_secret(
    service: Roomstead, admin_page: Visitor, entered: dict[str, Any], issuer: Issuer, database_url: str
) -> None:
    browser = admin_page.browser
    form = await browser.get(PAGE)
    assert f"{browser.base_url}/sign-in/callback" in form.text
    saved = await browser.submit(form, "Check and save", **entered)
    assert "The provider answers, and the sign-in is saved." in saved.text
    assert SECRET not in saved.text
    assert "A secret is stored." in saved.text
    stored = await service.cases.read_identity_provider(OPERATOR)
    assert stored is not None
    assert (stored.issuer, stored.domains) == (issuer.url, ("contoso.example", "corp.example"))
    assert (stored.role_claim, stored.admin_values) == ("groups", ("room-admins", "it"))
    with psycopg.connect(database_url) as session:
        rows = str(session.execute("SELECT row_to_json(p)::text FROM identity_provider p").fetchall())
        rows += str(session.execute("SELECT detail::text FROM audit").fetchall())
    assert SECRET not in rows
    assert SECRET.encode().hex() not in rows


async def test_a_secret_that_is_left_empty_stays_for_the_same_issuer(
    service: Roomstead, admin_page: Visitor, entered: dict[str, Any]
) -> None:
    browser = admin_page.browser
    saved = await browser.submit(await browser.get(PAGE), "Check and save", **entered)
    again = await browser.submit(saved, "Check and save", label="Contoso Ltd")
    assert "A secret is stored." in again.text
    stale = await browser.submit(saved, "Check and save", label="Other")
    assert (stale.status_code, "changed by someone else" in stale.text) == (422, True)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"issuer": "http://127.0.0.1:9"}, "does not answer"),
        ({"issuer": "ftp://x.example"}, "Enter the issuer&#39;s whole address"),
        ({"issuer": "http://login.contoso.example"}, "must begin with https://"),
        ({"issuer": "https://user:pass@x.example"}, "Enter the issuer&#39;s whole address"),
        ({"client_id": " "}, "Enter the client id"),
        ({"label": ""}, "Give a name."),
        ({"domains": "jane@contoso.example"}, "Enter domains such as"),
        ({"domains": ""}, "so that strangers stay outside"),
        ({"admin_values": ""}, "Name at least one value"),
    ],
)
async def test_mistakes_are_named_and_nothing_is_saved(
    service: Roomstead, admin_page: Visitor, entered: dict[str, Any], changed: dict[str, str], says: str
) -> None:
    form = await admin_page.browser.get(PAGE)
    answer = await admin_page.browser.submit(form, "Check and save", **{**entered, **changed})
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="groups"' in answer.text
    assert await service.cases.read_identity_provider(OPERATOR) is None


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"issuer": "https://evil.example"}, "in the name of another issuer"),
        ({"issuer": None}, "in the name of another issuer"),
        ({"token_endpoint": None}, "names no token_endpoint"),
        ({"jwks_uri": "http://evil.example/keys"}, "must begin with https://"),
    ],
)
async def test_an_issuer_that_is_not_in_order_is_not_saved(
    service: Roomstead, admin_page: Visitor, entered: dict[str, Any], issuer: Issuer, said: dict[str, Any], says: str
) -> None:
    issuer.said_about_itself = said
    answer = await admin_page.browser.submit(await admin_page.browser.get(PAGE), "Check and save", **entered)
    assert says in answer.text
    assert await service.cases.read_identity_provider(OPERATOR) is None


async def test_removing_says_what_it_means_and_leaves_people(
    service: Roomstead, admin_page: Visitor, entered: dict[str, Any]
) -> None:
    browser = admin_page.browser
    saved = await browser.submit(await browser.get(PAGE), "Check and save", **entered)
    assert "People who have no password here cannot sign in" in saved.text
    gone = await browser.submit(saved, "Remove Contoso")
    assert "The sign-in is removed." in gone.text
    assert await service.cases.read_identity_provider(OPERATOR) is None
