"""Booking a room, against the real store."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.exc import IntegrityError
from tests.support.providers import known_providers
from tests.support.statements import statements

from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.application.booking.create import CreateBooking, create_booking
from roomstead.application.booking_request import BookingRequest
from roomstead.domain.booking import BookingState
from roomstead.domain.booking_input import TypedAttendee
from roomstead.domain.errors import (
    AppError,
    Forbidden,
    InvalidInput,
    NotBookable,
    NotFound,
    RoomTaken,
    ServiceAccountRequired,
)
from roomstead.domain.hosting import SERVICE_ACCOUNT_LABEL, HostKind
from roomstead.domain.integration import Integration, IntegrationStatus, Room, RoomId, RoomStatus
from roomstead.domain.people import Person, Role

if TYPE_CHECKING:
    from tests.application.booking.conftest import Desk
    from tests.application.conftest import Given

BusyOutside = Callable[[Room, float, float], Awaitable[None]]


async def test_a_booking_is_requested_and_never_more_until_the_room_answered(
    desk: Desk, jane: Person, oak: Room
) -> None:
    view = await desk.book(jane, oak)
    assert view.state is BookingState.REQUESTED
    delivered = await desk.deliver(view.id)
    assert delivered.hosting is not None
    assert delivered.hosting.event_id == f"event-{view.id}"
    assert delivered.hosting.generation == 1


async def test_all_parts_are_stored(desk: Desk, given: Given, jane: Person, oak: Room) -> None:
    mary = await given.person("Mary Major")
    view = await desk.book(
        jane,
        oak,
        description="Bring <b>figures</b>\r\n& questions",
        attendees=(TypedAttendee("Mary.Major@Contoso.Example", "Mary"), TypedAttendee("bob@elsewhere.example")),
        zone="Europe/Berlin",
    )
    booking = await desk.stored(view.id)
    assert booking.description == "Bring <b>figures</b>\n& questions"
    assert booking.zone == "Europe/Berlin"
    assert [(each.address, each.person_id) for each in booking.attendees] == [
        ("bob@elsewhere.example", None),
        ("mary.major@contoso.example", mary.id),
    ]
    assert booking.hosting is not None
    assert booking.hosting.mailbox.address == "jane.doe@contoso.example"
    assert booking.organizer.address == "jane.doe@contoso.example"
    assert [request.room.id for request in booking.occurrence.rooms] == [oak.id]
    assert view.attendees[0].address == "mary.major@contoso.example"


async def test_the_push_is_left_in_the_same_transaction(
    desk: Desk, units: SqlUnitsOfWork, jane: Person, oak: Room
) -> None:
    view = await desk.book(jane, oak)
    async with units() as uow:
        due = (await uow.due.by(desk.clock.now(), 10)).bookings
        waiting = await uow.intents.waiting()
    assert list(due) == [view.id]
    assert waiting == 1


async def test_a_booking_is_one_statement_after_one_look(desk: Desk, jane: Person, oak: Room) -> None:
    """So its transaction, and with it the room's lock, is as short as can be."""
    with statements() as asked:
        await desk.book(jane, oak)
    assert [statement.split()[0] for statement in asked] == ["SELECT", "WITH"]


async def test_where_the_push_cannot_be_left_nothing_is_stored(
    desk: Desk, jane: Person, oak: Room, database_url: str
) -> None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as session:
        await session.execute("ALTER TABLE procrastinate_jobs ADD CONSTRAINT is_full CHECK (false) NOT VALID")
        with pytest.raises(IntegrityError):
            await desk.book(jane, oak)
        for table in ("booking", "room_busy", "intent", "audit"):
            found = await session.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            assert await found.fetchone() == (0,)
        await session.execute("ALTER TABLE procrastinate_jobs DROP CONSTRAINT is_full")
    view = await desk.book(jane, oak)
    assert view.state is BookingState.REQUESTED


