"""Bookings, their occurrences, rooms, attendees, hosting and acts, stored as one whole.

What becomes of a booking is decided in the domain (``booking_editing``, ``booking_settling``, ``booking_observing``);
the repository loads a whole booking, locked, and saves the difference. The slots it holds follow from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from roomstead.application.ports.jobs import Job
from roomstead.domain.access import Access
from roomstead.domain.booking import Booking, BookingId, Placement
from roomstead.domain.integration import IntegrationStatus, Room, RoomId, ServiceMailbox
from roomstead.domain.mailbox import Address, IntegrationId
from roomstead.domain.people import Actor, Person, PersonId


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """What is stored that decides who hosts a booking of ``room`` by ``organizer``.

    ``access``: findings about *write* in the room's integration, for addresses of the organiser. ``invited_rooms``:
    rooms of ours among the addresses that were asked about. ``never_invited``: service accounts that host or hosted.
    """

    room: Room
    provider: str
    integration_status: IntegrationStatus
    domains: tuple[str, ...]
    organizer: Person
    access: Mapping[Address, Access]
    service_mailbox: ServiceMailbox | None
    invited_rooms: Mapping[Address, Room]
    never_invited: frozenset[Address]


class AddOutcome(StrEnum):
    """What came of storing a new booking."""

    ADDED = "added"
    TAKEN = "taken"
    """The room is taken at that time, or no longer live; nothing was stored."""


@dataclass(frozen=True, slots=True)
class BookingFilter:
    """Which bookings to list; None: all. ``since`` and ``until`` bound the time at which they lie.

    ``person_id``: those that the person organises or booked for somebody. ``hosted_in``: those that lie in the
    calendar of a service account of that integration, present or former.
    """

    person_id: PersonId | None = None
    room_id: RoomId | None = None
    since: datetime | None = None
    until: datetime | None = None
    with_cancelled: bool = False
    hosted_in: IntegrationId | None = None


@dataclass(frozen=True, slots=True)
class BookingMark:
    """A place in the list of bookings, which is ordered by start."""

    starts_at: datetime
    id: UUID


class BookingRepository(Protocol):
    """Bookings as wholes."""

    async def routing(
        self, room_id: RoomId, organizer_id: PersonId, addresses: Sequence[Address] = ()
    ) -> RoutingFacts | None:
        """One read of all that decides the host, and of the rooms among ``addresses``.

        None when the room or the organiser does not exist.
        """
        ...

    async def add(self, booking: Booking, actor: Actor, job: Job) -> AddOutcome:
        """Store a new booking with its slots, its host, its create and the audit entry, announce it and leave the job
        that tells the provider; or do nothing.

        One statement, so also for a stepwise unit of work: the room's row is locked first, slots of others and busy
        times seen in its calendar are looked at, and the exclusion constraint has the last word.
        """
        ...

    async def get(self, booking_id: BookingId) -> Booking | None:
        """One booking."""
        ...

    async def get_many(self, booking_ids: Sequence[BookingId]) -> Sequence[Booking]:
        """Several bookings, in the order asked for; unknown ones are left out."""
        ...

    async def get_for_change(self, booking_id: BookingId, *, and_rooms: Sequence[RoomId] = ()) -> Booking | None:
        """As ``get``; booking and rooms (its own and ``and_rooms``) are locked until this unit of work ends."""
        ...

    async def many_for_change(self, booking_ids: Sequence[BookingId]) -> Sequence[Booking]:
        """As ``get_for_change`` for several, locked in one order, so that two such units of work cannot deadlock.

        Call it once per unit of work, with all bookings that it will change.
        """
        ...

    async def save(self, before: Booking, after: Booking, *, at: datetime) -> tuple[Placement, ...]:
        """Store what differs, and hold the slots that ``after`` needs. New answers are kept as seen ``at``.

        Answers the slots that could not be had, because others hold them; everything else is stored. A use case that
        asked for those slots gives up its unit of work; an observation of the world is kept.
        """
        ...

    async def due_back(self, now: datetime, limit: int) -> Sequence[BookingId]:
        """Bookings that may hold a room which asks for check-in and nobody came to; the domain decides which do."""
        ...

    async def page(self, wanted: BookingFilter, *, after: BookingMark | None, limit: int) -> Sequence[Booking]:
        """Bookings by start, at most ``limit``, after the mark."""
        ...
