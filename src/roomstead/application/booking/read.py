"""Read one booking."""

from dataclasses import dataclass

from roomstead.application.booking_view import BookingView, seen_by, to_view, viewer_addresses
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import AuditFilter
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.booking import BookingId
from roomstead.domain.errors import NotFound
from roomstead.domain.people import Actor

_HISTORY = 100


@dataclass(frozen=True, slots=True)
class ReadBooking:
    """Which booking."""

    booking_id: BookingId


async def read_booking(command: ReadBooking, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> BookingView:
    """The booking as the actor may see it, with its history, newest first. Raises NotFound."""
    async with units.reading() as uow:
        booking = await uow.bookings.get(command.booking_id)
        if booking is None:
            raise NotFound("There is no such booking.")
        addresses = await viewer_addresses(uow, actor)
        about = AuditFilter(subject_kind="booking", subject_id=booking.id)
        history = await uow.audit.page(about, before=None, limit=_HISTORY)
    return to_view(booking, seen_by(actor, addresses, booking), clock.now(), tuple(history))
