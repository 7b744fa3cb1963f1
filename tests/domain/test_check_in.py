"""When a room is given back, and what becomes of its meeting."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from roomstead.domain.access import AccessCause
from roomstead.domain.booking import (
    NO_SHOW,
    Booking,
    BookingId,
    BookingState,
    Field,
    Hosting,
    HostingId,
    IntentId,
    IntentKind,
    IntentStatus,
    Occurrence,
    OccurrenceId,
    OccurrenceRoomId,
    Organizer,
    RoomRequest,
)
from roomstead.domain.booking_claims import placements_to_hold
from roomstead.domain.booking_editing import Edit, Stamp, edited
from roomstead.domain.booking_state import derive_state
from roomstead.domain.check_in import checked_in, due_back_at, given_back, may_check_in
from roomstead.domain.errors import Conflict
from roomstead.domain.event import EventId, ResponseStatus
from roomstead.domain.hosting import HostKind
from roomstead.domain.integration import Room, RoomId, RoomStatus
from roomstead.domain.mailbox import Address, IntegrationId, MailboxRef
from roomstead.domain.people import PersonId
from roomstead.domain.timespan import Timespan

TEN = datetime(2027, 3, 1, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TENANT = IntegrationId(uuid.uuid4())


def room(name: str = "oak", minutes: int | None = 10, number: int = 1) -> Room:
    """A room; ``minutes`` None: nobody has to check in."""
    overrides = {} if minutes is None else {"check_in_minutes": minutes}
    mailbox = MailboxRef(Address(f"{name}@contoso.example"))
    return Room(RoomId(uuid.uuid4()), number, TENANT, mailbox, name, RoomStatus.LIVE, overrides=overrides)


def booking(of: Room, answer: ResponseStatus = ResponseStatus.ACCEPTED) -> Booking:
    """Ten to eleven, delivered; the room has answered."""
    span = Timespan(TEN, TEN + timedelta(hours=1))
    request = RoomRequest(OccurrenceRoomId(uuid.uuid4()), of, answer, TEN - timedelta(days=1), TEN - timedelta(days=1))
    occurrence = Occurrence(OccurrenceId(uuid.uuid4()), span, span.start, (request,), span, TEN - timedelta(days=1))
    hosting = Hosting(
        HostingId(uuid.uuid4()),
        HostKind.ORGANIZER,
        MailboxRef(Address("jane@contoso.example")),
        AccessCause.NONE,
        TEN,
        "booked",
        event_id=EventId("event"),
    )
    return Booking(
        BookingId(uuid.uuid4()),
        TENANT,
        "Stand-up",
        "",
        "UTC",
        Organizer(PersonId(uuid.uuid4()), "Jane Doe", Address("jane@contoso.example")),
        (occurrence,),
        TEN - timedelta(days=1),
        TEN - timedelta(days=1),
        hosting=hosting,
    )


def stamp(now: datetime) -> Stamp:
    """Roomstead itself acts."""
    return Stamp(now, "roomstead", IntentId(uuid.uuid4()), OccurrenceRoomId(uuid.uuid4()), now)


def due(of: Booking) -> datetime | None:
    return due_back_at(of, of.occurrence.rooms[0])


def test_off_unless_the_room_asks_for_it() -> None:
    nobody_asks = booking(room(minutes=None))
    assert due(nobody_asks) is None
    assert given_back(nobody_asks, stamp(TEN + 30 * MINUTE)) == nobody_asks
    assert not may_check_in(nobody_asks, TEN)


@pytest.mark.parametrize("answer", [ResponseStatus.NEEDS_ACTION, ResponseStatus.TENTATIVE, ResponseStatus.DECLINED])
def test_only_what_the_room_accepted_can_be_given_back(answer: ResponseStatus) -> None:
    assert due(booking(room(), answer)) is None


def test_the_room_is_given_back_and_the_meeting_stays() -> None:
    before = booking(room())
    assert given_back(before, stamp(TEN + 9 * MINUTE)) == before
    after = given_back(before, stamp(TEN + 10 * MINUTE))
    assert after.cancelled_at is None
    assert after.occurrence.wanted_rooms == ()
    intent = after.intents[-1]
    assert (intent.kind, intent.status, intent.cause) == (IntentKind.CHANGE, IntentStatus.OPEN, NO_SHOW)
    assert intent.wanted.fields == {Field.ROOM}
    assert intent.wanted.withdrawn == ("oak@contoso.example",)
    assert placements_to_hold(after) != ()  # held until the calendar took it
    told = replace(
        after,
        intents=(replace(intent, status=IntentStatus.DONE),),
        occurrences=(replace(after.occurrence, rooms=()),),
    )
    assert placements_to_hold(told) == ()
    status = derive_state(told, TEN + 11 * MINUTE)
    assert (status.state, status.reason_code) == (BookingState.DECLINED, NO_SHOW)
    assert "Nobody checked in" in status.sentence


def test_nothing_is_given_back_once_the_meeting_is_over() -> None:
    before = booking(room())
    assert given_back(before, stamp(TEN + timedelta(hours=1))) == before


def test_whoever_checked_in_keeps_the_room() -> None:
    here = checked_in(booking(room()), TEN - 15 * MINUTE)
    assert due(here) is None
    assert given_back(here, stamp(TEN + 30 * MINUTE)) == here
    assert checked_in(here, TEN) == here


@pytest.mark.parametrize("minutes", [-16, 60])
def test_too_early_and_too_late(minutes: int) -> None:
    with pytest.raises(Conflict):
        checked_in(booking(room()), TEN + minutes * MINUTE)


def test_a_meeting_that_moves_is_checked_in_anew() -> None:
    here = checked_in(booking(room()), TEN)
    later = Timespan(TEN + timedelta(hours=3), TEN + timedelta(hours=4))
    moved = replace(here, occurrences=(replace(here.occurrence, span=later),))
    assert due(moved) == later.start + 10 * MINUTE


def test_who_books_after_the_start_has_as_long_from_then_on() -> None:
    late = replace(booking(room()), created_at=TEN + 20 * MINUTE)
    assert due(late) == TEN + 30 * MINUTE


def test_another_room_can_be_chosen_afterwards() -> None:
    given = given_back(booking(room()), stamp(TEN + 10 * MINUTE))
    elm = room("elm", number=2)
    again = edited(given, Edit(room=elm), stamp(TEN + 12 * MINUTE))
    assert [each.room.name for each in again.occurrence.wanted_rooms] == ["elm"]
    assert again.intents[-1].wanted.withdrawn == ("oak@contoso.example",)
