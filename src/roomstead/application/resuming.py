"""Acts that waited for an admin go on once the integration works again."""

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.jobs import PushBooking
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.booking import HELD_BY_ADMIN_NEEDED
from roomstead.domain.booking_editing import released
from roomstead.domain.mailbox import IntegrationId

_PAGE = 100


async def resume_waiting(integration_id: IntegrationId, *, units: UnitsOfWork, clock: Clock) -> int:
    """Release every act of the integration that was held because an admin was needed, a page per unit of work.

    Answers how many bookings go on.
    """
    resumed = 0
    while page := await _resume_page(integration_id, units, clock):
        resumed += page
    return resumed


async def _resume_page(integration_id: IntegrationId, units: UnitsOfWork, clock: Clock) -> int:
    now = clock.now()
    async with units() as uow:
        booking_ids = await uow.intents.held(integration_id, HELD_BY_ADMIN_NEEDED, _PAGE)
        for booking in await uow.bookings.many_for_change(booking_ids) if booking_ids else ():
            await uow.bookings.save(booking, released(booking, HELD_BY_ADMIN_NEEDED, now), at=now)
            await uow.jobs.defer(PushBooking(booking.id))
        await uow.commit()
    return len(booking_ids)
