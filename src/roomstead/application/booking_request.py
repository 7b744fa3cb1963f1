"""What create and preview have in common: what people typed, checked against what is stored."""

from dataclasses import dataclass
from datetime import datetime

from roomstead.application import routing
from roomstead.application.guest_limit import refuse_too_many
from roomstead.application.ports.bookings import RoutingFacts
from roomstead.application.ports.providers import Providers
from roomstead.application.ports.store import UnitOfWork
from roomstead.domain.booking_input import (
    CheckedAttendee,
    Mistakes,
    TypedAttendee,
    checked_attendees,
    checked_description,
    checked_span,
    checked_title,
    checked_zone,
)
from roomstead.domain.errors import Forbidden, InvalidInput, NotFound
from roomstead.domain.integration import Room, RoomId
from roomstead.domain.mailbox import Address, InvalidAddress, parse_address
from roomstead.domain.people import Actor, PersonId
from roomstead.domain.timespan import Timespan


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """What somebody wants to book. Times are aware.

    ``room_id`` None: the room is the one among the attendees. ``zone`` empty: the room's. ``organizer_id`` None: the
    person who asks; another person's only for admins.
    """

    start: datetime
    end: datetime
    title: str
    room_id: RoomId | None = None
    description: str = ""
    zone: str = ""
    is_private: bool = False
    attendees: tuple[TypedAttendee, ...] = ()
    organizer_id: PersonId | None = None


@dataclass(frozen=True, slots=True)
class CheckedRequest:
    """The same without mistakes, and the facts it was checked against."""

    span: Timespan
    title: str
    description: str
    zone: str
    attendees: tuple[CheckedAttendee, ...]
    facts: RoutingFacts

    @property
    def people(self) -> int:
        """How many take part, the organiser included."""
        return len(self.attendees) + 1


async def check_request(
    uow: UnitOfWork, request: BookingRequest, actor: Actor, now: datetime, *, providers: Providers
) -> CheckedRequest:
    """Check everything at once. Raises InvalidInput with all mistakes, Forbidden, NotFound, NotBookable."""
    organizer_id = _organizer(request, actor)
    mistakes = Mistakes()
    title = checked_title(request.title, mistakes)
    description = checked_description(request.description, mistakes)
    span = checked_span(request.start, request.end, now, mistakes)
    addresses = _valid_addresses(request.attendees)
    room_id = request.room_id or await _room_among(uow, addresses, mistakes)
    facts = await uow.bookings.routing(room_id, organizer_id, addresses) if room_id else None
    if facts is None:
        mistakes.raise_any()
        raise NotFound("There is no such room, or no such organiser.")
    zone = checked_zone(request.zone or facts.room.zone or "UTC", mistakes)
    attendees = _attendees(request.attendees, facts, mistakes)
    refuse_too_many(len(attendees), facts.provider, providers, mistakes)
    if not facts.organizer.is_active or not facts.organizer.addresses:
        mistakes.add("organizer_id", "This person cannot organise: they are deactivated or have no address.")
    mistakes.raise_any()
    if span is None:
        raise InvalidInput({"start": "Say when the meeting begins and ends."})
    routing.require_bookable(facts)
    return CheckedRequest(span, title, description, zone, attendees, facts)


def _organizer(request: BookingRequest, actor: Actor) -> PersonId:
    organizer_id = request.organizer_id or actor.person_id
    if organizer_id is None:
        raise InvalidInput({"organizer_id": "Say for whom this is booked."})
    if organizer_id != actor.person_id and not actor.is_admin:
        raise Forbidden("Only a Global Admin can book for somebody else.")
    return organizer_id


def _valid_addresses(typed: tuple[TypedAttendee, ...]) -> list[Address]:
    found: list[Address] = []
    for each in typed:
        try:
            found.append(parse_address(each.address))
        except InvalidAddress:
            continue  # named with its sentence when the attendees are checked
    return found


async def _room_among(uow: UnitOfWork, addresses: list[Address], mistakes: Mistakes) -> RoomId | None:
    """A room that was typed among the attendees is a request for that room."""
    rooms = await uow.rooms.by_addresses(addresses) if addresses else {}
    if len(rooms) == 1:
        return next(iter(rooms.values())).id
    sentence = "Choose one room; these are several." if rooms else "Choose a room."
    mistakes.add("room_id", sentence)
    return None


def _attendees(
    typed: tuple[TypedAttendee, ...], facts: RoutingFacts, mistakes: Mistakes
) -> tuple[CheckedAttendee, ...]:
    never = {*facts.organizer.addresses, *facts.never_invited, facts.room.mailbox.address}
    others = [room for address, room in facts.invited_rooms.items() if address != facts.room.mailbox.address]
    refuse_more_rooms(others, mistakes)
    return checked_attendees(typed, never, mistakes)


def refuse_more_rooms(others: list[Room], mistakes: Mistakes) -> None:
    """One booking holds one room: a second one typed among the guests would be asked and never be held."""
    if others:
        mistakes.add("attendees", f"{others[0].name} is a room. A booking holds one room; make another booking for it.")
