"""What push and pull record, against the real store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.application import settling
from roomstead.domain.access import AccessCause
from roomstead.domain.booking import HELD_BY_ADMIN_NEEDED, HELD_BY_DRY_RUN, BookingState, IntentStatus
from roomstead.domain.booking_input import TypedAttendee
from roomstead.domain.booking_settling import SeenAnswer, Trouble
from roomstead.domain.booking_state import derive_state
from roomstead.domain.errors import Broken
from roomstead.domain.event import Attendee, AttendeeRole, AttendeeStatus, ResponseStatus
from roomstead.domain.hosting import HostChoice, HostKind
from roomstead.domain.integration import Integration, Room
from roomstead.domain.mailbox import parse_address
from roomstead.domain.outgoing import outgoing_event
from roomstead.domain.people import Person
from roomstead.domain.timespan import Timespan

if TYPE_CHECKING:
    from tests.application.booking.conftest import Desk
    from tests.application.conftest import Given

Claims = Callable[[Room], Awaitable[list[tuple[float, float]]]]
TROUBLE = Trouble("throttled", "The provider asks us to slow down.")


async def test_a_first_create_goes_to_the_service_account_with_label_and_cause(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room
) -> None:
    service = await given.service_mailbox(tenant)
    view = await desk.book(jane, oak)
    known_at = desk.clock.now()
    choice = HostChoice(
        HostKind.SERVICE_ACCOUNT, service.mailbox, AccessCause.REFUSED, "ErrorAccessDenied", known_at, is_certain=True
    )
    async with desk.units() as uow:
        await settling.rehost(uow, view.id, choice, service.id, reason="refused at the first write", now=known_at)
        await uow.commit()
    booking = await desk.stored(view.id)
    assert booking.hosting is not None
    assert booking.hosting.label
    assert (booking.hosting.generation, booking.hosting.cause) == (2, AccessCause.REFUSED)
    assert booking.hosting.service_mailbox_id == service.id
    first, second = (
        outgoing_event(each, each.intents[0], booking_url="").write_key
        for each in (replace(booking, hosting=replace(booking.hosting, generation=1)), booking)
    )
    assert first != second


async def test_an_event_that_may_exist_is_never_hosted_elsewhere(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room
) -> None:
    service = await given.service_mailbox(tenant)
    choice = HostChoice(HostKind.SERVICE_ACCOUNT, service.mailbox, AccessCause.REFUSED, "", None, is_certain=True)
    unknown, delivered = await desk.book(jane, oak, 1), await desk.book(jane, oak, 3)
    await desk.begin(unknown.id)
    await desk.deliver(delivered.id)
    for view in (unknown, delivered):
        async with desk.units() as uow:
            with pytest.raises(Broken):
                await settling.rehost(uow, view.id, choice, service.id, reason="no", now=desk.clock.now())


async def test_an_act_is_due_when_its_time_has_come_and_again_when_its_sender_died(
    desk: Desk, units: SqlUnitsOfWork, jane: Person, oak: Room
) -> None:
    view = await desk.book(jane, oak)

    async def due() -> list[object]:
        async with units() as uow:
            return list((await uow.due.by(desk.clock.now(), 10)).bookings)

    assert await due() == [view.id]
    await desk.begin(view.id)
    assert await due() == []
    desk.clock.advance(timedelta(minutes=2))
    assert await due() == [view.id]


async def test_what_is_held_waits_for_its_release(
    desk: Desk, units: SqlUnitsOfWork, tenant: Integration, jane: Person, oak: Room
) -> None:
    view = await desk.book(jane, oak)
    booking = await desk.stored(view.id)
    trouble = Trouble("credential_rejected", "Not sent yet: we cannot sign in.")
    async with units() as uow:
        await settling.record_held(
            uow, view.id, booking.intents[0].id, HELD_BY_ADMIN_NEEDED, trouble, now=desk.clock.now()
        )
        await uow.commit()
    held = await desk.stored(view.id)
    assert derive_state(held, desk.clock.now()).sentence == "Not sent yet: we cannot sign in."
    async with units() as uow:
        assert list((await uow.due.by(desk.clock.now(), 10)).bookings) == []
        assert list(await uow.intents.held(tenant.id, HELD_BY_DRY_RUN, 10)) == []
        (waiting,) = await uow.intents.held(tenant.id, HELD_BY_ADMIN_NEEDED, 10)
        await settling.record_released(uow, waiting, HELD_BY_ADMIN_NEEDED, now=desk.clock.now())
        assert list((await uow.due.by(desk.clock.now(), 10)).bookings) == [view.id]


async def test_a_request_of_unknown_outcome_is_kept_word_for_word(desk: Desk, jane: Person, oak: Room) -> None:
    view = await desk.book(jane, oak)
    begun = await desk.begin(view.id)
    async with desk.units() as uow:
        await settling.record_unknown(
            uow, view.id, begun.unfinished[0].id, TROUBLE, now=desk.clock.now(), at=desk.clock.now()
        )
        await uow.commit()
    (intent,) = (await desk.stored(view.id)).unfinished
    assert (intent.status, intent.request, intent.attempts) == (IntentStatus.UNKNOWN, {"stored": "request"}, 1)


async def test_a_sender_that_was_thought_dead_changes_nothing_by_what_it_reports_late(
    desk: Desk, jane: Person, oak: Room
) -> None:
    view = await desk.book(jane, oak)
    await desk.begin(view.id)
    await desk.deliver(view.id)
    settled = await desk.stored(view.id)
    act, now = settled.intents[0].id, desk.clock.now()
    async with desk.units() as uow:
        for late in (
            settling.record_unknown(uow, view.id, act, TROUBLE, now=now, at=now),
            settling.record_put_off(uow, view.id, act, TROUBLE, now=now, at=now),
            settling.record_failed(uow, view.id, act, TROUBLE, now=now),
            settling.record_held(uow, view.id, act, HELD_BY_ADMIN_NEEDED, TROUBLE, now=now),
        ):
            assert await late is None
        await uow.commit()
    assert await desk.stored(view.id) == settled


async def test_a_failed_create_gives_its_slot_back(desk: Desk, jane: Person, oak: Room, claims: Claims) -> None:
    view = await desk.book(jane, oak)
    booking = await desk.stored(view.id)
    async with desk.units() as uow:
        trouble = Trouble("service_account_required", "Your mailbox is out of reach.")
        await settling.record_failed(uow, view.id, booking.intents[0].id, trouble, now=desk.clock.now())
        await uow.commit()
    status = derive_state(await desk.stored(view.id), desk.clock.now())
    assert (status.state, status.reason_code) == (BookingState.FAILED, "service_account_required")
    assert await claims(oak) == []


async def test_answers_are_kept_one_after_the_other(desk: Desk, jane: Person, oak: Room, database_url: str) -> None:
    view = await desk.book(jane, oak)
    await desk.deliver(view.id)
    for answer in (ResponseStatus.TENTATIVE, ResponseStatus.TENTATIVE, ResponseStatus.DECLINED):
        await desk.room_answers(view.id, answer)
    async with await psycopg.AsyncConnection.connect(database_url) as session:
        rows = await (await session.execute("SELECT response FROM attendee_answer ORDER BY id")).fetchall()
    assert [row[0] for row in rows] == ["tentative", "declined"]


async def test_an_answer_to_the_old_time_is_passed_over(desk: Desk, jane: Person, oak: Room) -> None:
    view = await desk.book(jane, oak)
    await desk.deliver(view.id)
    stale = SeenAnswer(oak.mailbox.address, ResponseStatus.ACCEPTED, desk.clock.now())
    async with desk.units() as uow:
        await settling.record_answers(uow, view.id, Timespan(desk.at(5), desk.at(6)), (stale,), now=desk.clock.now())
        await uow.commit()
    assert (await desk.stored(view.id)).occurrence.rooms[0].answer is ResponseStatus.NEEDS_ACTION


async def test_guests_and_text_changed_in_the_calendar_are_followed_without_our_lines(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room
) -> None:
    service = await given.service_mailbox(tenant)
    await given.out_of_reach(tenant, jane)
    view = await desk.book(
        jane, oak, description="Plans", attendees=(TypedAttendee("a@x.example"), TypedAttendee("b@x.example"))
    )
    booking = await desk.deliver(view.id)
    sent = outgoing_event(booking, booking.intents[0], booking_url="")
    assert sent.description is not None

    def status(address: str, answer: ResponseStatus, role: AttendeeRole = AttendeeRole.REQUIRED) -> AttendeeStatus:
        return AttendeeStatus(Attendee(parse_address(address), role=role), answer, desk.clock.now())

    event = replace(
        desk.event(booking),
        description=sent.description.replace("Plans", "Better plans") + "\nJoin: https://meet.example/1",
        attendees=(
            status(jane.addresses[0], ResponseStatus.ACCEPTED),
            status(service.mailbox.address, ResponseStatus.ACCEPTED),
            status(oak.mailbox.address, ResponseStatus.ACCEPTED, AttendeeRole.ROOM),
            status("b@x.example", ResponseStatus.DECLINED),
            status("unknown-room@x.example", ResponseStatus.ACCEPTED, AttendeeRole.ROOM),
        ),
    )
    after = await desk.see(view.id, event)
    assert after.description == "Better plans\n\nJoin: https://meet.example/1"
    assert [(each.address, each.response.value, each.added_by_provider) for each in after.attendees] == [
        ("b@x.example", "declined", False),
        ("unknown-room@x.example", "accepted", True),
    ]
    assert derive_state(after, desk.clock.now()).state is BookingState.CONFIRMED
    assert await desk.stored(view.id) == after
    again = await desk.see(view.id, event)
    assert again == after


async def test_pages_that_touch_the_same_bookings_do_not_deadlock(
    desk: Desk, given: Given, tenant: Integration, units: SqlUnitsOfWork, jane: Person, oak: Room
) -> None:
    rooms = [oak, *[await given.room(tenant, name) for name in ("Elm", "Ash", "Fir")]]
    views = [await desk.book(jane, room, start) for room in rooms for start in (1, 3)]
    ids = [view.id for view in views]
    for each in ids:
        await desk.deliver(each)

    async def page(turn: int) -> None:
        mine = ids[turn % len(ids) :] + ids[: turn % len(ids)]
        if turn % 2:
            mine.reverse()
        async with units() as uow:
            for booking in await uow.bookings.many_for_change(mine):
                answer = ResponseStatus.DECLINED if turn % 3 else ResponseStatus.ACCEPTED
                seen = SeenAnswer(booking.occurrence.rooms[0].room.mailbox.address, answer)
                await settling.record_answers(
                    uow, booking.id, booking.occurrence.observed, (seen,), now=desk.clock.now()
                )
            await uow.commit()

    await asyncio.gather(*(page(turn) for turn in range(6)))
    async with units() as uow:
        answers = {each.occurrence.rooms[0].answer for each in await uow.bookings.get_many(ids)}
    assert len(answers) == 1
