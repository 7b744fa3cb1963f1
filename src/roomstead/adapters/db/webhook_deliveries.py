"""Rows of webhook events, their deliveries, and every attempt."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, delete, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.tables import webhook_attempt, webhook_delivery, webhook_event
from roomstead.adapters.db.webhook_events import record_events
from roomstead.application.ports.webhooks import WrittenDelivery
from roomstead.domain.webhook import (
    TRIED_FOR,
    Attempt,
    Delivery,
    DeliveryId,
    EndpointId,
    EventId,
    WebhookEvent,
    WebhookType,
)


class DeliveryStore:
    """Implements ``DeliveryRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def record(self, events: Sequence[WebhookEvent]) -> None:
        """Leave each to whoever wants it."""
        await record_events(self._connection, events)

    async def record_for(self, event: WebhookEvent, endpoint_id: EndpointId) -> DeliveryId:
        """Leave one to one endpoint."""
        stored = await self._connection.execute(
            insert(webhook_event)
            .values(
                id=event.id,
                type=event.type.value,
                subject_id=event.subject_id,
                occurred_at=event.occurred_at,
                facts=dict(event.facts),
            )
            .returning(webhook_event.c.sequence)
        )
        delivery_id = DeliveryId(uuid.uuid4())
        await self._connection.execute(
            insert(webhook_delivery).values(
                id=delivery_id,
                event_id=event.id,
                endpoint_id=endpoint_id,
                sequence=stored.scalar_one(),
                created_at=event.occurred_at,
                due_at=event.occurred_at,
                give_up_at=event.occurred_at + TRIED_FOR,
            )
        )
        return delivery_id

    async def due(self, endpoint_id: EndpointId, now: datetime, limit: int) -> Sequence[WrittenDelivery]:
        """To be sent now."""
        found = await self._connection.execute(
            _deliveries()
            .where(
                webhook_delivery.c.endpoint_id == endpoint_id,
                webhook_delivery.c.done_at.is_(None),
                webhook_delivery.c.due_at <= now,
            )
            .order_by(webhook_delivery.c.sequence)
            .limit(limit)
        )
        return [WrittenDelivery(_delivery(row), row.body or "") for row in found]

    async def write(self, event_id: EventId, body: str) -> None:
        """Keep the body."""
        await self._connection.execute(update(webhook_event).where(webhook_event.c.id == event_id).values(body=body))

    async def put_off(self, ids: Sequence[DeliveryId], until: datetime) -> None:
        """Due later."""
        await self._connection.execute(
            update(webhook_delivery)
            .where(webhook_delivery.c.id.in_(ids), webhook_delivery.c.done_at.is_(None))
            .values(due_at=until)
        )

    async def attempted(self, delivery: Delivery, attempt: Attempt, *, again_at: datetime | None) -> None:
        """Store an attempt, unless the delivery was removed meanwhile."""
        changed = await self._connection.execute(
            update(webhook_delivery)
            .where(webhook_delivery.c.id == delivery.id)
            .values(
                attempts=webhook_delivery.c.attempts + 1,
                due_at=again_at or webhook_delivery.c.due_at,
                done_at=None if again_at else attempt.at,
                was_taken=attempt.is_taken,
            )
            .returning(webhook_delivery.c.attempts)
        )
        row = changed.first()
        if row is not None:
            await self._connection.execute(
                insert(webhook_attempt).values(
                    delivery_id=delivery.id,
                    number=row.attempts,
                    at=attempt.at,
                    status=attempt.status,
                    ms=attempt.ms,
                    failure=attempt.failure,
                    excerpt=attempt.excerpt,
                )
            )

    async def page(self, endpoint_id: EndpointId, *, before: int | None, limit: int) -> Sequence[Delivery]:
        """The newest event first."""
        query = (
            _deliveries()
            .where(webhook_delivery.c.endpoint_id == endpoint_id)
            .order_by(webhook_delivery.c.sequence.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(webhook_delivery.c.sequence < before)
        return [_delivery(row) for row in await self._connection.execute(query)]

    async def get(self, endpoint_id: EndpointId, delivery_id: DeliveryId) -> WrittenDelivery | None:
        """One."""
        query = _deliveries().where(webhook_delivery.c.id == delivery_id, webhook_delivery.c.endpoint_id == endpoint_id)
        row = (await self._connection.execute(query)).first()
        if row is None:
            return None
        attempts = await self._connection.execute(
            select(webhook_attempt)
            .where(webhook_attempt.c.delivery_id == delivery_id)
            .order_by(webhook_attempt.c.number.desc())
        )
        return WrittenDelivery(_delivery(row), row.body or "", tuple(_attempt(each) for each in attempts))

    async def again(self, delivery_id: DeliveryId, now: datetime, give_up_at: datetime) -> None:
        """Once more."""
        await self._connection.execute(
            update(webhook_delivery)
            .where(webhook_delivery.c.id == delivery_id)
            .values(due_at=now, give_up_at=give_up_at, done_at=None, was_taken=False)
        )

    async def forget_before(self, at: datetime, *, warnings_before: datetime) -> int:
        """Remove old events; what hangs on them goes along."""
        warning = webhook_event.c.type == WebhookType.INTEGRATION_CREDENTIAL_EXPIRING.value
        removed = await self._connection.execute(
            delete(webhook_event)
            .where(
                webhook_event.c.occurred_at < at,
                or_(~warning, and_(warning, webhook_event.c.occurred_at < warnings_before)),
            )
            .returning(webhook_event.c.id)
        )
        return len(removed.all())


def _deliveries() -> Select[Any]:
    """Deliveries with their event and the last attempt."""
    last = (
        select(webhook_attempt)
        .where(webhook_attempt.c.delivery_id == webhook_delivery.c.id)
        .order_by(webhook_attempt.c.number.desc())
        .limit(1)
        .lateral("last")
    )
    return (
        select(
            webhook_delivery,
            webhook_event.c.type,
            webhook_event.c.subject_id,
            webhook_event.c.occurred_at,
            webhook_event.c.facts,
            webhook_event.c.body,
            last.c.number,
            last.c.at,
            last.c.status,
            last.c.ms,
            last.c.failure,
            last.c.excerpt,
        )
        .join(webhook_event, webhook_event.c.id == webhook_delivery.c.event_id)
        .join(last, true(), isouter=True)
    )


def _delivery(row: Row[Any]) -> Delivery:
    event = WebhookEvent(
        id=EventId(row.event_id),
        type=WebhookType(row.type),
        subject_id=row.subject_id,
        occurred_at=row.occurred_at,
        facts=row.facts,
        sequence=row.sequence,
    )
    return Delivery(
        id=DeliveryId(row.id),
        endpoint_id=EndpointId(row.endpoint_id),
        event=event,
        created_at=row.created_at,
        due_at=row.due_at,
        give_up_at=row.give_up_at,
        attempts=row.attempts,
        done_at=row.done_at,
        was_taken=row.was_taken,
        last=None if row.number is None else _attempt(row),
    )


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(row.at, row.number, row.status, row.ms, row.failure, row.excerpt)
