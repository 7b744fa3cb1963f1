"""What is news in a booking that changed, and for whom. Pure.

``news_of`` looks at what push and pull recorded: what the calendar did with a booking. What somebody does here they
see at once, so nobody is mailed about their own click: ``news_of_act`` is for the others.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from roomstead.domain.booking import Booking, BookingState, Intent, IntentKind, IntentStatus, RoomRequest
from roomstead.domain.booking_observing import OUTSIDE
from roomstead.domain.booking_state import derive_state
from roomstead.domain.event import ResponseStatus
from roomstead.domain.hosting import HostKind
from roomstead.domain.notice import Notice, NoticeKind, digest_at, notice_id
from roomstead.domain.people import Actor, PersonId

_TROUBLE = {BookingState.FAILED: NoticeKind.FAILED, BookingState.NOT_DELIVERED: NoticeKind.NOT_DELIVERED}

SETTLES_IN = timedelta(seconds=30)
"""Longer than quick edits take to become one write, and so one mail."""


def news_of(before: Booking, after: Booking, now: datetime) -> tuple[Notice, ...]:
    """What to tell people. Nothing for meetings that are over."""
    if after.occurrence.span.end <= now:
        return ()
    return (
        *_declined(before, after, now),
        *_trouble(before, after, now),
        *_changed_outside(before, after, now),
        *_made_for_somebody(before, after, now),
        *_answered(before, after, now),
    )


def _concerned(booking: Booking) -> tuple[PersonId, ...]:
    """Who organises it, and who booked it for them."""
    people = (booking.organizer.person_id, booking.booked_by)
    return tuple(dict.fromkeys(each for each in people if each is not None))


def _not_by_own_hand(booking: Booking) -> tuple[PersonId, ...]:
    """Whom a change in the host's calendar is news for: a change in one's own calendar is one's own."""
    hosting, organizer = booking.hosting, booking.organizer.person_id
    is_own = hosting is not None and hosting.kind is HostKind.ORGANIZER
    return tuple(each for each in _concerned(booking) if not (is_own and each == organizer))


def _notices(
    people: tuple[PersonId, ...],
    kind: NoticeKind,
    booking: Booking,
    now: datetime,
    *what: object,
    facts: Mapping[str, str] | None = None,
) -> tuple[Notice, ...]:
    return tuple(
        Notice(notice_id(each, kind.value, booking.id, *what), each, kind, now, now, booking.id, None, facts or {})
        for each in people
    )


def _refusals(booking: Booking) -> dict[object, RoomRequest]:
    declined = ResponseStatus.DECLINED
    return {each.id: each for each in booking.occurrence.wanted_rooms if each.answer is declined}


def _declined(before: Booking, after: Booking, now: datetime) -> tuple[Notice, ...]:
    known = _refusals(before)
    new = [each for key, each in _refusals(after).items() if key not in known]
    if not new or after.cancelled_at is not None:
        return ()
    asked = ",".join(f"{each.id} {each.asked_at}" for each in new)
    rooms = ", ".join(each.room.name for each in new)
    return _notices(
        _concerned(after), NoticeKind.DECLINED, after, now, asked, after.occurrence.span, facts={"room": rooms}
    )


def news_of_release(before: Booking, now: datetime) -> tuple[Notice, ...]:
    """The room was given back since nobody checked in."""
    rooms = ", ".join(each.room.name for each in before.occurrence.wanted_rooms)
    what = before.occurrence.span
    return _notices(_concerned(before), NoticeKind.RELEASED, before, now, what, facts={"room": rooms})


def news_of_act(before: Booking, after: Booking, actor: Actor, now: datetime) -> tuple[Notice, ...]:
    """What the actor did here, for the others whom the booking concerns: it was changed or cancelled.

    Nothing before the booking is in the calendar: whom it was made for hears of it then, as it stands.
    """
    people = tuple(each for each in _concerned(after) if each != actor.person_id)
    last = after.intents[-1] if after.intents else None
    if last is None or not _is_created(before) or after.occurrence.span.end <= now:
        return ()
    if last.kind is IntentKind.CANCEL:
        facts = {"by": actor.name}
        return _notices(people, NoticeKind.CANCELLED_BY_OTHER, after, now, last.id, facts=facts)
    span = before.occurrence.span
    facts = {
        "by": actor.name,
        "intent": str(last.id),
        "from": span.start.isoformat(),
        "until": span.end.isoformat(),
    }
    told = _notices(people, NoticeKind.CHANGED_BY_OTHER, after, now, last.id, actor.person_id, facts=facts)
    return tuple(replace(each, due_at=now + SETTLES_IN) for each in told)


def _trouble(before: Booking, after: Booking, now: datetime) -> tuple[Notice, ...]:
    status, last = derive_state(after, now), after.last_intent
    kind = _TROUBLE.get(status.state)
    if kind is None or last is None or derive_state(before, now).state is status.state:
        return ()
    return _notices(_concerned(after), kind, after, now, last.id, facts={"sentence": status.sentence})


def _changed_outside(before: Booking, after: Booking, now: datetime) -> tuple[Notice, ...]:
    people = _not_by_own_hand(after)
    if before.cancelled_at is None and after.cancelled_at is not None and after.cancel_cause == OUTSIDE:
        return _notices(people, NoticeKind.CANCELLED, after, now)
    old, new = before.occurrence, after.occurrence
    if old.observed is None or new.observed in {None, old.observed} or new.span != new.observed or old.span == new.span:
        return ()
    facts = {"from": old.span.start.isoformat(), "until": old.span.end.isoformat()}
    return _notices(people, NoticeKind.MOVED, after, now, new.observed_at, facts=facts)


def _made_for_somebody(before: Booking, after: Booking, now: datetime) -> tuple[Notice, ...]:
    organizer = after.organizer.person_id
    if after.booked_by in {None, organizer} or _is_created(before) or not _is_created(after):
        return ()
    return _notices((organizer,), NoticeKind.MADE_FOR_YOU, after, now)


def _is_created(booking: Booking) -> bool:
    creates: list[Intent] = [each for each in booking.intents if each.kind is IntentKind.CREATE]
    return any(each.status is IntentStatus.DONE for each in creates)


def _answered(before: Booking, after: Booking, now: datetime) -> tuple[Notice, ...]:
    """Answers that reach the service account and not the organiser's own mailbox."""
    hosting, organizer = after.hosting, after.organizer
    if hosting is None or hosting.kind is not HostKind.SERVICE_ACCOUNT or after.cancelled_at is not None:
        return ()
    known = {each.address: each.response for each in before.attendees}
    own = {organizer.address, *organizer.addresses}
    return tuple(
        Notice(
            notice_id(organizer.person_id, "answered", after.id, each.address, each.response.value, now),
            organizer.person_id,
            NoticeKind.ANSWERED,
            now,
            digest_at(organizer.person_id, now),
            after.id,
            None,
            {"address": each.address},
        )
        for each in after.attendees
        if each.response not in {ResponseStatus.NEEDS_ACTION, known.get(each.address)}
        and each.address not in own
        and each.person_id != organizer.person_id
    )
