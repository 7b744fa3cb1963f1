"""What a notice says: read when its mail is written, so that nothing of a meeting is kept twice."""

from collections.abc import Sequence
from datetime import datetime

from roomstead.application.ports.mail import Letter, ToldAnswer
from roomstead.application.ports.store import UnitOfWork
from roomstead.application.reset_letter import reset_letter
from roomstead.application.room_alternatives import alternatives_to
from roomstead.domain.booking import Booking, Field, IntentKind
from roomstead.domain.event import ResponseStatus
from roomstead.domain.notice import Notice, NoticeKind
from roomstead.domain.people import Person
from roomstead.domain.timespan import Timespan

_PREFERENCES = "/me/notifications"
_DEFAULT_ZONE = "UTC"


async def letter_of(uow: UnitOfWork, notices: Sequence[Notice], link_base: str) -> Letter | None:
    """The letter for one notice, or for several of one person that go out together; None: not to be sent any more.

    ``link_base``: the address under which people reach Roomstead; empty: there are no links.
    """
    first = notices[0]
    person = await uow.people.get(first.person_id)
    if person is None or not person.is_active or not person.addresses:
        return None
    if first.kind.topic is not None and first.kind.topic in await uow.notices.switched_off(person.id):
        return None
    if first.kind is NoticeKind.RESET:
        return await reset_letter(uow, first, person, link_base)
    if first.booking_id is not None:
        return await _about_bookings(uow, notices, person, link_base)
    return await _about_an_integration(uow, first, person, link_base)


async def _about_bookings(uow: UnitOfWork, notices: Sequence[Notice], person: Person, link_base: str) -> Letter | None:
    ids = dict.fromkeys(each.booking_id for each in notices if each.booking_id is not None)
    found = {each.id: each for each in await uow.bookings.get_many(list(ids))}
    first = notices[0]
    booking = next(iter(found.values()), None)
    if booking is None or (first.kind is NoticeKind.CHANGED_BY_OTHER and _is_cancelled(booking)):
        return None
    answers = await _answers(uow, notices, list(found.values())) if first.kind is NoticeKind.ANSWERED else ()
    if first.kind is NoticeKind.ANSWERED and not answers:
        return None
    preferences = await uow.sessions.preferences(person.id)
    several = len(found) > 1
    return Letter(
        kind=first.kind,
        to=person.addresses[0],
        name=person.name,
        zone=preferences.zone or booking.zone,
        hours=preferences.hours,
        link=_link(link_base, "/bookings" if several else f"/bookings/{booking.id}"),
        preferences_link=_link(link_base, _PREFERENCES),
        title=booking.title,
        room=first.facts.get("room") or ", ".join(each.room.name for each in booking.occurrence.wanted_rooms),
        span=booking.occurrence.span,
        was=_was(first, booking),
        by=first.facts.get("by") or booking.booked_by_name,
        changed=_changed(first, booking),
        sentence=first.facts.get("sentence", ""),
        alternatives=await _alternatives(uow, booking) if first.kind is NoticeKind.DECLINED else (),
        answers=answers,
    )


def _is_cancelled(booking: Booking) -> bool:
    last = booking.last_intent
    return booking.cancelled_at is not None or (last is not None and last.kind is IntentKind.CANCEL)


def _was(notice: Notice, booking: Booking) -> Timespan | None:
    if "from" not in notice.facts:
        return None
    was = Timespan(datetime.fromisoformat(notice.facts["from"]), datetime.fromisoformat(notice.facts["until"]))
    return None if was == booking.occurrence.span else was


def _changed(notice: Notice, booking: Booking) -> tuple[Field, ...]:
    """What one write changes, quick edits together."""
    intents = [each for each in booking.intents if str(each.id) == notice.facts.get("intent")]
    return tuple(each for each in Field if intents and each in intents[0].wanted.fields)


async def _alternatives(uow: UnitOfWork, booking: Booking) -> tuple[str, ...]:
    """Rooms that are free at that time, and fit as many people."""
    rooms = booking.occurrence.wanted_rooms
    if not rooms:
        return ()
    people = len(booking.attendees) + 1
    free = await alternatives_to(uow, rooms[0].room, booking.occurrence.span, people, apart_from=booking.id)
    return tuple(each.room.name for each in free)


async def _answers(uow: UnitOfWork, notices: Sequence[Notice], bookings: Sequence[Booking]) -> tuple[ToldAnswer, ...]:
    """The answers as they stand now, of those who answered since; by meeting."""
    answered = {(each.booking_id, each.facts["address"]) for each in notices}
    found = [
        (booking, each)
        for booking in sorted(bookings, key=lambda one: one.occurrence.span)
        for each in booking.attendees
        if (booking.id, each.address) in answered and each.response is not ResponseStatus.NEEDS_ACTION
    ]
    people = await uow.people.by_addresses([each.address for _, each in found])
    names = {address: person.name for address, person in people.items()}
    return tuple(
        ToldAnswer(
            booking.title, booking.occurrence.span, names.get(each.address) or each.name or each.address, each.response
        )
        for booking, each in found
    )


async def _about_an_integration(uow: UnitOfWork, notice: Notice, person: Person, link_base: str) -> Letter | None:
    """About an integration, or about nothing but the mail itself."""
    integration = None if notice.integration_id is None else await uow.integrations.get(notice.integration_id)
    server = notice.facts.get("server", "")
    path = "/settings/integrations" if integration is not None else "/settings/notifications"
    if notice.kind is NoticeKind.WEBHOOK_DISABLED:
        path = "/settings/webhooks"
    return Letter(
        kind=notice.kind,
        to=person.addresses[0],
        name=person.name,
        zone=(await uow.sessions.preferences(person.id)).zone or _DEFAULT_ZONE,
        link=_link(link_base, path),
        preferences_link=_link(link_base, _PREFERENCES),
        integration=server if integration is None else integration.name,
        sentence=notice.facts.get("sentence", ""),
        remedy=notice.facts.get("remedy", ""),
        ends_at=datetime.fromisoformat(notice.facts["ends_at"]) if "ends_at" in notice.facts else None,
    )


def _link(base: str, path: str) -> str:
    return f"{base}{path}" if base else ""
