"""Service accounts: added, changed and removed, verified before they host, and never two in force."""

import asyncio
import uuid
from datetime import timedelta

import pytest
from tests.application.conftest import Given
from tests.application.integration.conftest import JANE, MEI, SERVICE, HostedBooking, Office, check_of

from roomstead.application.integration.add_service_mailbox import AddServiceMailbox, add_service_mailbox
from roomstead.application.integration.edit_integration import EditIntegration, edit_integration
from roomstead.application.integration.retire_service_mailboxes import retire_service_mailboxes
from roomstead.domain.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    ServiceAccountExists,
    ServiceAccountInUse,
    StaleRevision,
)
from roomstead.domain.integration import Integration, ServiceMailboxStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.verification import CheckKey, VerificationStatus

EMMA = "emma.novak@contoso.example"
ACTIVE, PENDING = ServiceMailboxStatus.ACTIVE, ServiceMailboxStatus.PENDING
RETIRING, RETIRED = ServiceMailboxStatus.RETIRING, ServiceMailboxStatus.RETIRED


async def _set_up_alone(office: Office) -> Integration:
    return await office.connected(address="mei.tan@contoso.example", use_as_service_account=False)


async def _accounts(office: Office, integration_id: IntegrationId) -> dict[str, ServiceMailboxStatus]:
    seen = await office.overview(integration_id)
    return {str(one.account.mailbox.address): one.account.status for one in seen.service_accounts}


async def test_added_to_an_existing_integration_it_is_active_once_verified(office: Office) -> None:
    integration = await _set_up_alone(office)

    added = await office.add_account(integration.id, "  Rooms@Contoso.Example ")
    assert await _accounts(office, integration.id) == {SERVICE: PENDING}
    view = await office.run(added.verification.id)

    assert view.verification.status is VerificationStatus.PASSED
    assert await _accounts(office, integration.id) == {SERVICE: ACTIVE}


async def test_a_second_one_is_refused_with_a_sentence(office: Office) -> None:
    integration = await office.connected()

    with pytest.raises(ServiceAccountExists) as refusal:
        await office.add_account(integration.id, EMMA)

    assert refusal.value.message == "Only one service account can be used per calendar integration."
    assert refusal.value.code == "service_account_exists"


async def test_of_sixteen_at_once_one_is_added(office: Office) -> None:
    integration = await _set_up_alone(office)

    results = await asyncio.gather(
        *(office.add_account(integration.id, f"host{number}@contoso.example") for number in range(16)),
        return_exceptions=True,
    )

    refused = [one for one in results if isinstance(one, ServiceAccountExists)]
    assert len(refused) == 15
    assert len(await _accounts(office, integration.id)) == 1


async def test_the_store_itself_keeps_one_active_and_one_pending(given: Given, office: Office) -> None:
    tenant = await given.integration()

    results = await asyncio.gather(
        *(given.service_mailbox(tenant, f"host{number}@contoso.example", ACTIVE) for number in range(8)),
        *(given.service_mailbox(tenant, f"next{number}@contoso.example", PENDING) for number in range(8)),
        return_exceptions=True,
    )

    stored = [one.status for one in results if not isinstance(one, BaseException)]
    assert sorted(stored) == [ACTIVE, PENDING]
    assert sum(isinstance(one, ServiceAccountExists) for one in results) == 14


async def test_a_typing_mistake_is_corrected_by_adding_again(office: Office) -> None:
    integration = await _set_up_alone(office)
    wrong = await office.add_account(integration.id, "romos@contoso.example")
    assert check_of(await office.run(wrong.verification.id), CheckKey.MAILBOX).cause == "not_in_directory"

    right = await office.add_account(integration.id)
    await office.run(right.verification.id)

    assert await _accounts(office, integration.id) == {SERVICE: ACTIVE}


async def test_what_speaks_against_a_mailbox_is_said_before_anybody_is_asked(office: Office) -> None:
    integration = await _set_up_alone(office)
    await office.must_refuse(integration.id, "priya.shah")

    for address in ("oak@contoso.example", "priya.shah@contoso.example", "no address"):
        with pytest.raises(InvalidInput) as refusal:
            await office.add_account(integration.id, address)
        assert set(refusal.value.mistakes) == {"address"}


async def test_an_integration_that_only_reads_rooms_takes_none(office: Office) -> None:
    integration = await office.connected(address="mei.tan@contoso.example", use_as_service_account=False, tier=1)

    with pytest.raises(InvalidInput):
        await office.add_account(integration.id)


async def test_members_are_refused(office: Office) -> None:
    integration = await _set_up_alone(office)

    with pytest.raises(Forbidden):
        await add_service_mailbox(
            AddServiceMailbox(integration.id, SERVICE), JANE, units=office.units, clock=office.clock
        )


