"""Give rooms back that nobody came to. The meeting stays: its organiser is told and may choose another room."""

import uuid

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.jobs import PushBooking
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.booking import BookingId, IntentId, OccurrenceRoomId
from roomstead.domain.booking_editing import Stamp
from roomstead.domain.booking_news import news_of_release
from roomstead.domain.check_in import given_back
from roomstead.domain.errors import Conflict
from roomstead.domain.people import SYSTEM

AT_ONCE = 200


async def release_rooms(*, units: UnitsOfWork, clock: Clock) -> int:
    """Release what is due now, each booking on its own. Answers how many there were."""
    async with units.reading() as uow:
        due = await uow.bookings.due_back(clock.now(), AT_ONCE)
    released = 0
    for booking_id in due:
        released += await _release(booking_id, units, clock)
    return released


async def _release(booking_id: BookingId, units: UnitsOfWork, clock: Clock) -> bool:
    now = clock.now()
    async with units() as uow:
        before = await uow.bookings.get_for_change(booking_id)
        if before is None:
            return False
        stamp = Stamp(now, SYSTEM.name, IntentId(uuid.uuid4()), OccurrenceRoomId(uuid.uuid4()), not_before=now)
        try:
            after = given_back(before, stamp)
        except Conflict:  # cancelled in the meantime
            return False
        if after == before:
            return False
        await uow.bookings.save(before, after, at=now)
        await uow.notices.add(news_of_release(before, now))
        await uow.audit.record(
            "booking.released", Subject("booking", after.id), SYSTEM, at=now, integration_id=after.integration_id
        )
        await uow.jobs.defer(PushBooking(after.id))
        await uow.announce("booking", after.id)
        await uow.commit()
    return True
