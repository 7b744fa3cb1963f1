"""What a viewer may see of a booking."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from roomstead.domain.booking import Booking, BookingAttendee
from roomstead.domain.mailbox import Address, parse_address
from roomstead.domain.masking import Relation, Visibility, relation_of, visibility
from roomstead.domain.people import OPERATOR, Actor, PersonId, Role, Via

if TYPE_CHECKING:
    from tests.domain.conftest import Make

JANE = PersonId(uuid.UUID(int=9))
BOOKER, GUEST, ALIAS, OTHER, ADMIN = (PersonId(uuid.UUID(int=number)) for number in range(10, 15))
GUEST_ADDRESS = parse_address("guest@contoso.example")
ALIAS_ADDRESS = parse_address("alias@contoso.example")


def _actor(person: PersonId, role: Role = Role.MEMBER) -> Actor:
    return Actor(person, "Somebody", role, Via.API)


@pytest.fixture
def booking(make: Make) -> Booking:
    """Organised by Jane, booked by somebody else, with two guests."""
    guests = (BookingAttendee(GUEST_ADDRESS, person_id=GUEST), BookingAttendee(ALIAS_ADDRESS))
    return replace(make.delivered(), booked_by=BOOKER, attendees=guests)


def _seen(booking: Booking, actor: Actor, *addresses: Address) -> Visibility:
    return visibility(relation_of(actor, frozenset(addresses), booking), actor, booking)


def test_relations(booking: Booking) -> None:
    def relation(actor: Actor, *addresses: Address) -> Relation:
        return relation_of(actor, frozenset(addresses), booking)

    assert relation(_actor(JANE)) is Relation.ORGANIZER
    assert relation(_actor(BOOKER, Role.GLOBAL_ADMIN)) is Relation.BOOKED_BY
    assert relation(_actor(GUEST)) is Relation.ATTENDEE
    assert relation(_actor(ALIAS), ALIAS_ADDRESS) is Relation.ATTENDEE
    assert relation(_actor(OTHER)) is Relation.COLLEAGUE
    assert relation(_actor(ADMIN, Role.GLOBAL_ADMIN)) is Relation.ADMIN
    assert relation(OPERATOR) is Relation.ADMIN


def test_participants_see_everything_of_a_private_meeting_and_nobody_else_anything(booking: Booking) -> None:
    private = replace(booking, is_private=True)
    for person in (JANE, BOOKER, GUEST):
        seen = _seen(private, _actor(person))
        assert (seen.title, seen.organizer, seen.text, seen.people, seen.answers) == (True,) * 5
    for actor in (_actor(OTHER), _actor(ADMIN, Role.GLOBAL_ADMIN), OPERATOR):
        seen = _seen(private, actor)
        assert (seen.title, seen.organizer, seen.text, seen.people, seen.answers) == (False,) * 5


def test_colleagues_see_title_and_organiser(booking: Booking) -> None:
    seen = _seen(booking, _actor(OTHER))
    assert seen == Visibility(
        title=True, organizer=True, text=False, people=False, answers=False, causes=False, may_edit=False
    )


def test_admins_see_guests_and_causes_and_no_answers(booking: Booking) -> None:
    seen = _seen(booking, _actor(ADMIN, Role.GLOBAL_ADMIN))
    assert seen == Visibility(
        title=True, organizer=True, text=True, people=True, answers=False, causes=True, may_edit=True
    )


def test_guests_see_and_do_not_edit(booking: Booking) -> None:
    assert _seen(booking, _actor(GUEST)).may_edit is False
    assert _seen(booking, _actor(JANE)).may_edit is True
    assert _seen(booking, _actor(BOOKER)).may_edit is True
    assert _seen(booking, _actor(JANE)).causes is False
