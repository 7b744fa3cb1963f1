"""The same promises where Google keeps the calendars, and what is Google's own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from roomstead.application.booking_view import BookingView
from roomstead.domain.booking import BookingId, BookingState
from roomstead.domain.errors import RoomTaken
from roomstead.domain.event import ResponseStatus
from roomstead.domain.hosting import SERVICE_ACCOUNT_LABEL, HostKind

if TYPE_CHECKING:
    from tests.sync.conftest import GoogleTown, Json

pytestmark = pytest.mark.parametrize("town_type", ["corp"], indirect=True)


async def confirmed(town: GoogleTown, booking_id: BookingId) -> BookingView:
    """The booking once the room has had time to answer."""
    await town.live(20)
    seen = await town.see(booking_id)
    assert seen.state is BookingState.CONFIRMED, (seen.state, seen.reason)
    return seen


def invited(event: Json) -> set[str]:
    return {each["address"] for each in event["attendees"]}


async def test_a_booking_lies_in_its_organisers_calendar(town: GoogleTown) -> None:
    booking_id = await town.book("jane.doe", "tulip", guests=["marcus.lee"])
    seen = await confirmed(town, booking_id)
    assert seen.host is not None
    assert (seen.host.kind, seen.label) == (HostKind.ORGANIZER, None)
    (event,) = town.all_hosted()
    assert event["organizer"]["address"] == town.address("jane.doe")
    assert invited(event) == {town.address("tulip"), town.address("marcus.lee")}
    assert len(town.mail("request")) == 1
    await town.cancel(booking_id, "jane.doe", "We meet next week.")
    await town.live(20)
    assert await town.state(booking_id) is BookingState.CANCELLED
    assert town.all_hosted() == []
    assert [item for item in town.room_items("tulip", "Kick-off") if not item["cancelled"]] == []


async def test_a_booking_takes_one_write_and_few_reads(town: GoogleTown) -> None:
    await town.live(4)
    await confirmed(town, await town.book("jane.doe", "tulip"))
    town.forget_calls()
    await confirmed(town, await town.book("jane.doe", "canal", 3))
    assert town.calls("POST") == 1  # access is known by now, and tokens last
    assert town.calls() <= 5


async def test_the_service_account_hosts_for_whom_google_keeps_no_calendar(town: GoogleTown) -> None:
    await town.use_service_account()
    booking_id = await town.book("pieter.vos", "tulip", guests=["marcus.lee"], description="Bring <b>figures</b> & co.")
    seen = await confirmed(town, booking_id)
    assert seen.label == SERVICE_ACCOUNT_LABEL
    assert seen.host is not None
    assert (seen.host.kind, seen.host.cause) == (HostKind.SERVICE_ACCOUNT, "no_mailbox")
    assert seen.description == "Bring <b>figures</b> & co."  # our own lines are not read back
    (event,) = town.all_hosted()
    assert event["organizer"]["address"] == town.address("rooms-bot")
    assert "Organised by Pieter Vos" in event["body"]
    assert invited(event) == {town.address(name) for name in ("tulip", "pieter.vos", "marcus.lee")}
    town.act("respond", "marcus.lee", meeting="Kick-off", answer="tentative")
    await town.live(1000, step=250)
    (marcus,) = (await town.stored(booking_id)).attendees
    assert marcus.response is ResponseStatus.TENTATIVE
    await town.change(booking_id, "pieter.vos", description="New.", start=town.at(5))
    await town.live(60)
    (event,) = town.all_hosted()
    assert event["body"].count("Organised by Pieter Vos") == 1
    assert "New." in event["body"]
    await confirmed(town, booking_id)


async def test_whoever_the_delegation_does_not_reach_is_hosted_and_their_old_meetings_stay(town: GoogleTown) -> None:
    await town.use_service_account()
    before = await town.book("yuki.tanaka", "tulip")
    await confirmed(town, before)
    town.close("yuki.tanaka")
    town.sandbox.advance(1200)  # what was found of her is too old to rely on
    after = await town.book("yuki.tanaka", "canal", title="Later")
    seen = await confirmed(town, after)
    assert seen.label == SERVICE_ACCOUNT_LABEL
    await town.change(before, "yuki.tanaka", start=town.at(6))
    await town.live(60)
    assert await town.state(before) is BookingState.NOT_DELIVERED
    (event,) = town.all_hosted()
    assert event["start"] == "2026-11-25T09:00:00Z"


async def test_a_room_that_declines_gives_the_slot_back_and_keeps_the_event(town: GoogleTown) -> None:
    town.fault("room_declines", mailbox=town.address("tulip"))
    booking_id = await town.book("jane.doe", "tulip")
    await town.live(20)
    assert await town.state(booking_id) is BookingState.DECLINED
    assert len(town.all_hosted()) == 1
    await town.change(booking_id, "jane.doe", room_id=town.rooms["canal"].id)
    await town.live(60)
    assert await town.state(booking_id) is BookingState.CONFIRMED
    (event,) = town.all_hosted()
    assert invited(event) == {town.address("canal")}
    await confirmed(town, await town.book("marcus.lee", "tulip", title="Mine"))


async def test_a_room_that_people_answer_for_is_waited_for(town: GoogleTown) -> None:
    booking_id = await town.book("jane.doe", "bridge")
    await town.live(30)
    assert await town.state(booking_id) is BookingState.AWAITING_ROOM
    town.act("respond", "bridge", meeting="Kick-off", answer="accepted")
    await town.live(1000, step=100)
    assert await town.state(booking_id) is BookingState.CONFIRMED


async def test_what_is_done_in_google_is_so_here(town: GoogleTown) -> None:
    booking_id = await town.book("jane.doe", "tulip", guests=["marcus.lee"])
    await confirmed(town, booking_id)
    town.act("move", "jane.doe", meeting="Kick-off", start=town.at(6).isoformat())
    town.act("respond", "marcus.lee", meeting="Kick-off", answer="declined")
    await town.live(1200, step=300)
    seen = await town.see(booking_id)
    assert seen.observed is not None
    assert seen.observed.start == seen.intended.start == town.at(6)
    assert seen.state is BookingState.CONFIRMED
    (marcus,) = (await town.stored(booking_id)).attendees
    assert marcus.response is ResponseStatus.DECLINED
    town.act("delete", "jane.doe", meeting="Kick-off")
    await town.live(1200, step=300)
    seen = await town.see(booking_id)
    assert (seen.state, seen.reason) == (BookingState.CANCELLED, "cancelled_outside")


async def test_another_room_that_google_puts_in_the_place_of_one_that_declined_is_followed(town: GoogleTown) -> None:
    town.fault("room_declines", mailbox=town.address("tulip"))
    booking_id = await town.book("jane.doe", "tulip")
    await town.live(20)
    assert await town.state(booking_id) is BookingState.DECLINED
    town.act("swap-room", "jane.doe", meeting="Kick-off", new=town.address("windmill"))
    await town.live(1200, step=300)
    seen = await town.see(booking_id)
    assert seen.state is BookingState.CONFIRMED
    booking = await town.stored(booking_id)
    assert [request.room.name for request in booking.occurrence.wanted_rooms] == ["Windmill"]
    with pytest.raises(RoomTaken):
        await town.book("marcus.lee", "windmill")


@pytest.mark.parametrize("room", ["canal", "miradouro"])
async def test_what_others_book_makes_the_room_busy_also_where_times_alone_are_shown(
    town: GoogleTown, room: str
) -> None:
    await town.use_service_account()
    await town.live(4)
    times = {"start": town.at(1).isoformat(), "end": town.at(2).isoformat()}
    town.act("create", "karim.aziz", subject="Secret plan", rooms=[town.address(room)], **times)
    await town.live(1000, step=250)
    with pytest.raises(RoomTaken):
        await town.book("jane.doe", room, 1.5)
    town.act("cancel", "karim.aziz", meeting="Secret plan")
    await town.live(1000, step=250)
    await confirmed(town, await town.book("jane.doe", room, 1.5))


async def test_nothing_that_others_wrote_is_stored_and_of_people_only_our_own_events_are_read(
    town: GoogleTown, database_url: str
) -> None:
    await town.use_service_account()
    await town.book("pieter.vos", "tulip")
    await town.book("jane.doe", "canal", 6)
    times = {"start": town.at(3).isoformat(), "end": town.at(4).isoformat()}
    words = {"subject": "Zanzibar", "body": "Xylophone"}
    town.act("create", "karim.aziz", rooms=[town.address("windmill")], **words, **times)
    for name in ("rooms-bot", "jane.doe"):
        town.act("create", name, **words, **times)
    await town.live(2000, step=250)
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as session:
        tables = await session.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in await tables.fetchall():
            query = f'SELECT count(*) FROM "{table}" AS t WHERE t::text ~ %s'  # noqa: S608 - our own tables
            found = await session.execute(query.encode(), ("Zanzibar|Xylophone",))
            assert await found.fetchone() == (0,), table
    asked = town.sandbox.control.get("requests", mailbox=town.address("jane.doe"))
    lists = [call for call in asked if call["template"].endswith("/events") and call["method"] == "GET"]
    assert len(lists) == 1  # the probe, which asks for the calendar's zone and our role and for no event


async def test_a_room_that_is_shared_anew_is_read_anew(town: GoogleTown) -> None:
    await town.use_service_account()
    await town.live(4)
    before = await town.mailbox("tulip")
    shared = {"calendar": town.address("tulip"), "with": town.address("rooms-bot")}
    town.order("share", role="owner", **shared)
    await town.pull_now("tulip")
    after = await town.mailbox("tulip")
    assert (after.generation, after.failures) == (before.generation + 1, 0)
    town.order("unshare", **shared)  # what is left is what everybody there sees: times alone
    await town.pull_now("tulip")
    last = await town.mailbox("tulip")
    assert (last.generation, last.failures) == (before.generation + 2, 0)


async def test_a_calendar_that_is_read_only_for_hours_keeps_bookings_waiting(town: GoogleTown) -> None:
    await town.use_service_account()
    await town.live(4)
    town.order("read-only", user=town.address("rooms-bot"), hours=2)
    booking_id = await town.book("pieter.vos", "tulip", 8)
    await town.live(30)
    seen = await town.see(booking_id)
    assert seen.state is BookingState.REQUESTED
    assert (await town.read_integration()).attention is None
    assert town.all_hosted() == []
    await town.live(4 * 3600, step=3600)
    seen = await confirmed(town, booking_id)
    assert seen.label == SERVICE_ACCOUNT_LABEL
    assert len(town.mail("request")) == 1
    assert seen.intended.start > town.clock.now() + timedelta(hours=12)
