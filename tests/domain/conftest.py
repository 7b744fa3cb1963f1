"""A booking to begin with."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from roomstead.domain.access import AccessCause
from roomstead.domain.booking import (
    Booking,
    BookingId,
    Hosting,
    HostingId,
    Intent,
    IntentId,
    IntentKind,
    IntentStatus,
    Occurrence,
    OccurrenceId,
    OccurrenceRoomId,
    Organizer,
    Placement,
    RoomRequest,
    Wanted,
)
from roomstead.domain.event import EventId, ResponseStatus
from roomstead.domain.hosting import HostKind
from roomstead.domain.integration import Room, RoomId, RoomStatus
from roomstead.domain.mailbox import IntegrationId, MailboxRef, parse_address
from roomstead.domain.people import PersonId
from roomstead.domain.timespan import Timespan

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
SPAN = Timespan(NOW + timedelta(hours=1), NOW + timedelta(hours=2))


class Make:
    """Makes the parts of bookings."""

    now = NOW
    span = SPAN

    def room(self, room_no: int = 1, name: str = "Oak", **overrides: object) -> Room:
        """A live room."""
        mailbox = MailboxRef(parse_address(f"{name}@contoso.example"))
        integration_id = IntegrationId(uuid.UUID(int=7))
        return Room(
            RoomId(uuid.UUID(int=room_no)), room_no, integration_id, mailbox, name, RoomStatus.LIVE, overrides=overrides
        )

    def intent(self, kind: IntentKind, status: IntentStatus, seq: int = 1, wanted: Wanted | None = None) -> Intent:
        """An act of the booking."""
        default = Wanted(placements=(Placement(1, SPAN),))
        return Intent(IntentId(uuid.uuid4()), BookingId(uuid.UUID(int=1)), seq, kind, status, wanted or default, NOW)

    def requested(self) -> Booking:
        """Asked for, nothing sent."""
        request = RoomRequest(OccurrenceRoomId(uuid.uuid4()), self.room())
        hosting = Hosting(
            HostingId(uuid.uuid4()),
            HostKind.ORGANIZER,
            MailboxRef(parse_address("jane@contoso.example")),
            AccessCause.NONE,
            NOW,
            "booked",
        )
        return Booking(
            id=BookingId(uuid.UUID(int=1)),
            integration_id=IntegrationId(uuid.UUID(int=7)),
            title="Stand-up",
            description="",
            zone="UTC",
            organizer=Organizer(PersonId(uuid.UUID(int=9)), "Jane Doe", parse_address("jane@contoso.example")),
            occurrences=(Occurrence(OccurrenceId(uuid.uuid4()), SPAN, SPAN.start, (request,)),),
            created_at=NOW,
            updated_at=NOW,
            hosting=hosting,
            intents=(self.intent(IntentKind.CREATE, IntentStatus.OPEN),),
        )

    def delivered(self, answer: ResponseStatus = ResponseStatus.NEEDS_ACTION, **overrides: object) -> Booking:
        """Taken by the provider; the room was asked and answered so."""
        booking = self.requested()
        assert booking.hosting is not None
        request = replace(
            booking.occurrence.rooms[0],
            room=self.room(**overrides),  # type: ignore[arg-type]  # overrides of a room are any values
            answer=answer,
            asked_at=NOW,
            deadline_at=NOW + timedelta(minutes=10),
        )
        return replace(
            booking,
            hosting=replace(booking.hosting, event_id=EventId("event")),
            occurrences=(replace(booking.occurrence, rooms=(request,), observed=SPAN, observed_at=NOW),),
            intents=(self.intent(IntentKind.CREATE, IntentStatus.DONE),),
        )


@pytest.fixture(scope="session")
def make() -> Make:
    """Makes bookings."""
    return Make()
