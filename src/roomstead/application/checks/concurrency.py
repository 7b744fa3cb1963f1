"""Concurrent bookings: two overlapping test events are written into the mailbox that shall host, read back, removed."""

from roomstead.application.checks.run import Looked, Result, Run, Target
from roomstead.application.checks.subjects import look_at_all, probe_access, spreading
from roomstead.application.checks.words import access_remedy, why
from roomstead.application.policy import Writes
from roomstead.application.ports.calendar import EventRef
from roomstead.application.restriction_facts import EVERYONE_TIER
from roomstead.application.test_events import overlapping_spans, remove_test_events_of, write_test_event
from roomstead.domain.access import AccessCause, Capability, ProbeResult, Verdict
from roomstead.domain.errors import EventGone, OutOfReach, Refused
from roomstead.domain.event import CalendarEvent
from roomstead.domain.remedy import Remedy, Who
from roomstead.domain.verification import Check, CheckStatus, Finding, FindingStatus

NOT_CONCURRENT = "not_concurrent"
_CHOOSE_ANOTHER = Remedy(
    "Choose a mailbox that accepts overlapping meetings: a plain user or shared mailbox does.",
    Who.YOU,
    guide="service-account#choose",
)


async def check_concurrent_bookings(run: Run, check: Check) -> tuple[Check, Result]:
    """Prove that two meetings at the same time can be hosted, and so that the mailbox can be written at all."""
    target = run.target
    reason = _reason_to_skip(run, target)
    if target is None or reason:
        return check, Result(CheckStatus.SKIPPED, reason)
    host = target

    async def look(_: object) -> Looked:
        return await _look(run, host)

    tally = await look_at_all(run, check, [target.address], look)
    found = tally.findings[target.address]
    if found.status is FindingStatus.PASSED:
        return tally.check, Result(CheckStatus.PASSED, f"{target.address} allows concurrent bookings.")
    evidence = {"code": found.provider_code, "request_id": found.request_id}
    if found.cause == NOT_CONCURRENT:
        sentence = f"{target.address} does not keep two meetings at the same time."
        return tally.check, Result(CheckStatus.FAILED, sentence, found.cause, _CHOOSE_ANOTHER, evidence)
    sentence = f"Test bookings in {target.address} fail: {why(found.cause)}."
    remedy = access_remedy(run.guide, run.facts, [found])
    return tally.check, spreading(run, tally, Result(CheckStatus.FAILED, sentence, found.cause, remedy, evidence))


def _reason_to_skip(run: Run, target: Target | None) -> str:
    if run.policy.writes is Writes.SHOWN:
        return "Not tested: Roomstead runs dry and writes nothing. Verify again once it writes."
    if target is None or (target.account is None and run.integration.tier < EVERYONE_TIER):
        return "Not needed: no service account hosts here."
    return ""


async def _look(run: Run, target: Target) -> Looked:
    mailbox = target.ref
    owner = (run.integration.id, run.verification.id)
    await remove_test_events_of(run.provider, run.verification.id, units=run.units, clock=run.clock)
    try:
        written = [
            await write_test_event(run.provider, mailbox, span, owner=owner, units=run.units, clock=run.clock)
            for span in overlapping_spans(run.clock.now())
        ]
        is_kept = all([await _is_kept(run, target, one) for one in written])
    except OutOfReach as error:
        return _refused(run, target, error)
    except Refused as error:
        code = error.details.get("code", "")
        return Looked([Finding(target.address, FindingStatus.FAILED, run.clock.now(), NOT_CONCURRENT, code)])
    finally:
        await remove_test_events_of(run.provider, run.verification.id, units=run.units, clock=run.clock)
    now = run.clock.now()
    granted = [probe_access(target.address, Capability.WRITE, ProbeResult(Verdict.GRANTED), now)]
    if not is_kept:
        return Looked([Finding(target.address, FindingStatus.FAILED, now, NOT_CONCURRENT)], granted)
    return Looked([Finding(target.address, FindingStatus.PASSED, now)], granted)


async def _is_kept(run: Run, target: Target, written: CalendarEvent) -> bool:
    """Whether an event is still there, with its time, after the other was written over it."""
    try:
        held = await run.provider.read_event(EventRef(target.ref, written.event_id))
    except EventGone:
        return False
    return not held.is_cancelled and held.span == written.span


def _refused(run: Run, target: Target, error: OutOfReach) -> Looked:
    now = run.clock.now()
    finding = Finding(
        target.address, FindingStatus.FAILED, now, error.cause.value, error.provider_code, error.request_id
    )
    result = ProbeResult(Verdict.REFUSED, error.cause or AccessCause.REFUSED, error.provider_code, error.request_id)
    return Looked([finding], [probe_access(target.address, Capability.WRITE, result, now)])
