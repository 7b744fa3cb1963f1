"""Which slots a booking holds. Pure.

A slot is held as long as the event may lie there: where the provider last showed it, where an act of unknown outcome
would have put it, and where an act still to be sent will put it. So a move holds the old and the new slot until the
provider took it, and a slot is given up only when nothing of ours can be in it.
"""

from collections.abc import Iterable

from roomstead.domain.booking import Booking, IntentKind, IntentStatus, Occurrence, Placement
from roomstead.domain.event import ResponseStatus
from roomstead.domain.timespan import Timespan


def placements_to_hold(booking: Booking) -> tuple[Placement, ...]:
    """The slots that this booking needs now: disjoint, by room and time."""
    if booking.cancelled_at is not None:
        return ()
    held: list[Placement] = []
    for occurrence in booking.occurrences:
        held += _delivered(booking, occurrence)
        if _is_to_be_delivered(booking):
            held += intended_placements(occurrence)
    for intent in booking.unfinished:
        if intent.may_have_been_sent:
            held += intent.wanted.placements
    return joined(held)


def intended_placements(occurrence: Occurrence) -> tuple[Placement, ...]:
    """Where people want this occurrence to lie."""
    return tuple(Placement(request.room.room_no, occurrence.span) for request in occurrence.wanted_rooms)


def joined(placements: Iterable[Placement]) -> tuple[Placement, ...]:
    """The same slots without overlaps: what touches or overlaps in one room becomes one."""
    result: list[Placement] = []
    for placement in sorted(placements, key=lambda each: (each.room_no, each.span.start, each.span.end)):
        last = result[-1] if result else None
        if last is not None and last.room_no == placement.room_no and placement.span.start <= last.span.end:
            end = max(last.span.end, placement.span.end)
            result[-1] = Placement(last.room_no, Timespan(last.span.start, end))
        else:
            result.append(placement)
    return tuple(result)


def _delivered(booking: Booking, occurrence: Occurrence) -> list[Placement]:
    """Where the provider holds it, in rooms that did not say no."""
    if booking.hosting is None or booking.hosting.event_id is None:
        return []
    span = occurrence.observed or occurrence.span
    return [
        Placement(request.room.room_no, span)
        for request in occurrence.rooms
        if request.asked_at is not None and request.answer is not ResponseStatus.DECLINED
    ]


def _is_to_be_delivered(booking: Booking) -> bool:
    """Whether a create or change is on its way; after a failure the intended slot is nobody's."""
    last = booking.last_intent
    if last is None or last.kind is IntentKind.CANCEL:
        return False
    return last.status in {IntentStatus.OPEN, IntentStatus.UNKNOWN, IntentStatus.HELD}
