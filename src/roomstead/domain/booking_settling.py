"""What becomes of a booking when the provider was written to, answered, or showed something. Pure.

Each function answers the booking as it is afterwards; the store keeps it, and the slots follow from it
(:mod:`roomstead.domain.booking_claims`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from roomstead.domain.booking import (
    Booking,
    Hosting,
    HostingId,
    Intent,
    IntentId,
    IntentKind,
    IntentStatus,
    Occurrence,
    RoomRequest,
    Wanted,
    write_key,
)
from roomstead.domain.booking_claims import intended_placements
from roomstead.domain.booking_editing import settled_by_cancelling
from roomstead.domain.booking_guests import by_shown_addresses
from roomstead.domain.booking_joining import handed_on
from roomstead.domain.errors import Broken
from roomstead.domain.event import CalendarEvent, ResponseStatus
from roomstead.domain.hosting import HostChoice
from roomstead.domain.integration import ServiceMailboxId
from roomstead.domain.mailbox import Address
from roomstead.domain.timespan import Timespan


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an act did not get through: a stable code and a sentence for people."""

    code: str
    sentence: str


def begun(
    booking: Booking, intent_id: IntentId, request: Mapping[str, object], *, now: datetime, again_at: datetime
) -> Booking:
    """The request is decided and about to be sent: from here on its outcome is unknown until it is seen.

    Should the sender die, the same request is due again at ``again_at``.
    """
    hosting = _hosting(booking)
    return _with_intent(
        booking,
        intent_id,
        lambda intent: replace(
            intent,
            status=IntentStatus.UNKNOWN,
            wanted=intent.wanted if intent.request is not None else _as_decided(booking, intent),
            request=dict(request),
            write_key=write_key(booking.id, hosting.generation),
            attempts=intent.attempts + 1,
            next_attempt_at=again_at,
            sent_at=now if intent.request is None else intent.sent_at,
        ),
    )


def _as_decided(booking: Booking, intent: Intent) -> Wanted:
    """What a request decided from the booking as it is now puts where."""
    if intent.kind is IntentKind.CANCEL:
        return intent.wanted
    return replace(intent.wanted, placements=intended_placements(booking.occurrence))


def put_off(booking: Booking, intent_id: IntentId, trouble: Trouble, *, now: datetime, at: datetime) -> Booking:
    """The provider surely did not take it, and never did before: decide it afresh at ``at``.

    One that did not even come to be sent counts as an attempt too.
    """
    later = _with_intent(
        booking,
        intent_id,
        lambda intent: replace(
            intent,
            status=IntentStatus.OPEN,
            attempts=intent.attempts + (1 if intent.request is None else 0),
            request=None,
            next_attempt_at=at,
            error_code=trouble.code,
            error_sentence=trouble.sentence,
        ),
    )
    return settled_by_cancelling(later, now)


def left_unknown(booking: Booking, intent_id: IntentId, trouble: Trouble, *, at: datetime) -> Booking:
    """Nobody knows whether this or an earlier attempt was taken: send the same request again at ``at``."""
    return _with_intent(
        booking,
        intent_id,
        lambda intent: replace(
            intent,
            status=IntentStatus.UNKNOWN,
            next_attempt_at=at,
            error_code=trouble.code,
            error_sentence=trouble.sentence,
        ),
    )


def held(booking: Booking, intent_id: IntentId, held_by: str, trouble: Trouble) -> Booking:
    """It waits for a person. A stored request stays: what may have been sent is settled first on release."""
    return _with_intent(
        booking,
        intent_id,
        lambda intent: replace(
            intent,
            status=IntentStatus.HELD,
            held_by=held_by,
            next_attempt_at=None,
            error_code=trouble.code,
            error_sentence=trouble.sentence,
        ),
    )


def failed(booking: Booking, intent_id: IntentId, trouble: Trouble, *, now: datetime) -> Booking:
    """The provider will never take it. What it held before remains the truth."""
    over = _with_intent(
        booking,
        intent_id,
        lambda intent: replace(
            intent,
            status=IntentStatus.FAILED,
            done_at=now,
            next_attempt_at=None,
            error_code=trouble.code,
            error_sentence=trouble.sentence,
        ),
    )
    return settled_by_cancelling(handed_on(over, intent_id, now), now)


def delivered(
    booking: Booking, intent_id: IntentId, event: CalendarEvent | None, *, now: datetime, answer_within: timedelta
) -> Booking:
    """The provider took it. ``event`` is the copy it answered with; None after a cancellation."""
    intent = intent_of(booking, intent_id)
    settled = _with_intent(
        booking,
        intent_id,
        lambda each: replace(
            each, status=IntentStatus.DONE, done_at=now, next_attempt_at=None, error_code="", error_sentence=""
        ),
    )
    if intent.kind is IntentKind.CANCEL:
        return replace(settled, cancelled_at=now, cancel_cause=intent.cause or "cancelled", updated_at=now)
    if event is None:
        raise Broken("A create or change was answered without an event.")
    settled = by_shown_addresses(settled, event)
    hosting = replace(_hosting(booking), event_id=event.event_id, ical_uid=event.ical_uid, revision=event.revision)
    occurrence = _asked(settled, intent, event, now=now, answer_within=answer_within)
    if not any(other.kind is not IntentKind.CANCEL for other in settled.unfinished) and occurrence.observed:
        occurrence = replace(occurrence, span=occurrence.observed)  # nothing else is on its way: this is where it lies
    return replace(settled, hosting=hosting, occurrences=(occurrence,), updated_at=now)


