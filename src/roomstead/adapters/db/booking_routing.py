"""What decides the host of a booking, in one read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.room_rows import to_room
from roomstead.application.ports.bookings import RoutingFacts
from roomstead.domain.access import Access, AccessCause, Capability, Verdict
from roomstead.domain.integration import (
    IntegrationStatus,
    Room,
    RoomId,
    RoomStatus,
    ServiceMailbox,
    ServiceMailboxId,
    ServiceMailboxStatus,
)
from roomstead.domain.mailbox import Address, IntegrationId, MailboxRef
from roomstead.domain.people import Person, PersonId, Role

_ROUTING = text(
    """
SELECT room.id, room.room_no, room.integration_id, room.address, room.object_id, room.name, room.status, room.building,
       room.floor, room.capacity, room.equipment, room.zone, room.overrides, room.version,
       integration.provider, integration.status AS integration_status, integration.domains,
       organizer.id AS organizer_id, organizer.name AS organizer_name, organizer.role AS organizer_role,
       organizer.is_active AS organizer_is_active, organizer.version AS organizer_version,
       (SELECT array_agg(own.address ORDER BY own.position) FROM person_address AS own
         WHERE own.person_id = organizer.id) AS organizer_addresses,
       (SELECT json_agg(finding) FROM mailbox_access AS finding
         JOIN person_address AS own ON own.address = finding.address AND own.person_id = organizer.id
        WHERE finding.integration_id = room.integration_id AND finding.capability = 'write') AS findings,
       (SELECT row_to_json(active) FROM service_mailbox AS active
         WHERE active.integration_id = room.integration_id AND active.status = 'active') AS active_service_mailbox,
       (SELECT array_agg(DISTINCT known.address) FROM service_mailbox AS known
         WHERE known.integration_id = room.integration_id AND known.status <> 'pending') AS service_addresses,
       (SELECT json_agg(invited) FROM room AS invited WHERE invited.address = ANY(:addresses)) AS invited_rooms
FROM room
JOIN integration ON integration.id = room.integration_id
JOIN person AS organizer ON organizer.id = :organizer_id
WHERE room.id = :room_id
"""
).bindparams(bindparam("addresses", type_=ARRAY(Text)))


async def read_routing(
    connection: AsyncConnection, room_id: RoomId, organizer_id: PersonId, addresses: Sequence[Address]
) -> RoutingFacts | None:
    """The facts; None when the room or the organiser does not exist."""
    result = await connection.execute(
        _ROUTING, {"room_id": room_id, "organizer_id": organizer_id, "addresses": list(addresses)}
    )
    row = result.first()
    if row is None:
        return None
    findings = [_access(finding) for finding in row.findings or ()]
    return RoutingFacts(
        room=to_room(row),
        provider=row.provider,
        integration_status=IntegrationStatus(row.integration_status),
        domains=tuple(row.domains),
        organizer=Person(
            PersonId(row.organizer_id),
            row.organizer_name,
            tuple(Address(address) for address in row.organizer_addresses or ()),
            Role(row.organizer_role),
            row.organizer_is_active,
            row.organizer_version,
        ),
        access={finding.address: finding for finding in findings},
        service_mailbox=_service_mailbox(row.active_service_mailbox) if row.active_service_mailbox else None,
        invited_rooms={Address(each["address"]): _invited(each) for each in row.invited_rooms or ()},
        never_invited=frozenset(Address(address) for address in row.service_addresses or ()),
    )


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _access(value: Mapping[str, Any]) -> Access:
    return Access(
        Address(value["address"]),
        Capability(value["capability"]),
        Verdict(value["verdict"]),
        AccessCause(value["cause"]),
        datetime.fromisoformat(value["probed_at"]),
        value["provider_code"],
        value["request_id"],
    )


def _service_mailbox(value: Mapping[str, Any]) -> ServiceMailbox:
    return ServiceMailbox(
        ServiceMailboxId(UUID(value["id"])),
        IntegrationId(UUID(value["integration_id"])),
        MailboxRef(Address(value["address"]), value["object_id"]),
        value["display_name"],
        ServiceMailboxStatus(value["status"]),
        _moment(value["activated_at"]),
        _moment(value["retiring_since"]),
        value["version"],
        _moment(value["proven_at"]),
    )


def _invited(value: Mapping[str, Any]) -> Room:
    return Room(
        id=RoomId(UUID(value["id"])),
        room_no=value["room_no"],
        integration_id=IntegrationId(UUID(value["integration_id"])),
        mailbox=MailboxRef(Address(value["address"]), value["object_id"]),
        name=value["name"],
        status=RoomStatus(value["status"]),
        building=value["building"],
        floor=value["floor"],
        capacity=value["capacity"],
        equipment=tuple(value["equipment"]),
        zone=value["zone"],
        overrides=value["overrides"],
        version=value["version"],
    )
