"""A booking in its organiser's own calendar, from request to cancellation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from roomstead.application.integration.edit_room import EditRoom, edit_room
from roomstead.application.policy import Policy, Writes
from roomstead.domain.booking import BookingState
from roomstead.domain.event import ResponseStatus
from roomstead.domain.hosting import HostKind
from roomstead.domain.people import OPERATOR

if TYPE_CHECKING:
    from tests.sync.conftest import Town


async def test_the_room_accepts_and_the_booking_is_confirmed_within_seconds(town: Town) -> None:
    booking_id = await town.book("jane.doe", "oak", guests=["tom.baker"])
    assert await town.state(booking_id) is BookingState.REQUESTED
    await town.turn()
    assert await town.state(booking_id) is BookingState.AWAITING_ROOM
    await town.live(20)
    seen = await town.see(booking_id)
    assert seen.state is BookingState.CONFIRMED
    assert seen.host is not None
    assert seen.host.kind is HostKind.ORGANIZER
    assert seen.label is None
    (event,) = town.events("jane.doe")
    assert event["is_organizer"]
    assert {each["address"] for each in event["attendees"]} == {"oak@contoso.example", "tom.baker@contoso.example"}
    assert len(town.mail("request")) == 1


async def test_a_booking_takes_one_write_and_few_reads(town: Town) -> None:
    await town.live(4)
    first = await town.book("jane.doe", "oak")
    await town.live(20)
    assert await town.state(first) is BookingState.CONFIRMED
    town.forget_calls()
    second = await town.book("jane.doe", "elm", 3)
    await town.live(20)
    assert await town.state(second) is BookingState.CONFIRMED
    assert town.calls("POST") == 1  # access is known by now: nothing is probed
    assert town.calls() <= 5


async def test_a_room_that_declines_gives_the_slot_back_and_keeps_the_event(town: Town) -> None:
    town.fault("room_declines", mailbox="oak@contoso.example")
    booking_id = await town.book("jane.doe", "oak")
    await town.live(20)
    seen = await town.see(booking_id)
    assert seen.state is BookingState.DECLINED
    assert len(town.events("jane.doe")) == 1
    again = await town.book("tom.baker", "oak")  # the slot is free again
    await town.live(20)
    assert await town.state(again) is BookingState.CONFIRMED


async def test_a_silent_room_is_shown_as_silent_after_the_deadline(town: Town) -> None:
    booking_id = await town.book("jane.doe", "chestnut")
    await town.live(60)
    assert await town.state(booking_id) is BookingState.AWAITING_ROOM
    await town.live(600, step=60)
    assert await town.state(booking_id) is BookingState.UNANSWERED


async def test_silence_of_a_room_that_a_person_answers_for_is_no_failure(town: Town) -> None:
    command = EditRoom(town.rooms["chestnut"].id, {"approval": True})
    await edit_room(command, OPERATOR, units=town.units, clock=town.clock)
    booking_id = await town.book("jane.doe", "chestnut")
    await town.live(1200, step=120)
    seen = await town.see(booking_id)
    assert (seen.state, seen.sentence) == (
        BookingState.AWAITING_APPROVAL,
        "Somebody has to approve Chestnut. The slot is held for you.",
    )


async def test_a_room_that_asks_its_delegate_awaits_approval(town: Town) -> None:
    booking_id = await town.book("jane.doe", "boardroom")
    await town.live(30)
    assert await town.state(booking_id) is BookingState.AWAITING_APPROVAL
    (item,) = [item for item in town.room_items("boardroom") if item["awaiting_decision"]]
    town.sandbox.control.post("rooms/boardroom@contoso.example/settle", {"uid": item["uid"], "answer": "accepted"})
    await town.live(1000, step=100)
    assert await town.state(booking_id) is BookingState.CONFIRMED


async def test_a_move_is_one_write_and_asks_the_room_again(town: Town) -> None:
    booking_id = await town.book("jane.doe", "oak")
    await town.live(20)
    await town.change(booking_id, "jane.doe", start=town.at(4))
    await town.change(booking_id, "jane.doe", title="Kick-off, moved")
    await town.live(60)
    seen = await town.see(booking_id)
    assert seen.state is BookingState.CONFIRMED
    assert seen.intended == seen.observed
    (event,) = town.events("jane.doe", "Kick-off, moved")
    assert event["start"] == "2026-11-25T12:00:00Z"
    assert len(town.mail("update")) == 1
    again = await town.book("tom.baker", "oak")  # the old slot is free
    await town.live(20)
    assert await town.state(again) is BookingState.CONFIRMED


async def test_another_room_is_the_same_event(town: Town) -> None:
    booking_id = await town.book("jane.doe", "oak")
    await town.live(20)
    uid = town.events("jane.doe")[0]["uid"]
    await town.change(booking_id, "jane.doe", room_id=town.rooms["elm"].id)
    await town.live(60)
    (event,) = town.events("jane.doe")
    assert event["uid"] == uid
    assert [each["address"] for each in event["attendees"]] == ["elm@contoso.example"]
    assert await town.state(booking_id) is BookingState.CONFIRMED
    assert uid not in {item["uid"] for item in town.room_items("oak") if not item["cancelled"]}


async def test_a_cancellation_reaches_everybody_with_its_words(town: Town) -> None:
    booking_id = await town.book("jane.doe", "oak", guests=["tom.baker"])
    await town.live(20)
    await town.cancel(booking_id, "jane.doe", "We meet next week.")
    await town.live(20)
    assert await town.state(booking_id) is BookingState.CANCELLED
    assert town.events("jane.doe") == []
    (mail,) = town.mail("cancellation")
    assert "We meet next week." in mail["comment"]


async def test_what_was_never_sent_is_cancelled_without_a_call(town: Town) -> None:
    booking_id = await town.book("jane.doe", "oak")
    await town.cancel(booking_id, "jane.doe")
    await town.push(booking_id)
    assert await town.state(booking_id) is BookingState.CANCELLED
    assert town.calls() == 0


async def test_answers_of_attendees_are_seen(town: Town) -> None:
    booking_id = await town.book("jane.doe", "oak", guests=["tom.baker", "nora.weiss"])
    await town.live(20)
    town.act("respond", "tom.baker", meeting="Kick-off", answer="declined")
    await town.live(1000, step=250)
    answers = {each.address.partition("@")[0]: each.response for each in (await town.stored(booking_id)).attendees}
    assert answers == {"tom.baker": ResponseStatus.DECLINED, "nora.weiss": ResponseStatus.NEEDS_ACTION}


async def test_a_room_that_tells_its_answer_again_does_not_put_off_the_look_at_the_host(town: Town) -> None:
    booking_id = await town.book("jane.doe", "oak", guests=["tom.baker"])
    await town.live(20)
    town.act("respond", "tom.baker", meeting="Kick-off", answer="declined")
    town.sandbox.advance(1000)
    await town.pull_now("oak")  # its copy of the booking is news to the mirror
    await town.turn()
    (tom,) = (await town.stored(booking_id)).attendees
    assert tom.response is ResponseStatus.DECLINED


async def test_a_move_in_the_calendar_is_followed(town: Town) -> None:
    booking_id = await town.book("jane.doe", "oak")
    await town.live(20)
    town.act("move", "jane.doe", meeting="Kick-off", start=town.at(6).isoformat())
    await town.live(1200, step=300)
    seen = await town.see(booking_id)
    assert seen.observed is not None
    assert seen.observed.start == seen.intended.start == town.at(6)
    assert seen.state is BookingState.CONFIRMED
    assert any(entry.action == "booking.changed_outside" for entry in seen.history)


@pytest.mark.parametrize("verb", ["cancel", "delete"])
async def test_a_cancellation_in_the_calendar_is_followed(town: Town, verb: str) -> None:
    booking_id = await town.book("jane.doe", "oak")
    await town.live(20)
    town.act(verb, "jane.doe", meeting="Kick-off")
    await town.live(1200, step=300)
    seen = await town.see(booking_id)
    assert (seen.state, seen.reason) == (BookingState.CANCELLED, "cancelled_outside")
    again = await town.book("tom.baker", "oak")
    await town.live(20)
    assert await town.state(again) is BookingState.CONFIRMED


async def test_a_change_to_a_meeting_that_is_gone_ends_it_here(town: Town) -> None:
    booking_id = await town.book("jane.doe", "oak")
    await town.live(20)
    town.act("cancel", "jane.doe", meeting="Kick-off")
    await town.change(booking_id, "jane.doe", title="Too late")
    await town.live(30)
    assert await town.state(booking_id) is BookingState.CANCELLED


async def test_the_room_says_no_later_on(town: Town) -> None:
    booking_id = await town.book("jane.doe", "oak")
    await town.live(20)
    uid = town.events("jane.doe")[0]["uid"]
    town.act("respond", "oak", meeting=uid, answer="declined")
    await town.live(1200, step=300)
    assert await town.state(booking_id) is BookingState.DECLINED


class TestDryRun:
    """Reads are real; writes are shown and not sent."""

    @pytest.fixture
    def policy(self) -> Policy:
        return Policy(writes=Writes.SHOWN)

    async def test_a_write_is_shown_and_not_sent(self, town: Town) -> None:
        booking_id = await town.book("jane.doe", "oak")
        await town.live(20)
        seen = await town.see(booking_id)
        assert (seen.state, seen.reason) == (BookingState.REQUESTED, "dry_run")
        (shown,) = [entry for entry in seen.history if entry.action == "event.create_shown"]
        assert "1 rooms" in str(shown.detail["would"])
        assert town.all_hosted() == []
        assert town.mail("request") == []
