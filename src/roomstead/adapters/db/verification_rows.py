"""Verifications, checks, findings and test events as columns, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from roomstead.domain.integration import ServiceMailboxId, VerificationId
from roomstead.domain.mailbox import Address, IntegrationId, MailboxRef
from roomstead.domain.people import Actor, PersonId, Role, Via
from roomstead.domain.remedy import Remedy, Who
from roomstead.domain.timespan import Timespan
from roomstead.domain.verification import (
    Check,
    CheckKey,
    CheckStatus,
    Finding,
    FindingStatus,
    Purpose,
    Scope,
    TestEvent,
    TestEventId,
    Verification,
    VerificationStatus,
)


def verification_values(of: Verification) -> dict[str, Any]:
    """Every column but id and creation."""
    return {
        "integration_id": of.integration_id,
        "purpose": of.purpose.value,
        "status": of.status.value,
        "service_mailbox_id": of.service_mailbox_id,
        "credential_slot": of.credential_slot,
        "options": {
            "addresses": list(of.scope.addresses),
            "marks": {key.value: at.isoformat() for key, at in of.scope.marks.items()},
            "attempts": of.scope.attempts,
            "defects": of.scope.defects,
        },
        "requested_by": _actor_values(of.requested_by),
        "started_at": of.started_at,
        "finished_at": of.finished_at,
        "next_attempt_at": of.next_attempt_at,
    }


def to_verification(row: Row[Any]) -> Verification:
    """A verification from its row."""
    options: Mapping[str, Any] = row.options
    mailbox_id = row.service_mailbox_id
    return Verification(
        id=VerificationId(row.id),
        integration_id=IntegrationId(row.integration_id),
        purpose=Purpose(row.purpose),
        status=VerificationStatus(row.status),
        requested_by=_actor(row.requested_by),
        created_at=row.created_at,
        service_mailbox_id=None if mailbox_id is None else ServiceMailboxId(mailbox_id),
        credential_slot=row.credential_slot,
        scope=Scope(
            addresses=tuple(Address(address) for address in options["addresses"]),
            marks={CheckKey(key): datetime.fromisoformat(at) for key, at in options["marks"].items()},
            attempts=options["attempts"],
            defects=options.get("defects", 0),  # was not counted before
        ),
        started_at=row.started_at,
        finished_at=row.finished_at,
        next_attempt_at=row.next_attempt_at,
    )


def check_values(of: Check) -> dict[str, Any]:
    """Every column of a check but its verification's id."""
    return {
        "key": of.key.value,
        "position": of.number,
        "status": of.status.value,
        "sentence": of.sentence,
        "cause": of.cause,
        "remedy": None if of.remedy is None else _remedy_values(of.remedy),
        "evidence": dict(of.evidence),
        "done": of.done,
        "passed": of.passed,
        "total": of.total,
        "started_at": of.started_at,
        "finished_at": of.finished_at,
    }


def to_check(row: Row[Any]) -> Check:
    """A check from its row."""
    return Check(
        key=CheckKey(row.key),
        number=row.position,
        status=CheckStatus(row.status),
        sentence=row.sentence,
        cause=row.cause,
        remedy=None if row.remedy is None else _remedy(row.remedy),
        evidence=row.evidence,
        done=row.done,
        passed=row.passed,
        total=row.total,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def finding_values(of: Finding) -> dict[str, Any]:
    """Every column of a finding but its check; the subject's column is called address."""
    return {
        "address": of.subject,
        "status": of.status.value,
        "cause": of.cause,
        "provider_code": of.provider_code,
        "request_id": of.request_id,
        "at": of.at,
    }


def to_finding(row: Row[Any]) -> Finding:
    """A finding from its row."""
    return Finding(row.address, FindingStatus(row.status), row.at, row.cause, row.provider_code, row.request_id)


def to_test_event(row: Row[Any]) -> TestEvent:
    """A test event from its row."""
    return TestEvent(
        id=TestEventId(row.id),
        integration_id=IntegrationId(row.integration_id),
        verification_id=None if row.verification_id is None else VerificationId(row.verification_id),
        mailbox=MailboxRef(Address(row.mailbox_address), row.mailbox_object_id),
        request=row.request,
        event_id=row.event_id,
        span=Timespan(row.starts_at, row.ends_at),
        created_at=row.created_at,
    )


def _remedy_values(of: Remedy) -> dict[str, str]:
    return {"sentence": of.sentence, "who": of.who.value, "command": of.command, "guide": of.guide}


def _remedy(stored: Mapping[str, str]) -> Remedy:
    return Remedy(stored["sentence"], Who(stored["who"]), stored["command"], stored["guide"])


def _actor_values(of: Actor) -> dict[str, str | None]:
    person_id = None if of.person_id is None else str(of.person_id)
    return {"person_id": person_id, "name": of.name, "role": of.role.value, "via": of.via.value}


def _actor(stored: Mapping[str, Any]) -> Actor:
    person_id = stored["person_id"]
    return Actor(
        None if person_id is None else PersonId(UUID(person_id)),
        stored["name"],
        Role(stored["role"]),
        Via(stored["via"]),
    )
