"""Rows of webhook endpoints."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.tables import webhook_delivery, webhook_endpoint
from roomstead.application.ports.webhooks import EndpointTally, SealedSecrets
from roomstead.domain.people import PersonId
from roomstead.domain.webhook import DisabledFor, EndpointId, WebhookEndpoint, WebhookType

_SHOWN = [column for column in webhook_endpoint.c if column.name not in {"secret", "old_secret"}]


class EndpointStore:
    """Implements ``EndpointRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def lock_all(self) -> int:
        """How many there are, and nobody adds one until this transaction ends."""
        await self._connection.execute(text("LOCK TABLE webhook_endpoint IN SHARE ROW EXCLUSIVE MODE"))
        found = await self._connection.execute(select(func.count()).select_from(webhook_endpoint))
        return found.scalar_one()

    async def add(self, new: WebhookEndpoint, secrets: SealedSecrets) -> None:
        """Store a new one."""
        await self._connection.execute(
            insert(webhook_endpoint).values(
                id=new.id,
                created_at=new.created_at,
                created_by=new.created_by,
                secret=secrets.current,
                old_secret=secrets.old,
                **_values(new),
            )
        )

    async def get(self, endpoint_id: EndpointId) -> WebhookEndpoint | None:
        """One."""
        return await self._one(select(*_SHOWN).where(webhook_endpoint.c.id == endpoint_id))

    async def get_for_change(self, endpoint_id: EndpointId) -> WebhookEndpoint | None:
        """One, locked; not against the deliveries that refer to it."""
        return await self._one(
            select(*_SHOWN).where(webhook_endpoint.c.id == endpoint_id).with_for_update(key_share=True)
        )

    async def _one(self, query: Select[Any]) -> WebhookEndpoint | None:
        row = (await self._connection.execute(query)).first()
        return None if row is None else _endpoint(row)

    async def all(self) -> Sequence[WebhookEndpoint]:
        """The oldest first."""
        found = await self._connection.execute(
            select(*_SHOWN).order_by(webhook_endpoint.c.created_at, webhook_endpoint.c.id)
        )
        return [_endpoint(row) for row in found]

    async def tally(self, ids: Sequence[EndpointId]) -> Mapping[EndpointId, EndpointTally]:
        """How they are doing."""
        waiting = await self._connection.execute(
            select(
                webhook_delivery.c.endpoint_id,
                func.count().label("waiting"),
                func.min(webhook_delivery.c.created_at).label("oldest"),
            )
            .where(webhook_delivery.c.endpoint_id.in_(ids), webhook_delivery.c.done_at.is_(None))
            .group_by(webhook_delivery.c.endpoint_id)
        )
        taken = await self._connection.execute(
            select(webhook_delivery.c.endpoint_id, func.max(webhook_delivery.c.done_at).label("at"))
            .where(webhook_delivery.c.endpoint_id.in_(ids), webhook_delivery.c.was_taken)
            .group_by(webhook_delivery.c.endpoint_id)
        )
        last = {row.endpoint_id: row.at for row in taken}
        queue = {row.endpoint_id: (row.waiting, row.oldest) for row in waiting}
        return {each: EndpointTally(*queue.get(each, (0, None)), last.get(each)) for each in ids}

    async def save(self, changed: WebhookEndpoint) -> None:
        """Store a changed one."""
        await self._connection.execute(
            update(webhook_endpoint).where(webhook_endpoint.c.id == changed.id).values(**_values(changed))
        )

    async def remove(self, endpoint_id: EndpointId) -> None:
        """Deliveries go with it."""
        await self._connection.execute(delete(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id))

    async def secrets(self, endpoint_id: EndpointId) -> SealedSecrets | None:
        """Sealed."""
        columns = (webhook_endpoint.c.secret, webhook_endpoint.c.old_secret)
        row = (await self._connection.execute(select(*columns).where(webhook_endpoint.c.id == endpoint_id))).first()
        if row is None:
            return None
        return SealedSecrets(bytes(row.secret), None if row.old_secret is None else bytes(row.old_secret))

    async def put_secrets(self, endpoint_id: EndpointId, secrets: SealedSecrets) -> None:
        """Replace both."""
        await self._connection.execute(
            update(webhook_endpoint)
            .where(webhook_endpoint.c.id == endpoint_id)
            .values(secret=secrets.current, old_secret=secrets.old)
        )


def due_endpoints(now: datetime) -> Select[UUID]:
    """Those that something is due to, by id."""
    waits = (
        select(webhook_delivery.c.id)
        .where(
            webhook_delivery.c.endpoint_id == webhook_endpoint.c.id,
            webhook_delivery.c.done_at.is_(None),
            webhook_delivery.c.due_at <= now,
        )
        .exists()
    )
    return select(webhook_endpoint.c.id).where(
        webhook_endpoint.c.is_enabled,
        or_(webhook_endpoint.c.paused_until.is_(None), webhook_endpoint.c.paused_until <= now),
        waits,
    )


def _values(of: WebhookEndpoint) -> dict[str, Any]:
    return {
        "url": of.url,
        "description": of.description,
        "events": [each.value for each in of.events],
        "is_enabled": of.is_enabled,
        "disabled_for": None if of.disabled_for is None else of.disabled_for.value,
        "disabled_at": of.disabled_at,
        "old_secret_until": of.old_secret_until,
        "failing_since": of.failing_since,
        "failures": of.failures,
        "paused_until": of.paused_until,
        "version": of.version,
    }


def _endpoint(row: Row[Any]) -> WebhookEndpoint:
    return WebhookEndpoint(
        id=EndpointId(row.id),
        url=row.url,
        description=row.description,
        events=tuple(WebhookType(each) for each in row.events),
        is_enabled=row.is_enabled,
        created_at=row.created_at,
        created_by=None if row.created_by is None else PersonId(row.created_by),
        disabled_for=None if row.disabled_for is None else DisabledFor(row.disabled_for),
        disabled_at=row.disabled_at,
        failing_since=row.failing_since,
        failures=row.failures,
        paused_until=row.paused_until,
        old_secret_until=row.old_secret_until,
        version=row.version,
    )
