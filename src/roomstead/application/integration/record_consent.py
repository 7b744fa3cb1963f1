"""Keep what the provider's consent page reported."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from roomstead.application.consent import CONSENTED, consent_state_invalid, read_state
from roomstead.application.credentials import connection_of, seal_credential
from roomstead.application.integration_draft import open_draft, seal_draft
from roomstead.application.integration_rules import record_change
from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.connections import CURRENT, NEXT
from roomstead.application.ports.providers import ConsentReport, Providers
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.verifying import Wanted, begin_verification
from roomstead.domain.integration import ConsentAnswer, Integration, IntegrationStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import SYSTEM, Actor, PersonId
from roomstead.domain.verification import Purpose


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """The address that the consent page led back to: everything after its question mark."""

    answer: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RecordedConsent:
    """What is kept now. ``integration`` None: of an integration that is not added yet."""

    answer: ConsentAnswer
    integration: Integration | None


async def record_consent(
    command: RecordConsent,
    actor: Actor | None,
    *,
    units: UnitsOfWork,
    providers: Providers,
    sealer: Sealer,
    clock: Clock,
    policy: Policy,
) -> RecordedConsent:
    """Keep it with the integration or the draft; ``actor`` None: nobody is signed in, as when somebody else consents.

    A mailbox's own sign-in brings something to be traded in within minutes: that is kept as part of the credential,
    and a worker is asked to prove it at once.

    Raises ConsentStateInvalid when it does not answer a page that Roomstead opened, or what it was about is gone.
    """
    now = clock.now()
    subject = read_state(command.answer.get("state", ""), sealer, now)
    redirect_url = f"{policy.public_url}{CONSENTED}"
    report = providers.guide(subject.provider).read_consent(command.answer, redirect_url=redirect_url)
    who = actor or SYSTEM
    async with units() as uow:
        if subject.integration_id is not None:
            recorded = await _of_integration(uow, subject.integration_id, report, who, now)
            if report.grant and recorded.integration is not None:
                await _keep_grant(uow, recorded.integration, report.grant, who, sealer, now)
        elif subject.person_id is not None:
            recorded = await _of_draft(uow, subject.person_id, report, sealer, now)
        else:
            raise consent_state_invalid()
        await uow.commit()
    return recorded


async def _of_integration(
    uow: UnitOfWork, integration_id: IntegrationId, report: ConsentReport, actor: Actor, now: datetime
) -> RecordedConsent:
    held = await uow.integrations.get_for_change(integration_id)
    if held is None:
        raise consent_state_invalid()
    answer = _answer(report, held.tenant, now)
    await uow.integrations.set_consent(held.id, answer)
    action = "integration.consent_given" if answer.is_given else "integration.consent_not_given"
    await record_change(uow, action, held.id, actor, now, reason=answer.reason)
    return RecordedConsent(answer, replace(held, consent=answer))


async def _of_draft(
    uow: UnitOfWork, person_id: PersonId, report: ConsentReport, sealer: Sealer, now: datetime
) -> RecordedConsent:
    stored = await uow.drafts.get(person_id)
    if stored is None:
        raise consent_state_invalid()
    draft = open_draft(stored, sealer)
    answer = _answer(report, draft.tenant, now)
    kept = replace(draft, consent=answer, secrets={**draft.secrets, **report.grant})
    await uow.drafts.put(person_id, seal_draft(kept, sealer, stored.updated_at))
    return RecordedConsent(answer, None)


async def _keep_grant(
    uow: UnitOfWork, integration: Integration, grant: Mapping[str, str], actor: Actor, sealer: Sealer, now: datetime
) -> None:
    """A first sign-in completes the credential; a later one is the next credential until it is proven."""
    is_first = integration.status is IntegrationStatus.SETTING_UP
    waiting = None if is_first else await uow.integrations.sealed_credential(integration.id, NEXT)
    held = waiting or await uow.integrations.sealed_credential(integration.id, CURRENT)
    if held is None:
        raise consent_state_invalid()
    connection = connection_of(integration, held, sealer)
    signed_in = replace(connection, secrets={**connection.secrets, **grant})
    slot = CURRENT if is_first else NEXT
    sealed = seal_credential(signed_in, slot=slot, expires_at=held.expires_at, sealer=sealer, now=now, tier=held.tier)
    await uow.integrations.put_credential(integration.id, sealed)
    pending = await uow.integrations.pending_service_mailbox(integration.id)
    await begin_verification(
        uow,
        Wanted(
            integration.id,
            Purpose.INTEGRATION if is_first else Purpose.CREDENTIAL,
            service_mailbox_id=pending.id if is_first and pending is not None else None,
            credential_slot=slot,
        ),
        actor,
        now,
    )


def _answer(report: ConsentReport, tenant: str, now: datetime) -> ConsentAnswer:
    """A consent given in another tenant than ours is none, where both are known by their ids."""
    if report.is_given and _is_id(tenant) and _is_id(report.tenant) and tenant.lower() != report.tenant.lower():
        return ConsentAnswer(is_given=False, reason="It was given in another tenant.", at=now)
    return ConsentAnswer(report.is_given, report.reason, now)


def _is_id(tenant: str) -> bool:
    try:
        return bool(UUID(tenant))
    except ValueError:
        return False
