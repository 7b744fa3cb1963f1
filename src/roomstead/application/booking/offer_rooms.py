"""Offer rooms in which a booking could be held instead."""

from collections.abc import Sequence
from dataclasses import dataclass

from roomstead.application.booking_view import require_edit
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.room_alternatives import alternatives_to
from roomstead.domain.booking import BookingId
from roomstead.domain.integration import Room
from roomstead.domain.people import Actor
from roomstead.domain.timespan import Timespan


@dataclass(frozen=True, slots=True)
class OfferRooms:
    """For which booking; ``span`` None: for the time that it has."""

    booking_id: BookingId
    span: Timespan | None = None


async def offer_rooms(command: OfferRooms, actor: Actor, *, units: UnitsOfWork) -> Sequence[Room]:
    """At most three free rooms of the same tenant, the nearest and smallest that fit first; none for a booking
    without a room. Raises NotFound, Forbidden."""
    async with units.reading() as uow:
        booking = require_edit(actor, await uow.bookings.get(command.booking_id))
        rooms = booking.occurrence.wanted_rooms or booking.occurrence.rooms
        if not rooms:
            return ()
        span = command.span or booking.occurrence.span
        people = len(booking.attendees) + 1
        found = await alternatives_to(uow, rooms[0].room, span, people, apart_from=booking.id)
    return [each.room for each in found]
