"""Rows of notices, and of what people switched off."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.tables import notice, notice_off, person
from roomstead.application.ports.notices import ListedNotice
from roomstead.domain.booking import BookingId
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.notice import Notice, NoticeId, NoticeKind, NoticeTopic
from roomstead.domain.people import PersonId


class NoticeStore:
    """Implements ``NoticeRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def add(self, notices: Sequence[Notice]) -> None:
        """Store new ones."""
        if notices:
            await self._connection.execute(
                insert(notice).on_conflict_do_nothing(), [_columns(each) for each in notices]
            )

    async def due(self, now: datetime, limit: int) -> Sequence[Notice]:
        """To be sent now."""
        found = await self._connection.execute(
            select(notice)
            .where(notice.c.done_at.is_(None), notice.c.due_at <= now)
            .order_by(notice.c.due_at, notice.c.id)
            .limit(limit)
        )
        return [_notice(row) for row in found]

    async def put_off(self, ids: Sequence[NoticeId], until: datetime, error: str = "") -> None:
        """Due later."""
        await self._connection.execute(
            update(notice)
            .where(notice.c.id.in_(ids), notice.c.done_at.is_(None))
            .values(due_at=until, attempts=notice.c.attempts + 1, error=error)
        )

    async def sent(self, ids: Sequence[NoticeId], at: datetime) -> None:
        """Done."""
        await self._connection.execute(
            update(notice).where(notice.c.id.in_(ids)).values(done_at=at, was_sent=True, error="")
        )

    async def give_up(self, ids: Sequence[NoticeId], at: datetime, error: str) -> None:
        """Done, not sent."""
        await self._connection.execute(
            update(notice).where(notice.c.id.in_(ids)).values(done_at=at, was_sent=False, error=error)
        )

    async def latest(self, limit: int) -> Sequence[ListedNotice]:
        """The newest."""
        found = await self._connection.execute(
            select(notice, person.c.name)
            .join(person, person.c.id == notice.c.person_id)
            .order_by(notice.c.created_at.desc(), notice.c.id)
            .limit(limit)
        )
        return [_listed(row) for row in found]

    async def forget_before(self, at: datetime) -> int:
        """Remove old ones."""
        removed = await self._connection.execute(delete(notice).where(notice.c.created_at < at).returning(notice.c.id))
        return len(removed.all())

    async def switched_off(self, person_id: PersonId) -> frozenset[NoticeTopic]:
        """Topics."""
        found = await self._connection.execute(select(notice_off.c.topic).where(notice_off.c.person_id == person_id))
        return frozenset(NoticeTopic(row.topic) for row in found)

    async def switch_off(self, person_id: PersonId, topics: frozenset[NoticeTopic]) -> None:
        """Exactly these."""
        await self._connection.execute(delete(notice_off).where(notice_off.c.person_id == person_id))
        if topics:
            rows = [{"person_id": person_id, "topic": each.value} for each in sorted(topics)]
            await self._connection.execute(insert(notice_off).on_conflict_do_nothing(), rows)


def _columns(each: Notice) -> dict[str, Any]:
    return {
        "id": each.id,
        "person_id": each.person_id,
        "kind": each.kind.value,
        "created_at": each.created_at,
        "due_at": each.due_at,
        "booking_id": each.booking_id,
        "integration_id": each.integration_id,
        "facts": dict(each.facts),
    }


def _notice(row: Row[*tuple[Any, ...]]) -> Notice:
    return Notice(
        id=NoticeId(row.id),
        person_id=PersonId(row.person_id),
        kind=NoticeKind(row.kind),
        created_at=row.created_at,
        due_at=row.due_at,
        booking_id=None if row.booking_id is None else BookingId(row.booking_id),
        integration_id=None if row.integration_id is None else IntegrationId(row.integration_id),
        facts=row.facts,
        attempts=row.attempts,
    )


def _listed(row: Row[*tuple[Any, ...]]) -> ListedNotice:
    return ListedNotice(
        person_name=row.name,
        kind=NoticeKind(row.kind),
        created_at=row.created_at,
        due_at=row.due_at,
        sent_at=row.done_at if row.was_sent else None,
        given_up_at=None if row.was_sent else row.done_at,
        error=row.error,
    )
