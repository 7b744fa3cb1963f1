"""Verifications, what they found, and the test events that they write."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from roomstead.domain.integration import VerificationId
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.verification import Check, CheckKey, Finding, Purpose, TestEvent, TestEventId, Verification


class VerificationRepository(Protocol):
    """Verifications, checks, findings and test events."""

    async def add(self, verification: Verification, checks: Sequence[Check]) -> None:
        """Store a new verification with its checks."""
        ...

    async def get(self, verification_id: VerificationId) -> Verification | None:
        """One verification."""
        ...

    async def get_for_change(self, verification_id: VerificationId) -> Verification | None:
        """As ``get``, and nobody else changes it before this unit of work ends."""
        ...

    async def latest(self, integration_id: IntegrationId) -> Verification | None:
        """The newest of an integration, whatever its purpose."""
        ...

    async def newest_of(self, integration_id: IntegrationId, purpose: Purpose) -> Verification | None:
        """The newest of an integration for a purpose."""
        ...

    async def open_of(self, integration_id: IntegrationId) -> Sequence[Verification]:
        """Those that a worker still has something to do for, newest first."""
        ...

    async def save(self, verification: Verification) -> None:
        """Store how a verification stands."""
        ...

    async def extend_lease(self, verification_id: VerificationId, until: datetime) -> None:
        """Say that a worker is at it: nobody takes it up before ``until``."""
        ...

    async def checks(self, verification_id: VerificationId) -> Sequence[Check]:
        """Its checks, in order."""
        ...

    async def save_check(self, verification_id: VerificationId, check: Check) -> None:
        """Store how a check stands."""
        ...

    async def findings(self, verification_id: VerificationId, key: CheckKey) -> Sequence[Finding]:
        """What a check found of each subject, by subject."""
        ...

    async def failed(self, verification_id: VerificationId) -> Sequence[tuple[CheckKey, Finding]]:
        """What is not right, by check; of each the largest group of one cause first, by subject."""
        ...

    async def save_findings(self, verification_id: VerificationId, key: CheckKey, findings: Sequence[Finding]) -> None:
        """Store what was found of some subjects, in place of what was found of them before."""
        ...

    async def drop_findings(self, verification_id: VerificationId, key: CheckKey, subjects: Sequence[str]) -> None:
        """Forget subjects that are no longer looked at (left out, taken off the list)."""
        ...

    async def add_test_event(self, event: TestEvent, look_at: datetime) -> bool:
        """Store a test event before it is written; from ``look_at`` on, a sweep removes what is left of it.

        One that is there already stays as it is. Answers whether it is still wanted: False when it has been removed.
        """
        ...

    async def test_event_written(self, test_event_id: TestEventId, event_id: str) -> None:
        """Remember what the provider called it."""
        ...

    async def test_event_removed(self, test_event_id: TestEventId, now: datetime) -> None:
        """It is certainly gone."""
        ...

    async def test_event_stayed(self, test_event_id: TestEventId, look_at: datetime) -> None:
        """It could not be removed: the next attempt is due at ``look_at``."""
        ...

    async def test_events_due(self, now: datetime, limit: int) -> Sequence[TestEvent]:
        """Those not known to be gone whose time has come, longest waiting first."""
        ...

    async def test_events_of(self, verification_id: VerificationId) -> Sequence[TestEvent]:
        """Those of one verification that are not known to be gone."""
        ...
