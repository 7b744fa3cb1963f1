"""Connecting a tenant: the form's mistakes at once, credentials that only go in, who may, and connections that last."""

import asyncio
import json
import uuid
from datetime import timedelta

import pytest
from tests.application.integration.conftest import JANE, MEI, Office

from roomstead.application.credentials import TypedCredential
from roomstead.application.integration.add_integration import add_integration
from roomstead.application.integration.disable_integration import disable_integration
from roomstead.application.integration.edit_integration import EditIntegration, edit_integration
from roomstead.application.integration.enable_integration import enable_integration
from roomstead.application.integration.list_access import ListAccess, list_access
from roomstead.application.integration.list_integrations import ListIntegrations, list_integrations
from roomstead.application.integration.read_integration import read_integration
from roomstead.application.integration.request_verification import RequestVerification, request_verification
from roomstead.application.ports.access import AccessFilter, ListedAccess
from roomstead.application.ports.people import AuditFilter
from roomstead.domain.access import Capability
from roomstead.domain.errors import Conflict, CredentialMissing, Forbidden, IntegrationDisabled, InvalidInput, NotFound
from roomstead.domain.integration import IntegrationStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.verification import VerificationStatus


async def test_all_mistakes_of_the_form_are_named_at_once(office: Office) -> None:
    guid = str(uuid.uuid4())
    credential = TypedCredential("secret", {"app_id": "Roomstead", "client_secret": guid, "password": "x"})

    with pytest.raises(InvalidInput) as refusal:
        await office.connect(
            name=" ", tenant="common", tier=9, address="rooms", credential=credential, domains=("not a domain",)
        )

    mistakes = refusal.value.mistakes
    assert set(mistakes) == {
        "name", "tenant", "tier", "address", "app_id", "client_secret", "password", "domains",
    }  # fmt: skip
    assert "Value" in mistakes["client_secret"]
    assert guid not in json.dumps(mistakes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"provider": "lotus"}, "provider"),
        ({"cloud": "moon"}, "cloud"),
        ({"endpoints": {"ftp": "ftp://x"}}, "endpoints"),
        ({"credential": TypedCredential("password", {})}, "credential_kind"),
        ({"credential": TypedCredential("secret", {"app_id": str(uuid.uuid4())})}, "client_secret"),
        ({"tier": 1}, "use_as_service_account"),
    ],
)
async def test_each_choice_is_checked(office: Office, changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await office.connect(**changes)

    assert field in refusal.value.mistakes


async def test_a_credential_that_has_ended_is_not_taken(office: Office) -> None:
    form = office.form()
    ended = TypedCredential("secret", form.credential.fields, office.clock.now() - timedelta(days=1))

    with pytest.raises(InvalidInput) as refusal:
        await office.connect(credential=ended)

    assert set(refusal.value.mistakes) == {"expires_at"}


async def test_members_neither_add_nor_see_integrations(office: Office) -> None:
    integration = await office.connected()
    units, providers, clock = office.units, office.providers, office.clock
    form, rename = office.form(name="Mine"), EditIntegration(integration.id, name="Mine")

    for attempt in (
        add_integration(form, JANE, **office.ports),
        list_integrations(ListIntegrations(), JANE, **office.ports),
        read_integration(integration.id, JANE, **office.ports),
        edit_integration(rename, JANE, units=units, providers=providers, clock=clock),
        list_access(ListAccess(integration.id), JANE, units=units),
    ):
        with pytest.raises(Forbidden, match="Only a Global Admin"):
            await attempt


async def test_secrets_go_in_and_never_come_out(office: Office) -> None:
    integration = await office.connected()
    secret = office.sandbox.endpoints["client_secret"]

    seen = await office.overview(integration.id)
    async with office.units() as uow:
        stored = await uow.integrations.sealed_credential(integration.id, "current")
        trail = await uow.audit.page(AuditFilter(), before=None, limit=100)

    assert stored is not None
    assert secret.encode() not in stored.sealed
    assert secret not in repr((seen, stored, trail))
    assert secret not in repr(office.form().credential)
    assert seen.credentials[0].settings == {"app_id": office.sandbox.endpoints["client_id"]}


async def test_a_credentials_end_is_told_days_ahead(office: Office) -> None:
    form = office.form()
    ends = office.clock.now() + timedelta(days=30, hours=1)
    added = await office.connect(credential=TypedCredential("secret", form.credential.fields, ends))

    view = await office.run(added.verification.id)

    assert view.checks[2].check.sentence.endswith("in 30 days.")
    assert (await office.overview(added.integration.id)).credentials[0].expires_at == ends


async def test_two_tenants_side_by_side_and_a_name_taken_twice(office: Office) -> None:
    await office.connect()

    with pytest.raises(Conflict):
        await office.connect()
    other = await office.connect(name="Contoso again")

    found = await list_integrations(ListIntegrations(), MEI, **office.ports)
    assert [one.integration.name for one in found] == ["Contoso", "Contoso again"]
    assert found[1].integration.id == other.integration.id


async def test_the_tenants_domains_are_learnt_from_its_mailboxes(office: Office) -> None:
    added = await office.connect(domains=("Subsidiary.example",))

    await office.run(added.verification.id)

    integration = (await office.overview(added.integration.id)).integration
    assert integration.domains == ("subsidiary.example", "contoso.example")


async def test_disabled_it_reads_and_sends_nothing_until_enabled(office: Office) -> None:
    integration = await office.connected()
    disabled = await disable_integration(integration.id, MEI, units=office.units, clock=office.clock)
    assert disabled.status is IntegrationStatus.DISABLED

    with pytest.raises(IntegrationDisabled):
        async with office.connections.open(integration.id):
            pass
    with pytest.raises(IntegrationDisabled):
        await request_verification(RequestVerification(integration.id), MEI, units=office.units, clock=office.clock)

    await enable_integration(integration.id, MEI, units=office.units, clock=office.clock)
    assert await office.run_due() == 1
    assert (await office.overview(integration.id)).integration.status is IntegrationStatus.WORKING


async def test_disabled_while_a_verification_waits_it_ends_with_the_reason(office: Office) -> None:
    integration = await office.connected()
    waiting = await office.request(integration.id)
    await disable_integration(integration.id, MEI, units=office.units, clock=office.clock)

    view = await office.run(waiting.id)

    assert view.verification.status is VerificationStatus.FAILED
    assert view.checks[2].check.cause == "integration_disabled"


# --- connections ----------------------------------------------------------------------------------------------------


async def test_one_provider_per_credential_is_kept_and_its_token_reused(office: Office) -> None:
    integration = await office.connected()
    office.sandbox.control.delete("requests")

    async with office.connections.open(integration.id) as first, office.connections.open(integration.id) as second:
        assert first is second
        async for _ in first.list_rooms():
            break

    signed_in = [one for one in office.sandbox.control.get("requests") if "token" in one["template"]]
    assert signed_in == []


async def test_a_new_credential_makes_a_new_connection_and_the_old_one_ends_with_its_last_user(office: Office) -> None:
    integration = await office.connected()
    fresh = office.order("add-secret")["client_secret"]

    async with office.connections.open(integration.id) as old:
        replaced = await office.replace_secret(integration.id, fresh)
        await office.run(replaced.id)
        async with office.connections.open(integration.id) as new:
            assert new is not old
        assert [room async for room in old.list_rooms()] != []  # whoever had begun ends in peace


async def test_many_open_at_once_and_share(office: Office) -> None:
    integration = await office.connected()

    async def use() -> int:
        async with office.connections.open(integration.id) as provider:
            await asyncio.sleep(0)
            return id(provider)

    assert len(set(await asyncio.gather(*(use() for _ in range(16))))) == 1


async def test_without_a_credential_there_is_no_connection(office: Office) -> None:
    integration = await office.connected()

    with pytest.raises(CredentialMissing):
        async with office.connections.open(integration.id, "next"):
            pass
    with pytest.raises(NotFound):
        async with office.connections.open(IntegrationId(uuid.uuid4())):
            pass


# --- the access report ----------------------------------------------------------------------------------------------


async def test_the_access_report_is_searched_and_paged(office: Office) -> None:
    integration = await office.connected()

    found: list[ListedAccess] = []
    cursor = ""
    while True:
        wanted = AccessFilter(capability=Capability.TIMES)
        page = await list_access(ListAccess(integration.id, wanted, cursor, limit=20), MEI, units=office.units)
        found += page.items
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert len({one.access.address for one in found}) == 49
    assert {one.kind for one in found} == {"room", "service_account"}

    searched = await list_access(ListAccess(integration.id, AccessFilter(search="OAK")), MEI, units=office.units)
    assert {(one.access.address, one.name) for one in searched.items} == {("oak@contoso.example", "Oak")}
