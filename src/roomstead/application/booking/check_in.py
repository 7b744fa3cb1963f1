"""Check in: somebody is in the room."""

from dataclasses import dataclass

from roomstead.application.booking_view import seen_by, viewer_addresses
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.booking import BookingId
from roomstead.domain.check_in import checked_in
from roomstead.domain.errors import Forbidden, NotFound
from roomstead.domain.people import Actor


@dataclass(frozen=True, slots=True)
class CheckIn:
    """To which booking."""

    booking_id: BookingId


async def check_in(command: CheckIn, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> None:
    """Whoever takes part may, and Global Admins. Checking in again changes nothing.

    Raises NotFound, Forbidden, and Conflict before and after the meeting's time.
    """
    now = clock.now()
    async with units() as uow:
        booking = await uow.bookings.get_for_change(command.booking_id)
        if booking is None:
            raise NotFound("There is no such booking.")
        if not (seen_by(actor, await viewer_addresses(uow, actor), booking).answers or actor.is_admin):
            raise Forbidden("Only those who take part can check in.")
        after = checked_in(booking, now)
        if after != booking:
            await uow.bookings.save(booking, after, at=now)
            await uow.audit.record(
                "booking.checked_in", Subject("booking", after.id), actor, at=now, integration_id=after.integration_id
            )
            await uow.announce("booking", after.id)
            await uow.commit()
