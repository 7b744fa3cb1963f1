"""Mailboxes that must be refused. Success alone proves nothing: a restriction is proven by what it keeps us out of."""

from collections.abc import Mapping, Sequence

from roomstead.application.checks.run import Looked, Result, Run
from roomstead.application.checks.sign_in import PERMISSIONS
from roomstead.application.checks.subjects import Tally, look_at_all, probe_access, spreading
from roomstead.application.checks.words import count, names
from roomstead.domain.access import AccessCause, Capability, ProbeResult, Verdict
from roomstead.domain.mailbox import Address, MailboxRef
from roomstead.domain.remedy import Remedy, Who
from roomstead.domain.verification import Check, CheckKey, CheckStatus, Finding, FindingStatus

REACHABLE = "reachable"
WEAKENED = "weakened"
"""A permission beside the restriction escapes it, so that a refusal proves nothing."""
NO_PROOF = "no_proof"


async def check_must_be_refused(run: Run, check: Check) -> tuple[Check, Result]:
    """Try every named counter-example, hoping to be refused."""
    async with run.units() as uow:
        named = [one.address for one in await uow.access.must_be_refused(run.integration.id)]
    if not named:
        return check, Result(
            CheckStatus.SKIPPED,
            "Unproven: no mailbox is named that must be refused. Name one, and its refusal proves the restriction.",
            "no_counter_example",
            Remedy("Name a mailbox that Roomstead must never reach.", Who.YOU, guide="restrict-access#proof"),
        )

    async def look(addresses: Sequence[str]) -> Looked:
        return await _look(run, [Address(address) for address in addresses])

    tally = await look_at_all(run, check, named, look)
    if tally.failed:
        return tally.check, _failure(run, tally)
    permissions = (await run.evidence(CheckKey.CREDENTIAL)).get(PERMISSIONS, "").split()
    traps = run.guide.restricts(permissions)
    if traps:
        return tally.check, _weakened(traps)
    sentence = f"The restriction holds: {count(len(named), 'mailbox', 'mailboxes')} refused, as must be."
    return tally.check, Result(CheckStatus.PASSED, sentence)


async def _look(run: Run, addresses: Sequence[Address]) -> Looked:
    results = await run.provider.probe_many([MailboxRef(address) for address in addresses], Capability.TIMES)
    now = run.clock.now()
    known = {address: one for address, one in results.items() if one.verdict is not Verdict.UNKNOWN}
    findings = [_judge(address, one) for address, one in known.items()]
    return Looked(
        [
            Finding(address, status, now, cause, known[address].provider_code, known[address].request_id)
            for address, status, cause in findings
        ],
        [probe_access(address, Capability.TIMES, one, now) for address, one in known.items()],
    )


def _judge(address: Address, result: ProbeResult) -> tuple[Address, FindingStatus, str]:
    """Only *kept out of a mailbox that exists* is a proof; one that does not exist is refused by nobody."""
    if result.verdict is Verdict.GRANTED:
        return address, FindingStatus.FAILED, REACHABLE
    if result.cause is AccessCause.REFUSED:
        return address, FindingStatus.PASSED, ""
    return address, FindingStatus.FAILED, result.cause.value


def _failure(run: Run, tally: Tally) -> Result:
    open_ones = [one.subject for one in tally.failed if one.cause == REACHABLE or not one.cause]
    if not open_ones:
        subject = tally.failed[0].subject
        return Result(
            CheckStatus.FAILED,
            f"{subject} proves nothing: it has no mailbox here that could be refused.",
            NO_PROOF,
            Remedy("Name a mailbox that exists, such as one of the finance department.", Who.YOU),
        )
    failure = Result(
        CheckStatus.FAILED,
        f"The restriction is not in effect: {names(open_ones)} must be refused and can be reached.",
        REACHABLE,
        run.guide.confinement_remedy(run.facts),
    )
    return spreading(run, tally, failure)


def _weakened(traps: Mapping[str, str]) -> Result:
    permission, reason = next(iter(traps.items()))
    return Result(
        CheckStatus.FAILED,
        f"The restriction is not proven: {permission} is granted beside it. {reason}",
        WEAKENED,
        Remedy(
            f"Remove {permission} from the app's consented permissions.",
            Who.DIRECTORY_ADMIN,
            guide="restrict-access#union",
        ),
        {"permissions": " ".join(traps)},
    )