async def test_an_organiser_out_of_reach_is_hosted_by_the_service_account(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room
) -> None:
    service = await given.service_mailbox(tenant)
    await given.out_of_reach(tenant, jane)
    view = await desk.book(jane, oak)
    assert view.label == SERVICE_ACCOUNT_LABEL
    assert view.host is not None
    assert view.host.kind is HostKind.SERVICE_ACCOUNT
    assert view.host.cause is None
    booking = await desk.stored(view.id)
    assert booking.hosting is not None
    assert booking.hosting.service_mailbox_id == service.id
    assert booking.hosting.cause.value == "refused"


async def test_without_a_service_account_it_is_refused_before_anything_is_written(
    desk: Desk, given: Given, units: SqlUnitsOfWork, tenant: Integration, jane: Person, oak: Room
) -> None:
    await given.out_of_reach(tenant, jane)
    with pytest.raises(ServiceAccountRequired):
        await desk.book(jane, oak)
    async with units() as uow:
        assert await uow.intents.waiting() == 0


async def test_somebody_from_elsewhere_is_hosted_by_the_service_account(
    desk: Desk, given: Given, tenant: Integration, oak: Room
) -> None:
    await given.service_mailbox(tenant)
    sue = await given.person("Sue Sub", "sue@subsidiary.example")
    booking = await desk.stored((await desk.book(sue, oak)).id)
    assert booking.hosting is not None
    assert booking.hosting.cause.value == "no_mailbox"
    assert booking.organizer.address == "sue@subsidiary.example"


async def test_of_several_addresses_the_tenants_own_is_used(
    desk: Desk, given: Given, tenant: Integration, oak: Room
) -> None:
    two = await given.person("Two Hats", "two@parent.example", "two@contoso.example")
    booking = await desk.stored((await desk.book(two, oak)).id)
    assert booking.hosting is not None
    assert (booking.hosting.kind, booking.hosting.mailbox.address) == (HostKind.ORGANIZER, "two@contoso.example")


async def test_the_organiser_and_service_accounts_are_never_attendees(
    desk: Desk, given: Given, tenant: Integration, oak: Room
) -> None:
    await given.service_mailbox(tenant)
    two = await given.person("Two Hats", "two@contoso.example", "two@parent.example")
    typed = ["TWO@parent.example", "rooms@contoso.example", "a@x.example", "A@X.example", oak.mailbox.address]
    booking = await desk.stored((await desk.book(two, oak, attendees=tuple(TypedAttendee(each) for each in typed))).id)
    assert [each.address for each in booking.attendees] == ["a@x.example"]


async def test_a_room_typed_among_the_guests_is_the_room(desk: Desk, jane: Person, oak: Room) -> None:
    request = BookingRequest(
        desk.at(1), desk.at(2), "Typed", attendees=(TypedAttendee("Oak@contoso.example"), TypedAttendee("b@x.example"))
    )
    view = await create_booking(
        CreateBooking(request),
        desk.given.actor(jane),
        units=desk.units,
        providers=known_providers(),
        clock=desk.clock,
        policy=desk.policy,
    )
    assert [room.room_id for room in view.rooms] == [oak.id]
    assert [each.address for each in view.attendees] == ["b@x.example"]


async def test_a_second_room_among_the_guests_is_refused_with_its_name(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room
) -> None:
    elm = await given.room(tenant, "Elm")
    with pytest.raises(InvalidInput) as refusal:
        await desk.book(jane, oak, attendees=(TypedAttendee(elm.mailbox.address),))
    assert "Elm is a room" in refusal.value.mistakes["attendees"]


async def test_every_mistake_is_named_at_once(desk: Desk, jane: Person, oak: Room) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await desk.book(
            jane,
            oak,
            length=-1,
            title="",
            zone="Mars/Olympus",
            description="x" * 40_000,
            attendees=(TypedAttendee("nobody"),),
        )
    assert set(refusal.value.mistakes) == {"title", "end", "zone", "description", "attendees.0.address"}


