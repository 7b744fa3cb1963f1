"""Permissions: what the tier needs, consented *and effective*, each proven by a call that needs it."""

from collections.abc import Sequence

from roomstead.application.checks.run import Looked, Result, Run
from roomstead.application.checks.subjects import look_at_all, spreading
from roomstead.application.checks.words import names
from roomstead.application.ports.providers import Permission
from roomstead.application.restriction_facts import RELEVANT_ROOMS
from roomstead.domain.access import AccessCause, ProbeResult, Verdict
from roomstead.domain.errors import NeedsAdmin, OutOfReach, RetryLater
from roomstead.domain.mailbox import MailboxRef
from roomstead.domain.verification import Check, CheckStatus, Finding, FindingStatus

SAMPLE_ROOMS = 3
"""A permission about mailboxes is effective when one of a few answers: a single room may be the one left out."""
UNPROVEN = "unproven"
"""Only a write, or a later check, can prove it."""
OPTIONAL = "optional_missing"


async def check_permissions(run: Run, check: Check) -> tuple[Check, Result]:
    """Try each permission of the tier on the mailbox of the verification and on a few rooms."""
    wanted = {
        one.key: one
        for tier in run.description.tiers
        if tier.number == run.integration.tier
        for one in tier.permissions
    }
    candidates = await _candidates(run)

    async def look(keys: Sequence[str]) -> Looked:
        return Looked([await _try(run, wanted[key], candidates) for key in keys])

    tally = await look_at_all(run, check, list(wanted), look)
    missing = [one for one in tally.failed if one.status is FindingStatus.FAILED]
    if not tally.failed:
        absent = [one.subject for one in tally.findings.values() if one.cause == OPTIONAL]
        without = f" Not granted, and done without: {names(absent)}." if absent else ""
        return tally.check, Result(CheckStatus.PASSED, f"Permissions work: {names(list(wanted), 9)}.{without}")
    first = (missing or list(tally.failed))[0]
    failure = Result(
        CheckStatus.FAILED,
        f"Missing or not effective: {names([one.subject for one in missing], 9)}. {wanted[first.subject].why}",
        "consent_missing",
        run.guide.permission_remedy(first.subject, run.facts),
        {"code": first.provider_code, "request_id": first.request_id},
    )
    return tally.check, spreading(run, tally, failure)


async def _candidates(run: Run) -> Sequence[MailboxRef]:
    target = [] if run.target is None else [run.target.ref]
    async with run.units() as uow:
        rooms = await uow.rooms.of_integration(run.integration.id, RELEVANT_ROOMS)
    if rooms:
        return [*target, *(room.mailbox for room in rooms[:SAMPLE_ROOMS])]
    return [*target, *await _listed_rooms(run)]


async def _listed_rooms(run: Run) -> Sequence[MailboxRef]:
    """A few rooms from the directory, which is read whole only two checks later."""
    found: list[MailboxRef] = []
    try:
        async for facts in run.provider.list_rooms():
            found.append(MailboxRef(facts.address, facts.object_id))
            if len(found) == SAMPLE_ROOMS:
                break
    except (NeedsAdmin, OutOfReach):
        return found
    return found


async def _try(run: Run, permission: Permission, candidates: Sequence[MailboxRef]) -> Finding:
    results = [await _probe(run, permission.key, None)] if not permission.is_per_mailbox else []
    for mailbox in candidates if permission.is_per_mailbox else ():
        results.append(await _probe(run, permission.key, mailbox))
        if results[-1].verdict is Verdict.GRANTED:
            break
    return _judge(run, permission, results)


async def _probe(run: Run, key: str, mailbox: MailboxRef | None) -> ProbeResult:
    """One try. A single mailbox that cannot answer just now leaves it to the others."""
    try:
        return await run.provider.check_permission(key, mailbox)
    except RetryLater:
        if mailbox is None:
            raise
        return ProbeResult(Verdict.UNKNOWN)
    except OutOfReach as error:
        return ProbeResult(Verdict.REFUSED, error.cause, error.provider_code, error.request_id)


def _judge(run: Run, permission: Permission, results: Sequence[ProbeResult]) -> Finding:
    now = run.clock.now()
    granted = [one for one in results if one.verdict is Verdict.GRANTED]
    refused = [one for one in results if one.verdict is Verdict.REFUSED]
    if granted:
        return Finding(permission.key, FindingStatus.PASSED, now, request_id=granted[0].request_id)
    about_app = [one for one in refused if one.cause in {AccessCause.REFUSED, AccessCause.NONE}]
    if len(refused) < len(results) or not about_app:
        return Finding(permission.key, FindingStatus.PASSED, now, UNPROVEN)
    if permission.is_optional:
        return Finding(permission.key, FindingStatus.PASSED, now, OPTIONAL, about_app[0].provider_code)
    one = about_app[0]
    return Finding(permission.key, FindingStatus.FAILED, now, one.cause.value, one.provider_code, one.request_id)
