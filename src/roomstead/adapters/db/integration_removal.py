"""Taking an integration out of use for good: what refers to it stays, what could act on its tenant goes."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.domain.mailbox import IntegrationId

_STEPS = (
    "DELETE FROM credential WHERE integration_id = :id",
    "DELETE FROM mailbox WHERE integration_id = :id",
    """UPDATE room SET status = 'left_out', left_out_by = :by, left_out_at = :now
        WHERE integration_id = :id AND status <> 'left_out'""",
    """UPDATE service_mailbox SET status = 'retired', retired_at = :now, version = version + 1
        WHERE integration_id = :id AND status <> 'retired'""",
    """UPDATE verification SET status = 'superseded', finished_at = :now, next_attempt_at = NULL
        WHERE integration_id = :id AND finished_at IS NULL""",
    """UPDATE intent SET status = 'failed', done_at = :now, next_attempt_at = NULL,
              error_code = 'integration_removed', error_sentence = :sentence
         FROM booking
        WHERE booking.id = intent.booking_id AND booking.integration_id = :id AND intent.done_at IS NULL""",
    """UPDATE hosting SET look_at = NULL FROM booking
        WHERE booking.id = hosting.booking_id AND booking.integration_id = :id AND look_at IS NOT NULL""",
    """UPDATE integration SET status = 'disabled', removed_at = :now, attention = NULL, next_discovery_at = NULL,
              name = name || ' (removed ' || CAST(CAST(:now AS timestamptz) AS text) || ')',
              version = version + 1
        WHERE id = :id""",
)
"""In this order: what acts first, the mark last. The name is freed for an integration that comes after."""

NEVER_SENT = "Not sent: the calendar integration was removed."


async def remove_rows(connection: AsyncConnection, integration_id: IntegrationId, by: str, now: datetime) -> None:
    """All steps, in the caller's transaction."""
    values = {"id": integration_id, "by": by, "now": now, "sentence": NEVER_SENT}
    for step in _STEPS:
        statement = text(step)
        await connection.execute(statement, {name: values[name] for name in statement.compile().params})
