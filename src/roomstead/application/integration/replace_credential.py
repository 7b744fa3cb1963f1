"""Replace a credential: the new one waits in the next slot and takes over when it is proven.

It may be of another kind, and bring another tier with it: more access by another way in, or less.
"""

from dataclasses import dataclass

from roomstead.application.credentials import (
    TypedCredential,
    credential_mistakes,
    kind_of,
    seal_credential,
    split_fields,
    with_shown,
)
from roomstead.application.integration_rules import integration_for_change, record_change
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.connections import NEXT
from roomstead.application.ports.providers import Connection, ProviderDescription, Providers
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.service_accounts import HOSTING_TIER
from roomstead.application.verifying import Wanted, begin_verification
from roomstead.domain.errors import InvalidInput
from roomstead.domain.integration import Integration
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.verification import Purpose, Verification


@dataclass(frozen=True, slots=True)
class ReplaceCredential:
    """The new credential, as typed. ``tier``: how much access comes with it; None: as much as there is."""

    integration_id: IntegrationId
    credential: TypedCredential
    tier: int | None = None


async def replace_credential(
    command: ReplaceCredential,
    actor: Actor,
    *,
    units: UnitsOfWork,
    providers: Providers,
    sealer: Sealer,
    clock: Clock,
) -> Verification:
    """Store the credential as the next one and ask for its proof; until then the current one stays in use.

    Raises InvalidInput with all mistakes at once.
    """
    require_admin(actor)
    now = clock.now()
    async with units() as uow:
        held = await integration_for_change(uow, command.integration_id)
        description, guide = providers.describe(held.provider), providers.guide(held.provider)
        mistakes = credential_mistakes(command.credential, description, now)
        if mistakes:
            raise InvalidInput(mistakes)
        other = None if command.tier == held.tier else command.tier
        connection = _connection(held, command.credential, other, description)
        mistakes = dict(guide.validate(connection)) | await _tier_mistake(uow, held.id, connection.tier, description)
        if mistakes:
            raise InvalidInput(mistakes)
        connection = with_shown(connection, guide)
        ends_at = guide.ends_at(connection) or command.credential.expires_at
        sealed = seal_credential(connection, slot=NEXT, expires_at=ends_at, sealer=sealer, now=now, tier=other)
        await uow.integrations.put_credential(held.id, sealed)
        wanted = Wanted(held.id, Purpose.CREDENTIAL, credential_slot=NEXT)
        verification = await begin_verification(uow, wanted, actor, now)
        await record_change(
            uow, "integration.credential_entered", held.id, actor, now, kind=sealed.kind, fingerprint=sealed.fingerprint
        )
        await uow.commit()
    return verification


def _connection(
    held: Integration, typed: TypedCredential, tier: int | None, description: ProviderDescription
) -> Connection:
    settings, secrets = split_fields(typed, kind_of(description, typed.kind))
    wanted = held.tier if tier is None else tier
    return Connection(held.provider, held.tenant, held.endpoints, typed.kind, settings, secrets, wanted)


async def _tier_mistake(
    uow: UnitOfWork, integration_id: IntegrationId, tier: int, description: ProviderDescription
) -> dict[str, str]:
    """Why this much access does not go with what is there; with the way in it is compared by the guide."""
    numbers = [each.number for each in description.tiers]
    if tier not in numbers:
        return {"tier": f"Choose one of the tiers {', '.join(map(str, numbers))}."}
    if tier < HOSTING_TIER and await uow.integrations.service_mailboxes(integration_id):
        return {"tier": "This tier only reads rooms. Remove the service account first."}
    return {}
