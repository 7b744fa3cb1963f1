"""Verifications, as the API and the commands show them."""

from typing import Any
from uuid import UUID

from pydantic import Field

from roomstead.application.integration.read_verification import CheckView, FailedGroup, VerificationView
from roomstead.domain.remedy import Remedy, Who
from roomstead.domain.verification import CheckKey, CheckStatus, Finding, Purpose, Verification, VerificationStatus
from roomstead.entrypoints.guides.sections import guide_to_check, path_to
from roomstead.entrypoints.wire.base import Moment, Request, Shape, Text

SHOWN_FINDINGS = 500
"""Of one group; the access report has them all."""


class RemedyShape(Shape):
    """What mends it, and who can."""

    sentence: str
    who: Who
    command: str = Field(description="A command or script for it; may be empty.")
    guide: str = Field(description="Path of the section of the guides about it; may be empty.")

    @classmethod
    def of(cls, remedy: Remedy | None) -> "RemedyShape | None":
        """The shape of a remedy, if there is one."""
        if remedy is None:
            return None
        return cls(
            sentence=remedy.sentence,
            who=remedy.who,
            command=remedy.command,
            guide=path_to(remedy.guide) if remedy.guide else "",
        )


class FindingOfCheckShape(Shape):
    """One subject that failed."""

    subject: str
    cause: str
    provider_code: str
    request_id: str
    at: Moment

    @classmethod
    def of(cls, finding: Finding) -> "FindingOfCheckShape":
        """The shape of a finding."""
        return cls(
            subject=finding.subject,
            cause=finding.cause,
            provider_code=finding.provider_code,
            request_id=finding.request_id,
            at=finding.at,
        )


class FailedGroupShape(Shape):
    """Subjects that failed for one cause, with one remedy for just those."""

    cause: str
    sentence: str
    count: int
    findings: list[FindingOfCheckShape] = Field(description=f"The first {SHOWN_FINDINGS}.")
    remedy: RemedyShape | None

    @classmethod
    def of(cls, group: FailedGroup) -> "FailedGroupShape":
        """The shape of a group."""
        return cls(
            cause=group.cause,
            sentence=group.sentence,
            count=len(group.findings),
            findings=[FindingOfCheckShape.of(each) for each in group.findings[:SHOWN_FINDINGS]],
            remedy=RemedyShape.of(group.remedy),
        )


class CheckShape(Shape):
    """One line of a verification."""

    key: CheckKey
    number: int
    status: CheckStatus
    sentence: str
    cause: str
    guide: str = Field(description="Path of the section of the guides about this check.")
    remedy: RemedyShape | None
    evidence: dict[str, str]
    done: int
    passed: int
    total: int
    started_at: Moment | None
    finished_at: Moment | None
    groups: list[FailedGroupShape]

    @classmethod
    def of(cls, view: CheckView) -> "CheckShape":
        """The shape of a check."""
        check = view.check
        return cls(
            key=check.key,
            number=check.number,
            status=check.status,
            sentence=check.sentence,
            cause=check.cause,
            guide=path_to(guide_to_check(check.key)),
            remedy=RemedyShape.of(check.remedy),
            evidence=dict(check.evidence),
            done=check.done,
            passed=check.passed,
            total=check.total,
            started_at=check.started_at,
            finished_at=check.finished_at,
            groups=[FailedGroupShape.of(group) for group in view.groups],
        )


class VerificationShape(Shape):
    """A run of checks over an integration."""

    id: UUID
    integration_id: UUID
    purpose: Purpose
    status: VerificationStatus
    is_open: bool = Field(description="Whether a worker still has something to do for it.")
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    next_attempt_at: Moment | None

    @classmethod
    def of(cls, verification: Verification) -> "VerificationShape":
        """The shape of a verification without its checks."""
        return cls(**_fields(verification))


class VerificationDetailShape(VerificationShape):
    """A verification with its checks as they stand."""

    checks: list[CheckShape]

    @classmethod
    def seen(cls, view: VerificationView) -> "VerificationDetailShape":
        """The shape of what an admin sees."""
        return cls(**_fields(view.verification), checks=[CheckShape.of(check) for check in view.checks])


def _fields(verification: Verification) -> dict[str, Any]:
    return {
        "id": verification.id,
        "integration_id": verification.integration_id,
        "purpose": verification.purpose,
        "status": verification.status,
        "is_open": verification.status.is_open,
        "created_at": verification.created_at,
        "started_at": verification.started_at,
        "finished_at": verification.finished_at,
        "next_attempt_at": verification.next_attempt_at,
    }


class AskedVerification(Request):
    """What to verify."""

    purpose: Purpose = Purpose.INTEGRATION
    room_ids: list[UUID] = Field(
        default=[],
        max_length=5000,
        description="With the purpose `rooms`: just these; none: those that failed. With `room_answers`: the rooms, at "
        "most 25, each of which is sent a request that is taken back when it has answered.",
    )


class PastedPolicies(Request):
    """What the script of `GET …/room-policies` printed."""

    pasted: Text = Field(max_length=990_000)


class AppliedCheck(Request):
    """Which check's remedy was applied."""

    check: CheckKey
