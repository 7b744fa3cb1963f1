"""Rows of access findings, their history, and the mailboxes that must be refused."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, exists, func, insert, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.access_refused import REFUSED_BEFORE
from roomstead.adapters.db.tables import (
    mailbox_access,
    mailbox_access_history,
    must_be_refused,
    person,
    person_address,
    room,
    service_mailbox,
)
from roomstead.application.ports.access import AccessFilter, AccessMark, ListedAccess, MustBeRefused
from roomstead.domain.access import Access, AccessCause, Capability, Verdict
from roomstead.domain.integration import ServiceMailboxStatus
from roomstead.domain.mailbox import Address, IntegrationId

_CHUNK = 1000


class AccessStore:
    """Implements ``AccessRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def find(self, integration_id: IntegrationId, address: Address, capability: Capability) -> Access | None:
        """What is known of one mailbox."""
        return (await self.find_many(integration_id, [address], capability)).get(address)

    async def find_many(
        self, integration_id: IntegrationId, addresses: Sequence[Address], capability: Capability
    ) -> Mapping[Address, Access]:
        """What is known of many."""
        rows = await self._connection.execute(
            select(mailbox_access).where(
                mailbox_access.c.integration_id == integration_id,
                mailbox_access.c.address == func.any(list(addresses)),
                mailbox_access.c.capability == capability.value,
            )
        )
        return {Address(row.address): _access(row) for row in rows}

    async def record(self, integration_id: IntegrationId, findings: Sequence[Access]) -> Sequence[Access]:
        """Store findings and the history of those that changed."""
        latest = {(f.address, f.capability): f for f in findings if f.verdict is not Verdict.UNKNOWN}
        known = sorted(latest.values(), key=lambda f: (f.address, f.capability))
        changed: list[Access] = []
        for start in range(0, len(known), _CHUNK):
            changed += await self._record_chunk(integration_id, known[start : start + _CHUNK])
        return changed

    async def _record_chunk(self, integration_id: IntegrationId, findings: Sequence[Access]) -> Sequence[Access]:
        held = await self._lock_held(integration_id, findings)
        fresh = [f for f in findings if _is_news(held.get((f.address, f.capability)), f)]
        if not fresh:
            return []
        changed = [f for f in fresh if _says_other(held.get((f.address, f.capability)), f)]
        statement = upsert(mailbox_access).values([_values(integration_id, finding) for finding in fresh])
        new = statement.excluded
        same = and_(mailbox_access.c.verdict == new.verdict, mailbox_access.c.cause == new.cause)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["integration_id", "address", "capability"],
                set_={
                    "verdict": new.verdict,
                    "cause": new.cause,
                    "provider_code": new.provider_code,
                    "request_id": new.request_id,
                    "probed_at": new.probed_at,
                    "changed_at": case((same, mailbox_access.c.changed_at), else_=new.changed_at),
                },
                where=mailbox_access.c.probed_at <= new.probed_at,
            )
        )
        if changed:
            await self._connection.execute(
                insert(mailbox_access_history), [_history(integration_id, finding) for finding in changed]
            )
        return changed

    async def _lock_held(
        self, integration_id: IntegrationId, findings: Sequence[Access]
    ) -> Mapping[tuple[Address, Capability], Access]:
        """What is stored of these mailboxes, in one order, so that two writers never wait for each other."""
        rows = await self._connection.execute(
            select(mailbox_access)
            .where(
                mailbox_access.c.integration_id == integration_id,
                mailbox_access.c.address == func.any([finding.address for finding in findings]),
            )
            .order_by(mailbox_access.c.address, mailbox_access.c.capability)
            .with_for_update()
        )
        return {(Address(row.address), Capability(row.capability)): _access(row) for row in rows}

    async def changed_since(
        self, integration_id: IntegrationId, capability: Capability, since: datetime
    ) -> Sequence[Access]:
        """Mailboxes whose verdict changed after they had been probed before."""
        earlier = exists().where(
            mailbox_access_history.c.integration_id == mailbox_access.c.integration_id,
            mailbox_access_history.c.address == mailbox_access.c.address,
            mailbox_access_history.c.capability == mailbox_access.c.capability,
            mailbox_access_history.c.verdict != mailbox_access.c.verdict,
        )
        rows = await self._connection.execute(
            select(mailbox_access)
            .where(
                mailbox_access.c.integration_id == integration_id,
                mailbox_access.c.capability == capability.value,
                mailbox_access.c.changed_at >= since,
                earlier,
            )
            .order_by(mailbox_access.c.address)
        )
        return [_access(row) for row in rows]

    async def granted_since(
        self, integration_id: IntegrationId, capability: Capability, since: datetime
    ) -> frozenset[Address]:
        """Mailboxes that were probed since and found in reach."""
        rows = await self._connection.execute(
            select(mailbox_access.c.address).where(
                mailbox_access.c.integration_id == integration_id,
                mailbox_access.c.capability == capability.value,
                mailbox_access.c.verdict == Verdict.GRANTED.value,
                mailbox_access.c.probed_at >= since,
            )
        )
        return frozenset(Address(address) for address in rows.scalars())

    async def refused_before(
        self, integration_id: IntegrationId, capability: Capability, before: datetime, limit: int
    ) -> Sequence[Address]:
        """Refused people's mailboxes by when they were last asked."""
        rows = await self._connection.execute(
            REFUSED_BEFORE,
            {"integration_id": integration_id, "capability": capability.value, "before": before, "limit": limit},
        )
        return [Address(row.address) for row in rows]

    async def page(
        self, integration_id: IntegrationId, wanted: AccessFilter, *, after: AccessMark | None, limit: int
    ) -> Sequence[ListedAccess]:
        """Findings with whose mailbox it is."""
        owner = _owner_name(integration_id)
        query = (
            select(mailbox_access, owner.label("name"), _kind(integration_id).label("kind"))
            .where(mailbox_access.c.integration_id == integration_id, *_conditions(wanted, owner))
            .order_by(mailbox_access.c.address, mailbox_access.c.capability)
            .limit(limit)
        )
        if after is not None:
            place = tuple_(mailbox_access.c.address, mailbox_access.c.capability)
            query = query.where(place > (after.address, after.capability))
        rows = await self._connection.execute(query)
        return [ListedAccess(_access(row), row.changed_at, row.name or "", row.kind) for row in rows]

    async def must_be_refused(self, integration_id: IntegrationId) -> Sequence[MustBeRefused]:
        """The named counter-examples."""
        rows = await self._connection.execute(
            select(must_be_refused)
            .where(must_be_refused.c.integration_id == integration_id)
            .order_by(must_be_refused.c.address)
        )
        return [MustBeRefused(Address(row.address), row.reason, row.created_at) for row in rows]

    async def name_must_be_refused(self, integration_id: IntegrationId, named: MustBeRefused) -> bool:
        """Add a counter-example, or change its reason."""
        held = {one.address for one in await self.must_be_refused(integration_id)}
        await self._connection.execute(
            upsert(must_be_refused)
            .values(
                integration_id=integration_id,
                address=named.address,
                reason=named.reason,
                created_at=named.created_at,
            )
            .on_conflict_do_update(index_elements=["integration_id", "address"], set_={"reason": named.reason})
        )
        return named.address not in held

    async def drop_must_be_refused(self, integration_id: IntegrationId, address: Address) -> bool:
        """Take a counter-example off the list."""
        gone = await self._connection.execute(
            delete(must_be_refused)
            .where(must_be_refused.c.integration_id == integration_id, must_be_refused.c.address == address)
            .returning(must_be_refused.c.address)
        )
        return gone.first() is not None


