"""Try again what failed or is held."""

from dataclasses import dataclass

from roomstead.application.booking_view import BookingView, require_edit, seen_by, to_view
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.jobs import PushBooking
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.room_alternatives import require_free, taken
from roomstead.domain.booking import Booking, BookingId, Field, IntentKind
from roomstead.domain.booking_editing import retried
from roomstead.domain.people import Actor


@dataclass(frozen=True, slots=True)
class RetryBooking:
    """Which booking's failed or held act shall be tried again."""

    booking_id: BookingId


async def retry_booking(command: RetryBooking, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> BookingView:
    """Try again at once. The slot must still, or again, be free.

    Raises NotFound, Forbidden, Conflict when nothing failed or is held, RoomTaken.
    """
    now = clock.now()
    async with units() as uow:
        before = require_edit(actor, await uow.bookings.get_for_change(command.booking_id))
        after = retried(before, now)
        if _wants_a_slot(after):
            await require_free(uow, after)
        if await uow.bookings.save(before, after, at=now):
            raise await taken(uow, after)
        await uow.audit.record(
            "booking.retried", Subject("booking", after.id), actor, at=now, integration_id=after.integration_id
        )
        await uow.jobs.defer(PushBooking(after.id))
        await uow.announce("booking", after.id)
        await uow.commit()
    return to_view(after, seen_by(actor, frozenset(), after), now)


def _wants_a_slot(booking: Booking) -> bool:
    """Whether what is tried again puts the meeting where it does not lie yet; one that may lie there is not asked."""
    return any(
        not intent.may_have_been_sent
        and (intent.kind is IntentKind.CREATE or bool(intent.wanted.fields & {Field.TIME, Field.ROOM}))
        for intent in booking.unfinished
    )
