"""Every room: its calendar can be read. Rooms that pass go live at once, chunk by chunk."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from roomstead.application.checks.run import Looked, Result, Run
from roomstead.application.checks.subjects import Tally, look_at_all, probe_access, probe_finding, spreading
from roomstead.application.checks.words import access_remedy, count, names, why
from roomstead.application.restriction_facts import RELEVANT_ROOMS
from roomstead.domain.access import Capability, ProbeResult, Verdict
from roomstead.domain.integration import Room
from roomstead.domain.mailbox import Address
from roomstead.domain.remedy import Remedy, Who
from roomstead.domain.verification import Check, CheckStatus, Finding

NO_ROOMS = "no_rooms"
TIMES_ONLY = "times_only"
"""The room shows when it is taken, and not by what: what others book there is shown as *Busy*."""
_ADD = Remedy("Let the directory list rooms, or add them by their address under Settings → Rooms.", Who.YOU)


async def check_rooms(run: Run, check: Check) -> tuple[Check, Result]:
    """Probe every room that is not left out or missing, or those that were named."""
    rooms = await _rooms(run)
    if not rooms:
        return check, Result(CheckStatus.FAILED, "No rooms are known yet.", NO_ROOMS, _ADD)

    async def look(addresses: Sequence[str]) -> Looked:
        return await _look(run, [rooms[Address(address)] for address in addresses])

    tally = await look_at_all(run, check, list(rooms), look)
    if not tally.failed:
        total = tally.check.total
        masked = [one.subject for one in tally.findings.values() if one.cause == TIMES_ONLY]
        hidden = f" Of {count(len(masked), 'room')} only times are shown: {names(masked)}." if masked else ""
        return tally.check, Result(CheckStatus.PASSED, f"Rooms can be read: {total:,} of {total:,}.{hidden}")
    failure = Result(
        CheckStatus.FAILED,
        _sentence(tally),
        tally.failed[0].cause,
        access_remedy(run.guide, run.facts, tally.failed),
        {"code": tally.failed[0].provider_code, "request_id": tally.failed[0].request_id},
    )
    return tally.check, spreading(run, tally, failure)


async def _rooms(run: Run) -> dict[Address, Room]:
    async with run.units() as uow:
        known = await uow.rooms.of_integration(run.integration.id, RELEVANT_ROOMS)
    wanted = set(run.verification.scope.addresses)
    return {room.mailbox.address: room for room in known if not wanted or room.mailbox.address in wanted}


async def _look(run: Run, rooms: Sequence[Room]) -> Looked:
    """A room that shows details shows times; only of the others times are asked for by themselves."""
    details = await run.provider.probe_many([room.mailbox for room in rooms], Capability.DETAILS)
    closed = [room.mailbox for room in rooms if details[room.mailbox.address].verdict is Verdict.REFUSED]
    times = {**details, **(await run.provider.probe_many(closed, Capability.TIMES) if closed else {})}
    now = run.clock.now()
    known = {address: one for address, one in times.items() if one.verdict is not Verdict.UNKNOWN}
    return Looked(
        [_finding(address, one, details[address], now) for address, one in known.items()],
        [
            probe_access(address, capability, found[address], now)
            for address in known
            for capability, found in ((Capability.TIMES, times), (Capability.DETAILS, details))
        ],
        {room.mailbox.address: room.id for room in rooms},
    )


def _finding(address: Address, times: ProbeResult, details: ProbeResult, now: datetime) -> Finding:
    found = probe_finding(address, times, now, right=Verdict.GRANTED)
    is_masked = times.verdict is Verdict.GRANTED and details.verdict is Verdict.REFUSED
    return replace(found, cause=TIMES_ONLY, provider_code=details.provider_code) if is_masked else found


def _sentence(tally: Tally) -> str:
    """The first cause in words, and how many rooms work all the same."""
    failed = [one.subject for one in tally.failed]
    which = f"{count(len(failed), 'room')} cannot be reached ({names(failed)}): {why(tally.failed[0].cause)}."
    rest = f" Rooms that can be read: {tally.check.passed:,} of {tally.check.total:,}." if tally.check.passed else ""
    return which + rest
