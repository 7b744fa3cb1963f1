"""Connect a tenant: an integration with its credential, and an admin's address or a service account."""

import uuid
from dataclasses import dataclass

from roomstead.application.consent import ConsentPage, ConsentSubject
from roomstead.application.credentials import seal_credential
from roomstead.application.integration_form import AddIntegration, read_form
from roomstead.application.integration_rules import parsed_domains, record_change
from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.connections import CURRENT
from roomstead.application.ports.providers import Connection, Providers
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.service_accounts import new_account
from roomstead.application.verifying import Wanted, begin_verification
from roomstead.domain.errors import InvalidInput
from roomstead.domain.integration import Integration, IntegrationStatus
from roomstead.domain.mailbox import Address, IntegrationId, InvalidAddress, domain_of, parse_address
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.verification import Purpose, Verification

__all__ = ["AddIntegration", "AddedIntegration", "add_integration"]


@dataclass(frozen=True, slots=True)
class AddedIntegration:
    """A new integration and the verification that is on its way."""

    integration: Integration
    verification: Verification
    consent_url: str


async def add_integration(
    command: AddIntegration,
    actor: Actor,
    *,
    units: UnitsOfWork,
    providers: Providers,
    sealer: Sealer,
    clock: Clock,
    policy: Policy,
) -> AddedIntegration:
    """Store the integration with its credential sealed, and ask for its verification.

    Raises Forbidden, InvalidInput with all mistakes at once, and Conflict when the name is taken for this tenant.
    """
    require_admin(actor)
    now = clock.now()
    mistakes, connection = read_form(command, providers, clock.now())
    address = _read_address(command.address, mistakes)
    if mistakes or connection is None or address is None:
        raise InvalidInput(mistakes)
    integration = _integration(command, connection, address)
    ends_at = providers.guide(command.provider).ends_at(connection) or command.credential.expires_at
    sealed = seal_credential(connection, slot=CURRENT, expires_at=ends_at, sealer=sealer, now=now)
    async with units() as uow:
        await uow.integrations.add(integration, now)
        await uow.integrations.put_credential(integration.id, sealed)
        account = new_account(integration.id, address) if command.use_as_service_account else None
        if account is not None:
            await uow.integrations.add_service_mailbox(account, now)
        wanted = Wanted(integration.id, Purpose.INTEGRATION, service_mailbox_id=account.id if account else None)
        verification = await begin_verification(uow, wanted, actor, now)
        await _record(uow, integration, actor, command, clock)
        await uow.commit()
    subject = ConsentSubject(integration.provider, integration.id)
    page = ConsentPage(providers, sealer, policy)
    return AddedIntegration(integration, verification, page.address(connection, subject, now))


def _read_address(text: str, mistakes: dict[str, str]) -> Address | None:
    try:
        return parse_address(text)
    except InvalidAddress as error:
        mistakes["address"] = str(error)
        return None


def _integration(command: AddIntegration, connection: Connection, address: Address) -> Integration:
    """With the toggle no personal address is kept; the mailbox named is the tenant's, and so is its domain."""
    domains = dict.fromkeys([*parsed_domains(command.domains), domain_of(address)])
    return Integration(
        id=IntegrationId(uuid.uuid4()),
        provider=command.provider,
        name=command.name.strip(),
        tenant=connection.tenant,
        endpoints=connection.endpoints,
        tier=command.tier,
        status=IntegrationStatus.SETTING_UP,
        setup_address=None if command.use_as_service_account else address,
        domains=tuple(domains),
        app_object_id=command.app_object_id.strip(),
    )


async def _record(
    uow: UnitOfWork, integration: Integration, actor: Actor, command: AddIntegration, clock: Clock
) -> None:
    await record_change(
        uow,
        "integration.added",
        integration.id,
        actor,
        clock.now(),
        provider=integration.provider,
        tier=integration.tier,
        with_service_account=command.use_as_service_account,
    )
