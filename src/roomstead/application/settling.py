"""What push and pull record about a booking. Each works in the caller's unit of work and announces the booking;
what is news for people is noted in the same unit of work, to be mailed.

The caller commits. Answers the booking as stored; None when it no longer exists.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from roomstead.application.policy import Policy
from roomstead.application.ports.mirror import SeenInRoom
from roomstead.application.ports.store import UnitOfWork
from roomstead.domain import booking_editing, booking_observing, booking_settling
from roomstead.domain.booking import Booking, BookingId, HostingId, IntentId, OccurrenceRoomId, Placement
from roomstead.domain.booking_news import news_of
from roomstead.domain.booking_settling import SeenAnswer, Trouble
from roomstead.domain.event import CalendarEvent
from roomstead.domain.hosting import HostChoice
from roomstead.domain.integration import ServiceMailboxId
from roomstead.domain.timespan import Timespan


async def record_begun(
    uow: UnitOfWork,
    seen: Booking,
    intent_id: IntentId,
    request: Mapping[str, object],
    *,
    now: datetime,
    again_at: datetime,
) -> Booking | None:
    """The request is about to be sent; commit before sending it. Its outcome is unknown until recorded.

    None when the booking is not as it was ``seen`` when the request was decided: read it and decide again. Should the
    sender die, the sweep finds the act due at ``again_at``.
    """
    current = await uow.bookings.get_for_change(seen.id)
    if current is None or not _decides_alike(current, seen):
        return None
    return await _save(
        uow, current, booking_settling.begun(current, intent_id, request, now=now, again_at=again_at), now
    )


def _decides_alike(current: Booking, seen: Booking) -> bool:
    """Whether a request decided from one would be decided from the other."""
    return (current.version, current.intents, current.hosting) == (seen.version, seen.intents, seen.hosting)


async def record_sent(
    uow: UnitOfWork,
    booking_id: BookingId,
    intent_id: IntentId,
    event: CalendarEvent | None,
    *,
    now: datetime,
    policy: Policy,
) -> Booking | None:
    """The provider took it: ids are kept, slots left behind are given up, the room's time to answer begins."""
    return await _settle_act(
        uow,
        booking_id,
        intent_id,
        now,
        lambda booking: booking_settling.delivered(
            booking, intent_id, event, now=now, answer_within=policy.room_answer_deadline
        ),
    )


async def record_put_off(
    uow: UnitOfWork, booking_id: BookingId, intent_id: IntentId, trouble: Trouble, *, now: datetime, at: datetime
) -> Booking | None:
    """It surely did not happen, now or in an earlier attempt: decide it afresh at ``at``."""
    return await _settle_act(
        uow,
        booking_id,
        intent_id,
        now,
        lambda booking: booking_settling.put_off(booking, intent_id, trouble, now=now, at=at),
    )


async def record_unknown(
    uow: UnitOfWork, booking_id: BookingId, intent_id: IntentId, trouble: Trouble, *, now: datetime, at: datetime
) -> Booking | None:
    """This or an earlier attempt may have happened: settle it with the stored request at ``at``."""
    return await _settle_act(
        uow,
        booking_id,
        intent_id,
        now,
        lambda booking: booking_settling.left_unknown(booking, intent_id, trouble, at=at),
    )


async def record_seen_in_room(
    uow: UnitOfWork,
    booking_id: BookingId,
    place: Placement,
    seen: SeenInRoom,
    *,
    now: datetime,
    answer_within: timedelta,
) -> Booking | None:
    """A create of unknown outcome shows in the room's calendar, with the room's answer as far as there is one."""
    return await _settle(
        uow,
        booking_id,
        now,
        lambda booking: booking_observing.seen_in_room(
            booking, place, (seen.ical_uid, seen.answer), now=now, answer_within=answer_within
        ),
    )


async def record_held(
    uow: UnitOfWork, booking_id: BookingId, intent_id: IntentId, held_by: str, trouble: Trouble, *, now: datetime
) -> Booking | None:
    """It waits for a person (``HELD_BY_DRY_RUN``, ``HELD_BY_ADMIN_NEEDED``)."""
    return await _settle_act(
        uow, booking_id, intent_id, now, lambda booking: booking_settling.held(booking, intent_id, held_by, trouble)
    )


