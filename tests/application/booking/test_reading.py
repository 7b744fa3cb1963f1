"""Previewing, reading, listing, finding rooms, the day of a room."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from tests.support.providers import known_providers

from roomstead.application.booking.create import CreateBooking, create_booking
from roomstead.application.booking.find_rooms import FindRooms, FoundRoom, find_rooms
from roomstead.application.booking.list_bookings import ListBookings, Whose, list_bookings
from roomstead.application.booking.preview import BookingPreview, PreviewBooking, preview_booking
from roomstead.application.booking.read import ReadBooking, read_booking
from roomstead.application.booking.read_room_day import ReadRoomDay, read_room_day
from roomstead.application.booking_request import BookingRequest
from roomstead.domain.booking import BookingId, Field, IntentKind, Wanted
from roomstead.domain.booking_input import TypedAttendee
from roomstead.domain.errors import Forbidden, InvalidInput, NotFound
from roomstead.domain.event import AttendeeRole
from roomstead.domain.hosting import SERVICE_ACCOUNT_LABEL, HostKind
from roomstead.domain.integration import Integration, Room, RoomId, RoomStatus
from roomstead.domain.outgoing import outgoing_event
from roomstead.domain.people import Actor, Person, Role, Via

if TYPE_CHECKING:
    from tests.application.booking.conftest import Desk
    from tests.application.conftest import Given

BusyOutside = Callable[[Room, float, float], Awaitable[None]]


async def _preview(desk: Desk, who: Person, room: Room, *guests: str) -> BookingPreview:
    attendees = tuple(TypedAttendee(each) for each in guests)
    request = BookingRequest(desk.at(1), desk.at(2), "Stand-up", room.id, attendees=attendees)
    return await preview_booking(
        PreviewBooking(request),
        desk.given.actor(who),
        units=desk.units,
        providers=known_providers(),
        clock=desk.clock,
        policy=desk.policy,
    )


async def test_preview_of_a_mailbox_in_reach(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room
) -> None:
    await given.write_access(tenant, jane)
    desk.clock.advance(timedelta(minutes=10))
    preview = await _preview(desk, jane, oak, "b@outside.example", "c@contoso.example")
    assert preview.host is not None
    assert (preview.host.kind, preview.host.is_certain, preview.host.label) == (HostKind.ORGANIZER, True, None)
    assert preview.host.age == timedelta(minutes=10)
    assert preview.host.sentence == "Booked in your own calendar."
    assert preview.mailed == ("b@outside.example", "c@contoso.example")
    assert preview.outsiders == 1
    assert not preview.refusals
    desk.clock.advance(timedelta(minutes=6))
    later = await _preview(desk, jane, oak)
    assert later.host is not None
    assert later.host.is_certain is False


async def test_preview_predicts_the_service_account_and_tells_members_no_causes(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room
) -> None:
    await given.service_mailbox(tenant)
    await given.out_of_reach(tenant, jane)
    preview = await _preview(desk, jane, oak, "b@outside.example")
    assert preview.host is not None
    assert preview.host.label == SERVICE_ACCOUNT_LABEL
    assert "booked by rooms@contoso.example on your behalf" in preview.host.sentence
    assert (preview.host.cause, preview.host.code) == (None, None)
    assert preview.mailed == ("jane.doe@contoso.example", "b@outside.example")


async def test_preview_says_what_would_be_refused(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room
) -> None:
    elm = await given.room(tenant, "Elm")
    await desk.book(jane, oak)
    await given.out_of_reach(tenant, jane)
    preview = await _preview(desk, jane, oak)
    assert preview.host is None
    assert [each.code for each in preview.refusals] == ["service_account_required", "room_taken"]
    assert [each.room.id for each in preview.alternatives] == [elm.id]
    assert len(preview.conflicts) == 1
    assert preview.mailed == ()


async def test_preview_says_that_a_person_answers_for_the_room(
    desk: Desk, given: Given, tenant: Integration, jane: Person
) -> None:
    attic = await given.room(tenant, "Attic")
    async with given.units() as uow:
        await uow.rooms.save_overrides(replace(attic, overrides={"approval": True}, version=attic.version + 1))
        await uow.commit()
    preview = await _preview(desk, jane, attic)
    assert preview.warnings == (
        "Somebody approves bookings of Attic. The room is held for you until they have answered.",
    )


async def test_preview_warns_of_a_room_too_small(desk: Desk, given: Given, tenant: Integration, jane: Person) -> None:
    nook = await given.room(tenant, "Nook", capacity=2)
    preview = await _preview(desk, jane, nook, "a@x.example", "b@x.example")
    assert preview.warnings == ("Nook seats 2; these are 3 people with the organiser.",)


async def test_reading_shows_each_viewer_what_they_may_see(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room
) -> None:
    await given.service_mailbox(tenant)
    await given.out_of_reach(tenant, jane)
    bob, sue = await given.person("Bob Brown"), await given.person("Sue Small", "sue@alias.example")
    admin = await given.person("Ada Admin", role=Role.GLOBAL_ADMIN)
    guests = (TypedAttendee("sue@alias.example"),)
    booked = await desk.book(jane, oak, description="Secret plans", attendees=guests)

    async def read(who: Person) -> tuple[object, ...]:
        view = await read_booking(ReadBooking(booked.id), given.actor(who), units=desk.units, clock=desk.clock)
        assert view.label == SERVICE_ACCOUNT_LABEL
        assert view.host is not None
        answers = [each.response is not None for each in view.attendees]
        return view.title, view.description, answers, view.host.cause, [each.action for each in view.history]

    hidden = "Meeting information unavailable"
    assert await read(jane) == ("Stand-up", "Secret plans", [True], None, ["booking.created"])
    assert await read(sue) == ("Stand-up", "Secret plans", [True], None, ["booking.created"])
    assert await read(bob) == ("Stand-up", hidden, [], None, [])
    assert await read(admin) == ("Stand-up", "Secret plans", [False], "refused", ["booking.created"])
    with pytest.raises(NotFound):
        await read_booking(ReadBooking(BookingId(uuid4())), given.actor(jane), units=desk.units, clock=desk.clock)


async def _list(desk: Desk, actor: Actor, command: ListBookings) -> list[BookingId]:
    found: list[BookingId] = []
    while True:
        page = await list_bookings(command, actor, units=desk.units, clock=desk.clock)
        found += [each.id for each in page.items]
        if page.next_cursor is None:
            return found
        command = replace(command, cursor=page.next_cursor)


async def test_lists_page_by_start(desk: Desk, given: Given, jane: Person, oak: Room) -> None:
    bob = await given.person("Bob Brown")
    admin = given.actor(await given.person("Ada Admin", role=Role.GLOBAL_ADMIN))
    ids = {start: (await desk.book(jane, oak, start)).id for start in (5, 1, 3)}
    theirs = (await desk.book(bob, oak, 2)).id
    mine = given.actor(jane)
    assert await _list(desk, mine, ListBookings(limit=1)) == [ids[1], ids[3], ids[5]]
    assert await _list(desk, mine, ListBookings(since=desk.at(2), until=desk.at(4))) == [ids[3]]
    assert await _list(desk, admin, ListBookings(Whose.ALL, limit=2)) == [ids[1], theirs, ids[3], ids[5]]
    assert await _list(desk, admin, ListBookings(person_id=bob.id)) == [theirs]
    assert await _list(desk, mine, ListBookings(room_id=oak.id)) == [ids[1], theirs, ids[3], ids[5]]
    for refused in (ListBookings(Whose.ALL), ListBookings(person_id=bob.id)):
        with pytest.raises(Forbidden):
            await _list(desk, mine, refused)
    for wrong in (
        ListBookings(cursor="nonsense"),
        ListBookings(limit=0),
        ListBookings(since=desk.at(0).replace(tzinfo=None)),
    ):
        with pytest.raises(InvalidInput):
            await _list(desk, mine, wrong)


async def _find(desk: Desk, who: Person, command: FindRooms) -> list[FoundRoom]:
    found: list[FoundRoom] = []
    while True:
        page = await find_rooms(command, desk.given.actor(who), units=desk.units, clock=desk.clock)
        found += page.items
        if page.next_cursor is None:
            return found
        command = replace(command, cursor=page.next_cursor)


async def test_free_rooms_are_ranked_and_filtered(desk: Desk, given: Given, tenant: Integration, jane: Person) -> None:
    big = await given.room(tenant, "Big", capacity=20, floor="2", equipment=("projector", "phone"))
    mid = await given.room(tenant, "Mid", capacity=8, floor="1", equipment=("phone",))
    small = await given.room(tenant, "Small", capacity=2, building="South")
    unknown = await given.room(tenant, "Unknown", capacity=None)
    await given.room(tenant, "Gone", status=RoomStatus.MISSING)

    async def names(**wanted: object) -> list[str]:
        command = replace(FindRooms(desk.at(1), desk.at(2), limit=1), **wanted)  # type: ignore[arg-type]  # any field
        return [each.room.name for each in await _find(desk, jane, command)]

    assert await names() == ["Small", "Mid", "Big", "Unknown"]
    assert await names(min_capacity=6) == ["Mid", "Big", "Unknown"]
    assert await names(floor="2") == ["Big", "Small", "Mid", "Unknown"]
    assert await names(building="South") == ["Small"]
    assert await names(equipment=("phone", "projector")) == ["Big"]
    await desk.book(jane, mid, 1.5)
    assert await names() == ["Small", "Big", "Unknown"]
    await desk.book(jane, small, 2.5)
    found = {each.room.id: each for each in await _find(desk, jane, FindRooms(desk.at(1), desk.at(2), min_capacity=2))}
    assert found[small.id].free_until == desk.at(2.5)
    assert found[small.id].reasons == ("the smallest that fits", "seats 2")
    assert "free for an hour after" in found[big.id].reasons
    assert "its size is not known" in found[unknown.id].reasons


async def test_a_room_busy_since_long_ago_is_not_free(
    desk: Desk, jane: Person, oak: Room, busy_outside: BusyOutside
) -> None:
    await busy_outside(oak, -200, 100)
    assert await _find(desk, jane, FindRooms(desk.at(50), desk.at(51))) == []
    assert [each.room.id for each in await _find(desk, jane, FindRooms(desk.at(100), desk.at(101)))] == [oak.id]


async def test_what_cannot_be_searched_is_named(desk: Desk, jane: Person) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await _find(desk, jane, FindRooms(desk.at(2), desk.at(1), min_capacity=0))
    assert set(refusal.value.mistakes) == {"end", "min_capacity"}
    with pytest.raises(InvalidInput):
        await _find(desk, jane, FindRooms(desk.at(1), desk.at(2), cursor="bm9uZQ"))


async def test_the_day_of_rooms_masks_what_is_not_ours(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room, busy_outside: BusyOutside
) -> None:
    elm = await given.room(tenant, "Elm")
    bob = await given.person("Bob Brown")
    await desk.book(jane, oak, 1, is_private=True)
    await desk.book(jane, oak, 3)
    await busy_outside(oak, 5, 6)
    day = ReadRoomDay((oak.id, elm.id), desk.at(0), desk.at(12))
    seen = await read_room_day(day, given.actor(bob), units=desk.units, clock=desk.clock)
    assert [(each.title, each.is_masked) for each in seen[oak.id]] == [
        ("Busy", True),
        ("Stand-up", False),
        ("Busy", True),
    ]
    assert seen[oak.id][2].description == "Meeting information unavailable"
    assert seen[elm.id] == ()
    own = await read_room_day(day, given.actor(jane), units=desk.units, clock=desk.clock)
    assert [each.title for each in own[oak.id]] == ["Stand-up", "Stand-up", "Busy"]
    with pytest.raises(NotFound):
        await read_room_day(
            replace(day, room_ids=(oak.id, RoomId(uuid4()))), given.actor(bob), units=desk.units, clock=desk.clock
        )
    with pytest.raises(InvalidInput):
        await read_room_day(
            replace(day, end=day.start + timedelta(days=32)), given.actor(bob), units=desk.units, clock=desk.clock
        )


async def test_the_hosted_event_names_and_invites_the_organiser_once(
    desk: Desk, given: Given, tenant: Integration, oak: Room
) -> None:
    await given.service_mailbox(tenant)
    two = await given.person("Two Hats", "two@contoso.example", "two@parent.example")
    await given.out_of_reach(tenant, two)
    booked = await desk.book(two, oak, description="Plans", attendees=(TypedAttendee("b@x.example"),))
    booking = await desk.stored(booked.id)
    event = outgoing_event(booking, booking.intents[0], booking_url=f"https://rooms.example/bookings/{booking.id}")
    assert [(each.address, each.role) for each in event.attendees] == [
        ("two@contoso.example", AttendeeRole.REQUIRED),
        ("b@x.example", AttendeeRole.REQUIRED),
        ("oak@contoso.example", AttendeeRole.ROOM),
    ]
    assert event.description is not None
    assert "Organised by Two Hats" in event.description.splitlines()
    assert f"/bookings/{booking.id}" in event.description
    assert (event.reminder_minutes, event.location) == (None, "Oak")
    title_only = replace(booking.intents[0], kind=IntentKind.CHANGE, wanted=Wanted(frozenset({Field.TITLE})))
    changed = outgoing_event(booking, title_only, booking_url="https://rooms.example/bookings/1")
    assert changed.description is None
    assert changed.must_say is not None
    assert changed.must_say.line == "Organised by Two Hats"


async def test_the_organisers_own_event_has_no_organiser_among_its_guests(desk: Desk, jane: Person, oak: Room) -> None:
    booked = await desk.book(jane, oak, description="Plans", attendees=(TypedAttendee("b@x.example"),))
    booking = await desk.stored(booked.id)
    event = outgoing_event(booking, booking.intents[0], booking_url=f"https://rooms.example/bookings/{booking.id}")
    assert [each.address for each in event.attendees] == ["b@x.example", "oak@contoso.example"]
    assert (event.description, event.must_say, event.reminder_minutes) == ("Plans", None, 15)


async def test_the_operator_books_for_somebody_and_sees_as_an_admin(desk: Desk, jane: Person, oak: Room) -> None:
    operator = Actor(None, "operator", Role.GLOBAL_ADMIN, Via.CLI)
    request = BookingRequest(desk.at(1), desk.at(2), "For Jane", oak.id, organizer_id=jane.id)
    view = await create_booking(
        CreateBooking(request),
        operator,
        units=desk.units,
        providers=known_providers(),
        clock=desk.clock,
        policy=desk.policy,
    )
    assert view.organizer is not None
    assert (view.organizer.name, view.booked_by) == ("Jane Doe", None)
    with pytest.raises(InvalidInput):
        await create_booking(
            CreateBooking(replace(request, organizer_id=None)),
            operator,
            units=desk.units,
            providers=known_providers(),
            clock=desk.clock,
            policy=desk.policy,
        )


async def test_of_a_private_meeting_the_mailbox_of_whoever_organises_is_not_told(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room
) -> None:
    bob = await given.person("Bob Brown")
    made = await desk.book(jane, oak, 1, is_private=True)
    seen = await read_booking(ReadBooking(made.id), given.actor(bob), units=desk.units, clock=desk.clock)
    assert (seen.is_masked, seen.organizer, seen.host) == (True, None, None)
    await given.service_mailbox(tenant)
    await given.out_of_reach(tenant, jane)
    hosted = await desk.book(jane, oak, 3, is_private=True)
    seen = await read_booking(ReadBooking(hosted.id), given.actor(bob), units=desk.units, clock=desk.clock)
    assert seen.label == SERVICE_ACCOUNT_LABEL
    assert seen.host is not None
