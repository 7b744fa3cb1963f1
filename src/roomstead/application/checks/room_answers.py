"""Whether rooms accept: a separate proof, which sends requests to rooms and so is never made unasked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from roomstead.application.checks.room_probes import ask_room, remove_probe
from roomstead.application.checks.run import Looked, Result, Run, Target
from roomstead.application.checks.words import count, names
from roomstead.application.policy import Writes
from roomstead.application.restriction_facts import EVERYONE_TIER
from roomstead.domain.integration import Room, RoomStatus
from roomstead.domain.mailbox import Address
from roomstead.domain.remedy import Remedy, Who
from roomstead.domain.room_answers import RoomAnswer
from roomstead.domain.verification import Check, CheckKey, CheckStatus, Finding, FindingStatus, Purpose

PASTED = "pasted"
"""As evidence: the answers come from the rooms' settings, not from a request."""
WORDS: Mapping[str, tuple[str, str]] = {
    RoomAnswer.DECLINES: ("declines requests", "decline requests"),
    RoomAnswer.ASKS_A_PERSON: ("leaves the answer to a person", "leave the answer to a person"),
    RoomAnswer.SILENT: ("does not answer", "do not answer"),
    RoomAnswer.NOT_TRIED: (
        "has no free quarter of an hour to try it in",
        "have no free quarter of an hour to try it in",
    ),
    RoomAnswer.REMOVED: (
        "lost the test booking before it had answered",
        "lost the test booking before they had answered",
    ),
}
"""Of one room, and of several."""
_TEST = Remedy(
    "Test it with the rooms that you choose, or read their booking policy.",
    Who.YOU,
    guide="service-account#rooms-accept",
)
_SOON, _LATER, _IMPATIENT = timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=1)


async def check_room_answers(run: Run, check: Check) -> tuple[Check, Result]:
    """Ask the chosen rooms; in any other verification, say what was found last, if anything was."""
    if run.verification.purpose is not Purpose.ROOM_ANSWERS:
        return check, await _as_last_found(run)
    host = run.target
    if run.policy.writes is Writes.SHOWN:
        return check, Result(CheckStatus.SKIPPED, "Not tested: Roomstead runs dry and writes nothing.")
    if host is None or (host.account is None and run.integration.tier < EVERYONE_TIER):
        return check, Result(CheckStatus.SKIPPED, "Not needed: nothing hosts here that a room could accept.")
    rooms = await _chosen(run)
    findings = await _ask_all(run, check, host, rooms)
    waiting = len(rooms) - len(findings)
    counted = _counted(check, findings, len(rooms))
    if waiting:
        now = run.clock.now()
        sentence = f"Waiting for {count(waiting, 'room')} to answer."
        look_at = now + (_SOON if now - (check.started_at or now) < _IMPATIENT else _LATER)
        return counted, Result(CheckStatus.RUNNING, sentence, next_look_at=look_at)
    return counted, conclude_answers(list(findings.values()), host.address)


def conclude_answers(findings: Sequence[Finding], host: str) -> Result:
    """What the answers of all rooms come to."""
    failed = [one for one in findings if one.status is FindingStatus.FAILED]
    if not failed:
        total = f"{len(findings):,} of {len(findings):,}"
        return Result(CheckStatus.PASSED, f"Rooms accept requests from {host}: {total}.")
    first = [one.subject for one in failed if one.cause == failed[0].cause]
    sentence = f"{count(len(first), 'room')} {WORDS[failed[0].cause][len(first) > 1]} ({names(first)})."
    good = len(findings) - len(failed)
    rest = f" Rooms that accept: {good:,} of {len(findings):,}." if good else ""
    return Result(CheckStatus.FAILED, sentence + rest, failed[0].cause)


def answer_finding(address: str, answer: RoomAnswer, at: datetime) -> Finding:
    """What a room answers, as a finding."""
    is_right = answer is RoomAnswer.ACCEPTS
    return Finding(address, FindingStatus.PASSED if is_right else FindingStatus.FAILED, at, "" if is_right else answer)


async def _chosen(run: Run) -> dict[Address, Room]:
    wanted = set(run.verification.scope.addresses)
    async with run.units() as uow:
        known = await uow.rooms.of_integration(run.integration.id, tuple(RoomStatus))
    return {room.mailbox.address: room for room in known if room.mailbox.address in wanted}


async def _ask_all(run: Run, check: Check, host: Target, rooms: Mapping[Address, Room]) -> dict[str, Finding]:
    """Each room's answer is stored before its probe booking is cancelled, so that no answer is ever lost."""
    found = {subject: one for subject, one in (await run.findings(check.key)).items() if subject in rooms}
    for address, room in rooms.items():
        async with run.units() as uow:
            probes = {one.id: one for one in await uow.verifications.test_events_of(run.verification.id)}
        if address not in found:
            answer = await ask_room(run, host, room, probes)
            if answer is None:
                continue
            found[address] = answer_finding(address, answer, run.clock.now())
            await run.save_looked(_counted(check, found, len(rooms)), Looked([found[address]]))
        await remove_probe(run, room, probes)
    return found


def _counted(check: Check, found: Mapping[str, Finding], total: int) -> Check:
    passed = sum(one.status is FindingStatus.PASSED for one in found.values())
    return replace(check, total=total, done=len(found), passed=passed)


async def _as_last_found(run: Run) -> Result:
    async with run.units() as uow:
        last = await uow.verifications.newest_of(run.integration.id, Purpose.ROOM_ANSWERS)
        checks = () if last is None else await uow.verifications.checks(last.id)
    told = next((one for one in checks if one.key is CheckKey.ROOM_ANSWERS and one.finished_at and one.total), None)
    if told is None or told.finished_at is None:
        who = "the service account" if run.target is not None and run.target.account is not None else "organisers"
        sentence = f"Room answers: not tested. Whether rooms accept requests from {who} shows with the first booking."
        return Result(CheckStatus.NOT_RUN, sentence, "not_tested", _TEST)
    day = f"{told.finished_at.day} {told.finished_at:%b %Y}"
    sentence = f"Room answers, as last tested on {day}: {told.passed:,} of {told.total:,} rooms accept."
    return Result(CheckStatus.NOT_RUN, sentence, "tested_apart", _TEST)
