"""Rooms that nobody came to, given back over the real store; checking in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from roomstead.application import settling
from roomstead.application.booking.check_in import CheckIn, check_in
from roomstead.application.booking.read import ReadBooking, read_booking
from roomstead.application.booking.release import release_rooms
from roomstead.domain.booking import NO_SHOW, BookingId, BookingState
from roomstead.domain.errors import Conflict, Forbidden
from roomstead.domain.event import ResponseStatus
from roomstead.domain.integration import Room
from roomstead.domain.notice import NoticeKind
from roomstead.domain.people import Person, Role

if TYPE_CHECKING:
    from tests.application.booking.conftest import Desk

Claims = Callable[[Room], Awaitable[list[tuple[float, float]]]]


@pytest.fixture
async def strict(desk: Desk, oak: Room) -> Room:
    """Oak, where people have to check in within ten minutes."""
    changed = replace(oak, overrides={"check_in_minutes": 10}, version=oak.version + 1)
    async with desk.units() as uow:
        await uow.rooms.save_overrides(changed)
        await uow.commit()
    return changed


async def confirmed(desk: Desk, who: Person, room: Room) -> BookingId:
    """An hour from now for an hour; the room accepted."""
    made = await desk.book(who, room)
    await desk.deliver(made.id)
    await desk.room_answers(made.id, ResponseStatus.ACCEPTED)
    return made.id


async def release(desk: Desk) -> int:
    return await release_rooms(units=desk.units, clock=desk.clock)


async def test_a_room_that_nobody_came_to(desk: Desk, strict: Room, jane: Person, claims: Claims) -> None:
    booking_id = await confirmed(desk, jane, strict)
    desk.clock.advance(timedelta(minutes=69))
    assert await release(desk) == 0
    desk.clock.advance(timedelta(minutes=1))
    assert await release(desk) == 1
    assert await release(desk) == 0
    assert await claims(strict) == [(1.0, 2.0)]  # until the calendar took it
    view = await read_booking(ReadBooking(booking_id), desk.given.actor(jane), units=desk.units, clock=desk.clock)
    assert (view.state, view.rooms) == (BookingState.REQUESTED, ())
    assert view.history[0].action == "booking.released"
    desk.clock.advance(timedelta(days=1))
    async with desk.units() as uow:
        notices = await uow.notices.due(desk.clock.now(), 10)
    assert [(each.kind, each.person_id) for each in notices] == [(NoticeKind.RELEASED, jane.id)]


async def test_the_room_is_free_once_the_calendar_took_it(
    desk: Desk, strict: Room, jane: Person, claims: Claims
) -> None:
    booking_id = await confirmed(desk, jane, strict)
    desk.clock.advance(timedelta(minutes=70))
    await release(desk)
    begun = await desk.begin(booking_id)
    async with desk.units() as uow:
        await settling.record_sent(
            uow, booking_id, begun.unfinished[0].id, desk.event(begun), now=desk.clock.now(), policy=desk.policy
        )
        await uow.commit()
    assert await claims(strict) == []
    view = await read_booking(ReadBooking(booking_id), desk.given.actor(jane), units=desk.units, clock=desk.clock)
    assert (view.state, view.reason) == (BookingState.DECLINED, NO_SHOW)


async def test_whoever_checks_in_keeps_the_room(desk: Desk, strict: Room, jane: Person) -> None:
    booking_id = await confirmed(desk, jane, strict)
    actor = desk.given.actor(jane)
    with pytest.raises(Conflict, match="15 minutes"):
        await check_in(CheckIn(booking_id), actor, units=desk.units, clock=desk.clock)
    desk.clock.advance(timedelta(minutes=50))
    view = await read_booking(ReadBooking(booking_id), actor, units=desk.units, clock=desk.clock)
    assert view.may_check_in
    assert view.back_at == view.intended.start + timedelta(minutes=10)
    await check_in(CheckIn(booking_id), actor, units=desk.units, clock=desk.clock)
    desk.clock.advance(timedelta(minutes=40))
    assert await release(desk) == 0
    view = await read_booking(ReadBooking(booking_id), actor, units=desk.units, clock=desk.clock)
    assert (view.state, view.may_check_in) == (BookingState.CONFIRMED, False)
    assert view.history[0].action == "booking.checked_in"


async def test_only_who_takes_part_or_administers_checks_in(desk: Desk, strict: Room, jane: Person) -> None:
    booking_id = await confirmed(desk, jane, strict)
    desk.clock.advance(timedelta(minutes=60))
    colleague = desk.given.actor(await desk.given.person("Tom Visser"))
    with pytest.raises(Forbidden):
        await check_in(CheckIn(booking_id), colleague, units=desk.units, clock=desk.clock)
    admin = desk.given.actor(await desk.given.person("Mei Tan", role=Role.GLOBAL_ADMIN))
    await check_in(CheckIn(booking_id), admin, units=desk.units, clock=desk.clock)


async def test_rooms_that_do_not_ask_keep_their_meetings(
    desk: Desk, oak: Room, jane: Person, database_url: str
) -> None:
    await confirmed(desk, jane, oak)
    desk.clock.advance(timedelta(minutes=110))
    assert await release(desk) == 0
    async with await psycopg.AsyncConnection.connect(database_url) as session:
        rows = await session.execute("SELECT count(*) FROM audit WHERE action = 'booking.released'")
        assert await rows.fetchone() == (0,)
