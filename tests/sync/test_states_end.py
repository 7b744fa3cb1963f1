"""No state lasts for ever: whatever a booking waits for comes to an end, and nothing is asked in vain meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.vitals import DatabaseVitals
from roomstead.application.booking.retry import RetryBooking, retry_booking
from roomstead.domain.booking import BookingState, IntentStatus
from roomstead.domain.errors import RoomTaken
from roomstead.domain.integration import Attention, ServiceMailboxStatus
from roomstead.domain.timespan import Timespan

if TYPE_CHECKING:
    from tests.sync.conftest import Town

CREATE = {"method": "POST", "operation": "/users/{user}/events"}


async def test_an_edit_behind_a_create_that_is_refused_after_all_ends_with_it(town: Town) -> None:
    town.fault(**CREATE, kind="drop", after_commit=False)
    booking_id = await town.book("jane.doe", "oak")
    await town.push(booking_id)
    await town.change(booking_id, "jane.doe", title="Kick-off, moved", start=town.at(6))
    town.fault(**CREATE, kind="answer", status=400, code="ErrorPropertyValidationFailure", after_commit=False)
    await town.live(60)
    seen = await town.see(booking_id)
    assert seen.state is BookingState.FAILED
    assert (await town.stored(booking_id)).unfinished == ()
    await retry_booking(RetryBooking(booking_id), town.actor("jane.doe"), units=town.units, clock=town.clock)
    await town.live(60)
    assert await town.state(booking_id) is BookingState.CONFIRMED
    (event,) = town.all_hosted("Kick-off, moved")
    assert event["start"] == "2026-11-25T14:00:00Z"
    assert len(town.mail("update")) == 0


async def test_what_a_change_could_not_deliver_goes_with_the_one_behind_it(town: Town) -> None:
    booking_id = await town.book("jane.doe", "oak")
    await town.live(20)
    town.fault(method="PATCH", kind="drop", after_commit=False)
    await town.change(booking_id, "jane.doe", description="Bring the plans.")
    await town.live(22)
    await town.change(booking_id, "jane.doe", title="Kick-off, moved")
    assert len((await town.stored(booking_id)).unfinished) == 2
    town.fault(method="PATCH", kind="answer", status=400, code="ErrorPropertyValidationFailure", after_commit=False)
    await town.live(60)
    (event,) = town.all_hosted("Kick-off, moved")
    assert "Bring the plans." in event["body"]
    assert await town.state(booking_id) is BookingState.CONFIRMED


async def test_what_waits_behind_a_held_act_is_left_alone(town: Town, database_url: str) -> None:
    """The sweep asks every second: what cannot be done yet would keep it busy, and others waiting."""
    town.fault(**CREATE, kind="drop", after_commit=True)
    booking_id = await town.book("jane.doe", "oak")
    await town.push(booking_id)
    await town.set_credential("wrong-secret")
    await town.live(30)
    await town.cancel(booking_id, "jane.doe")
    assert [each.status for each in (await town.stored(booking_id)).unfinished] == [
        IntentStatus.HELD,
        IntentStatus.OPEN,
    ]
    async with town.units() as uow:
        assert list((await uow.due.by(town.clock.now() + timedelta(hours=1), 100)).bookings) == []
    engine = make_engine(database_url)
    assert (await DatabaseVitals(engine).read()).oldest_due is None  # so nobody is alarmed either
    await engine.dispose()


async def test_what_waited_for_a_credential_goes_on_though_something_else_needs_an_admin(town: Town) -> None:
    await town.set_credential("wrong-secret")
    booking_id = await town.book("jane.doe", "oak")
    await town.live(20)
    assert await town.state(booking_id) is BookingState.REQUESTED
    await town.set_credential()
    other = Attention("permissions", "One permission is missing.", "Consent to it.", town.clock.now())
    async with town.units() as uow:
        await uow.integrations.call_admin(town.integration.id, other)
        await uow.commit()
    await town.live(60)
    assert await town.state(booking_id) is BookingState.CONFIRMED


async def test_an_unknown_create_is_looked_for_where_it_was_to_lie(town: Town) -> None:
    """Also when people have moved the booking meanwhile."""
    town.fault(**CREATE, kind="drop", after_commit=True)
    booking_id = await town.book("jane.doe", "oak")
    await town.push(booking_id)
    await town.change(booking_id, "jane.doe", start=town.at(6))
    town.close("jane.doe")
    await town.live(2400, step=200)
    booking = await town.stored(booking_id)
    assert booking.occurrence.observed == Timespan(town.at(1), town.at(2))
    assert booking.occurrence.span == Timespan(town.at(6), town.at(7))
    seen = await town.see(booking_id)
    assert seen.state is BookingState.REQUESTED
    town.open("jane.doe")
    await town.live(4000, step=500)
    assert await town.state(booking_id) is BookingState.CONFIRMED
    (event,) = town.all_hosted()
    assert event["start"] == "2026-11-25T14:00:00Z"


async def test_a_slot_that_others_took_in_outlook_meanwhile_is_not_tried_again(town: Town) -> None:
    town.fault(**CREATE, kind="answer", status=400, code="ErrorPropertyValidationFailure", after_commit=False)
    booking_id = await town.book("jane.doe", "oak")
    await town.live(10)
    assert await town.state(booking_id) is BookingState.FAILED
    span = {"start": town.at(1).isoformat(), "end": town.at(2).isoformat()}
    town.act("create", "tom.baker", subject="Others", rooms=[town.address("oak")], **span)
    await town.live(1500, step=300)
    with pytest.raises(RoomTaken):
        await retry_booking(RetryBooking(booking_id), town.actor("jane.doe"), units=town.units, clock=town.clock)


async def test_a_booking_without_a_room_can_still_be_edited_and_cancelled(town: Town) -> None:
    booking_id = await town.book("jane.doe", "oak")
    await town.live(20)
    town.act("edit", "jane.doe", meeting="Kick-off", remove=[town.address("oak")])
    await town.live(1500, step=300)
    seen = await town.see(booking_id)
    assert (seen.state, seen.reason) == (BookingState.DECLINED, "room_removed")
    await town.change(booking_id, "jane.doe", start=town.at(5), title="Kick-off elsewhere")
    await town.live(60)
    assert len(town.all_hosted("Kick-off elsewhere")) == 1
    await town.change(booking_id, "jane.doe", room_id=town.rooms["elm"].id)
    await town.live(60)
    assert await town.state(booking_id) is BookingState.CONFIRMED


async def test_a_create_that_nobody_gets_to_know_of_ends_and_is_settled_first_when_tried_again(town: Town) -> None:
    """Its room does not show it, so the room is not kept for it; a key decides whether there was an event after all."""
    town.fault(**CREATE, kind="drop", after_commit=False)
    booking_id = await town.book("jane.doe", "oak")
    await town.push(booking_id)
    town.close("jane.doe")
    await town.live(6000, step=500)
    assert await town.state(booking_id) is BookingState.REQUESTED
    await town.live(6000, step=500)
    seen = await town.see(booking_id)
    assert (seen.state, seen.reason) == (BookingState.FAILED, "never_settled")
    assert "A Global Admin can grant access" in seen.sentence
    jane = town.actor("jane.doe")
    again = await retry_booking(RetryBooking(booking_id), jane, units=town.units, clock=town.clock)
    assert again.state is BookingState.REQUESTED
    await town.live(4)
    assert await town.state(booking_id) is BookingState.FAILED  # nothing is different yet
    assert town.all_hosted() == []  # and nobody else hosts what may lie in that mailbox
    town.open("jane.doe")
    await retry_booking(RetryBooking(booking_id), jane, units=town.units, clock=town.clock)
    await town.live(60)
    assert await town.state(booking_id) is BookingState.CONFIRMED
    assert len(town.all_hosted()) == 1


async def test_a_cancellation_that_cannot_reach_a_closed_mailbox_says_so(town: Town) -> None:
    town.fault(**CREATE, kind="drop", after_commit=True)
    booking_id = await town.book("jane.doe", "oak")
    await town.push(booking_id)
    town.close("jane.doe")
    await town.live(2400, step=200)
    assert await town.state(booking_id) is BookingState.CONFIRMED
    await town.cancel(booking_id, "jane.doe")
    await town.live(9000, step=500)
    seen = await town.see(booking_id)
    assert (seen.state, seen.reason) == (BookingState.NOT_DELIVERED, "out_of_reach")
    town.open("jane.doe")
    await town.live(1200, step=300)
    await retry_booking(RetryBooking(booking_id), town.actor("jane.doe"), units=town.units, clock=town.clock)
    await town.live(60)
    assert await town.state(booking_id) is BookingState.CANCELLED
    assert town.all_hosted() == []


async def test_nobody_is_invited_to_a_meeting_that_is_over(town: Town) -> None:
    await town.set_credential("wrong-secret")
    booking_id = await town.book("jane.doe", "oak", guests=["tom.baker"])
    await town.live(20)
    town.sandbox.advance(3 * 86_400)
    await town.set_credential()
    async with town.units() as uow:
        await uow.integrations.clear_attention(town.integration.id)
        await uow.commit()
    await town.live(60)
    seen = await town.see(booking_id)
    assert (seen.state, seen.reason) == (BookingState.FAILED, "too_late")
    assert town.mail("request") == []


async def test_what_a_service_account_hosts_that_was_replaced_says_that_it_is_out_of_reach(town: Town) -> None:
    """Nobody is called to mend a mailbox that is in force no longer, and nothing waits for it."""
    old = await town.use_service_account()
    booking_id = await town.book("priya.shah", "oak")
    await town.live(20)
    retiring = replace(old, status=ServiceMailboxStatus.RETIRING, version=old.version + 1)
    async with town.units() as uow:
        await uow.integrations.save_service_mailbox(retiring, town.clock.now())
        await uow.commit()
    await town.use_service_account("rooms2@contoso.example")
    town.close(town.firm.service)
    await town.change(booking_id, "priya.shah", title="Kick-off, again")
    await town.live(60)
    seen = await town.see(booking_id)
    assert (seen.state, seen.reason) == (BookingState.NOT_DELIVERED, "out_of_reach")
    assert (await town.read_integration()).attention is None


async def test_an_event_whose_change_is_not_settled_is_not_read_again_and_again(town: Town) -> None:
    booking_id = await town.book("jane.doe", "oak")
    await town.live(20)
    town.fault(method="PATCH", kind="drop", after_commit=False, count=None)
    await town.change(booking_id, "jane.doe", title="Kick-off, moved")
    await town.live(60)
    async with town.units() as uow:
        await uow.mirror.look_again([booking_id], town.clock.now())
        await uow.commit()
    town.forget_calls()
    await town.live(120)
    assert 0 < town.calls("GET") <= 2 * town.calls("PATCH") + 2  # a change reads first, and is looked for afterwards
    town.sandbox.control.delete("faults")
    await town.live(1200, step=300)
    assert len(town.all_hosted("Kick-off, moved")) == 1
    assert await town.state(booking_id) is BookingState.CONFIRMED
