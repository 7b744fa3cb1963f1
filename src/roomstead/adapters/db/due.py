"""All that is due, in one look."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.integrations import due_discoveries
from roomstead.adapters.db.intents import due_bookings, integrations_with_held
from roomstead.adapters.db.mirror_follow import DUE_MAILBOXES
from roomstead.adapters.db.verifications import due_verifications
from roomstead.adapters.db.webhook_endpoints import due_endpoints
from roomstead.application.ports.due import Due
from roomstead.application.ports.mirror import FollowedId
from roomstead.domain.booking import HELD_BY_ADMIN_NEEDED, BookingId
from roomstead.domain.integration import VerificationId
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.webhook import EndpointId


class DueStore:
    """Implements ``DueRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` belongs to the unit of work."""
        self._connection = connection

    async def by(self, now: datetime, limit: int) -> Due:
        """One statement, made of those by which each kind is found on its own."""
        kinds = {
            "bookings": due_bookings(now, limit),
            "mailboxes": DUE_MAILBOXES.bindparams(now=now, mailboxes=limit),
            "verifications": due_verifications(now, limit),
            "discoveries": due_discoveries(now, limit),
            "endpoints": due_endpoints(now),
            "holding": integrations_with_held(HELD_BY_ADMIN_NEEDED),
        }
        named = {kind: query.subquery() for kind, query in kinds.items()}
        statement = union_all(*(select(literal(kind), each.c.id) for kind, each in named.items()))
        found: defaultdict[str, list[UUID]] = defaultdict(list)
        for kind, ref in await self._connection.execute(statement):
            found[kind].append(ref)
        return Due(
            bookings=tuple(map(BookingId, found["bookings"])),
            mailboxes=tuple(map(FollowedId, found["mailboxes"])),
            verifications=tuple(map(VerificationId, found["verifications"])),
            discoveries=tuple(map(IntegrationId, found["discoveries"])),
            endpoints=tuple(map(EndpointId, found["endpoints"])),
            holding=tuple(map(IntegrationId, found["holding"])),
        )