async def test_five_hundred_and_one_people_are_too_many(desk: Desk, jane: Person, oak: Room) -> None:
    guests = tuple(TypedAttendee(f"guest{number}@x.example") for number in range(499))
    with pytest.raises(InvalidInput) as refusal:
        await desk.book(jane, oak, attendees=guests)
    assert set(refusal.value.mistakes) == {"attendees"}
    view = await desk.book(jane, oak, attendees=guests[:498])
    assert len(view.attendees) == 498


@pytest.mark.parametrize("status", [each for each in RoomStatus if each is not RoomStatus.LIVE])
async def test_only_live_rooms_are_booked(
    desk: Desk, given: Given, tenant: Integration, jane: Person, status: RoomStatus
) -> None:
    elm = await given.room(tenant, "Elm", status=status)
    with pytest.raises(NotBookable, match="Elm cannot be booked"):
        await desk.book(jane, elm)


async def test_an_integration_that_is_not_in_use_books_nothing(desk: Desk, given: Given, jane: Person) -> None:
    other = await given.integration(name="Other", status=IntegrationStatus.DISABLED)
    elm = await given.room(other, "Elm")
    with pytest.raises(NotBookable):
        await desk.book(jane, elm)


async def test_only_admins_book_for_others(desk: Desk, given: Given, jane: Person, oak: Room) -> None:
    admin = await given.person("Ada Admin", role=Role.GLOBAL_ADMIN)
    bob = await given.person("Bob Brown")
    with pytest.raises(Forbidden):
        await desk.book(jane, oak, organizer_id=bob.id)
    view = await desk.book(admin, oak, organizer_id=bob.id)
    assert view.organizer is not None
    assert view.booked_by is not None
    assert (view.organizer.name, view.booked_by.name) == ("Bob Brown", "Ada Admin")


async def test_an_unknown_room_is_not_found(desk: Desk, jane: Person, oak: Room) -> None:
    with pytest.raises(NotFound):
        await desk.book(jane, replace(oak, id=RoomId(uuid4())))


async def test_touching_bookings_fit_and_overlapping_ones_do_not(desk: Desk, jane: Person, oak: Room) -> None:
    await desk.book(jane, oak, 2, 1)
    await desk.book(jane, oak, 1, 1)
    await desk.book(jane, oak, 3, 1)
    for start, length in [(1.5, 1), (2.25, 0.5), (0.5, 4), (2, 1)]:
        with pytest.raises(RoomTaken):
            await desk.book(jane, oak, start, length)


async def test_a_taken_room_offers_rooms_that_are_free(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room
) -> None:
    elm = await given.room(tenant, "Elm", capacity=6)
    ash = await given.room(tenant, "Ash", capacity=4)
    far = await given.room(tenant, "Far", capacity=2, building="South")
    await desk.book(jane, ash)
    await desk.book(jane, oak)
    with pytest.raises(RoomTaken) as refusal:
        await desk.book(jane, oak)
    assert refusal.value.details["alternatives"] == f"{elm.id},{far.id}"
    assert "Elm" in refusal.value.remedy


async def test_what_others_put_into_the_calendar_is_taken_too(
    desk: Desk, jane: Person, oak: Room, busy_outside: BusyOutside
) -> None:
    await busy_outside(oak, 1, 2)
    await busy_outside(oak, 30, 70)
    for start in (1.5, 30, 60, 69.5):
        with pytest.raises(RoomTaken):
            await desk.book(jane, oak, start)
    await desk.book(jane, oak, 2)
    await desk.book(jane, oak, 70)


async def test_sixty_four_who_want_one_slot_are_one_winner(desk: Desk, jane: Person, oak: Room) -> None:
    async def attempt(number: int) -> str:
        try:
            await desk.book(jane, oak, 1 + random.Random(number).choice([0, 0.25, 0.5]))
        except AppError as error:
            return error.code
        return "booked"

    outcomes = await asyncio.gather(*(attempt(number) for number in range(64)))
    assert sorted(set(outcomes)) == ["booked", "room_taken"]
    assert outcomes.count("booked") == 1
