"""Cancel a booking."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from roomstead.application.booking_view import BookingView, require_edit, seen_by, to_view
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.jobs import PushBooking
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.domain.booking import Booking, BookingId, IntentId, OccurrenceRoomId
from roomstead.domain.booking_editing import Stamp, cancelled
from roomstead.domain.booking_input import Mistakes, checked_description
from roomstead.domain.booking_news import news_of_act
from roomstead.domain.errors import StaleRevision
from roomstead.domain.people import Actor

LONGEST_COMMENT = 1000


@dataclass(frozen=True, slots=True)
class CancelBooking:
    """What to cancel; ``comment`` goes out with the cancellation. ``version`` as for a change."""

    booking_id: BookingId
    version: int | None = None
    comment: str = ""


async def cancel_booking(command: CancelBooking, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> BookingView:
    """Cancel for everyone. What was never sent is dropped without touching the provider; what may have been sent is
    finished first. Cancelling again changes nothing.

    Raises NotFound, Forbidden, StaleRevision, InvalidInput.
    """
    now = clock.now()
    comment = _checked_comment(command.comment)
    async with units() as uow:
        before = require_edit(actor, await uow.bookings.get_for_change(command.booking_id))
        stamp = Stamp(now, actor.name, IntentId(uuid.uuid4()), OccurrenceRoomId(uuid.uuid4()), not_before=now)
        after = cancelled(before, "cancelled", comment, stamp)
        if after != before:
            if command.version is not None and command.version != before.version:
                raise StaleRevision("This booking was changed in the meantime. Read it again before you cancel it.")
            await _store(uow, before, after, actor, now)
            await uow.commit()
    return to_view(after, seen_by(actor, frozenset(), after), now)


async def _store(uow: UnitOfWork, before: Booking, after: Booking, actor: Actor, now: datetime) -> None:
    await uow.bookings.save(before, after, at=now)
    await uow.audit.record(
        "booking.cancelled", Subject("booking", after.id), actor, at=now, integration_id=after.integration_id
    )
    await uow.notices.add(news_of_act(before, after, actor, now))
    if after.unfinished:
        await uow.jobs.defer(PushBooking(after.id))
    await uow.announce("booking", after.id)


def _checked_comment(text: str) -> str:
    mistakes = Mistakes()
    comment = checked_description(text, mistakes)
    if len(comment) > LONGEST_COMMENT:
        mistakes.add("comment", f"Shorten the comment to {LONGEST_COMMENT} characters; it has {len(comment)}.")
    mistakes.raise_any()
    return comment
