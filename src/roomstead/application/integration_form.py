"""The form that connects a tenant: what it holds, and all that is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from roomstead.application.credentials import TypedCredential, credential_mistakes, kind_of, split_fields, with_shown
from roomstead.application.integration_rules import name_mistake, parsed_domains
from roomstead.application.ports.providers import Connection, ProviderDescription, Providers
from roomstead.application.service_accounts import HOSTING_TIER
from roomstead.domain.errors import InvalidInput, NotFound


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


def read_form(command: AddIntegration, providers: Providers, now: datetime) -> tuple[dict[str, str], Connection | None]:
    """All that is wrong with the form but for the address, and the connection that it describes."""
    mistakes = {"name": name_mistake(command.name)} if name_mistake(command.name) else {}
    try:
        description = providers.describe(command.provider)
    except NotFound:
        known = ", ".join(one.key for one in providers.descriptions())
        return mistakes | {"provider": f"Choose one of: {known}."}, None
    mistakes |= _choice_mistakes(command, description)
    credential = credential_mistakes(command.credential, description, now)
    mistakes |= credential
    if "credential_kind" in credential:
        return mistakes, None
    connection = _connection(command, description)
    guide = providers.guide(command.provider)
    found = {name: text for name, text in guide.validate(connection).items() if name not in mistakes}
    is_readable = not credential and not found
    return mistakes | found, with_shown(connection, guide) if is_readable else connection


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
        tier=command.tier,
    )
