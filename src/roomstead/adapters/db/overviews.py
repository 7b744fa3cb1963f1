"""Counts over an integration, for the pages of admins."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.tables import mailbox
from roomstead.application.ports.overviews import IntegrationSigns, RoomSync
from roomstead.domain.integration import RoomId
from roomstead.domain.mailbox import IntegrationId

_SIGNS = text(
    """
    SELECT (SELECT coalesce(sum(recipients), 0) FROM send_ledger
             WHERE integration_id = :integration_id AND at >= :since) AS recipients,
           (SELECT max(last_pulled_at) FROM mailbox WHERE integration_id = :integration_id) AS followed_at,
           (SELECT count(*) FROM mailbox WHERE integration_id = :integration_id AND failures > 0) AS failing_mailboxes,
           (SELECT count(DISTINCT person_address.person_id)
              FROM mailbox_access JOIN person_address ON person_address.address = mailbox_access.address
              JOIN person ON person.id = person_address.person_id AND person.is_active
             WHERE mailbox_access.integration_id = :integration_id
               AND capability = 'write' AND verdict = 'refused') AS people_out_of_reach,
           count(*) AS upcoming,
           count(hosting.id) AS hosted,
           (SELECT count(*) FROM intent JOIN booking ON booking.id = intent.booking_id
             WHERE booking.integration_id = :integration_id AND done_at IS NULL) AS waiting
      FROM booking
      LEFT JOIN hosting ON hosting.booking_id = booking.id AND valid_to IS NULL AND service_mailbox_id IS NOT NULL
     WHERE booking.integration_id = :integration_id AND cancelled_at IS NULL
       AND EXISTS (SELECT 1 FROM booking_occurrence WHERE booking_id = booking.id AND ends_at > :now)
    """
)


class OverviewStore:
    """Implements ``OverviewRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def signs(self, integration_id: IntegrationId, *, since: datetime, now: datetime) -> IntegrationSigns:
        """One statement."""
        found = await self._connection.execute(_SIGNS, {"integration_id": integration_id, "since": since, "now": now})
        row = found.one()
        return IntegrationSigns(
            recipients=int(row.recipients),
            followed_at=row.followed_at,
            failing_mailboxes=row.failing_mailboxes,
            people_out_of_reach=row.people_out_of_reach,
            upcoming=row.upcoming,
            hosted=row.hosted,
            waiting=row.waiting,
        )

    async def room_sync(self, room_ids: Sequence[RoomId]) -> Mapping[RoomId, RoomSync]:
        """Of these rooms."""
        columns = (
            mailbox.c.room_id,
            mailbox.c.last_pulled_at,
            mailbox.c.next_pull_at,
            mailbox.c.failures,
            mailbox.c.error_code,
        )
        found = await self._connection.execute(select(*columns).where(mailbox.c.room_id.in_(room_ids)))
        return {
            RoomId(row.room_id): RoomSync(row.last_pulled_at, row.next_pull_at, row.failures, row.error_code or "")
            for row in found
        }
