"""What a picture of many rooms over a day needs, and no more: read in as few statements as possible."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roomstead.domain.booking import BookingId
from roomstead.domain.integration import Room, RoomId
from roomstead.domain.masking import Relation
from roomstead.domain.people import PersonId
from roomstead.domain.timespan import Timespan


@dataclass(frozen=True, slots=True)
class RoomsWanted:
    """Which live rooms; None or empty: all. A room of unknown capacity is never hidden by ``min_capacity``.

    ``free_at``: only rooms that nothing keeps busy at that moment. ``named``: words, each somewhere in the name,
    whatever their case and accents.
    """

    building: str | None = None
    floor: str | None = None
    min_capacity: int | None = None
    equipment: tuple[str, ...] = ()
    free_at: datetime | None = None
    room_id: RoomId | None = None
    room_nos: tuple[int, ...] = ()
    named: str = ""


@dataclass(frozen=True, slots=True)
class RoomsFound:
    """Some rooms by building, floor and name, and how many there are in all."""

    rooms: tuple[Room, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What live rooms can be told apart by: (building, floor) pairs, and equipment that at least one has."""

    places: tuple[tuple[str, str], ...]
    equipment: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A time at which a room is busy, or at which it declined a booking of the viewer.

    ``booking_id`` None: what others put into the room's calendar. ``is_settled``: the room accepted and nothing is
    under way or failed, so that the booking is confirmed; anything else takes the whole booking to judge.
    """

    room_no: int
    start: datetime
    end: datetime
    booking_id: BookingId | None
    title: str
    organizer: str
    is_private: bool
    relation: Relation
    by_service_account: bool
    is_settled: bool
    is_declined: bool


class TimelineRepository(Protocol):
    """Rooms and what keeps them busy, for pictures."""

    async def rooms(self, wanted: RoomsWanted, *, offset: int, limit: int) -> RoomsFound:
        """Live rooms by building, floor and name."""
        ...

    async def choices(self) -> Choices:
        """What the filters offer."""
        ...

    async def rows(self, room_nos: Sequence[int], span: Timespan, viewer: PersonId | None) -> Sequence[TimelineRow]:
        """What keeps these rooms busy within ``span``, by room and start, with what declined the viewer's bookings."""
        ...
