"""Connect a tenant: an integration with its credential, and an admin's address or a service account."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from roomstead.application.credentials import (
    TypedCredential,
    credential_mistakes,
    kind_of,
    seal_credential,
    split_fields,
)
from roomstead.application.integration_rules import name_mistake, parsed_domains, record_change
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.connections import CURRENT
from roomstead.application.ports.providers import Connection, ProviderDescription, Providers
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.service_accounts import HOSTING_TIER, new_account
from roomstead.application.verifying import Wanted, begin_verification
from roomstead.domain.errors import InvalidInput, NotFound
from roomstead.domain.integration import (
    Integration,
    IntegrationStatus,
)
from roomstead.domain.mailbox import Address, IntegrationId, InvalidAddress, domain_of, parse_address
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.verification import Purpose, Verification


@dataclass(frozen=True, slots=True)
class AddIntegration:
    """The form. ``address`` is the admin's own, or with ``use_as_service_account`` that of the service account."""

    provider: str
    name: str
    tenant: str
    tier: int
    credential: TypedCredential
    address: str
    use_as_service_account: bool = False
    cloud: str = ""
    """One of the provider's clouds; empty: the first. ``endpoints`` override its URLs."""
    endpoints: Mapping[str, str] = field(default_factory=dict)
    app_object_id: str = ""
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddedIntegration:
    """A new integration and the verification that is on its way."""

    integration: Integration
    verification: Verification


async def add_integration(
    command: AddIntegration,
    actor: Actor,
    *,
    units: UnitsOfWork,
    providers: Providers,
    sealer: Sealer,
    clock: Clock,
) -> AddedIntegration:
    """Store the integration with its credential sealed, and ask for its verification.

    Raises Forbidden, InvalidInput with all mistakes at once, and Conflict when the name is taken for this tenant.
    """
    require_admin(actor)
    now = clock.now()
    mistakes, connection = _read_form(command, providers, clock)
    address = _read_address(command.address, mistakes)
    if mistakes or connection is None or address is None:
        raise InvalidInput(mistakes)
    integration = _integration(command, connection, address)
    sealed = seal_credential(connection, slot=CURRENT, expires_at=command.credential.expires_at, sealer=sealer, now=now)
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
    return AddedIntegration(integration, verification)


def _read_form(command: AddIntegration, providers: Providers, clock: Clock) -> tuple[dict[str, str], Connection | None]:
    """All that is wrong with the form but for the address, and the connection that it describes."""
    mistakes = {"name": name_mistake(command.name)} if name_mistake(command.name) else {}
    try:
        description = providers.describe(command.provider)
    except NotFound:
        known = ", ".join(one.key for one in providers.descriptions())
        return mistakes | {"provider": f"Choose one of: {known}."}, None
    mistakes |= _choice_mistakes(command, description)
    credential = credential_mistakes(command.credential, description, clock.now())
    mistakes |= credential
    if "credential_kind" in credential:
        return mistakes, None
    connection = _connection(command, description)
    mistakes |= {
        name: text
        for name, text in providers.guide(command.provider).validate(connection).items()
        if name not in mistakes
    }
    return mistakes, connection


def _choice_mistakes(command: AddIntegration, description: ProviderDescription) -> dict[str, str]:
    mistakes: dict[str, str] = {}
    tiers = [tier.number for tier in description.tiers]
    if command.tier not in tiers:
        mistakes["tier"] = f"Choose one of the tiers {', '.join(map(str, tiers))}."
    elif command.use_as_service_account and command.tier < HOSTING_TIER:
        mistakes["use_as_service_account"] = "This tier only reads rooms. Choose one that lets a service account write."
    if not command.tenant.strip():
        mistakes["tenant"] = "Enter the tenant."
    if command.cloud and command.cloud not in description.clouds:
        mistakes["cloud"] = f"Choose one of: {', '.join(description.clouds)}."
    strange = set(command.endpoints) - set(next(iter(description.clouds.values())))
    if strange:
        mistakes["endpoints"] = f"There is no endpoint called {', '.join(sorted(strange))}."
    try:
        parsed_domains(command.domains)
    except InvalidInput as error:
        mistakes |= error.mistakes
    return mistakes


def _connection(command: AddIntegration, description: ProviderDescription) -> Connection:
    cloud = description.clouds.get(command.cloud) or next(iter(description.clouds.values()))
    settings, secrets = split_fields(command.credential, kind_of(description, command.credential.kind))
    return Connection(
        provider=command.provider,
        tenant=command.tenant.strip(),
        endpoints={**cloud, **command.endpoints},
        credential_kind=command.credential.kind,
        settings=settings,
        secrets=secrets,
    )


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
