"""Leaving an event to whoever wants it: in the transaction of what it tells of, and nothing where nobody listens."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.domain.webhook import TRIED_FOR, WebhookEvent

LISTENS = "endpoint.is_enabled AND :event_type = ANY(endpoint.events)"
"""Which endpoints, as ``endpoint``, want an event of the type."""

_RECORD = text(
    f"""
WITH event AS (
    INSERT INTO webhook_event (id, type, subject_id, occurred_at, facts)
    SELECT :event_id, :event_type, :subject_id, :occurred_at, :facts
    WHERE EXISTS (SELECT 1 FROM webhook_endpoint AS endpoint WHERE {LISTENS})
    ON CONFLICT (id) DO NOTHING
    RETURNING id, sequence
)
INSERT INTO webhook_delivery (id, event_id, endpoint_id, sequence, created_at, due_at, give_up_at)
SELECT gen_random_uuid(), event.id, endpoint.id, event.sequence, :occurred_at, :occurred_at, :give_up_at
FROM event, webhook_endpoint AS endpoint WHERE {LISTENS}
"""  # noqa: S608 - put together from constants
).bindparams(bindparam("facts", type_=JSONB))


async def record_events(connection: AsyncConnection, events: Sequence[WebhookEvent]) -> None:
    """Store each with a delivery to every endpoint that wants it."""
    for each in events:
        await connection.execute(_RECORD, {**event_values(each), "give_up_at": each.occurred_at + TRIED_FOR})


def event_values(event: WebhookEvent) -> dict[str, Any]:
    """The event's columns."""
    return {
        "event_id": event.id,
        "event_type": event.type.value,
        "subject_id": event.subject_id,
        "occurred_at": event.occurred_at,
        "facts": dict(event.facts),
    }
