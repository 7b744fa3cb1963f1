"""Changes that spread slowly: never guessed, watched after the mark, believed when they hold; and restrictions."""

from datetime import timedelta

import pytest
from tests.application.conftest import Given
from tests.application.integration.conftest import MEI, Office, check_of

from roomstead.application.integration.probe_access import ProbeAccess, probe_access
from roomstead.application.integration.read_restriction import RestrictionView, read_restriction
from roomstead.domain.access import Capability, Verdict
from roomstead.domain.errors import Conflict, InvalidInput
from roomstead.domain.integration import RoomStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.restriction import RestrictionState
from roomstead.domain.verification import CheckKey, CheckStatus, Purpose, VerificationStatus

OAK = "oak@contoso.example"


async def _restriction(office: Office, integration_id: IntegrationId) -> RestrictionView:
    return await read_restriction(integration_id, MEI, units=office.units, providers=office.providers)


async def _live(office: Office, minutes: float) -> None:
    """Let time pass minute by minute, doing what is due."""
    for _ in range(round(minutes)):
        office.sandbox.advance(60)
        await office.run_due()


async def test_without_the_mark_a_refusal_is_a_failure(office: Office) -> None:
    office.order("revoke", mailbox=OAK, propagation_seconds=0)
    office.sandbox.advance(1)
    added = await office.connect()

    view = await office.run(added.verification.id)

    assert check_of(view, CheckKey.ROOMS).status is CheckStatus.FAILED
    assert view.verification.next_attempt_at is None


async def test_after_the_mark_a_policy_is_watched_until_it_holds(office: Office) -> None:
    office.order("revoke", mailbox=OAK, propagation_seconds=0)
    office.sandbox.advance(1)
    added = await office.connect()
    await office.run(added.verification.id)
    office.order("grant", mailbox=OAK, propagation_seconds=20 * 60)

    marked = await office.mark(added.verification.id, CheckKey.ROOMS)

    assert marked.status is VerificationStatus.PROPAGATING
    assert marked.next_attempt_at == office.clock.now() + timedelta(minutes=5)
    await _live(office, 29)
    spreading = check_of(await office.view(marked.id), CheckKey.ROOMS)
    assert spreading.status is CheckStatus.PROPAGATING
    assert "you may close this page" in spreading.sentence
    assert await office.rooms(added.integration.id, RoomStatus.UNREACHABLE) == {"oak"}

    await _live(office, 2)  # the look at 30 minutes: reached for the first time
    once = await office.view(marked.id)
    assert once.verification.status is VerificationStatus.PROPAGATING
    assert await office.rooms(added.integration.id, RoomStatus.UNREACHABLE) == {"oak"}

    await _live(office, 10)
    held = await office.view(marked.id)
    assert held.verification.status is VerificationStatus.PASSED
    assert check_of(held, CheckKey.ROOMS).passed == 48
    assert await office.rooms(added.integration.id, RoomStatus.UNREACHABLE) == set()


async def test_only_what_failed_is_asked_again(office: Office) -> None:
    office.order("revoke", mailbox=OAK, propagation_seconds=0)
    office.sandbox.advance(1)
    added = await office.connect()
    await office.run(added.verification.id)
    await office.mark(added.verification.id, CheckKey.ROOMS)
    office.sandbox.control.delete("requests")

    await _live(office, 6)

    asked = [one for one in office.sandbox.control.get("requests") if "token" not in one["template"]]
    assert len({one["mailbox"] for one in asked if one["mailbox"]}) == 1


async def test_a_change_that_never_comes_fails_after_a_day(office: Office) -> None:
    office.order("revoke", mailbox=OAK, propagation_seconds=0)
    office.sandbox.advance(1)
    added = await office.connect()
    await office.run(added.verification.id)
    await office.mark(added.verification.id, CheckKey.ROOMS)

    for _ in range(30):
        office.sandbox.advance(3600)
        await office.run_due()

    view = await office.view(added.verification.id)
    assert check_of(view, CheckKey.ROOMS).status is CheckStatus.FAILED
    assert "a day ago" in check_of(view, CheckKey.ROOMS).sentence
    assert view.verification.status is VerificationStatus.PARTLY_PASSED


async def test_a_check_that_waits_for_nothing_is_not_marked(office: Office) -> None:
    added = await office.connect()
    await office.run(added.verification.id)

    for key in (CheckKey.ROOMS, CheckKey.CREDENTIAL):
        with pytest.raises(Conflict):
            await office.mark(added.verification.id, key)


async def test_a_service_account_let_in_later_goes_into_force_by_itself(office: Office) -> None:
    office.order("revoke", mailbox="rooms@contoso.example", propagation_seconds=0)
    office.sandbox.advance(1)
    added = await office.connect()
    failed = await office.run(added.verification.id)
    assert check_of(failed, CheckKey.MAILBOX).cause == "refused"
    office.order("grant", mailbox="rooms@contoso.example", propagation_seconds=60)
    await office.mark(added.verification.id, CheckKey.MAILBOX)

    await _live(office, 26)

    view = await office.view(added.verification.id)
    assert check_of(view, CheckKey.MAILBOX).status is CheckStatus.PASSED
    assert check_of(view, CheckKey.CONCURRENT_BOOKINGS).status is CheckStatus.PASSED
    seen = await office.overview(added.integration.id)
    assert seen.service_accounts[0].account.status.value == "active"
    assert office.test_events() == []


# --- the restriction --------------------------------------------------------------------------------------------------


