"""Edit an integration: its name, tier, domains, the admin's own address, and before its first room its tenant."""

from dataclasses import dataclass, replace

from roomstead.application.integration_rules import (
    integration_for_change,
    name_mistake,
    parsed_address,
    parsed_domains,
    record_change,
    require_version,
)
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.connections import CURRENT
from roomstead.application.ports.providers import Connection, Providers
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.service_accounts import HOSTING_TIER
from roomstead.domain.errors import Conflict, InvalidInput
from roomstead.domain.integration import Integration
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin


@dataclass(frozen=True, slots=True)
class EditIntegration:
    """What shall change; None: stays as it is. An empty ``setup_address`` forgets the admin's own address.

    ``tenant`` is for one that was mistyped: it may be another as long as no room came from it.
    """

    integration_id: IntegrationId
    name: str | None = None
    tenant: str | None = None
    tier: int | None = None
    domains: tuple[str, ...] | None = None
    setup_address: str | None = None
    app_object_id: str | None = None
    expected_version: int | None = None


async def edit_integration(
    command: EditIntegration, actor: Actor, *, units: UnitsOfWork, providers: Providers, clock: Clock
) -> Integration:
    """Store what changes. What it means for access shows at the next verification.

    Raises InvalidInput, StaleRevision, and Conflict when the last mailbox to verify with would be forgotten, or when
    rooms came from the present tenant.
    """
    require_admin(actor)
    async with units() as uow:
        held = await integration_for_change(uow, command.integration_id)
        require_version(held, command.expected_version)
        changed = _changed(held, command)
        await _check(uow, held, changed, providers)
        if changed == held:
            return held
        changed = replace(changed, version=held.version + 1)
        await uow.integrations.save(changed)
        fields = [
            name
            for name in ("name", "tenant", "tier", "domains", "setup_address", "app_object_id")
            if getattr(held, name) != getattr(changed, name)
        ]
        await record_change(uow, "integration.edited", held.id, actor, clock.now(), changed=fields)
        await uow.announce("integration", held.id)
        await uow.commit()
    return changed


def _changed(held: Integration, command: EditIntegration) -> Integration:
    if command.name is not None and name_mistake(command.name):
        raise InvalidInput({"name": name_mistake(command.name)})
    setup_address = held.setup_address
    if command.setup_address is not None:
        typed = command.setup_address.strip()
        setup_address = parsed_address(typed, "setup_address") if typed else None
    return replace(
        held,
        name=held.name if command.name is None else command.name.strip(),
        tenant=held.tenant if command.tenant is None else command.tenant.strip(),
        tier=held.tier if command.tier is None else command.tier,
        domains=held.domains if command.domains is None else parsed_domains(command.domains),
        setup_address=setup_address,
        app_object_id=held.app_object_id if command.app_object_id is None else command.app_object_id.strip(),
    )


async def _check(uow: UnitOfWork, held: Integration, changed: Integration, providers: Providers) -> None:
    tiers = [tier.number for tier in providers.describe(held.provider).tiers]
    if changed.tier not in tiers:
        raise InvalidInput({"tier": f"Choose one of the tiers {', '.join(map(str, tiers))}."})
    if changed.tenant != held.tenant:
        await _check_tenant(uow, changed, providers)
    credential = await uow.integrations.sealed_credential(held.id, CURRENT)
    if credential is not None and changed.tier != held.tier:
        mistake = providers.guide(held.provider).tier_mistake(credential.kind, changed.tier)
        if mistake:
            raise InvalidInput({"tier": mistake})
    accounts = await uow.integrations.service_mailboxes(held.id)
    if accounts and changed.tier < HOSTING_TIER:
        raise InvalidInput({"tier": "This tier only reads rooms. Remove the service account first."})
    if held.setup_address is not None and changed.setup_address is None and not accounts:
        raise Conflict(
            "The admin's own address is the only mailbox that this integration can be verified with.",
            remedy="Add a service account first.",
        )


async def _check_tenant(uow: UnitOfWork, changed: Integration, providers: Providers) -> None:
    if await uow.rooms.count_by_status(changed.id):
        raise Conflict(
            "Rooms came from the present tenant, so the integration cannot be pointed at another.",
            remedy="Add an integration for the other tenant, and remove this one.",
        )
    if not changed.tenant:
        raise InvalidInput({"tenant": "Enter the tenant."})
    connection = Connection(changed.provider, changed.tenant, changed.endpoints, "", tier=changed.tier)
    mistake = providers.guide(changed.provider).validate(connection).get("tenant")
    if mistake:
        raise InvalidInput({"tenant": mistake})
