"""Which rooms are free, and what keeps the others busy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from roomstead.domain.booking import BookingId
from roomstead.domain.integration import Room, RoomId
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.timespan import Timespan


@dataclass(frozen=True, slots=True)
class FreeFilter:
    """Which rooms would do; None or empty: all. A room of unknown capacity is never hidden by ``min_capacity``.

    ``floor`` is a wish: rooms on it come first. ``apart_from``: a booking whose own slots do not count as busy.
    """

    building: str | None = None
    floor: str | None = None
    min_capacity: int | None = None
    equipment: tuple[str, ...] = ()
    integration_id: IntegrationId | None = None
    apart_from: BookingId | None = None


@dataclass(frozen=True, slots=True)
class FreeMark:
    """A place in the ranking of free rooms."""

    off_floor: int
    capacity: int
    name: str
    room_no: int


@dataclass(frozen=True, slots=True)
class FreeRoom:
    """A room that is free for the whole span, and until when it stays so (None: for as far as we looked)."""

    room: Room
    free_until: datetime | None
    mark: FreeMark


class BusyKind(StrEnum):
    """What keeps a room busy."""

    BOOKING = "booking"
    """Held by a booking of ours."""
    CALENDAR = "calendar"
    """Seen in the room's calendar; not ours."""


@dataclass(frozen=True, slots=True)
class BusyBlock:
    """A time at which a room is busy. ``booking_id`` for our own; None for what others put into its calendar."""

    room_id: RoomId
    span: Timespan
    kind: BusyKind
    booking_id: UUID | None = None


class AvailabilityRepository(Protocol):
    """Free and busy, of one room or of ten thousand."""

    async def free(
        self, span: Timespan, wanted: FreeFilter, *, after: FreeMark | None, limit: int
    ) -> Sequence[FreeRoom]:
        """Live rooms that nothing keeps busy within ``span``, best first: the wished floor, the smallest that fits."""
        ...

    async def blocks(self, room_ids: Sequence[RoomId], span: Timespan) -> Mapping[RoomId, tuple[BusyBlock, ...]]:
        """What keeps rooms busy within ``span``, by start; every room that exists is a key."""
        ...