async def record_failed(
    uow: UnitOfWork, booking_id: BookingId, intent_id: IntentId, trouble: Trouble, *, now: datetime
) -> Booking | None:
    """The provider will never take it: slots that only this act wanted are given up."""
    return await _settle_act(
        uow, booking_id, intent_id, now, lambda booking: booking_settling.failed(booking, intent_id, trouble, now=now)
    )


async def rehost(
    uow: UnitOfWork,
    booking_id: BookingId,
    choice: HostChoice,
    service_mailbox_id: ServiceMailboxId | None,
    *,
    reason: str,
    now: datetime,
) -> Booking | None:
    """A first create goes to another mailbox, or to the same one with a fresher reason. Raises Broken for any other."""
    new_id = HostingId(uuid.uuid4())
    return await _settle(
        uow,
        booking_id,
        now,
        lambda booking: booking_settling.rehosted(booking, choice, service_mailbox_id, new_id, reason=reason, now=now),
    )


async def record_answers(
    uow: UnitOfWork, booking_id: BookingId, span: Timespan | None, answers: tuple[SeenAnswer, ...], *, now: datetime
) -> Booking | None:
    """Rooms and people answered, as a copy at ``span`` shows it; a room that declines gives up its slot."""
    return await _settle(uow, booking_id, now, lambda booking: booking_settling.answered(booking, span, answers))


async def record_observed(
    uow: UnitOfWork, booking_id: BookingId, event: CalendarEvent, *, now: datetime, policy: Policy
) -> Booking | None:
    """The host's copy, whole, was seen: what was moved, edited, answered or cancelled there is so here."""
    booking = await uow.bookings.get_for_change(booking_id)
    if booking is None:
        return None
    invited = [status.attendee.address for status in event.attendees]
    rooms = await uow.rooms.by_addresses(invited)
    sighting = booking_observing.Sighting(
        event,
        {
            address: (OccurrenceRoomId(uuid.uuid4()), room)
            for address, room in rooms.items()
            if room.integration_id == booking.integration_id
        },
        seen_at=now,
        answer_within=policy.room_answer_deadline,
    )
    return await _save(uow, booking, booking_observing.observed(booking, sighting), now)


async def record_gone(uow: UnitOfWork, booking_id: BookingId, *, now: datetime) -> Booking | None:
    """The event is no longer in the host's calendar: it was cancelled there."""
    return await _settle(uow, booking_id, now, lambda booking: booking_observing.cancelled_outside(booking, now=now))


async def record_released(uow: UnitOfWork, booking_id: BookingId, held_by: str, *, now: datetime) -> Booking | None:
    """What held its acts is over: they are due at once. Leave a push for it."""
    return await _settle(uow, booking_id, now, lambda booking: booking_editing.released(booking, held_by, now))


async def _settle_act(
    uow: UnitOfWork, booking_id: BookingId, intent_id: IntentId, now: datetime, change: Callable[[Booking], Booking]
) -> Booking | None:
    """None also when the act is over: somebody thought that its sender was dead, and settled it. What the late one has
    seen is older than what is known by now."""
    booking = await uow.bookings.get_for_change(booking_id)
    if booking is None or booking_settling.intent_of(booking, intent_id).status.is_finished:
        return None
    return await _save(uow, booking, change(booking), now)


async def _settle(
    uow: UnitOfWork, booking_id: BookingId, now: datetime, change: Callable[[Booking], Booking]
) -> Booking | None:
    booking = await uow.bookings.get_for_change(booking_id)
    if booking is None:
        return None
    return await _save(uow, booking, change(booking), now)


async def _save(uow: UnitOfWork, before: Booking, after: Booking, now: datetime) -> Booking:
    if after != before:
        await uow.bookings.save(before, after, at=now)
        await uow.notices.add(news_of(before, after, now))
        await uow.announce("booking", before.id)
    return after
