"""Take in what an admin's script read of the rooms' booking policies: the other way to know whether rooms accept."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from roomstead.application.checks.room_answers import PASTED, answer_finding, conclude_answers
from roomstead.application.checks.words import names
from roomstead.application.integration_rules import integration_for_change
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.providers import Providers
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.verifying import TOPIC
from roomstead.domain.errors import InvalidInput
from roomstead.domain.integration import Integration, RoomStatus, VerificationId
from roomstead.domain.mailbox import Address, IntegrationId
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.verification import (
    Check,
    CheckKey,
    Finding,
    FindingStatus,
    Purpose,
    Scope,
    Verification,
    outcome,
)


@dataclass(frozen=True, slots=True)
class ImportRoomPolicies:
    """``pasted``: what the script printed."""

    integration_id: IntegrationId
    pasted: str


async def import_room_policies(
    command: ImportRoomPolicies, actor: Actor, *, units: UnitsOfWork, providers: Providers, clock: Clock
) -> Verification:
    """Keep it as a verification of room answers that has ended: nothing is sent.

    Raises NotFound, and InvalidInput for what the script does not print or rooms that this integration does not have.
    """
    require_admin(actor)
    now = clock.now()
    async with units() as uow:
        integration = await integration_for_change(uow, command.integration_id)
        told = providers.guide(integration.provider).read_room_policies(command.pasted)
        await _require_known(uow, integration, told)
        findings = [answer_finding(address, answer, now) for address, answer in told.items()]
        account = await uow.integrations.active_service_mailbox(integration.id)
        check = _check(findings, "organisers" if account is None else account.mailbox.address, now)
        verification = _verification(integration, tuple(told), actor, check, now)
        await uow.verifications.add(verification, [check])
        await uow.verifications.save_findings(verification.id, check.key, findings)
        await uow.audit.record(
            "integration.room_policies_imported",
            Subject("verification", verification.id),
            actor,
            at=now,
            integration_id=integration.id,
            detail={"rooms": check.total, "accept": check.passed},
        )
        await uow.announce(TOPIC, verification.id)
        await uow.commit()
    return verification


async def _require_known(uow: UnitOfWork, integration: Integration, told: Iterable[Address]) -> None:
    known = {room.mailbox.address for room in await uow.rooms.of_integration(integration.id, tuple(RoomStatus))}
    strange = [address for address in told if address not in known]
    if strange:
        raise InvalidInput({"pasted": f"This integration has no such rooms: {names(strange)}."})


def _check(findings: Sequence[Finding], host: str, now: datetime) -> Check:
    result = conclude_answers(findings, host)
    return Check(
        CheckKey.ROOM_ANSWERS,
        1,
        status=result.status,
        sentence=f"By their settings: {result.sentence}",
        cause=result.cause,
        evidence={"source": PASTED},
        done=len(findings),
        passed=sum(one.status is FindingStatus.PASSED for one in findings),
        total=len(findings),
        started_at=now,
        finished_at=now,
    )


def _verification(
    integration: Integration, rooms: tuple[Address, ...], actor: Actor, check: Check, now: datetime
) -> Verification:
    return Verification(
        id=VerificationId(uuid.uuid4()),
        integration_id=integration.id,
        purpose=Purpose.ROOM_ANSWERS,
        status=outcome([check]),
        requested_by=actor,
        created_at=now,
        scope=Scope(addresses=rooms),
        started_at=now,
        finished_at=now,
    )
