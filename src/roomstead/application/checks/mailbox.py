"""The mailbox that the verification runs against: it exists, may host, and collects answers."""

from dataclasses import replace

from roomstead.application.checks.run import Looked, Result, Run, Target
from roomstead.application.checks.subjects import look_at_all, probe_access, spreading
from roomstead.application.checks.words import access_remedy, why
from roomstead.application.ports.calendar import HostFacts
from roomstead.application.restriction_facts import EVERYONE_TIER
from roomstead.domain.access import Access, AccessCause, Capability, ProbeResult, Verdict
from roomstead.domain.errors import OutOfReach
from roomstead.domain.integration import ServiceMailboxStatus
from roomstead.domain.mailbox import Address, MailboxFacts, MailboxPurpose, MailboxRef, domain_of
from roomstead.domain.remedy import Remedy, Who
from roomstead.domain.verification import Check, CheckStatus, Finding, FindingStatus

NOT_A_HOST = "not_a_host"
NOT_A_PERSONS = "not_a_persons"
GUEST = "guest"
READ_ONLY = "read_only"
NO_TRACKING = "no_tracking"
NOT_DEFAULT = "not_default"
NO_TARGET = "no_mailbox_named"

_SENTENCES = {
    NOT_A_HOST: "is a room or equipment, and such a mailbox answers invitations by itself; it cannot host",
    NOT_A_PERSONS: "is no person's or team's mailbox but a program's account or a bare calendar, which cannot host",
    GUEST: "is a guest of this tenant and has its mailbox elsewhere",
    READ_ONLY: "can be read, but Roomstead may not write in its calendar",
    NO_TRACKING: "does not collect the answers of those who are invited",
    NOT_DEFAULT: "does not offer its default calendar, and only that one collects answers",
}
_CHOOSE_ANOTHER = Remedy(
    "Choose a user or shared mailbox that exists for this purpose alone.", Who.YOU, guide="service-account#choose"
)
_NAME_ONE = Remedy("Add a service account, or give an admin's own address.", Who.YOU, guide="service-account#add")


async def check_mailbox(run: Run, check: Check) -> tuple[Check, Result]:
    """Look the mailbox up, try it, and see whether its calendar can host. What is learnt of it is stored."""
    target = run.target
    if target is None:
        return check, Result(CheckStatus.FAILED, "There is no mailbox to verify with.", NO_TARGET, _NAME_ONE)

    async def look(_: object) -> Looked:
        return await _look(run, target)

    tally = await look_at_all(run, check, [target.address], look)
    found = tally.findings[target.address]
    if found.status is FindingStatus.PASSED:
        return tally.check, Result(CheckStatus.PASSED, _passed_sentence(run, target))
    sentence = f"{target.address} {_SENTENCES.get(found.cause) or f'cannot be used: {why(found.cause)}'}."
    own = found.cause in _SENTENCES and found.cause != READ_ONLY
    remedy = _CHOOSE_ANOTHER if own else access_remedy(run.guide, run.facts, [found])
    evidence = {"code": found.provider_code, "request_id": found.request_id}
    failure = Result(CheckStatus.FAILED, sentence, found.cause, remedy, evidence)
    return tally.check, failure if own else spreading(run, tally, failure)


async def _look(run: Run, target: Target) -> Looked:
    now = run.clock.now()
    try:
        facts = await run.provider.resolve(target.address)
    except OutOfReach as error:
        return _out_of_reach(run, target, error)
    cause = _unfit_cause(facts, target)
    if cause:
        return Looked([Finding(target.address, FindingStatus.FAILED, now, cause)])
    if target.account is None and run.integration.tier < EVERYONE_TIER:
        await _learn(run, target, facts)
        return Looked([Finding(target.address, FindingStatus.PASSED, now)])
    try:
        host = await run.provider.host_facts(facts.ref)
    except OutOfReach as error:
        return _out_of_reach(run, target, error)
    await _learn(run, target, facts)
    cause = _host_cause(host)
    status = FindingStatus.FAILED if cause else FindingStatus.PASSED
    return Looked([Finding(target.address, status, now, cause)], _accesses(run, target.address, host))


def _unfit_cause(facts: MailboxFacts, target: Target) -> str:
    """Why what the address belongs to cannot host, whatever access there is; empty: it can."""
    if facts.is_guest:
        return GUEST
    if target.account is None or facts.purpose.may_host:
        return ""
    return NOT_A_PERSONS if facts.purpose is MailboxPurpose.OTHER else NOT_A_HOST


def _host_cause(host: HostFacts) -> str:
    findings = {NOT_DEFAULT: host.is_default, READ_ONLY: host.can_edit, NO_TRACKING: host.tracks_answers}
    return next((cause for cause, is_fine in findings.items() if not is_fine), "")


def _accesses(run: Run, address: Address, host: HostFacts) -> list[Access]:
    """A calendar that answers can be read; that it may be written only the test bookings prove."""
    granted = ProbeResult(Verdict.GRANTED)
    refused = ProbeResult(Verdict.REFUSED, AccessCause.REFUSED)
    now = run.clock.now()
    read = [probe_access(address, one, granted, now) for one in (Capability.TIMES, Capability.DETAILS)]
    return read if host.can_edit else [*read, probe_access(address, Capability.WRITE, refused, now)]


def _out_of_reach(run: Run, target: Target, error: OutOfReach) -> Looked:
    """Below the tier that reads people's calendars an admin's own mailbox is rightly kept from us."""
    now = run.clock.now()
    expected = target.account is None and run.integration.tier < EVERYONE_TIER and error.cause is AccessCause.REFUSED
    status = FindingStatus.PASSED if expected else FindingStatus.FAILED
    finding = Finding(target.address, status, now, error.cause.value, error.provider_code, error.request_id)
    result = ProbeResult(Verdict.REFUSED, error.cause, error.provider_code, error.request_id)
    capabilities = (Capability.TIMES, Capability.DETAILS, Capability.WRITE)
    return Looked([finding], [probe_access(target.address, one, result, now) for one in capabilities])


async def _learn(run: Run, target: Target, facts: MailboxFacts) -> None:
    """Keep the identity of a service account beside its address, and the tenant's domain that it shows."""
    async with run.units() as uow:
        await uow.integrations.learn_domains(run.integration.id, [domain_of(target.address)])
        account = target.account
        held = None if account is None else await uow.integrations.service_mailbox(account.id)
        if held is not None and held.status is not ServiceMailboxStatus.RETIRED:
            ref = MailboxRef(held.mailbox.address, facts.ref.object_id or held.mailbox.object_id)
            named = replace(held, mailbox=ref, display_name=facts.display_name or held.display_name)
            await uow.integrations.save_service_mailbox(named, run.clock.now())
        await uow.commit()


def _passed_sentence(run: Run, target: Target) -> str:
    if target.account is not None:
        return f"{target.address} is a mailbox that can host."
    if run.integration.tier < EVERYONE_TIER:
        return f"{target.address} is an admin's own address. Nobody is booked for, and its calendar is not read."
    return f"{target.address} is an admin's own address, and its calendar can be used for this verification."


def is_person(facts: MailboxFacts) -> bool:
    """Whether a mailbox is a person's or a team's, and so cannot be booked as a room."""
    return facts.purpose in {MailboxPurpose.USER, MailboxPurpose.SHARED}