async def test_a_named_mailbox_that_is_refused_proves_it(office: Office) -> None:
    integration = await office.connected()
    assert (await _restriction(office, integration.id)).restriction.state is RestrictionState.UNPROVEN

    await office.must_refuse(integration.id, "priya.shah")
    assert await office.run_due() == 1

    shown = await _restriction(office, integration.id)
    assert shown.restriction.state is RestrictionState.IN_EFFECT
    assert [(one.named.address, one.found is not None) for one in shown.counter_examples] == [
        ("priya.shah@contoso.example", True)
    ]


async def test_a_named_mailbox_that_is_reached_disproves_it(office: Office) -> None:
    integration = await office.connected()

    await office.must_refuse(integration.id, "jane.doe")
    await office.run_due()

    shown = await _restriction(office, integration.id)
    assert shown.restriction.state is RestrictionState.NOT_IN_EFFECT
    assert shown.restriction.reachable == ("jane.doe@contoso.example",)


async def test_a_restriction_made_now_is_spreading_and_then_in_effect(office: Office) -> None:
    integration = await office.connected()
    await office.must_refuse(integration.id, "jane.doe")
    await office.run_due()
    office.order("revoke", mailbox="jane.doe@contoso.example", propagation_seconds=600)
    async with office.units() as uow:
        newest = await uow.verifications.newest_of(integration.id, Purpose.RESTRICTION)
    assert newest is not None

    await office.mark(newest.id, CheckKey.MUST_BE_REFUSED)
    await _live(office, 6)
    assert (await _restriction(office, integration.id)).restriction.state is RestrictionState.PROPAGATING

    await _live(office, 25)
    assert (await _restriction(office, integration.id)).restriction.state is RestrictionState.IN_EFFECT
    assert (await office.view(newest.id)).verification.status is VerificationStatus.PASSED


async def test_a_permission_that_no_restriction_covers_makes_the_proof_worthless(office: Office) -> None:
    integration = await office.connected()
    office.order(
        "consent",
        permissions=[
            "Calendars.ReadWrite",
            "Calendars.ReadBasic.All",
            "MailboxSettings.Read",
            "Place.Read.All",
            "User.ReadBasic.All",
        ],
    )
    office.order("revoke-tokens")
    office.sandbox.advance(2)

    await office.must_refuse(integration.id, "priya.shah")
    await office.run_due()

    shown = await _restriction(office, integration.id)
    assert shown.restriction.state is RestrictionState.NOT_IN_EFFECT
    assert "Calendars.ReadBasic.All" in shown.restriction.sentence or shown.restriction.reachable


async def test_a_mailbox_that_does_not_exist_proves_nothing(office: Office) -> None:
    integration = await office.connected()

    await office.must_refuse(integration.id, "nobody")
    await office.run_due()

    assert (await _restriction(office, integration.id)).restriction.state is RestrictionState.UNPROVEN


async def test_scripts_are_filled_in_with_this_tenants_addresses(office: Office, given: Given) -> None:
    integration = await office.connected()
    await given.person("Jane Doe")

    shown = await _restriction(office, integration.id)

    assert (shown.scripts[0].key, shown.scripts[0].is_superseded) == ("rbac", False)
    assert shown.scripts[-1].is_superseded
    policy = shown.scripts[-1].text
    for word in (office.sandbox.endpoints["client_id"], "rooms@contoso.example", OAK, "jane.doe@contoso.example"):
        assert word in policy
    assert shown.facts.app_object_id in shown.scripts[0].text


async def test_a_mailbox_that_is_needed_cannot_be_forbidden(office: Office) -> None:
    integration = await office.connected()

    for name in ("rooms", "oak"):
        with pytest.raises(InvalidInput):
            await office.must_refuse(integration.id, name)


# --- organisers -------------------------------------------------------------------------------------------------------


async def test_sample_organisers_are_probed_and_stored(office: Office, given: Given) -> None:
    for name in ("Jane Doe", "Tom Baker", "Priya Shah"):
        await given.person(name)
    added = await office.connect()

    view = await office.run(added.verification.id)

    organizers = check_of(view, CheckKey.ORGANIZERS)
    assert organizers.status is CheckStatus.PASSED
    assert organizers.sentence == (
        "2 of 3 organisers can be booked for in their own calendar. For 1 organiser the service account stands in."
    )
    found = await office.access(added.integration.id, "priya.shah", Capability.WRITE)
    assert found is not None
    assert found.verdict is Verdict.REFUSED


async def test_without_a_service_account_an_unreachable_organiser_is_a_failure(office: Office, given: Given) -> None:
    await given.person("Priya Shah")
    added = await office.connect(address="mei.tan@contoso.example", use_as_service_account=False)

    view = await office.run(added.verification.id)

    assert check_of(view, CheckKey.ORGANIZERS).status is CheckStatus.FAILED


async def test_reading_alone_is_said_and_does_not_hang(office: Office, given: Given) -> None:
    office.order("consent", permissions=["Calendars.Read", "Place.Read.All", "MailboxSettings.Read"])
    await given.person("Jane Doe")
    added = await office.connect()

    view = await office.run(added.verification.id)

    assert not view.verification.status.is_open
    organizers = check_of(view, CheckKey.ORGANIZERS)
    assert (organizers.done, organizers.passed) == (1, 0)


async def test_named_mailboxes_are_probed_on_demand_and_outsiders_never(office: Office) -> None:
    integration = await office.connected()
    command = ProbeAccess(integration.id, ("jane.doe@contoso.example", "PRIYA.SHAH@contoso.example"))

    asked = await probe_access(command, MEI, units=office.units, clock=office.clock)
    view = await office.run(asked.id)

    assert (check_of(view, CheckKey.ORGANIZERS).done, check_of(view, CheckKey.ORGANIZERS).passed) == (2, 1)
    with pytest.raises(InvalidInput):
        await probe_access(
            ProbeAccess(integration.id, ("ada@fabrikam.example",)), MEI, units=office.units, clock=office.clock
        )
