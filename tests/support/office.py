"""An office to look at: people, rooms and a day of meetings, put into the store as they would have come there."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.application.booking.create import CreateBooking
from roomstead.application.booking_request import BookingRequest
from roomstead.application.ports.calendar import RoomFacts
from roomstead.application.ports.rooms import RoomSource
from roomstead.bootstrap.service import Roomstead
from roomstead.domain.access import Access, AccessCause, Capability, Verdict
from roomstead.domain.booking import BookingId
from roomstead.domain.booking_input import TypedAttendee
from roomstead.domain.integration import (
    Integration,
    IntegrationStatus,
    Room,
    RoomStatus,
    ServiceMailbox,
    ServiceMailboxId,
    ServiceMailboxStatus,
)
from roomstead.domain.mailbox import IntegrationId, MailboxRef, parse_address
from roomstead.domain.people import Actor, Person, PersonId, Role, Via

HOUSE = (
    ("Ash", "North House", "2", 4), ("Birch", "North House", "2", 6), ("Cedar", "North House", "2", 8),
    ("Elm", "North House", "2", 12), ("Oak", "North House", "2", 8), ("Hazel", "North House", "3", 4),
    ("Larch", "North House", "3", 10), ("Maple", "North House", "3", 6), ("Rowan", "North House", "3", 14),
    ("Willow", "North House", "3", 4), ("Atrium", "South Wing", "Ground floor", 40),
    ("Boardroom", "South Wing", "Ground floor", 18), ("Forum", "South Wing", "Ground floor", 24),
    ("Studio", "South Wing", "Ground floor", 6),
)  # fmt: skip
"""Rooms: name, building, floor, seats."""


ANSWERED = (
    "UPDATE intent SET status = 'done', done_at = now(), next_attempt_at = NULL WHERE booking_id = %(id)s",
    """UPDATE hosting SET event_id = 'event-' || booking_id, ical_uid = 'uid-' || booking_id
       WHERE booking_id = %(id)s""",
    """UPDATE booking_occurrence SET observed_starts_at = starts_at, observed_ends_at = ends_at, observed_at = now()
       WHERE booking_id = %(id)s""",
    """UPDATE occurrence_room SET answer = %(answer)s, asked_at = now(), answered_at = now()
       FROM booking_occurrence AS o WHERE o.id = occurrence_id AND o.booking_id = %(id)s""",
    """DELETE FROM room_busy USING occurrence_room AS r, booking_occurrence AS o WHERE room_busy.ref = r.id
       AND r.occurrence_id = o.id AND o.booking_id = %(id)s AND %(answer)s = 'declined'""",
    "SELECT pg_notify('roomstead', json_build_object('topic', 'booking', 'ref', %(id)s::uuid)::text)",
)
"""What the calendar's taking of a booking and the room's answer come to in the store."""


@dataclass
class Office:
    """One tenant with a service account, its rooms by name, and people by name."""

    service: Roomstead
    units: SqlUnitsOfWork
    integration: Integration
    rooms: dict[str, Room]
    people: dict[str, Person]

    def actor(self, name: str) -> Actor:
        """That person, acting on pages."""
        person = self.people[name]
        return Actor(person.id, person.name, person.role, Via.PAGE)

    async def person(self, name: str, *addresses: str, role: Role = Role.MEMBER) -> Person:
        """A person; the address follows from the name unless given."""
        chosen = addresses or (f"{name.lower().replace(' ', '.')}@contoso.example",)
        person = Person(PersonId(uuid.uuid4()), name, tuple(parse_address(each) for each in chosen), role)
        async with self.units() as uow:
            await uow.people.add(person)
            await uow.commit()
        self.people[name] = person
        return person

    async def reach(self, name: str, verdict: Verdict = Verdict.GRANTED) -> None:
        """What was found of the person's mailbox just now."""
        cause = AccessCause.REFUSED if verdict is Verdict.REFUSED else AccessCause.NONE
        address = self.people[name].addresses[0]
        found = Access(address, Capability.WRITE, verdict, cause, self.service.clock.now(), "", "")
        async with self.units() as uow:
            await uow.access.record(self.integration.id, [found])
            await uow.commit()

    async def add_rooms(self, *places: tuple[str, str, str, int], equipment: tuple[str, ...] = ("Screen",)) -> None:
        """Live rooms."""
        facts = [
            RoomFacts(
                parse_address(f"{name.lower().replace(' ', '-')}@contoso.example"),
                name,
                None,
                building,
                floor,
                seats,
                equipment,
            )
            for name, building, floor, seats in places
        ]
        async with self.units() as uow:
            await uow.rooms.take_in(self.integration.id, facts, RoomSource.DIRECTORY)
            new = await uow.rooms.of_integration(self.integration.id, [RoomStatus.NEW])
            await uow.rooms.set_statuses([room.id for room in new], RoomStatus.LIVE)
            live = await uow.rooms.of_integration(self.integration.id, [RoomStatus.LIVE])
            await uow.commit()
        self.rooms = {room.name: room for room in live}

    async def book(
        self,
        who: str,
        room: str,
        start: datetime,
        minutes: int = 60,
        title: str = "Stand-up",
        *,
        people: Sequence[str] = (),
        is_private: bool = False,
        description: str = "",
    ) -> BookingId:
        """A booking that was asked for; nobody has answered."""
        attendees = tuple(TypedAttendee(each, "") for each in people)
        request = BookingRequest(
            start,
            start + timedelta(minutes=minutes),
            title,
            room_id=self.rooms[room].id,
            is_private=is_private,
            description=description,
            attendees=attendees,
        )
        return (await self.service.cases.create_booking(CreateBooking(request), self.actor(who))).id

    async def answered(self, booking_id: BookingId, answer: str = "accepted") -> None:
        """The calendar took the booking and its room answered; a room that declines gives up the slot."""
        async with await psycopg.AsyncConnection.connect(self.service.database_url) as session:
            for statement in ANSWERED:
                await session.execute(statement, {"id": booking_id, "answer": answer})

    async def busy(self, room: str, start: datetime, minutes: int = 60) -> None:
        """Somebody else's event is seen in the room's calendar."""
        values = (self.rooms[room].room_no, start, start + timedelta(minutes=minutes), uuid.uuid4())
        async with await psycopg.AsyncConnection.connect(self.service.database_url) as session:
            await session.execute(
                "INSERT INTO room_busy (room_no, blocks_from, blocks_to, kind, ref) VALUES (%s, %s, %s, 'mirror', %s)",
                values,
            )

    async def fill(self, start: datetime, hours: int, meetings: int, seed: int = 1) -> None:
        """Meetings of colleagues and of outsiders in every room, ``meetings`` each, on half hours from ``start``."""
        chance = random.Random(seed)
        names = [name for name, person in self.people.items() if person.addresses]
        titles = ("Stand-up", "Interviews", "Pricing workshop", "Design critique", "Incident drill", "Sales weekly")
        for room in self.rooms:
            for slot in sorted(chance.sample(range(hours), meetings)):
                begins = start + timedelta(hours=slot)
                if chance.random() < 0.25:
                    await self.busy(room, begins, chance.choice((30, 60)))
                else:
                    made = await self.book(
                        chance.choice(names), room, begins, chance.choice((30, 30, 60)), chance.choice(titles)
                    )
                    await self.answered(made)


async def open_office(service: Roomstead, *, with_service_account: bool = True) -> Office:
    """A working tenant without rooms and people."""
    engine = make_engine(service.database_url, pool_size=2)
    units = SqlUnitsOfWork(engine, lambda connection: QueuedJobs(connection.exec_driver_sql))
    integration = Integration(
        id=IntegrationId(uuid.uuid4()),
        provider="microsoft",
        name="Contoso",
        tenant=str(uuid.uuid4()),
        endpoints={},
        tier=3,
        status=IntegrationStatus.WORKING,
        setup_address=None,
        domains=("contoso.example",),
    )
    now = service.clock.now()
    async with units() as uow:
        await uow.integrations.add(integration, now)
        if with_service_account:
            mailbox = ServiceMailbox(
                ServiceMailboxId(uuid.uuid4()),
                integration.id,
                MailboxRef(parse_address("rooms@contoso.example")),
                "Room bookings",
                ServiceMailboxStatus.ACTIVE,
                now,
                None,
                proven_at=now,
            )
            await uow.integrations.add_service_mailbox(mailbox, now)
        await uow.commit()
    return Office(service, units, integration, {}, {})


async def close_office(office: Office) -> None:
    """Give its connections back."""
    await office.units._engine.dispose()
