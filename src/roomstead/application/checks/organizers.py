"""Sample organisers: who books in their own calendar, and who is booked for by the service account."""

from collections.abc import Sequence

from roomstead.application.checks.run import Looked, Result, Run
from roomstead.application.checks.subjects import Tally, look_at_all, probe_access, probe_finding, spreading
from roomstead.application.checks.words import access_remedy, count
from roomstead.application.restriction_facts import EVERYONE_TIER, organizer_addresses
from roomstead.domain.access import Capability, Verdict
from roomstead.domain.mailbox import Address, MailboxRef
from roomstead.domain.verification import Check, CheckStatus, Finding, FindingStatus

SAMPLE = 20
WRITE_NOT_SHOWN = "write_not_shown"
"""The mailbox answers, and nothing but a write can show whether it may be written."""


async def check_organizers(run: Run, check: Check) -> tuple[Check, Result]:
    """Probe the named people, or a sample of those whom this tenant knows, for writing."""
    named = list(run.verification.scope.addresses)
    if not named and run.integration.tier < EVERYONE_TIER:
        sentence = "Not needed: in this tier people's calendars are not asked for."
        return check, Result(CheckStatus.SKIPPED, sentence)
    if not named:
        async with run.units() as uow:
            named = list(await organizer_addresses(uow, run.integration, SAMPLE))
    if not named:
        return check, Result(CheckStatus.SKIPPED, "Nobody to try yet: no person has an address of this tenant.")

    async def look(addresses: Sequence[str]) -> Looked:
        return await _look(run, [Address(address) for address in addresses])

    tally = await look_at_all(run, check, named, look)
    return tally.check, _result(run, tally)


def _result(run: Run, tally: Tally) -> Result:
    total, reached = tally.check.total, tally.check.passed
    own = f"{reached:,} of {count(total, 'organiser')} can be booked for in their own calendar."
    if not tally.failed:
        return Result(CheckStatus.PASSED, own)
    hosted = count(len(tally.failed), "organiser")
    if run.target is not None and run.target.account is not None and run.marked_at(tally.check.key) is None:
        return Result(CheckStatus.PASSED, f"{own} For {hosted} the service account stands in.")
    failure = Result(
        CheckStatus.FAILED,
        f"{own} {hosted} cannot book: there is no access to their mailbox.",
        tally.failed[0].cause,
        access_remedy(run.guide, run.facts, tally.failed),
        {"code": tally.failed[0].provider_code, "request_id": tally.failed[0].request_id},
    )
    return spreading(run, tally, failure)


async def _readable(run: Run, addresses: Sequence[Address]) -> Sequence[Address]:
    """Those that answer a read, among mailboxes of which writing could not be told; the others are asked again."""
    if not addresses:
        return []
    results = await run.provider.probe_many([MailboxRef(address) for address in addresses], Capability.TIMES)
    return [address for address in addresses if results[address].verdict is Verdict.GRANTED]


async def _look(run: Run, addresses: Sequence[Address]) -> Looked:
    results = await run.provider.probe_many([MailboxRef(address) for address in addresses], Capability.WRITE)
    now = run.clock.now()
    known = {address: one for address, one in results.items() if one.verdict is not Verdict.UNKNOWN}
    unshown = await _readable(run, [address for address in addresses if address not in known])
    return Looked(
        [
            *(probe_finding(address, one, now, right=Verdict.GRANTED) for address, one in known.items()),
            *(Finding(address, FindingStatus.FAILED, now, WRITE_NOT_SHOWN) for address in unshown),
        ],
        [probe_access(address, Capability.WRITE, one, now) for address, one in known.items()],
    )