# --- changing ---------------------------------------------------------------------------------------------------------


async def test_the_old_one_stays_in_force_until_the_new_one_passes(office: Office) -> None:
    integration = await office.connected()

    change = await office.change_account(integration.id, EMMA)
    assert await _accounts(office, integration.id) == {SERVICE: ACTIVE, EMMA: PENDING}
    await office.run(change.verification.id)

    assert await _accounts(office, integration.id) == {EMMA: ACTIVE, SERVICE: RETIRING}


async def test_a_new_one_that_fails_changes_nothing(office: Office) -> None:
    integration = await office.connected()

    change = await office.change_account(integration.id, "sam.okafor@contoso.example")
    view = await office.run(change.verification.id)

    assert view.verification.status is VerificationStatus.FAILED
    assert (await _accounts(office, integration.id))[SERVICE] is ACTIVE


async def test_it_says_until_when_the_old_address_must_stay(office: Office, hosted: HostedBooking) -> None:
    integration = await office.connected()
    last = await hosted(integration, days=40)
    await hosted(integration, days=3)

    change = await office.change_account(integration.id, EMMA)

    assert (change.old_hosts.count, change.old_hosts.last_end) == (2, last)
    assert f"keep its access until {last.day} {last:%b %Y}" in change.sentence


async def test_a_pending_change_is_replaced_by_the_next(office: Office) -> None:
    integration = await office.connected()
    first = await office.change_account(integration.id, "nobody@contoso.example")

    second = await office.change_account(integration.id, EMMA)
    given_up = await office.run(first.verification.id)
    await office.run(second.verification.id)

    assert given_up.verification.status is VerificationStatus.SUPERSEDED
    assert await _accounts(office, integration.id) == {EMMA: ACTIVE, SERVICE: RETIRING}


async def test_nothing_to_change_is_said(office: Office) -> None:
    alone = await _set_up_alone(office)

    with pytest.raises(NotFound):
        await office.change_account(alone.id, EMMA)


async def test_the_same_address_is_refused(office: Office) -> None:
    integration = await office.connected()

    with pytest.raises(Conflict):
        await office.change_account(integration.id, SERVICE)


# --- removing ---------------------------------------------------------------------------------------------------------


async def _with_both(office: Office) -> Integration:
    integration = await office.connected()
    command = EditIntegration(integration.id, setup_address="mei.tan@contoso.example")
    return await edit_integration(command, MEI, units=office.units, providers=office.providers, clock=office.clock)


async def test_the_last_mailbox_to_verify_with_is_not_removed(office: Office) -> None:
    integration = await office.connected()

    with pytest.raises(Conflict, match="only mailbox"):
        await office.remove_account(integration.id)


async def test_without_meetings_it_is_gone_at_once(office: Office) -> None:
    integration = await _with_both(office)

    removed = await office.remove_account(integration.id)

    assert removed.status is RETIRED
    assert await _accounts(office, integration.id) == {}


async def test_with_meetings_the_consequence_has_to_be_confirmed(office: Office, hosted: HostedBooking) -> None:
    integration = await _with_both(office)
    await hosted(integration, days=2)

    with pytest.raises(ServiceAccountInUse) as refusal:
        await office.remove_account(integration.id)
    assert refusal.value.details["meetings"] == "1"
    assert (await _accounts(office, integration.id))[SERVICE] is ACTIVE

    removed = await office.remove_account(integration.id, confirmed=True)

    assert removed.status is RETIRING


async def test_a_retiring_one_is_let_go_when_its_last_meeting_is_over(office: Office, hosted: HostedBooking) -> None:
    integration = await _with_both(office)
    await hosted(integration, days=2)
    await office.remove_account(integration.id, confirmed=True)

    assert await retire_service_mailboxes(units=office.units, clock=office.clock) == 0
    office.sandbox.advance(timedelta(days=3).total_seconds())
    assert await retire_service_mailboxes(units=office.units, clock=office.clock) == 1

    assert await _accounts(office, integration.id) == {}


async def test_the_admins_address_stays_while_it_is_the_last(office: Office) -> None:
    alone = await _set_up_alone(office)
    command = EditIntegration(alone.id, setup_address="")

    with pytest.raises(Conflict):
        await edit_integration(command, MEI, units=office.units, providers=office.providers, clock=office.clock)


async def test_a_change_upon_an_old_reading_is_refused(office: Office) -> None:
    integration = await office.connected()
    command = EditIntegration(integration.id, name="Other", expected_version=integration.version + 1)

    with pytest.raises(StaleRevision):
        await edit_integration(command, MEI, units=office.units, providers=office.providers, clock=office.clock)


async def test_an_integration_that_is_not_there_is_said(office: Office) -> None:
    with pytest.raises(NotFound):
        await office.add_account(IntegrationId(uuid.uuid4()))
