"""Rooms, as the directory lists them and as admins correct them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from roomstead.application.ports.calendar import RoomFacts
from roomstead.domain.integration import Room, RoomId, RoomStatus
from roomstead.domain.mailbox import Address, IntegrationId


class RoomSource(StrEnum):
    """How a room came to be known."""

    DIRECTORY = "directory"
    ADDRESS = "address"
    """Added by an admin; it need not be in the directory's list and never goes missing from it."""


@dataclass(frozen=True, slots=True)
class RoomFilter:
    """Which rooms to list; None or empty: all. A room of unknown capacity is never hidden by ``min_capacity``."""

    search: str = ""
    integration_id: IntegrationId | None = None
    building: str | None = None
    floor: str | None = None
    min_capacity: int | None = None
    equipment: tuple[str, ...] = ()
    statuses: tuple[RoomStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomMark:
    """A place in the list of rooms, which is ordered by name."""

    name: str
    id: RoomId


@dataclass(frozen=True, slots=True)
class RoomDetails:
    """A room with what only admins see: the provider's own values beside the overrides, and who left it out."""

    room: Room
    source: RoomSource
    provider_facts: Mapping[str, object] = field(default_factory=dict)
    left_out_by: str | None = None
    left_out_at: datetime | None = None
    missing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a reading of the directory's list changed."""

    added: int
    changed: int
    returned: int
    """Rooms that had been missing and are listed again."""


@dataclass(frozen=True, slots=True)
class Building:
    """A building by the directory's name for it; ``zone`` None: the mailboxes' own zones hold."""

    name: str
    zone: str | None
    rooms: int


class RoomRepository(Protocol):
    """Rooms and buildings. Facts are stored apart: the provider's, our overrides, and what holds of both."""

    async def get(self, room_id: RoomId) -> Room | None:
        """One room, whatever its status."""
        ...

    async def get_for_change(self, room_id: RoomId) -> Room | None:
        """As ``get``, and nobody else changes or books it before this unit of work ends."""
        ...

    async def by_address(self, integration_id: IntegrationId, address: Address) -> Room | None:
        """The room with that address."""
        ...

    async def by_addresses(self, addresses: Sequence[Address]) -> Mapping[Address, Room]:
        """Rooms of any integration by address; addresses of no room are left out."""
        ...

    async def details(self, room_id: RoomId) -> RoomDetails | None:
        """One room with what admins see."""
        ...

    async def page(self, wanted: RoomFilter, *, after: RoomMark | None, limit: int) -> Sequence[Room]:
        """Rooms by name, at most ``limit``, after the mark."""
        ...

    async def addresses(self, integration_id: IntegrationId, statuses: Sequence[RoomStatus]) -> Sequence[Address]:
        """Only the addresses of those."""
        ...

    async def of_integration(self, integration_id: IntegrationId, statuses: Sequence[RoomStatus]) -> Sequence[Room]:
        """All rooms of an integration in these states, by address."""
        ...

    async def count_by_status(self, integration_id: IntegrationId) -> Mapping[RoomStatus, int]:
        """How many rooms an integration has in each state."""
        ...

    async def take_in(self, integration_id: IntegrationId, facts: Sequence[RoomFacts], source: RoomSource) -> TakenIn:
        """Add rooms and bring the provider's values up to date; overrides stay and win. Rooms that had been missing
        are new again; what an admin added by address or left out stays so."""
        ...

    async def mark_missing(self, integration_id: IntegrationId, listed: Sequence[Address], now: datetime) -> int:
        """After a complete list: the directory's rooms that are not ``listed`` are missing. Answers how many newly."""
        ...

    async def set_statuses(self, room_ids: Sequence[RoomId], status: RoomStatus) -> int:
        """Say what probes found of rooms; those left out or missing meanwhile stay so. Answers how many changed."""
        ...

    async def save_overrides(self, room: Room) -> None:
        """Store ``overrides``, ``status`` and ``version``; what holds follows from the provider's values and them."""
        ...

    async def leave_out(self, room_id: RoomId, by: str, now: datetime) -> None:
        """Keep a room out of booking and checks, with the name of who said so."""
        ...

    async def put_back(self, room_id: RoomId) -> None:
        """Undo ``leave_out``: the room is new and waits for a check."""
        ...

    async def buildings(self, integration_id: IntegrationId) -> Sequence[Building]:
        """Buildings that rooms are in, by name."""
        ...

    async def set_building_zone(self, integration_id: IntegrationId, name: str, zone: str | None) -> None:
        """Say in which zone a building stands; it holds for all its rooms that have no override of their own."""
        ...
