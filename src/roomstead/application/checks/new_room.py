"""A room added by its address: the mailbox exists, is a room's and not a person's, and can be read."""

from roomstead.application.checks.mailbox import is_person
from roomstead.application.checks.run import Result, Run
from roomstead.application.checks.subjects import probe_access
from roomstead.application.checks.words import access_remedy, why
from roomstead.application.ports.calendar import RoomFacts
from roomstead.application.ports.rooms import RoomSource
from roomstead.domain.access import Capability, Verdict
from roomstead.domain.errors import OutOfReach, ProviderUnavailable
from roomstead.domain.integration import RoomStatus
from roomstead.domain.mailbox import Address, MailboxFacts, MailboxPurpose, domain_of
from roomstead.domain.remedy import Remedy, Who
from roomstead.domain.verification import Check, CheckStatus, Finding, FindingStatus

IS_A_PERSON = "is_a_person"
IS_EQUIPMENT = "is_equipment"
_ANOTHER = Remedy("Enter the address of a room mailbox; the room's page in the admin centre shows it.", Who.YOU)


async def check_new_room(run: Run, check: Check) -> tuple[Check, Result]:
    """Look the address up; a room is taken in, anything else is refused with what it is."""
    address = run.verification.scope.addresses[0]
    try:
        facts = await run.provider.resolve(address)
    except OutOfReach as error:
        code = {"code": error.provider_code, "request_id": error.request_id}
        found = Finding(address, FindingStatus.FAILED, run.clock.now(), error.cause.value)
        remedy = access_remedy(run.guide, run.facts, [found])
        sentence = f"{address} cannot be added: {why(error.cause.value)}."
        return check, Result(CheckStatus.FAILED, sentence, error.cause.value, remedy, code)
    if is_person(facts):
        return check, Result(CheckStatus.FAILED, f"{address} is a person, not a room.", IS_A_PERSON, _ANOTHER)
    if facts.purpose is MailboxPurpose.EQUIPMENT:
        return check, Result(CheckStatus.FAILED, f"{address} is equipment, not a room.", IS_EQUIPMENT, _ANOTHER)
    return check, await _take_in(run, address, facts)


async def _take_in(run: Run, typed: Address, facts: MailboxFacts) -> Result:
    """Take the room in under the address that it is invited by, which may differ from the one typed."""
    detailed = await run.provider.probe(facts.ref, Capability.DETAILS)
    is_open = detailed.verdict is Verdict.GRANTED
    probed = detailed if is_open else await run.provider.probe(facts.ref, Capability.TIMES)
    if probed.verdict is Verdict.UNKNOWN:
        raise ProviderUnavailable
    status = RoomStatus.LIVE if probed.verdict is Verdict.GRANTED else RoomStatus.UNREACHABLE
    room = RoomFacts(facts.ref.address, facts.display_name, facts.ref.object_id)
    now = run.clock.now()
    async with run.units() as uow:
        await uow.rooms.take_in(run.integration.id, [room], RoomSource.ADDRESS)
        held = await uow.rooms.by_address(run.integration.id, room.address)
        await uow.rooms.set_statuses([] if held is None else [held.id], status)
        if domain_of(room.address) not in run.provider.capabilities.shared_domains:
            await uow.integrations.learn_domains(run.integration.id, [domain_of(room.address)])
        learnt = [
            probe_access(room.address, Capability.TIMES, probed, now),
            probe_access(room.address, Capability.DETAILS, detailed, now),
        ]
        await uow.access.record(run.integration.id, learnt)
        await uow.commit()
    evidence = {"address": room.address, "request_id": probed.request_id, "code": probed.provider_code}
    if status is RoomStatus.UNREACHABLE:
        found = Finding(room.address, FindingStatus.FAILED, now, probed.cause.value)
        remedy = access_remedy(run.guide, run.facts, [found])
        sentence = f"{typed} was added, but cannot be reached: {why(probed.cause.value)}."
        return Result(CheckStatus.FAILED, sentence, probed.cause.value, remedy, evidence)
    unsure = "" if facts.purpose is MailboxPurpose.ROOM else " Whether it is a room's mailbox could not be seen."
    return Result(CheckStatus.PASSED, f"{typed} was added and can be read.{unsure}", evidence=evidence)
