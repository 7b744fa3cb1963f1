"""Rows of verifications, their checks and findings, and of test events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.tables import test_event, verification, verification_check, verification_subject
from roomstead.adapters.db.verification_rows import (
    check_values,
    finding_values,
    to_check,
    to_finding,
    to_test_event,
    to_verification,
    verification_values,
)
from roomstead.domain.integration import VerificationId
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.verification import (
    Check,
    CheckKey,
    Finding,
    FindingStatus,
    Purpose,
    TestEvent,
    TestEventId,
    Verification,
)

_NEWEST_FIRST = (verification.c.created_at.desc(), verification.c.id)


class VerificationStore:
    """Implements ``VerificationRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def add(self, new: Verification, checks: Sequence[Check]) -> None:
        """Store a new verification with its checks."""
        await self._connection.execute(
            insert(verification).values(id=new.id, created_at=new.created_at, **verification_values(new))
        )
        await self._connection.execute(
            insert(verification_check),
            [{"verification_id": new.id, **check_values(check)} for check in checks],
        )

    async def get(self, verification_id: VerificationId) -> Verification | None:
        """One verification."""
        return await self._one(select(verification).where(verification.c.id == verification_id))

    async def get_for_change(self, verification_id: VerificationId) -> Verification | None:
        """One verification, locked."""
        return await self._one(
            select(verification).where(verification.c.id == verification_id).with_for_update(key_share=True)
        )

    async def latest(self, integration_id: IntegrationId) -> Verification | None:
        """The newest of an integration."""
        return await self._one(
            select(verification)
            .where(verification.c.integration_id == integration_id)
            .order_by(*_NEWEST_FIRST)
            .limit(1)
        )

    async def newest_of(self, integration_id: IntegrationId, purpose: Purpose) -> Verification | None:
        """The newest of an integration for a purpose."""
        return await self._one(
            select(verification)
            .where(verification.c.integration_id == integration_id, verification.c.purpose == purpose.value)
            .order_by(*_NEWEST_FIRST)
            .limit(1)
        )

    async def open_of(self, integration_id: IntegrationId) -> Sequence[Verification]:
        """Those not finished."""
        rows = await self._connection.execute(
            select(verification)
            .where(verification.c.integration_id == integration_id, verification.c.finished_at.is_(None))
            .order_by(*_NEWEST_FIRST)
        )
        return [to_verification(row) for row in rows]

    async def save(self, changed: Verification) -> None:
        """Store how a verification stands."""
        await self._connection.execute(
            update(verification).where(verification.c.id == changed.id).values(**verification_values(changed))
        )

    async def extend_lease(self, verification_id: VerificationId, until: datetime) -> None:
        """Nobody takes it up before then."""
        await self._connection.execute(
            update(verification).where(verification.c.id == verification_id).values(next_attempt_at=until)
        )

    async def checks(self, verification_id: VerificationId) -> Sequence[Check]:
        """Its checks, in order."""
        rows = await self._connection.execute(
            select(verification_check)
            .where(verification_check.c.verification_id == verification_id)
            .order_by(verification_check.c.position)
        )
        return [to_check(row) for row in rows]

    async def save_check(self, verification_id: VerificationId, check: Check) -> None:
        """Store how a check stands."""
        await self._connection.execute(
            update(verification_check)
            .where(
                verification_check.c.verification_id == verification_id,
                verification_check.c.key == check.key.value,
            )
            .values(**check_values(check))
        )

    async def findings(self, verification_id: VerificationId, key: CheckKey) -> Sequence[Finding]:
        """What a check found of each subject."""
        rows = await self._connection.execute(
            select(verification_subject)
            .where(
                verification_subject.c.verification_id == verification_id,
                verification_subject.c.check_key == key.value,
            )
            .order_by(verification_subject.c.address)
        )
        return [to_finding(row) for row in rows]

    async def failed(self, verification_id: VerificationId) -> Sequence[tuple[CheckKey, Finding]]:
        """What is not right, by check, the largest group of one cause first. What passed stays in the database."""
        found = verification_subject.c
        size = func.count().over(partition_by=(found.check_key, found.cause)).label("size")
        rows = await self._connection.execute(
            select(verification_subject, size)
            .where(found.verification_id == verification_id, found.status != FindingStatus.PASSED.value)
            .order_by(found.check_key, size.desc(), found.cause, found.address)
        )
        return [(CheckKey(row.check_key), to_finding(row)) for row in rows]

    async def save_findings(self, verification_id: VerificationId, key: CheckKey, found: Sequence[Finding]) -> None:
        """Store what was found of some subjects."""
        if not found:
            return
        rows = [{"verification_id": verification_id, "check_key": key.value, **finding_values(one)} for one in found]
        statement = upsert(verification_subject).values(rows)
        changed = {name: statement.excluded[name] for name in ("status", "cause", "provider_code", "request_id", "at")}
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["verification_id", "check_key", "address"], set_=changed)
        )

    async def drop_findings(self, verification_id: VerificationId, key: CheckKey, subjects: Sequence[str]) -> None:
        """Forget subjects that are no longer looked at."""
        await self._connection.execute(
            delete(verification_subject).where(
                verification_subject.c.verification_id == verification_id,
                verification_subject.c.check_key == key.value,
                verification_subject.c.address == func.any(list(subjects)),
            )
        )

    async def add_test_event(self, event: TestEvent, look_at: datetime) -> bool:
        """Store a test event before it is written. False: it was there, and has been removed."""
        await self._connection.execute(
            upsert(test_event)
            .values(
                id=event.id,
                integration_id=event.integration_id,
                verification_id=event.verification_id,
                mailbox_address=event.mailbox.address,
                mailbox_object_id=event.mailbox.object_id,
                request=dict(event.request),
                event_id=event.event_id,
                starts_at=event.span.start,
                ends_at=event.span.end,
                created_at=event.created_at,
                next_attempt_at=look_at,
            )
            .on_conflict_do_nothing(index_elements=["id"])
        )
        removed = select(test_event.c.removed_at).where(test_event.c.id == event.id)
        return (await self._connection.execute(removed)).scalar_one() is None

    async def test_event_written(self, test_event_id: TestEventId, event_id: str) -> None:
        """Remember what the provider called it."""
        await self._connection.execute(
            update(test_event).where(test_event.c.id == test_event_id).values(event_id=event_id)
        )

    async def test_event_removed(self, test_event_id: TestEventId, now: datetime) -> None:
        """It is certainly gone; what was to be written is not kept."""
        await self._connection.execute(
            update(test_event).where(test_event.c.id == test_event_id).values(removed_at=now, request={})
        )

    async def test_event_stayed(self, test_event_id: TestEventId, look_at: datetime) -> None:
        """It could not be removed."""
        await self._connection.execute(
            update(test_event).where(test_event.c.id == test_event_id).values(next_attempt_at=look_at)
        )

    async def test_events_due(self, now: datetime, limit: int) -> Sequence[TestEvent]:
        """Those not known to be gone whose time has come."""
        return await self._test_events(test_event.c.next_attempt_at <= now, limit)

    async def test_events_of(self, verification_id: VerificationId) -> Sequence[TestEvent]:
        """Those of one verification that are not known to be gone."""
        return await self._test_events(test_event.c.verification_id == verification_id, None)

    async def _test_events(self, which: ColumnElement[bool], limit: int | None) -> Sequence[TestEvent]:
        rows = await self._connection.execute(
            select(test_event)
            .where(test_event.c.removed_at.is_(None), which)
            .order_by(test_event.c.next_attempt_at, test_event.c.id)
            .limit(limit)
        )
        return [to_test_event(row) for row in rows]

    async def _one(self, query: Select[Any]) -> Verification | None:
        row: Row[Any] | None = (await self._connection.execute(query)).first()
        return None if row is None else to_verification(row)


def due_verifications(now: datetime, limit: int) -> Select[UUID]:
    """Open ones whose next attempt is due, by id."""
    return (
        select(verification.c.id)
        .where(verification.c.finished_at.is_(None), verification.c.next_attempt_at <= now)
        .order_by(verification.c.next_attempt_at)
        .limit(limit)
    )
