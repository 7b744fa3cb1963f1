"""Replace a credential: the new one waits in the next slot and takes over when it is proven."""

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
from roomstead.application.ports.providers import Connection, Providers
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.verifying import Wanted, begin_verification
from roomstead.domain.errors import InvalidInput
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.verification import Purpose, Verification


@dataclass(frozen=True, slots=True)
class ReplaceCredential:
    """The new credential, as typed."""

    integration_id: IntegrationId
    credential: TypedCredential


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
        description = providers.describe(held.provider)
        mistakes = credential_mistakes(command.credential, description, now)
        if mistakes:
            raise InvalidInput(mistakes)
        settings, secrets = split_fields(command.credential, kind_of(description, command.credential.kind))
        connection = Connection(
            held.provider, held.tenant, held.endpoints, command.credential.kind, settings, secrets, held.tier
        )
        if mistakes := dict(providers.guide(held.provider).validate(connection)):
            raise InvalidInput(mistakes)
        connection = with_shown(connection, providers.guide(held.provider))
        ends_at = providers.guide(held.provider).ends_at(connection) or command.credential.expires_at
        sealed = seal_credential(connection, slot=NEXT, expires_at=ends_at, sealer=sealer, now=now)
        await uow.integrations.put_credential(held.id, sealed)
        wanted = Wanted(held.id, Purpose.CREDENTIAL, credential_slot=NEXT)
        verification = await begin_verification(uow, wanted, actor, now)
        await record_change(
            uow, "integration.credential_entered", held.id, actor, now, kind=sealed.kind, fingerprint=sealed.fingerprint
        )
        await uow.commit()
    return verification
