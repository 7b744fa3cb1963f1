"""A booking in its organiser's own calendar, from request to cancellation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomstead.domain.booking import BookingState
from roomstead.domain.hosting import HostKind

if TYPE_CHECKING:
    from tests.sync.conftest import Town


async def test_the_room_accepts_and_the_booking_is_confirmed_within_seconds(town: Town) -> None:
    booking_id = await town.book("jane.doe", "oak", guests=["tom.baker"])
    assert await town.state(booking_id) is BookingState.REQUESTED
    await town.turn()
    assert await town.state(booking_id) is BookingState.AWAITING_ROOM
    await town.live(60)
    seen = await town.see(booking_id)
    assert seen.state is BookingState.CONFIRMED
    assert seen.host is not None
    assert seen.host.kind is HostKind.ORGANIZER
    assert seen.label is None
    (event,) = town.events("jane.doe")
    assert event["is_organizer"]
    assert {each["address"] for each in event["attendees"]} == {"oak@contoso.example", "tom.baker@contoso.example"}
    assert len(town.mail("request")) == 1
