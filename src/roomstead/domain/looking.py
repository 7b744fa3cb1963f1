"""When to look at a booking's event in its host's calendar again. Pure."""

from datetime import datetime, timedelta

from roomstead.domain.booking import Booking, IntentStatus
from roomstead.domain.event import ResponseStatus
from roomstead.domain.hosting import HostKind

FIRST_LOOK = timedelta(seconds=2)
HELD_LOOK = timedelta(minutes=15)
"""What waits for a person is looked at now and then; once it is released and sent, it is looked at anyway."""
SOON = timedelta(days=7)
"""What lies further ahead in an organiser's calendar is looked at less often."""


def after_asking(asked_at: datetime, now: datetime, longest: timedelta) -> datetime:
    """When to look for a room's answer next: 2, 4, 8, 16 … seconds after it was asked, then every ``longest``."""
    wait = FIRST_LOOK
    while wait <= longest and asked_at + wait <= now:
        wait *= 2
    return now + longest if wait > longest else asked_at + wait


def next_look(booking: Booking, now: datetime, interval: timedelta) -> datetime | None:
    """When something may have to be seen in the host's calendar that nothing else would tell; None: never.

    A room that was asked is waited for. The service account's calendar tells its changes by itself; an organiser's is
    never read but for our own events.
    """
    hosting = booking.hosting
    if booking.cancelled_at is not None or hosting is None or hosting.event_id is None:
        return None
    asked = [
        request.asked_at
        for request in booking.occurrence.wanted_rooms
        if request.asked_at is not None and request.answer in {ResponseStatus.NEEDS_ACTION, ResponseStatus.TENTATIVE}
    ]
    span = booking.occurrence.observed or booking.occurrence.span
    if span.end <= now:
        return None
    if asked:
        return after_asking(max(asked), now, interval)
    if hosting.kind is HostKind.ORGANIZER:
        return now + (interval if span.start - now <= SOON else interval * 4)
    return None


def once_settled(booking: Booking, now: datetime) -> datetime:
    """When to look at a booking whose last write is not settled: once it has been tried again, if it waits for that."""
    waits = [
        intent.next_attempt_at
        for intent in booking.unfinished
        if intent.status is IntentStatus.UNKNOWN and intent.next_attempt_at is not None
    ]
    held = any(intent.status is IntentStatus.HELD for intent in booking.unfinished)
    return max([now, *waits, *([now + HELD_LOOK] if held else [])]) + FIRST_LOOK


def is_settled(booking: Booking, asked_at: datetime) -> bool:
    """Whether what was asked for at that moment surely shows what our own writes left behind."""
    for intent in booking.intents:
        if intent.status is IntentStatus.UNKNOWN or (intent.status is IntentStatus.HELD and intent.request is not None):
            return False
        if intent.sent_at is not None and intent.done_at is not None and intent.done_at >= asked_at:
            return False
    return True