def _is_news(held: Access | None, found: Access) -> bool:
    return held is None or held.probed_at <= found.probed_at


def _says_other(held: Access | None, found: Access) -> bool:
    return held is None or (held.verdict, held.cause) != (found.verdict, found.cause)


def _owner_name(integration_id: IntegrationId) -> ColumnElement[str]:
    people = (
        select(person.c.name)
        .join(person_address, person_address.c.person_id == person.c.id)
        .where(person_address.c.address == mailbox_access.c.address)
        .limit(1)
        .scalar_subquery()
    )
    rooms = (
        select(room.c.name)
        .where(room.c.integration_id == integration_id, room.c.address == mailbox_access.c.address)
        .scalar_subquery()
    )
    return func.coalesce(people, rooms)


def _kind(integration_id: IntegrationId) -> ColumnElement[str]:
    address = mailbox_access.c.address
    hosts = exists().where(
        service_mailbox.c.integration_id == integration_id,
        service_mailbox.c.address == address,
        service_mailbox.c.status != ServiceMailboxStatus.RETIRED.value,
    )
    named = exists().where(must_be_refused.c.integration_id == integration_id, must_be_refused.c.address == address)
    rooms = exists().where(room.c.integration_id == integration_id, room.c.address == address)
    people = exists().where(person_address.c.address == address)
    return case(
        (hosts, literal("service_account")),
        (named, literal("must_be_refused")),
        (rooms, literal("room")),
        (people, literal("person")),
        else_=literal("other"),
    )


def _conditions(wanted: AccessFilter, owner: ColumnElement[str]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.search:
        conditions.append(
            or_(
                mailbox_access.c.address.icontains(wanted.search, autoescape=True),
                owner.icontains(wanted.search, autoescape=True),
            )
        )
    if wanted.capability is not None:
        conditions.append(mailbox_access.c.capability == wanted.capability.value)
    if wanted.verdict is not None:
        conditions.append(mailbox_access.c.verdict == wanted.verdict.value)
    return conditions


def _values(integration_id: IntegrationId, of: Access) -> dict[str, Any]:
    return {
        "integration_id": integration_id,
        "address": of.address,
        "capability": of.capability.value,
        "verdict": of.verdict.value,
        "cause": of.cause.value,
        "provider_code": of.provider_code,
        "request_id": of.request_id,
        "probed_at": of.probed_at,
        "changed_at": of.probed_at,
    }


def _history(integration_id: IntegrationId, of: Access) -> dict[str, Any]:
    return {
        "integration_id": integration_id,
        "address": of.address,
        "capability": of.capability.value,
        "verdict": of.verdict.value,
        "cause": of.cause.value,
        "provider_code": of.provider_code,
        "at": of.probed_at,
    }


def _access(row: Row[Any]) -> Access:
    return Access(
        address=Address(row.address),
        capability=Capability(row.capability),
        verdict=Verdict(row.verdict),
        cause=AccessCause(row.cause),
        probed_at=row.probed_at,
        provider_code=row.provider_code,
        request_id=row.request_id,
    )
