"""What other programs are told of a booking that changed, whoever changed it. Pure."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from roomstead.domain.booking import NO_SHOW, Booking, BookingState, Field
from roomstead.domain.booking_state import derive_state
from roomstead.domain.integration import Integration
from roomstead.domain.webhook import WebhookEvent, WebhookType, event_id

_BY_STATE = {
    BookingState.AWAITING_APPROVAL: WebhookType.BOOKING_AWAITING_APPROVAL,
    BookingState.CONFIRMED: WebhookType.BOOKING_CONFIRMED,
    BookingState.DECLINED: WebhookType.BOOKING_DECLINED,
    BookingState.NOT_DELIVERED: WebhookType.BOOKING_NOT_DELIVERED,
    BookingState.FAILED: WebhookType.BOOKING_FAILED,
    BookingState.CANCELLED: WebhookType.BOOKING_CANCELLED,
}


def booking_events(before: Booking, after: Booking, now: datetime) -> tuple[WebhookEvent, ...]:
    """What happened between the two, in the order in which it is told."""
    return tuple(
        WebhookEvent(event_id(after.id, kind.value, now.isoformat()), kind, after.id, now, facts)
        for kind, facts in (*_changes(before, after), *_state(before, after, now), *_answers(before, after))
    )


def health_event(before: Integration, after: Integration, now: datetime) -> WebhookEvent | None:
    """That an integration is doing otherwise; None: it is not."""
    codes = [each.attention.code if each.attention else "" for each in (before, after)]
    if before.status is after.status and codes[0] == codes[1]:
        return None
    facts = {"was": before.status.value, "was_attention": codes[0]}
    kind = WebhookType.INTEGRATION_HEALTH_CHANGED
    return WebhookEvent(event_id(after.id, kind.value, now.isoformat()), kind, after.id, now, facts)


Found = Iterator[tuple[WebhookType, Mapping[str, object]]]


def _changes(before: Booking, after: Booking) -> Found:
    fields = [name.value for name, one in _CONTENTS.items() if one(before) != one(after)]
    if fields:
        yield WebhookType.BOOKING_CHANGED, {"changed": fields}
    old, new = _rooms(before), _rooms(after)
    if old != new and new:
        yield WebhookType.BOOKING_ROOM_SWAPPED, {"rooms_before": [str(each) for each in old]}


def _rooms(booking: Booking) -> tuple[object, ...]:
    return tuple(each.room.id for each in booking.occurrence.wanted_rooms)


_CONTENTS: dict[Field, Callable[[Booking], object]] = {
    Field.TITLE: lambda of: of.title,
    Field.DESCRIPTION: lambda of: of.description,
    Field.TIME: lambda of: (of.occurrence.span, of.zone),
    Field.PRIVACY: lambda of: of.is_private,
    Field.ATTENDEES: lambda of: {(each.address, each.role) for each in of.attendees},
}


def _state(before: Booking, after: Booking, now: datetime) -> Found:
    was, status = derive_state(before, now), derive_state(after, now)
    kind = _BY_STATE.get(status.state)
    if was.state is status.state or kind is None:
        return
    if status.reason_code == NO_SHOW:
        kind = WebhookType.BOOKING_RELEASED
    yield kind, {}


def _answers(before: Booking, after: Booking) -> Found:
    known = {each.address: each.response for each in before.attendees}
    if any(each.address in known and each.response is not known[each.address] for each in after.attendees):
        yield WebhookType.BOOKING_ANSWERED, {}
    seen = {each.id for each in before.occurrence.rooms if each.checked_in_at is not None}
    if any(each.checked_in_at is not None and each.id not in seen for each in after.occurrence.rooms):
        yield WebhookType.BOOKING_CHECKED_IN, {}
