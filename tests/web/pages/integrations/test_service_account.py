"""S2, S4, S6: the service account on its page."""

from tests.web.pages.integrations.conftest import DOMAIN, SERVICE, Desk, words

MEI = f"mei.tan@{DOMAIN}"
OTHER = f"bookings@{DOMAIN}"


async def test_s2_add_service_account(desk: Desk) -> None:
    place = await desk.connected(MEI, is_service_account=False)
    page = await desk.open(f"{place}/service-account")
    assert "Add service account" in words(page)
    page = await desk.settled(await desk.browser.submit(page, "Verify integration", address=SERVICE))
    assert f"{SERVICE} in force" in words(page)
    page = await desk.open()
    assert SERVICE in words(page)
    assert "Edit service account" in words(page)
    assert "Add service account" not in words(page)


async def test_s2_a_mailbox_that_cannot_host_does_not_go_into_force(desk: Desk) -> None:
    place = await desk.connected(MEI, is_service_account=False)
    page = await desk.open(f"{place}/service-account")
    wrong = await desk.browser.submit(page, "Verify integration", address="no address")
    assert wrong.status_code == 422
    assert 'value="no address"' in wrong.text
    page = await desk.browser.submit(page, "Verify integration", address=f"nobody@{DOMAIN}")
    page = await desk.settled(page)
    assert "Failed" in words(page)
    assert f"nobody@{DOMAIN} has not passed its verification." in words(await desk.open())


async def test_s4_edit_service_account_is_verified_before_it_takes_over(desk: Desk) -> None:
    place = await desk.connected()
    page = await desk.open(f"{place}/service-account")
    assert "Edit service account" in words(page)
    same = await desk.browser.submit(page, "Update", address=SERVICE)
    assert same.status_code == 409
    assert f"{SERVICE} is the service account already." in words(same)
    page = await desk.settled(await desk.browser.submit(page, "Update", address=f"nobody@{DOMAIN}"))
    assert f"{SERVICE} in force" in words(await desk.open(f"{place}/service-account"))


async def test_s6_a_second_service_account_is_refused_in_words(desk: Desk) -> None:
    place = await desk.connected(MEI, is_service_account=False)
    empty_form = await desk.open(f"{place}/service-account")
    await desk.settled(await desk.browser.submit(empty_form, "Verify integration", address=SERVICE))
    late = await desk.browser.submit(empty_form, "Verify integration", address=MEI, once="")
    assert late.status_code == 409
    assert "Only one service account can be used per calendar integration." in words(late)
    assert "Edit the service account instead" in words(late)


async def test_removing_says_what_it_means_and_needs_another_mailbox(desk: Desk) -> None:
    place = await desk.connected()
    page = await desk.open(f"{place}/service-account")
    assert "People whose mailbox is out of reach cannot book any more." in words(page)
    refused = await desk.browser.submit(page, f"Remove {SERVICE}")
    assert refused.status_code == 409
    assert "the only mailbox that this integration can be verified with" in words(refused)
