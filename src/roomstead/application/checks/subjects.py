"""Checks over many subjects: looked at in chunks, stored chunk by chunk, so that a restart goes on where it stood."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from roomstead.application.checks.run import Looked, Result, Run
from roomstead.domain.access import Access, AccessCause, Capability, ProbeResult, Verdict
from roomstead.domain.errors import ProviderUnavailable
from roomstead.domain.mailbox import Address
from roomstead.domain.spreading import confirmed, look_after
from roomstead.domain.verification import Check, CheckStatus, Finding, FindingStatus

CHUNK = 100
ROUNDS = 3
"""How often subjects that the provider could not answer for just now are asked again before the run is put off."""

Look = Callable[[Sequence[str]], Awaitable[Looked]]
"""Looks at some subjects. Findings are PASSED or FAILED; a subject without one could not be asked just now."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Where a check over subjects stands."""

    check: Check
    findings: Mapping[str, Finding]

    @property
    def failed(self) -> tuple[Finding, ...]:
        """Subjects that are not right, or not for long enough."""
        return tuple(one for one in self.findings.values() if one.status is not FindingStatus.PASSED)


async def look_at_all(run: Run, check: Check, subjects: Sequence[str], look: Look) -> Tally:
    """Look at every subject that this pass has not settled yet.

    Raises ProviderUnavailable when some could not be asked after several rounds; what was found is stored.
    """
    found = await run.findings(check.key)
    gone = [subject for subject in found if subject not in set(subjects)]
    if gone:
        await run.drop_findings(check.key, gone)
        found = {subject: one for subject, one in found.items() if subject not in gone}
    tally = Tally(_counted(check, subjects, found), found)
    seen = {one for one, finding in found.items() if _is_settled(finding, check)}
    for _ in range(ROUNDS):
        open_subjects = [one for one in subjects if one not in seen]
        for start in range(0, len(open_subjects), CHUNK):
            looked = await look(open_subjects[start : start + CHUNK])
            kept = [_confirm(run, check, found.get(one.subject), one) for one in looked.findings]
            found |= {one.subject: one for one in kept}
            seen |= {one.subject for one in kept}
            tally = Tally(_counted(check, subjects, found), found)
            await run.save_looked(tally.check, replace(looked, findings=kept))
    if len(seen) < len(set(subjects)):
        raise ProviderUnavailable("The provider could not answer for some mailboxes just now.")
    return tally


def _is_settled(found: Finding, check: Check) -> bool:
    """Whether this pass, which began when the check started, has already looked at the subject."""
    return found.status is FindingStatus.PASSED or check.started_at is None or found.at >= check.started_at


def _confirm(run: Run, check: Check, before: Finding | None, found: Finding) -> Finding:
    """While a change spreads, one success is not enough: caches answer both ways for a while."""
    if run.marked_at(check.key) is None or found.status is not FindingStatus.PASSED:
        return found
    status = confirmed(before, found.at)
    if status is FindingStatus.PASSED_ONCE and before is not None and before.status is FindingStatus.PASSED_ONCE:
        return before
    return replace(found, status=status)


def _counted(check: Check, subjects: Sequence[str], found: Mapping[str, Finding]) -> Check:
    statuses = [found[one].status for one in subjects if one in found]
    return replace(check, total=len(subjects), done=len(statuses), passed=statuses.count(FindingStatus.PASSED))


def spreading(run: Run, tally: Tally, failure: Result) -> Result:
    """``failure``, or that the change which an admin made is still spreading."""
    marked_at = run.marked_at(tally.check.key)
    if marked_at is None:
        return failure
    now = run.clock.now()
    next_look = look_after(tally.failed, marked_at, now)
    if next_look is None:
        sentence = f"{failure.sentence} The change was said to be made a day ago; it should long have spread."
        return replace(failure, sentence=sentence)
    return replace(
        failure,
        status=CheckStatus.PROPAGATING,
        sentence=(
            f"Spreading since {_time(marked_at)}: usually 30 min to 2 h, seen up to 24 h; the provider's own test "
            f"commands say yes earlier. Next look {_time(next_look)}; you may close this page."
        ),
        next_look_at=next_look,
    )


def _time(moment: datetime) -> str:
    return f"{moment:%H:%M} UTC"


def probe_finding(subject: str, result: ProbeResult, now: datetime, *, right: Verdict) -> Finding:
    """A probe as a finding; ``right`` is the verdict that is wanted."""
    status = FindingStatus.PASSED if result.verdict is right else FindingStatus.FAILED
    cause = "" if result.cause is AccessCause.NONE else result.cause.value
    return Finding(subject, status, now, cause, result.provider_code, result.request_id)


def probe_access(address: Address, capability: Capability, result: ProbeResult, now: datetime) -> Access:
    """A probe as something learnt about access."""
    return Access(address, capability, result.verdict, result.cause, now, result.provider_code, result.request_id)
