"""Following mailboxes: what others do is seen, what is private leaves no trace, and nothing is guessed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from roomstead.application.policy import Policy
from roomstead.domain.booking import BookingState
from roomstead.domain.errors import RoomTaken

if TYPE_CHECKING:
    from tests.sync.conftest import Town


@dataclass
class Shelf:
    """What the mirror holds."""

    url: str

    async def rows(self, query: str, *parameters: object) -> list[Any]:
        """Rows of a query."""
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as session:
            found = await session.execute(query, parameters)
            return await found.fetchall()

    async def copies(self, name: str) -> int:
        """How many copies are held of a mailbox."""
        query = "SELECT count(*) FROM event_time e JOIN mailbox m ON m.id = e.mailbox_id WHERE m.address = %s"
        return int((await self.rows(query, f"{name}@contoso.example"))[0][0])

    async def busy(self, room_no: int) -> list[Any]:
        """When a room is busy by what was seen in its calendar."""
        query = "SELECT blocks_from, blocks_to FROM room_busy WHERE room_no = %s AND kind = 'mirror' ORDER BY 1"
        return await self.rows(query, room_no)


@pytest.fixture
def shelf(database_url: str) -> Shelf:
    return Shelf(database_url)


async def test_what_others_book_in_outlook_makes_the_room_busy(town: Town, shelf: Shelf) -> None:
    await town.live(4)
    times = {"start": town.at(1).isoformat(), "end": town.at(2).isoformat()}
    town.act("create", "ben.carter", subject="Secret plan", rooms=["elm@contoso.example"], **times)
    await town.live(1000, step=250)
    assert (town.at(1), town.at(2)) in await shelf.busy(town.rooms["elm"].room_no)
    with pytest.raises(RoomTaken):
        await town.book("jane.doe", "elm", 1.5)
    town.act("cancel", "ben.carter", meeting="Secret plan")
    await town.live(1000, step=250)
    booking_id = await town.book("jane.doe", "elm", 1.5)
    await town.live(20)
    assert await town.state(booking_id) is BookingState.CONFIRMED


async def test_no_title_body_or_guest_of_others_is_stored(town: Town, shelf: Shelf) -> None:
    await town.use_service_account()
    await town.book("priya.shah", "oak")
    times = {"start": town.at(3).isoformat(), "end": town.at(4).isoformat()}
    words = {"subject": "Zanzibar", "body": "Xylophone"}
    town.act(
        "create", "ben.carter", rooms=["quartz@contoso.example"], people=["tom.baker@contoso.example"], **words, **times
    )
    town.act("create", "rooms", subject="Zanzibar too", **times)
    town.act("create", "jane.doe", subject="Zanzibar, private", **times)
    await town.book("jane.doe", "elm", 6)
    await town.live(2000, step=250)
    assert await shelf.copies("jane.doe") == 0
    assert await shelf.copies("rooms") == 1  # Priya's booking, nothing else
    tables = await shelf.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    for (table,) in tables:
        rows = await shelf.rows(f'SELECT count(*) FROM "{table}" AS t WHERE t::text ~ %s', "Zanzibar|Xylophone")  # noqa: S608 - our own tables
        assert rows[0][0] == 0, table


async def test_an_organisers_calendar_is_read_by_ids_we_know_only(town: Town) -> None:
    await town.book("jane.doe", "oak")
    await town.live(2000, step=250)
    answered = town.sandbox.control.get("requests", mailbox="jane.doe@contoso.example")
    assert {call["template"] for call in answered} == {
        "/users/{user}/calendar",
        "/users/{user}/events",
        "/users/{user}/events/{event}",
    }
    assert all(call["method"] == "POST" for call in answered if call["template"] == "/users/{user}/events")


async def test_our_own_bookings_are_not_busy_twice(town: Town, shelf: Shelf) -> None:
    await town.live(4)
    before = await shelf.busy(town.rooms["oak"].room_no)
    booking_id = await town.book("jane.doe", "oak", 5)
    await town.live(1000, step=100)
    assert await shelf.busy(town.rooms["oak"].room_no) == before
    await town.change(booking_id, "jane.doe", start=town.at(5.5))  # overlaps itself only
    await town.live(1000, step=100)
    assert await town.state(booking_id) is BookingState.CONFIRMED
    assert await shelf.busy(town.rooms["oak"].room_no) == before


async def test_a_copy_seen_before_its_create_was_settled_becomes_ours(town: Town, shelf: Shelf) -> None:
    await town.live(4)
    before = await shelf.busy(town.rooms["oak"].room_no)
    town.fault("drop", method="POST", operation="/users/{user}/events", after_commit=True)
    booking_id = await town.book("jane.doe", "oak", 5)
    await town.push(booking_id)
    town.sandbox.advance(1)
    await town.pull_now("oak")  # the room has it, we do not know yet that it is ours
    assert len(await shelf.busy(town.rooms["oak"].room_no)) == len(before) + 1
    await town.live(60)
    assert await shelf.busy(town.rooms["oak"].room_no) == before
    assert await town.state(booking_id) is BookingState.CONFIRMED


@pytest.mark.parametrize("kind", ["cursor_expired", "cursor_unknown"])
async def test_a_forgotten_place_means_a_full_round_that_loses_nothing(town: Town, shelf: Shelf, kind: str) -> None:
    await town.live(4)
    before = await shelf.copies("oak")
    assert before > 0
    town.fault(kind, mailbox="oak@contoso.example")
    times = {"start": town.at(9).isoformat(), "end": town.at(10).isoformat()}
    town.act("create", "ben.carter", subject="New", rooms=["oak@contoso.example"], **times)
    town.sandbox.advance(60)
    await town.pull_now("oak")
    assert await shelf.copies("oak") == before + 1
    assert (await town.mailbox("oak")).generation == 2


@pytest.mark.parametrize("kind", ["replay", "empty_page"])
async def test_pages_that_say_nothing_new_change_nothing(town: Town, shelf: Shelf, kind: str) -> None:
    await town.live(4)
    before = await shelf.copies("oak"), await shelf.busy(town.rooms["oak"].room_no)
    town.fault(kind, mailbox="oak@contoso.example")
    await town.pull_now("oak")
    assert (await shelf.copies("oak"), await shelf.busy(town.rooms["oak"].room_no)) == before
    assert (await town.mailbox("oak")).failures == 0


async def test_a_calendar_that_seems_empty_is_believed_only_when_it_says_so_twice(town: Town, shelf: Shelf) -> None:
    await town.live(4)
    before = await shelf.copies("quartz")
    assert before > 0
    items = town.sandbox.control.get("calendars/quartz@contoso.example")["items"]
    for item in items:
        town.act("delete", "quartz", meeting=item["uid"])
    town.order("expire-delta", mailbox="quartz@contoso.example")
    await town.pull_now("quartz")
    assert await shelf.copies("quartz") == before
    assert (await town.mailbox("quartz")).error_code == "calendar_empty"
    town.sandbox.advance(301)
    await town.turn()
    assert await shelf.copies("quartz") == 0
    assert (await town.mailbox("quartz")).error_code == ""


async def test_the_window_rolls_every_day(town: Town) -> None:
    await town.live(4)
    first = await town.mailbox("oak")
    assert first.window is not None
    town.sandbox.advance(2 * 86400)
    await town.turn()
    second = await town.mailbox("oak")
    assert second.window is not None
    assert second.generation == first.generation + 1
    assert second.window.start > first.window.start


async def test_a_room_closed_to_us_is_tried_again_by_the_hour_and_keeps_what_was_seen(town: Town, shelf: Shelf) -> None:
    await town.live(4)
    before = await shelf.copies("oak")
    town.close("oak")
    await town.live(1000, step=250)
    assert (await town.mailbox("oak")).error_code == "out_of_reach"
    town.forget_calls()
    await town.live(3000, step=500)
    assert len(town.sandbox.control.get("requests", mailbox="oak@contoso.example")) <= 1
    assert await shelf.copies("oak") == before
    town.open("oak")
    await town.live(4000, step=500)
    assert (await town.mailbox("oak")).error_code == ""


async def test_one_mailbox_in_trouble_stops_no_other(town: Town, shelf: Shelf) -> None:
    town.fault("answer", mailbox="elm@contoso.example", status=500, code="generalException", count=None)
    await town.live(10)
    assert (await town.mailbox("elm")).failures > 0
    assert await shelf.copies("oak") > 0
    town.sandbox.control.delete("faults")
    await town.live(1200, step=100)
    assert (await town.mailbox("elm")).failures == 0


class TestQuickPolling:
    """Polling every few seconds, as in a rehearsal."""

    @pytest.fixture
    def policy(self) -> Policy:
        return Policy(pull_interval=timedelta(seconds=2))

    async def test_changes_are_seen_within_seconds(self, town: Town) -> None:
        booking_id = await town.book("jane.doe", "oak")
        await town.live(20)
        town.act("move", "jane.doe", meeting="Kick-off", start=town.at(6).isoformat())
        await town.live(12)
        seen = await town.see(booking_id)
        assert seen.observed is not None
        assert seen.observed.start == town.at(6)
