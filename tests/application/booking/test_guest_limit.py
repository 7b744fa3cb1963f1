"""How many can be invited: each provider's own number, said before anything is written."""

from typing import TYPE_CHECKING

import pytest
from tests.support.providers import known_providers

from roomstead.application.booking.change import ChangeBooking, change_booking
from roomstead.application.booking.preview import PreviewBooking, preview_booking
from roomstead.application.booking_request import BookingRequest
from roomstead.application.guest_limit import SURELY_TAKEN
from roomstead.domain.booking_input import MOST_PEOPLE, TypedAttendee
from roomstead.domain.errors import InvalidInput
from roomstead.domain.integration import Room
from roomstead.domain.people import Person

if TYPE_CHECKING:
    from tests.application.booking.conftest import Desk
    from tests.application.conftest import Given

TOO_MANY = "Google lets at most 198 people be invited beside the organiser and the room; these are 199."


def guests(count: int) -> tuple[TypedAttendee, ...]:
    return tuple(TypedAttendee(f"guest{number}@x.example") for number in range(count))


@pytest.fixture
async def tulip(given: "Given") -> Room:
    """A room of a Google Workspace."""
    return await given.room(await given.integration(name="Corp", provider="google"), "Tulip")


def test_every_provider_takes_as_many_as_are_never_asked_about() -> None:
    allowed = [one.capabilities.most_invited for one in known_providers().descriptions()]
    assert min(allowed) >= SURELY_TAKEN
    assert max(allowed) == MOST_PEOPLE


async def test_more_than_two_hundred_are_too_many_for_google(desk: "Desk", jane: Person, tulip: Room) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await desk.book(jane, tulip, attendees=guests(199))
    assert refusal.value.mistakes["attendees"].startswith(TOO_MANY)
    assert len((await desk.book(jane, tulip, attendees=guests(198))).attendees) == 198


async def test_preview_says_so(desk: "Desk", jane: Person, tulip: Room) -> None:
    request = BookingRequest(desk.at(1), desk.at(2), "Stand-up", room_id=tulip.id, attendees=guests(199))
    with pytest.raises(InvalidInput) as refusal:
        await preview_booking(
            PreviewBooking(request),
            desk.given.actor(jane),
            units=desk.units,
            providers=known_providers(),
            clock=desk.clock,
            policy=desk.policy,
        )
    assert refusal.value.mistakes["attendees"].startswith(TOO_MANY)


async def test_an_edit_says_so_and_changes_nothing(desk: "Desk", jane: Person, tulip: Room) -> None:
    made = await desk.book(jane, tulip, attendees=guests(3))
    with pytest.raises(InvalidInput) as refusal:
        await change_booking(
            ChangeBooking(made.id, attendees=guests(199)),
            desk.given.actor(jane),
            units=desk.units,
            providers=known_providers(),
            clock=desk.clock,
            policy=desk.policy,
        )
    assert refusal.value.mistakes["attendees"].startswith(TOO_MANY)
    assert len((await desk.stored(made.id)).attendees) == 3
