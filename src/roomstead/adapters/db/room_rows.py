"""Rooms as columns, and back. What holds of a room follows from the provider's values and our overrides."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select

from roomstead.adapters.db.tables import integration, room
from roomstead.application.ports.calendar import RoomFacts
from roomstead.application.ports.rooms import RoomDetails, RoomFilter, RoomSource
from roomstead.domain.integration import Room, RoomId, RoomStatus
from roomstead.domain.mailbox import Address, IntegrationId, MailboxRef

OVERRIDABLE = ("name", "building", "floor", "capacity", "equipment", "zone")


def provider_values(facts: RoomFacts) -> dict[str, Any]:
    """What the provider says, as stored."""
    return {
        "name": facts.name or facts.address,
        "building": facts.building,
        "floor": facts.floor,
        "capacity": facts.capacity,
        "equipment": list(facts.equipment),
        "is_wheelchair_accessible": facts.is_wheelchair_accessible,
    }


def holding_values(
    provider: Mapping[str, Any], overrides: Mapping[str, object], zones: Mapping[str, str | None]
) -> dict[str, Any]:
    """What holds: the override where there is one, the provider's value else; the zone is the building's else."""
    values: dict[str, Any] = {name: overrides.get(name, provider.get(name)) for name in OVERRIDABLE}
    values["equipment"] = list(values["equipment"] or ())
    if "zone" not in overrides:
        values["zone"] = zones.get(values["building"] or "")
    return values


def to_room(row: Row[Any]) -> Room:
    """A room from its row."""
    return Room(
        id=RoomId(row.id),
        room_no=row.room_no,
        integration_id=IntegrationId(row.integration_id),
        mailbox=MailboxRef(Address(row.address), row.object_id),
        name=row.name,
        status=RoomStatus(row.status),
        building=row.building,
        floor=row.floor,
        capacity=row.capacity,
        equipment=tuple(row.equipment),
        zone=row.zone,
        overrides=row.overrides,
        version=row.version,
    )


def to_details(row: Row[Any]) -> RoomDetails:
    """A room with what admins see."""
    return RoomDetails(
        room=to_room(row),
        source=RoomSource(row.source),
        provider_facts=row.provider_facts,
        left_out_by=row.left_out_by,
        left_out_at=row.left_out_at,
        missing_since=row.missing_since,
    )


def conditions(wanted: RoomFilter) -> list[ColumnElement[bool]]:
    """The filter in SQL."""
    found: list[ColumnElement[bool]] = []
    if wanted.search:
        found.append(
            or_(
                room.c.name.icontains(wanted.search, autoescape=True),
                room.c.address.icontains(wanted.search, autoescape=True),
            )
        )
    equal = {"integration_id": wanted.integration_id, "building": wanted.building, "floor": wanted.floor}
    found += [room.c[name] == value for name, value in equal.items() if value is not None]
    if wanted.min_capacity is not None:
        found.append(or_(room.c.capacity.is_(None), room.c.capacity >= wanted.min_capacity))
    if wanted.equipment:
        found.append(room.c.equipment.contains(list(wanted.equipment)))
    if wanted.statuses:
        found.append(room.c.status.in_(status_values(wanted.statuses)))
    removed = select(integration.c.id).where(integration.c.removed_at.is_not(None))
    found.append(room.c.integration_id.not_in(removed))
    return found


def status_values(statuses: Sequence[RoomStatus]) -> list[str]:
    """The states as stored."""
    return [status.value for status in statuses]
