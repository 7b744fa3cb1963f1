"""Read a verification: its checks, and what failed grouped by cause with what mends just those."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from roomstead.application.checks.organizers import WRITE_NOT_SHOWN
from roomstead.application.checks.room_answers import WORDS as ANSWER_WORDS
from roomstead.application.checks.words import as_access_cause, why
from roomstead.application.ports.providers import ProviderGuide, Providers, RestrictionFacts
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.restriction_facts import restriction_facts
from roomstead.domain.errors import NotFound
from roomstead.domain.integration import VerificationId
from roomstead.domain.mailbox import Address
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.remedy import Remedy
from roomstead.domain.room_answers import RoomAnswer
from roomstead.domain.verification import Check, CheckKey, Finding, Verification

RemedyFor = Callable[[str, Sequence[Finding]], Remedy | None]

_GROUPED = frozenset({CheckKey.ROOMS, CheckKey.ORGANIZERS, CheckKey.ROOM_ANSWERS})
_SENTENCES = {
    "": "Right since a short while; looked at once more before it counts.",
    WRITE_NOT_SHOWN: "Can be read; whether it may be written, only a booking shows.",
}


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
    async with units.reading() as uow:
        held = await uow.verifications.get(verification_id)
        integration = None if held is None else await uow.integrations.get(held.integration_id)
        if held is None or integration is None:
            raise NotFound("There is no such verification.")
        checks = await uow.verifications.checks(held.id)
        failed = _by_cause(await uow.verifications.failed(held.id))
        remedy: RemedyFor = _no_remedy
        if _GROUPED & failed.keys():
            facts = await restriction_facts(uow, integration)
            remedy = partial(_remedy, providers.guide(integration.provider), facts)
    return VerificationView(
        held,
        tuple(
            CheckView(
                check, tuple(_group(check.key, cause, found, remedy) for cause, found in failed.get(check.key, ()))
            )
            for check in checks
        ),
    )


def _by_cause(failed: Sequence[tuple[CheckKey, Finding]]) -> Mapping[CheckKey, Sequence[tuple[str, Sequence[Finding]]]]:
    """What is not right, by cause; it comes in order, the largest group first."""
    return {
        key: [(cause, [one for _, one in group]) for cause, group in groupby(of_key, lambda each: each[1].cause)]
        for key, of_key in groupby(failed, lambda each: each[0])
    }


def _group(key: CheckKey, cause: str, found: Sequence[Finding], remedy: RemedyFor) -> FailedGroup:
    findings = tuple(found)
    if key not in _GROUPED:
        return FailedGroup(cause, "", findings, None)
    if key is CheckKey.ROOM_ANSWERS:
        words = ANSWER_WORDS[cause][len(findings) > 1]
        said = f"{words[:1].upper()}{words[1:]}."
        return FailedGroup(cause, said, findings, remedy(cause, findings))
    if cause in _SENTENCES:
        return FailedGroup(cause, _SENTENCES[cause], findings, None)
    return FailedGroup(cause, f"{why(cause)[:1].upper()}{why(cause)[1:]}.", findings, remedy(cause, findings))


def _remedy(guide: ProviderGuide, facts: RestrictionFacts, cause: str, findings: Sequence[Finding]) -> Remedy:
    if cause in ANSWER_WORDS:
        return guide.room_answer_remedy(
            RoomAnswer(cause), [Address(one.subject) for one in findings], facts.service_account
        )
    return guide.access_remedy(as_access_cause(cause), [Address(one.subject) for one in findings], facts)


def _no_remedy(_cause: str, _findings: Sequence[Finding]) -> None:
    return None
