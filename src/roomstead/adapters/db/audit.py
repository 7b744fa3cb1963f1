"""The audit trail's rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.tables import audit
from roomstead.application.ports.people import AuditEntry, AuditFilter, Subject
from roomstead.domain.people import Actor


class AuditStore:
    """Implements ``AuditTrail``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def record(
        self,
        action: str,
        subject: Subject,
        actor: Actor,
        *,
        at: datetime,
        integration_id: UUID | None = None,
        detail: Mapping[str, object] | None = None,
    ) -> int:
        """Append an entry."""
        appended = await self._connection.execute(
            insert(audit)
            .values(
                at=at,
                actor_id=actor.person_id,
                actor_name=actor.name,
                via=actor.via.value,
                action=action,
                subject_kind=subject.kind,
                subject_id=subject.id,
                integration_id=integration_id,
                detail=dict(detail or {}),
            )
            .returning(audit.c.id)
        )
        return int(appended.scalar_one())

    async def forget_attempts(self, before: datetime) -> int:
        """By the index that holds these alone."""
        are_attempts = text("starts_with(action, 'attempt.')")
        return (await self._connection.execute(delete(audit).where(are_attempts, audit.c.at <= before))).rowcount

    async def page(self, wanted: AuditFilter, *, before: int | None, limit: int) -> Sequence[AuditEntry]:
        """Entries, newest first."""
        query = select(audit).where(*_conditions(wanted)).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < before)
        return [_entry(row) for row in await self._connection.execute(query)]


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    equal = {
        "subject_kind": wanted.subject_kind,
        "subject_id": wanted.subject_id,
        "actor_id": wanted.actor_id,
        "integration_id": wanted.integration_id,
    }
    conditions: list[ColumnElement[bool]] = [audit.c[name] == value for name, value in equal.items() if value]
    if wanted.action:
        conditions.append(
            or_(audit.c.action == wanted.action, audit.c.action.startswith(f"{wanted.action}.", autoescape=True))
        )
    if wanted.since:
        conditions.append(audit.c.at >= wanted.since)
    if wanted.until:
        conditions.append(audit.c.at < wanted.until)
    return conditions


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=row.at,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        via=row.via,
        action=row.action,
        subject=Subject(row.subject_kind, row.subject_id),
        integration_id=row.integration_id,
        detail=row.detail,
    )
