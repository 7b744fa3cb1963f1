"""What goes wrong when a tenant is connected: each line names what it is, why, and the click that mends it."""

import re

from tests.web.pages.conftest import Visitor
from tests.web.pages.integrations.conftest import SERVICE, Desk, typed, words

from roomstead_sandbox.running import RunningSandbox

NOWHERE = "http://127.0.0.1:9"
OTHER_TENANT = "11111111-2222-4333-8444-555555555555"


async def connect(desk: Desk, **changes: str) -> str:
    """Go through the wizard with something wrong in it; the words of the verification's page when it has ended."""
    page = await desk.browser.open("/settings/integrations/add/microsoft")
    page = await desk.browser.submit(page, "Continue", **typed(desk.contoso, **changes))
    page = await desk.verify_address(page, SERVICE, is_service_account=True)
    return (await desk.settled(page)).text


async def test_a_wrong_secret_names_what_waits_for_it_and_where_to_enter_another(desk: Desk) -> None:
    text = await connect(desk, **{"secret.client_secret": "not-this-one"})
    assert "2 passed, 1 failed, 8 not run" in text
    assert "Not run: needs check" not in text
    assert re.search(r"Room calendars</span><span class=\"num\">needs: Credential", text)
    assert re.search(r'href="/settings/integrations/[0-9a-f-]{36}/credential">Enter the credential again', text)


async def test_a_wrong_tenant_is_corrected_where_it_is_said(desk: Desk) -> None:
    text = await connect(desk, tenant=OTHER_TENANT)
    assert OTHER_TENANT in text
    place = re.search(r'href="(/settings/integrations/[0-9a-f-]{36}/edit)">Edit integration', text)
    assert place is not None
    form = await desk.open(place[1])
    wrong = await desk.browser.submit(form, "Save", tenant="not a tenant")
    assert wrong.status_code == 422
    assert "verified domains" in words(wrong)
    mended = await desk.settled(
        await desk.browser.submit(form, "Save", tenant=desk.contoso.endpoints["tenant_id"], name="Mended")
    )
    assert "Rooms can be read: 48 of 48." in words(mended)
    assert "Rooms came from it, so it stays" in words(await desk.open(place[1]))


async def test_another_name_is_saved_and_what_somebody_else_changed_meanwhile_is_not_lost(desk: Desk) -> None:
    place = await desk.connected()
    form, stale = await desk.open(f"{place}/edit"), await desk.open(f"{place}/edit")
    saved = await desk.browser.submit(form, "Save", name="Head office")
    assert "Head office is saved." in words(saved)
    refused = await desk.browser.submit(stale, "Save", name="Branch")
    assert refused.status_code == 412
    assert "Somebody else changed this meanwhile." in words(refused)
    assert 'href="/help/connect-microsoft#' in refused.text


async def test_a_provider_that_does_not_answer_says_so_while_it_is_waited_for(desk: Desk) -> None:
    page = await desk.browser.open("/settings/integrations/add/microsoft")
    page = await desk.browser.submit(page, "Continue", **typed(desk.contoso, **{"endpoint.api": NOWHERE}))
    page = await desk.verify_address(page, SERVICE, is_service_account=True)
    path = page.url.raw_path.decode()
    while "Asked again about" not in page.text:
        page = await desk.browser.get(path)
        assert 'http-equiv="refresh"' in page.text
    assert "Permissions: Microsoft Graph cannot be reached at 127.0.0.1:9." in words(page)


async def test_without_a_worker_the_page_says_what_to_start(admin_page: Visitor, contoso: RunningSandbox) -> None:
    page = await Desk(admin_page.browser, contoso).connect()
    assert "No worker is at work, so this verification stands still." in words(page)
    assert "<code>roomstead worker</code>" in page.text
    assert 'href="/help/operate#run"' in page.text
