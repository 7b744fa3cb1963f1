"""Keep what the provider's consent page reported."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from roomstead.application.consent import consent_state_invalid, read_state
from roomstead.application.integration_draft import open_draft, seal_draft
from roomstead.application.integration_rules import record_change
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.providers import ConsentReport, Providers
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.domain.integration import ConsentAnswer, Integration
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import SYSTEM, Actor, PersonId


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
) -> RecordedConsent:
    """Keep it with the integration or the draft; ``actor`` None: nobody is signed in, as when somebody else consents.

    Raises ConsentStateInvalid when it does not answer a page that Roomstead opened, or what it was about is gone.
    """
    now = clock.now()
    subject = read_state(command.answer.get("state", ""), sealer, now)
    report = providers.guide(subject.provider).read_consent(command.answer)
    who = actor or SYSTEM
    async with units() as uow:
        if subject.integration_id is not None:
            recorded = await _of_integration(uow, subject.integration_id, report, who, now)
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
    await uow.drafts.put(person_id, seal_draft(replace(draft, consent=answer), sealer, stored.updated_at))
    return RecordedConsent(answer, None)


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
