"""Guests who were invited by an alias that the calendar shows under their primary address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from roomstead.domain.booking_input import TypedAttendee
from roomstead.domain.event import ResponseStatus

if TYPE_CHECKING:
    from tests.sync.conftest import Json, Town

pytestmark = pytest.mark.parametrize("town_type", ["contoso", "corp"], indirect=True)


def invited(event: Json) -> set[str]:
    return {each["address"] for each in event["attendees"]}


async def test_an_alias_is_the_same_guest_here_and_in_the_calendar(town: Town) -> None:
    host, room, guest = (
        ("jane.doe", "tulip", "marcus.lee") if town.firm.seed == "corp" else ("jane.doe", "oak", "tom.baker")
    )
    primary, alias = town.address(guest), f"the.boss@{town.firm.domain}"
    town.sandbox.control.patch(f"users/{primary}", {"proxy_addresses": [alias]})
    town.sandbox.control.patch("switches", {"switches": {"aliases_become_primary": True}})
    booking_id = await town.book(host, room, guests=["the.boss"])
    await town.live(20)
    town.act("respond", guest, meeting="Kick-off", answer="accepted")
    await town.live(1000, step=250)

    (seen,) = (await town.stored(booking_id)).attendees
    assert (seen.address, seen.response, seen.added_by_provider) == (primary, ResponseStatus.ACCEPTED, False)

    await town.change(booking_id, host, attendees=(TypedAttendee(alias),), title="Kick-off!")
    await town.live(30)
    (event,) = town.all_hosted("Kick-off!")
    assert invited(event) == {primary, town.address(room)}
    (seen,) = (await town.stored(booking_id)).attendees
    assert (seen.address, seen.response) == (primary, ResponseStatus.ACCEPTED)
    assert len(town.mail("request")) == 1
    assert town.mail("cancellation") == []

    await town.change(booking_id, host, attendees=())
    await town.live(30)
    (event,) = town.all_hosted("Kick-off!")
    assert invited(event) == {town.address(room)}
