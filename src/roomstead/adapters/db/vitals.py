"""Counts over our tables, for readiness, metrics and the doctor."""

from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from roomstead.adapters.db.errors import unavailable_for_retry
from roomstead.adapters.db.revision import latest_revision
from roomstead.application.ports.vitals import Vitals

_READ = text(
    """
    SELECT clock_timestamp() AS database_time,
           (SELECT max(version_num) FROM alembic_version) AS schema_found,
           (SELECT max(last_heartbeat) FROM procrastinate_workers) AS worker_seen_at,
           (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo') AS jobs_waiting,
           (SELECT coalesce(jsonb_object_agg(status, n), '{}')
              FROM (SELECT status, count(*) AS n FROM intent WHERE done_at IS NULL GROUP BY status) AS open
           ) AS intents_by_status,
           (SELECT min(next_attempt_at) FROM intent
             WHERE done_at IS NULL
               AND NOT EXISTS (SELECT FROM intent AS before WHERE before.booking_id = intent.booking_id
                                  AND before.done_at IS NULL AND before.seq < intent.seq)) AS oldest_due,
           (SELECT count(*) FROM mailbox WHERE failures > 0) AS failing_mailboxes,
           (SELECT min(expires_at) FROM credential WHERE slot = 'current') AS credential_ends_at,
           (SELECT coalesce(jsonb_object_agg(status, n), '{}')
              FROM (SELECT status, count(*) AS n FROM integration WHERE removed_at IS NULL GROUP BY 1) AS integrations
           ) AS integrations_by_status,
           (SELECT coalesce(jsonb_object_agg(status, n), '{}')
              FROM (SELECT room.status, count(*) AS n
                      FROM room JOIN integration ON integration.id = room.integration_id
                     WHERE integration.removed_at IS NULL GROUP BY 1) AS rooms
           ) AS rooms_by_status
    """
)


class DatabaseVitals:
    """Implements ``VitalSigns``."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Reads on a connection of its own."""
        self._engine = engine

    async def read(self) -> Vitals:
        """One statement."""
        with unavailable_for_retry():
            async with self._engine.connect() as connection:
                return _vitals((await connection.execute(_READ)).one())


def _vitals(row: Row[Any]) -> Vitals:
    return Vitals(
        database_time=row.database_time,
        schema_found=row.schema_found,
        schema_wanted=latest_revision(),
        worker_seen_at=row.worker_seen_at,
        jobs_waiting=row.jobs_waiting,
        intents_by_status=row.intents_by_status,
        oldest_due=row.oldest_due,
        failing_mailboxes=row.failing_mailboxes,
        credential_ends_at=row.credential_ends_at,
        integrations_by_status=row.integrations_by_status,
        rooms_by_status=row.rooms_by_status,
    )
