"""Rows of service accounts. The unique indexes keep one active and one pending per integration, whatever happens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, Row, Select, Update, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.tables import booking, booking_occurrence, hosting, service_mailbox
from roomstead.application.ports.integrations import HostedMeetings
from roomstead.domain.errors import ServiceAccountExists
from roomstead.domain.integration import ServiceMailbox, ServiceMailboxId, ServiceMailboxStatus
from roomstead.domain.mailbox import Address, IntegrationId, MailboxRef

_ORDER = case(
    {
        ServiceMailboxStatus.ACTIVE.value: 0,
        ServiceMailboxStatus.PENDING.value: 1,
        ServiceMailboxStatus.RETIRING.value: 2,
    },
    value=service_mailbox.c.status,
    else_=3,
)


class ServiceMailboxRows:
    """The part of ``IntegrationRepository`` that concerns service accounts."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def active_service_mailbox(self, integration_id: IntegrationId) -> ServiceMailbox | None:
        """The one that hosts new bookings."""
        return await self._first(_of(integration_id, ServiceMailboxStatus.ACTIVE))

    async def pending_service_mailbox(self, integration_id: IntegrationId) -> ServiceMailbox | None:
        """The one that waits for its verification."""
        return await self._first(_of(integration_id, ServiceMailboxStatus.PENDING))

    async def service_mailbox(self, service_mailbox_id: ServiceMailboxId) -> ServiceMailbox | None:
        """One service account."""
        return await self._first(select(service_mailbox).where(service_mailbox.c.id == service_mailbox_id))

    async def service_mailboxes(self, integration_id: IntegrationId) -> Sequence[ServiceMailbox]:
        """All but the retired ones."""
        rows = await self._connection.execute(
            select(service_mailbox)
            .where(
                service_mailbox.c.integration_id == integration_id,
                service_mailbox.c.status != ServiceMailboxStatus.RETIRED.value,
            )
            .order_by(_ORDER, service_mailbox.c.retiring_since, service_mailbox.c.id)
        )
        return [_service_mailbox(row) for row in rows]

    async def hosting_addresses(self, integration_id: IntegrationId) -> frozenset[Address]:
        """Addresses of all service accounts that ever hosted here or do."""
        rows = await self._connection.execute(
            select(service_mailbox.c.address).where(
                service_mailbox.c.integration_id == integration_id, service_mailbox.c.activated_at.is_not(None)
            )
        )
        return frozenset(Address(address) for address in rows.scalars())

    async def hosted_meetings(self, service_mailbox_id: ServiceMailboxId, now: datetime) -> HostedMeetings:
        """Bookings that it hosts and that are neither over nor cancelled."""
        last_end = func.greatest(booking_occurrence.c.ends_at, booking_occurrence.c.observed_ends_at)
        query = (
            select(func.count(hosting.c.booking_id.distinct()).label("meetings"), func.max(last_end).label("last_end"))
            .join_from(hosting, booking, booking.c.id == hosting.c.booking_id)
            .join(booking_occurrence, booking_occurrence.c.booking_id == hosting.c.booking_id)
            .where(
                hosting.c.service_mailbox_id == service_mailbox_id,
                hosting.c.valid_to.is_(None),
                booking.c.cancelled_at.is_(None),
                last_end > now,
            )
        )
        row = (await self._connection.execute(query)).one()
        return HostedMeetings(row.meetings, row.last_end)

    async def add_service_mailbox(self, new: ServiceMailbox, now: datetime) -> None:
        """Store a pending or active one."""
        await self._guarded(insert(service_mailbox).values(id=new.id, created_at=now, **_values(new, now)))

    async def save_service_mailbox(self, changed: ServiceMailbox, now: datetime) -> None:
        """Store a changed one."""
        await self._guarded(
            update(service_mailbox).where(service_mailbox.c.id == changed.id).values(**_values(changed, now))
        )

    async def _guarded(self, statement: Insert | Update) -> None:
        """Run it in a savepoint, so that a loser's unit of work can still say why it lost."""
        try:
            async with self._connection.begin_nested():
                await self._connection.execute(statement)
        except IntegrityError as error:
            if "uq_service_mailbox_one_" not in str(error.orig):
                raise
            raise ServiceAccountExists(
                remedy="Edit the service account instead: the new one takes over when it passes its verification.",
            ) from error

    async def _first(self, query: Select[Any]) -> ServiceMailbox | None:
        row = (await self._connection.execute(query)).first()
        return None if row is None else _service_mailbox(row)


def _of(integration_id: IntegrationId, status: ServiceMailboxStatus) -> Select[Any]:
    return select(service_mailbox).where(
        service_mailbox.c.integration_id == integration_id, service_mailbox.c.status == status.value
    )


def _values(of: ServiceMailbox, now: datetime) -> dict[str, Any]:
    return {
        "integration_id": of.integration_id,
        "address": of.mailbox.address,
        "object_id": of.mailbox.object_id,
        "display_name": of.display_name,
        "status": of.status.value,
        "activated_at": of.activated_at,
        "proven_at": of.proven_at,
        "retiring_since": of.retiring_since,
        "retired_at": now if of.status is ServiceMailboxStatus.RETIRED else None,
        "version": of.version,
    }


def _service_mailbox(row: Row[Any]) -> ServiceMailbox:
    return ServiceMailbox(
        id=ServiceMailboxId(row.id),
        integration_id=IntegrationId(row.integration_id),
        mailbox=MailboxRef(Address(row.address), row.object_id),
        display_name=row.display_name,
        status=ServiceMailboxStatus(row.status),
        activated_at=row.activated_at,
        retiring_since=row.retiring_since,
        version=row.version,
        proven_at=row.proven_at,
    )
