"""Rows of rooms and buildings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, Select, and_, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.room_rows import (
    conditions,
    holding_values,
    provider_values,
    status_values,
    to_details,
    to_room,
)
from roomstead.adapters.db.tables import building, room
from roomstead.application.ports.calendar import RoomFacts
from roomstead.application.ports.rooms import Building, RoomDetails, RoomFilter, RoomMark, RoomSource, TakenIn
from roomstead.domain.integration import Room, RoomId, RoomStatus
from roomstead.domain.mailbox import Address, IntegrationId

_CHUNK = 500


class RoomStore:
    """Implements ``RoomRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def get(self, room_id: RoomId) -> Room | None:
        """One room."""
        return await self._one(select(room).where(room.c.id == room_id))

    async def get_for_change(self, room_id: RoomId) -> Room | None:
        """One room, locked."""
        return await self._one(select(room).where(room.c.id == room_id).with_for_update())

    async def by_address(self, integration_id: IntegrationId, address: Address) -> Room | None:
        """The room with that address."""
        return await self._one(select(room).where(room.c.integration_id == integration_id, room.c.address == address))

    async def by_addresses(self, addresses: Sequence[Address]) -> Mapping[Address, Room]:
        """Rooms of any integration by address; of one that is in two, the one known longer."""
        rows = await self._connection.execute(
            select(room).where(room.c.address == func.any(list(addresses))).order_by(room.c.room_no.desc())
        )
        return {Address(row.address): to_room(row) for row in rows}

    async def details(self, room_id: RoomId) -> RoomDetails | None:
        """One room with what admins see."""
        row = (await self._connection.execute(select(room).where(room.c.id == room_id))).first()
        return None if row is None else to_details(row)

    async def page(self, wanted: RoomFilter, *, after: RoomMark | None, limit: int) -> Sequence[Room]:
        """Rooms by name."""
        query = select(room).where(*conditions(wanted)).order_by(room.c.name, room.c.id).limit(limit)
        if after is not None:
            query = query.where(tuple_(room.c.name, room.c.id) > (after.name, after.id))
        return [to_room(row) for row in await self._connection.execute(query)]

    async def addresses(self, integration_id: IntegrationId, statuses: Sequence[RoomStatus]) -> Sequence[Address]:
        """Only the addresses of those: scripts name thousands."""
        rows = await self._connection.execute(
            select(room.c.address)
            .where(room.c.integration_id == integration_id, room.c.status.in_(status_values(statuses)))
            .order_by(room.c.address)
        )
        return [Address(address) for address in rows.scalars()]

    async def of_integration(self, integration_id: IntegrationId, statuses: Sequence[RoomStatus]) -> Sequence[Room]:
        """All rooms of an integration in these states."""
        rows = await self._connection.execute(
            select(room)
            .where(room.c.integration_id == integration_id, room.c.status.in_(status_values(statuses)))
            .order_by(room.c.address)
        )
        return [to_room(row) for row in rows]

    async def count_by_status(self, integration_id: IntegrationId) -> Mapping[RoomStatus, int]:
        """How many rooms an integration has in each state."""
        rows = await self._connection.execute(
            select(room.c.status, func.count().label("rooms"))
            .where(room.c.integration_id == integration_id)
            .group_by(room.c.status)
        )
        return {RoomStatus(row.status): row.rooms for row in rows}

    async def take_in(self, integration_id: IntegrationId, facts: Sequence[RoomFacts], source: RoomSource) -> TakenIn:
        """Add rooms and bring the provider's values up to date."""
        by_address = {one.address: one for one in facts}
        zones = await self._note_buildings(integration_id, [one.building for one in facts if one.building])
        added = changed = returned = 0
        addresses = sorted(by_address)
        for start in range(0, len(addresses), _CHUNK):
            chunk = addresses[start : start + _CHUNK]
            held = await self._locked(integration_id, chunk)
            for address in chunk:
                if address in held and await self._refresh(held[address], by_address[address], zones):
                    changed += 1
                    returned += held[address].status == RoomStatus.MISSING.value
            new = [by_address[address] for address in chunk if address not in held]
            added += await self._insert(integration_id, new, source, zones)
        return TakenIn(added, changed, returned)

    async def _locked(self, integration_id: IntegrationId, addresses: Sequence[Address]) -> Mapping[str, Row[Any]]:
        rows = await self._connection.execute(
            select(room)
            .where(room.c.integration_id == integration_id, room.c.address == func.any(list(addresses)))
            .order_by(room.c.address)
            .with_for_update()
        )
        return {row.address: row for row in rows}

    async def _insert(
        self,
        integration_id: IntegrationId,
        facts: Sequence[RoomFacts],
        source: RoomSource,
        zones: Mapping[str, str | None],
    ) -> int:
        if not facts:
            return 0
        rows = [
            {
                "id": uuid4(),
                "integration_id": integration_id,
                "address": one.address,
                "object_id": one.object_id,
                "provider_facts": provider_values(one),
                "source": source.value,
                "status": RoomStatus.NEW.value,
                **holding_values(provider_values(one), {}, zones),
            }
            for one in facts
        ]
        stored = await self._connection.execute(upsert(room).values(rows).on_conflict_do_nothing().returning(room.c.id))
        return len(stored.all())

    async def _refresh(self, held: Row[Any], facts: RoomFacts, zones: Mapping[str, str | None]) -> bool:
        """Bring one room up to date; answers whether anything differed."""
        is_back = held.status == RoomStatus.MISSING.value
        provider = provider_values(facts)
        object_id = facts.object_id or held.object_id
        if provider == held.provider_facts and object_id == held.object_id and not is_back:
            return False
        await self._connection.execute(
            update(room)
            .where(room.c.id == held.id)
            .values(
                object_id=object_id,
                provider_facts=provider,
                status=RoomStatus.NEW.value if is_back else held.status,
                missing_since=None,
                **holding_values(provider, held.overrides, zones),
            )
        )
        return True

    async def mark_missing(self, integration_id: IntegrationId, listed: Sequence[Address], now: datetime) -> int:
        """After a complete list: what is no longer on it."""
        gone = await self._connection.execute(
            update(room)
            .where(
                room.c.integration_id == integration_id,
                room.c.source == RoomSource.DIRECTORY.value,
                room.c.status.not_in(status_values((RoomStatus.MISSING, RoomStatus.LEFT_OUT))),
                room.c.address != func.all(list(listed)),
            )
            .values(status=RoomStatus.MISSING.value, missing_since=now)
            .returning(room.c.id)
        )
        return len(gone.all())

    async def set_statuses(self, room_ids: Sequence[RoomId], status: RoomStatus) -> int:
        """Say what probes found of rooms."""
        settled = (RoomStatus.LEFT_OUT, RoomStatus.MISSING, status)
        changed = await self._connection.execute(
            update(room)
            .where(room.c.id == func.any(list(room_ids)), room.c.status.not_in(status_values(settled)))
            .values(status=status.value)
            .returning(room.c.id)
        )
        return len(changed.all())

    async def save_overrides(self, changed: Room) -> None:
        """Store overrides, and what follows from them."""
        row = (await self._connection.execute(select(room).where(room.c.id == changed.id))).one()
        named = changed.overrides.get("building")
        zones = await self._note_buildings(changed.integration_id, [str(named)] if named else [])
        await self._connection.execute(
            update(room)
            .where(room.c.id == changed.id)
            .values(
                overrides=dict(changed.overrides),
                status=changed.status.value,
                version=changed.version,
                **holding_values(row.provider_facts, changed.overrides, zones),
            )
        )

    async def leave_out(self, room_id: RoomId, by: str, now: datetime) -> None:
        """Keep a room out."""
        await self._connection.execute(
            update(room)
            .where(room.c.id == room_id)
            .values(status=RoomStatus.LEFT_OUT.value, left_out_by=by, left_out_at=now, version=room.c.version + 1)
        )

    async def put_back(self, room_id: RoomId) -> None:
        """The room waits for a check again."""
        await self._connection.execute(
            update(room)
            .where(room.c.id == room_id)
            .values(
                status=RoomStatus.NEW.value,
                left_out_by=None,
                left_out_at=None,
                missing_since=None,
                version=room.c.version + 1,
            )
        )

    async def buildings(self, integration_id: IntegrationId) -> Sequence[Building]:
        """Buildings that rooms are in, and those with a zone that lost their rooms."""
        inside = and_(room.c.integration_id == building.c.integration_id, room.c.building == building.c.name)
        rows = await self._connection.execute(
            select(building.c.name, building.c.zone, func.count(room.c.id).label("rooms"))
            .join_from(building, room, inside, isouter=True)
            .where(building.c.integration_id == integration_id)
            .group_by(building.c.name, building.c.zone)
            .order_by(building.c.name)
        )
        return [Building(row.name, row.zone, row.rooms) for row in rows]

    async def set_building_zone(self, integration_id: IntegrationId, name: str, zone: str | None) -> None:
        """Say in which zone a building stands."""
        await self._connection.execute(
            upsert(building)
            .values(id=uuid4(), integration_id=integration_id, name=name, zone=zone)
            .on_conflict_do_update(index_elements=["integration_id", "name"], set_={"zone": zone})
        )
        await self._connection.execute(
            update(room)
            .where(
                room.c.integration_id == integration_id,
                room.c.building == name,
                ~room.c.overrides.has_key("zone"),
            )
            .values(zone=zone)
        )

    async def _note_buildings(self, integration_id: IntegrationId, names: Sequence[str]) -> Mapping[str, str | None]:
        rows = [{"id": uuid4(), "integration_id": integration_id, "name": name} for name in sorted(set(names))]
        if rows:
            await self._connection.execute(upsert(building).values(rows).on_conflict_do_nothing())
        return {one.name: one.zone for one in await self.buildings(integration_id)}

    async def _one(self, query: Select[Any]) -> Room | None:
        row = (await self._connection.execute(query)).first()
        return None if row is None else to_room(row)
