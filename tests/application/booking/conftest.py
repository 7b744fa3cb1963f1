"""Booking a room in the tests' tenant, and playing what push would record."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict, Unpack

import psycopg
import pytest
from tests.support.providers import known_providers

from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.application import settling
from roomstead.application.booking.create import CreateBooking, create_booking
from roomstead.application.booking_request import BookingRequest
from roomstead.application.booking_view import BookingView
from roomstead.application.policy import Policy
from roomstead.domain.booking import Booking, BookingId
from roomstead.domain.booking_input import TypedAttendee
from roomstead.domain.booking_settling import SeenAnswer
from roomstead.domain.event import (
    Attendee,
    AttendeeRole,
    AttendeeStatus,
    CalendarEvent,
    EventId,
    EventKind,
    ICalUid,
    ResponseStatus,
    Revision,
)
from roomstead.domain.integration import Room
from roomstead.domain.people import Person, PersonId
from roomstead.domain.timespan import Timespan

if TYPE_CHECKING:
    from tests.application.conftest import Given, HeldClock


class More(TypedDict, total=False):
    """What a booking may say beyond room and time."""

    description: str
    zone: str
    is_private: bool
    attendees: tuple[TypedAttendee, ...]
    organizer_id: PersonId


@dataclass
class Desk:
    """Books rooms, and records what the provider would have answered."""

    given: Given
    units: SqlUnitsOfWork
    clock: HeldClock
    policy: Policy

    def at(self, hours: float) -> datetime:
        """So many hours from now."""
        return self.clock.now() + timedelta(hours=hours)

    async def book(
        self,
        who: Person,
        room: Room,
        start: float = 1,
        length: float = 1,
        title: str = "Stand-up",
        **more: Unpack[More],
    ) -> BookingView:
        """Book the room ``start`` hours from now for ``length`` hours."""
        request = BookingRequest(self.at(start), self.at(start + length), title, room_id=room.id, **more)
        return await create_booking(
            CreateBooking(request),
            self.given.actor(who),
            units=self.units,
            providers=known_providers(),
            clock=self.clock,
            policy=self.policy,
        )

    async def stored(self, booking_id: BookingId) -> Booking:
        """The booking as it is in the store."""
        async with self.units() as uow:
            booking = await uow.bookings.get(booking_id)
        assert booking is not None
        return booking

    async def begin(self, booking_id: BookingId) -> Booking:
        """The oldest unfinished act is about to be sent."""
        booking = await self.stored(booking_id)
        async with self.units() as uow:
            begun = await settling.record_begun(
                uow,
                booking,
                booking.unfinished[0].id,
                {"stored": "request"},
                now=self.clock.now(),
                again_at=self.clock.now() + timedelta(minutes=2),
            )
            await uow.commit()
        assert begun is not None
        return begun

    async def deliver(self, booking_id: BookingId) -> Booking:
        """The oldest unfinished act is sent and taken."""
        begun = await self.begin(booking_id)
        return await self.taken(booking_id, begun)

    async def taken(self, booking_id: BookingId, begun: Booking) -> Booking:
        """The provider took what was begun."""
        intent = begun.unfinished[0]
        event = None if not intent.wanted.placements else self.event(begun, intent.wanted.placements[0].span)
        async with self.units() as uow:
            booking = await settling.record_sent(
                uow, booking_id, intent.id, event, now=self.clock.now(), policy=self.policy
            )
            await uow.commit()
        assert booking is not None
        return booking

    def event(self, booking: Booking, span: Timespan | None = None, title: str | None = None) -> CalendarEvent:
        """The host's copy of the booking's event, nobody has answered."""
        people = [AttendeeStatus(Attendee(each.address, each.name), each.response) for each in booking.attendees]
        rooms = [
            AttendeeStatus(
                Attendee(request.room.mailbox.address, request.room.name, AttendeeRole.ROOM),
                ResponseStatus.NEEDS_ACTION,
            )
            for request in booking.occurrence.wanted_rooms
        ]
        return CalendarEvent(
            event_id=EventId(f"event-{booking.id}"),
            ical_uid=ICalUid(f"uid-{booking.id}"),
            kind=EventKind.SINGLE,
            span=span or booking.occurrence.span,
            is_host_copy=True,
            title=title or booking.title,
            description=booking.description,
            attendees=(*people, *rooms),
            revision=Revision(uuid.uuid4().hex),
        )

    async def see(self, booking_id: BookingId, event: CalendarEvent) -> Booking:
        """The host's copy is seen by a pull."""
        async with self.units() as uow:
            booking = await settling.record_observed(uow, booking_id, event, now=self.clock.now(), policy=self.policy)
            await uow.commit()
        assert booking is not None
        return booking

    async def room_answers(self, booking_id: BookingId, answer: ResponseStatus) -> Booking:
        """The room answers to the time at which the event lies."""
        booking = await self.stored(booking_id)
        seen = tuple(
            SeenAnswer(request.room.mailbox.address, answer, self.clock.now()) for request in booking.occurrence.rooms
        )
        async with self.units() as uow:
            after = await settling.record_answers(
                uow, booking_id, booking.occurrence.observed, seen, now=self.clock.now()
            )
            await uow.commit()
        assert after is not None
        return after


@pytest.fixture
def desk(given: Given, units: SqlUnitsOfWork, clock: HeldClock, policy: Policy) -> Desk:
    """Books rooms."""
    return Desk(given, units, clock, policy)


@pytest.fixture
def claims(database_url: str) -> Callable[[Room], Awaitable[list[tuple[float, float]]]]:
    """The slots held in a room, in hours from the clock's beginning."""
    query = (
        "SELECT extract(epoch FROM blocks_from - timestamptz '2027-03-01T12:00Z') / 3600,"
        " extract(epoch FROM blocks_to - timestamptz '2027-03-01T12:00Z') / 3600"
        " FROM room_busy WHERE room_no = %s AND kind = 'claim' ORDER BY blocks_from"
    )

    async def look(room: Room) -> list[tuple[float, float]]:
        async with await psycopg.AsyncConnection.connect(database_url) as session:
            rows = await session.execute(query, (room.room_no,))
            return [(float(row[0]), float(row[1])) for row in await rows.fetchall()]

    return look


@pytest.fixture
def busy_outside(database_url: str, clock: HeldClock) -> Callable[[Room, float, float], Awaitable[None]]:
    """Somebody else's event is seen in the room's calendar, so many hours from now."""

    async def put(room: Room, start: float, end: float) -> None:
        times = [clock.now() + timedelta(hours=hours) for hours in (start, end)]
        async with await psycopg.AsyncConnection.connect(database_url) as session:
            await session.execute(
                "INSERT INTO room_busy (room_no, blocks_from, blocks_to, kind, ref) VALUES (%s, %s, %s, 'mirror', %s)",
                (room.room_no, *times, uuid.uuid4()),
            )

    return put
