"""Read a verification: its checks, and what failed grouped by cause with what mends just those."""

from collections.abc import Sequence
from dataclasses import dataclass

from roomstead.application.checks.words import as_access_cause, why
from roomstead.application.ports.providers import ProviderGuide, Providers, RestrictionFacts
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.restriction_facts import restriction_facts
from roomstead.domain.access import AccessCause
from roomstead.domain.errors import NotFound
from roomstead.domain.integration import VerificationId
from roomstead.domain.mailbox import Address
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.remedy import Remedy
from roomstead.domain.verification import Check, CheckKey, Finding, FindingStatus, Verification

_GROUPED = frozenset({CheckKey.ROOMS, CheckKey.ORGANIZERS})


@dataclass(frozen=True, slots=True)
class FailedGroup:
    """Subjects that failed for one cause, and one remedy for just those."""

    cause: str
    sentence: str
    findings: tuple[Finding, ...]
    remedy: Remedy | None


@dataclass(frozen=True, slots=True)
class CheckView:
    """A check as shown; ``groups`` is empty where the check itself says it all."""

    check: Check
    groups: tuple[FailedGroup, ...]


@dataclass(frozen=True, slots=True)
class VerificationView:
    """A verification as shown."""

    verification: Verification
    checks: tuple[CheckView, ...]


async def read_verification(
    verification_id: VerificationId, actor: Actor, *, units: UnitsOfWork, providers: Providers
) -> VerificationView:
    """One verification as it stands. Raises NotFound."""
    require_admin(actor)
    async with units() as uow:
        held = await uow.verifications.get(verification_id)
        integration = None if held is None else await uow.integrations.get(held.integration_id)
        if held is None or integration is None:
            raise NotFound("There is no such verification.")
        facts = await restriction_facts(uow, integration)
        guide = providers.guide(integration.provider)
        checks = [
            CheckView(check, await _groups(uow, held, check, guide, facts))
            for check in await uow.verifications.checks(held.id)
        ]
    return VerificationView(held, tuple(checks))


async def _groups(
    uow: UnitOfWork, held: Verification, check: Check, guide: ProviderGuide, facts: RestrictionFacts
) -> tuple[FailedGroup, ...]:
    findings = await uow.verifications.findings(held.id, check.key)
    by_cause: dict[str, list[Finding]] = {}
    for one in findings:
        if one.status is not FindingStatus.PASSED:
            by_cause.setdefault(one.cause, []).append(one)
    largest_first = sorted(by_cause.items(), key=lambda group: (-len(group[1]), group[0]))
    return tuple(_group(check.key, cause, group, guide, facts) for cause, group in largest_first)


def _group(
    key: CheckKey, cause: str, findings: Sequence[Finding], guide: ProviderGuide, facts: RestrictionFacts
) -> FailedGroup:
    if key not in _GROUPED:
        return FailedGroup(cause, "", tuple(findings), None)
    access_cause = as_access_cause(cause)
    if access_cause is AccessCause.NONE:
        return FailedGroup(cause, "Right since a short while; looked at once more.", tuple(findings), None)
    addresses = [Address(one.subject) for one in findings]
    remedy = guide.access_remedy(access_cause, addresses, facts)
    return FailedGroup(cause, f"{why(cause).capitalize()}.", tuple(findings), remedy)
