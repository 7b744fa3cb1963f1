"""The consent page and back: what it reports is kept, forged answers are not, and the way leads to Verify."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from tests.support.plain import PLAIN
from tests.web.pages.conftest import Browser, Visitor
from tests.web.pages.integrations.conftest import Desk, typed, words

from roomstead.application.integration.list_integrations import ListIntegrations
from roomstead.application.people.read_audit import ReadAudit
from roomstead.application.ports.people import AuditFilter
from roomstead.bootstrap.service import Roomstead
from roomstead.domain.people import OPERATOR
from roomstead_sandbox.running import RunningSandbox

ADD = "/settings/integrations/add"
BACK = "/settings/integrations/consented"


def offered(page: httpx2.Response) -> str:
    """The consent page's address, as the page offers it."""
    found = re.search(r'href="([^"]*/adminconsent\?[^"]*)"', page.text)
    assert found is not None, page.text
    return found[1].replace("&amp;", "&")


async def answered(address: str) -> str:
    """Answer the consent page as the tenant's admin; where it leads back to, as a path of ours."""
    async with httpx2.AsyncClient(verify=PLAIN) as admin:
        answer = await admin.get(address)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["location"])
    assert parts.path == BACK
    return f"{parts.path}?{parts.query}"


def with_answer(path: str, **changes: str) -> str:
    """The way back with another answer in it."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    return f"{BACK}?{urlencode({**asked, **changes})}"


async def test_consent_before_the_integration_is_added(admin_page: Visitor, contoso: RunningSandbox) -> None:
    page = await admin_page.browser.submit(
        await admin_page.browser.open(f"{ADD}/microsoft"), "Continue", **typed(contoso)
    )
    back = await answered(offered(page))
    page = await admin_page.browser.open(back)
    assert "Consent was given" in words(page)
    assert f'href="{ADD}/address"' in page.text
    page = await admin_page.browser.open(f"{ADD}/address")
    assert "The consent page reported success" in words(page)


async def test_consent_of_an_integration_leads_to_verify(desk: Desk, service: Roomstead) -> None:
    await desk.connected()
    page = await desk.open()
    back = await answered(offered(page))
    page = await desk.browser.open(back)
    assert "Consent was given" in words(page)
    page = await desk.browser.submit(page, "Verify integration")
    assert "/settings/integrations/verifications/" in str(page.url)
    await desk.settled(page)
    trail = (await service.cases.read_audit(ReadAudit(AuditFilter()), OPERATOR)).items
    assert [entry.actor_name for entry in trail if entry.action == "integration.consent_given"] == ["Mei Tan"]


async def test_denied_or_given_elsewhere_is_said_and_kept(
    desk: Desk, new_browser: Callable[[], Browser], service: Roomstead
) -> None:
    place = await desk.connected()
    address = offered(await desk.open())
    desk.contoso.control.post("microsoft/consent-page", {"refuses": True})
    back = await answered(address)

    stranger = new_browser()  # the tenant's admin, who has no account here
    page = await stranger.open(back)
    assert "Consent was not given" in words(page)
    assert "may not consent" in words(page)
    assert "Contoso" not in words(page)
    assert "Verify integration" not in page.text

    page = await desk.browser.open(back)
    assert "Verify integration" in page.text
    held = await service.cases.list_integrations(ListIntegrations(), OPERATOR)
    assert place.endswith(str(held[0].integration.id))
    consent = held[0].integration.consent
    assert consent is not None
    assert not consent.is_given

    elsewhere = with_answer(back, error="", admin_consent="True", tenant="0f0f0f0f-0000-4000-8000-000000000001")
    assert "in another tenant" in words(await desk.browser.open(elsewhere))


@pytest.mark.parametrize("state", ["", "add", "gAAAAAB_forged", "é\x7f", "'\"><script>"])
async def test_forged_answers_change_nothing(desk: Desk, service: Roomstead, state: str) -> None:
    await desk.connected()
    page = await desk.browser.get(f"{BACK}?{urlencode({'admin_consent': 'True', 'state': state})}")
    assert page.status_code == 422
    assert "does not belong to a consent page" in words(page)
    assert "Nothing was recorded" in words(page)
    assert "<script>" not in page.text.partition("<main")[2]
    assert (await service.cases.list_integrations(ListIntegrations(), OPERATOR))[0].integration.consent is None


async def test_an_answer_for_what_is_gone(admin_page: Visitor, contoso: RunningSandbox) -> None:
    page = await admin_page.browser.submit(
        await admin_page.browser.open(f"{ADD}/microsoft"), "Continue", **typed(contoso)
    )
    back = await answered(offered(page))
    await admin_page.browser.submit(await admin_page.browser.open(ADD), "Start over")
    assert (await admin_page.browser.get(back)).status_code == 422