def _asked(
    booking: Booking, intent: Intent, event: CalendarEvent, *, now: datetime, answer_within: timedelta
) -> Occurrence:
    """The occurrence once the rooms of ``intent`` were asked for the event's time."""
    occurrence = booking.occurrence
    span = event.span or intent.wanted.placements[0].span
    sent_to = {placement.room_no for placement in intent.wanted.placements}
    still_out = {
        placement.room_no
        for other in booking.unfinished
        if other.may_have_been_sent
        for placement in other.wanted.placements
    }
    answers = {status.attendee.address: status for status in event.attendees}
    rooms: list[RoomRequest] = []
    for request in occurrence.rooms:
        if request.room.room_no not in sent_to:
            if request.leaving_since is None or request.room.room_no in still_out:
                rooms.append(request)
            continue
        if occurrence.observed == span and request.asked_at is not None:
            rooms.append(request)  # nothing new was asked of it, or its answer was seen before ours arrived
            continue
        status = answers.get(request.room.mailbox.address)
        rooms.append(
            replace(
                request,
                asked_at=now,
                deadline_at=now + answer_within,
                answer=status.response if status else ResponseStatus.NEEDS_ACTION,
                answered_at=status.answered_at if status else None,
            )
        )
    return replace(occurrence, rooms=tuple(rooms), observed=span, observed_at=now)


def rehosted(
    booking: Booking,
    choice: HostChoice,
    service_mailbox_id: ServiceMailboxId | None,
    new_id: HostingId,
    *,
    reason: str,
    now: datetime,
) -> Booking:
    """The first create goes to another mailbox, or to the same one with a fresher reason.

    Raises Broken when an event already lies somewhere or may lie there: such a booking is never hosted elsewhere.
    """
    current = _hosting(booking)
    if current.mailbox == choice.mailbox and current.kind is choice.kind:
        return replace(
            booking,
            hosting=replace(current, cause=choice.cause, provider_code=choice.provider_code, known_at=choice.known_at),
        )
    if current.event_id is not None or any(intent.may_have_been_sent for intent in booking.unfinished):
        raise Broken("A booking whose event may exist is not hosted elsewhere.")
    hosting = Hosting(
        id=new_id,
        kind=choice.kind,
        mailbox=choice.mailbox,
        cause=choice.cause,
        decided_at=now,
        reason=reason,
        provider_code=choice.provider_code,
        known_at=choice.known_at,
        service_mailbox_id=service_mailbox_id,
        generation=current.generation + 1,
    )
    return replace(booking, hosting=hosting, updated_at=now)


@dataclass(frozen=True, slots=True)
class SeenAnswer:
    """What one address answered, as a copy of the event shows it."""

    address: Address
    response: ResponseStatus
    answered_at: datetime | None = None


def answered(booking: Booking, span: Timespan | None, answers: tuple[SeenAnswer, ...]) -> Booking:
    """Rooms and people answered. ``span``: the time of the copy that shows it; a room's answer to another time than
    the one last delivered is history and is passed over."""
    by_address = {answer.address: answer for answer in answers}
    occurrence = booking.occurrence
    rooms = occurrence.rooms
    if span is None or occurrence.observed is None or span == occurrence.observed:
        rooms = tuple(_with_answer(request, by_address.get(request.room.mailbox.address)) for request in rooms)
    attendees = tuple(
        replace(each, response=seen.response, answered_at=seen.answered_at)
        if (seen := by_address.get(each.address)) is not None
        and (seen.response, seen.answered_at) != (each.response, each.answered_at)
        else each
        for each in booking.attendees
    )
    return replace(booking, attendees=attendees, occurrences=(replace(occurrence, rooms=rooms),))


def _with_answer(request: RoomRequest, seen: SeenAnswer | None) -> RoomRequest:
    if seen is None or request.asked_at is None:
        return request
    return replace(request, answer=seen.response, answered_at=seen.answered_at)


def intent_of(booking: Booking, intent_id: IntentId) -> Intent:
    """One of the booking's intents. Raises Broken."""
    for intent in booking.intents:
        if intent.id == intent_id:
            return intent
    raise Broken("This intent does not belong to this booking.")


def _with_intent(booking: Booking, intent_id: IntentId, change: Callable[[Intent], Intent]) -> Booking:
    changed = change(intent_of(booking, intent_id))
    return replace(booking, intents=tuple(changed if intent.id == intent_id else intent for intent in booking.intents))


def _hosting(booking: Booking) -> Hosting:
    if booking.hosting is None:
        raise Broken("This booking has no host.")
    return booking.hosting
