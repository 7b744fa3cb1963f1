"""Move or edit a booking."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from roomstead.application.booking_view import BookingView, require_edit, seen_by, to_view
from roomstead.application.guest_limit import refuse_too_many
from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.jobs import PushBooking
from roomstead.application.ports.people import Subject
from roomstead.application.ports.providers import Providers
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.room_alternatives import require_free, taken
from roomstead.domain.booking import Booking, BookingAttendee, BookingId, Field, IntentId, OccurrenceRoomId
from roomstead.domain.booking_editing import Edit, Stamp, changed_fields, edited
from roomstead.domain.booking_input import (
    CheckedAttendee,
    Mistakes,
    TypedAttendee,
    checked_attendees,
    checked_description,
    checked_span,
    checked_title,
    checked_zone,
)
from roomstead.domain.booking_news import news_of_act
from roomstead.domain.errors import NotBookable, StaleRevision
from roomstead.domain.integration import Room, RoomId, RoomStatus
from roomstead.domain.mailbox import Address
from roomstead.domain.people import Actor, Person
from roomstead.domain.timespan import Timespan


@dataclass(frozen=True, slots=True)
class ChangeBooking:
    """What shall be different; None leaves it. A new start alone moves the meeting, a new end alone resizes it.

    ``version``: the one the change was made from; None: whatever there is. ``attendees``: the whole list.
    """

    booking_id: BookingId
    version: int | None = None
    title: str | None = None
    description: str | None = None
    is_private: bool | None = None
    start: datetime | None = None
    end: datetime | None = None
    zone: str | None = None
    room_id: RoomId | None = None
    attendees: tuple[TypedAttendee, ...] | None = None


async def change_booking(
    command: ChangeBooking,
    actor: Actor,
    *,
    units: UnitsOfWork,
    providers: Providers,
    clock: Clock,
    policy: Policy,
) -> BookingView:
    """Change a booking here at once; the provider is told by a worker, quick edits in one write.

    A move holds the old and the new slot until the provider took it. Raises InvalidInput, NotFound, Forbidden,
    StaleRevision, Conflict (cancelled, never made), NotBookable, RoomTaken. Nothing is stored then.
    """
    now = clock.now()
    async with units() as uow:
        rooms = [command.room_id] if command.room_id else []
        before = require_edit(actor, await uow.bookings.get_for_change(command.booking_id, and_rooms=rooms))
        if command.version is not None and command.version != before.version:
            raise StaleRevision("This booking was changed in the meantime. Read it again and repeat your change.")
        edit = await _checked_edit(uow, providers, command, before, now)
        stamp = Stamp(
            now, actor.name, IntentId(uuid.uuid4()), OccurrenceRoomId(uuid.uuid4()), not_before=now + policy.debounce
        )
        after = edited(before, edit, stamp)
        if after != before:
            await _store(uow, before, after, actor, now)
            await uow.commit()
    return to_view(after, seen_by(actor, frozenset(), after), now)


async def _store(uow: UnitOfWork, before: Booking, after: Booking, actor: Actor, now: datetime) -> None:
    fields = changed_fields(before, after)
    if fields & {Field.TIME, Field.ROOM}:
        await require_free(uow, after)
    if await uow.bookings.save(before, after, at=now):
        raise await taken(uow, after)
    detail: dict[str, object] = {"fields": sorted(fields)}
    await uow.audit.record(
        "booking.changed",
        Subject("booking", after.id),
        actor,
        at=now,
        integration_id=after.integration_id,
        detail=detail,
    )
    await uow.notices.add(news_of_act(before, after, actor, now))
    if any(intent.next_attempt_at and intent.next_attempt_at <= now for intent in after.unfinished):
        await uow.jobs.defer(PushBooking(after.id))
    await uow.announce("booking", after.id)


async def _checked_edit(
    uow: UnitOfWork, providers: Providers, command: ChangeBooking, booking: Booking, now: datetime
) -> Edit:
    """The change without mistakes. Raises InvalidInput with all of them."""
    mistakes = Mistakes()
    title = None if command.title is None else checked_title(command.title, mistakes)
    description = None if command.description is None else checked_description(command.description, mistakes)
    zone = None if command.zone is None else checked_zone(command.zone, mistakes)
    span = _span(command, booking, now, mistakes)
    attendees = await _attendees(uow, command.attendees, booking, mistakes)
    integration = None if attendees is None else await uow.integrations.get(booking.integration_id)
    if attendees is not None and integration is not None:
        refuse_too_many(len(attendees), integration.provider, providers, mistakes)
    room = await _room(uow, command.room_id, booking, mistakes)
    mistakes.raise_any()
    return Edit(title, description, command.is_private, zone, span, room, attendees)


def _span(command: ChangeBooking, booking: Booking, now: datetime, mistakes: Mistakes) -> Timespan | None:
    current = booking.occurrence.span
    if command.start is None and command.end is None:
        return None
    start = current.start if command.start is None else command.start
    end = command.end
    if end is None:
        end = start + current.duration
    earliest = min(now, current.start)  # a meeting that has begun may still be extended
    return checked_span(start, end, earliest if start == current.start else now, mistakes)


async def _room(uow: UnitOfWork, room_id: RoomId | None, booking: Booking, mistakes: Mistakes) -> Room | None:
    if room_id is None or room_id in {request.room.id for request in booking.occurrence.wanted_rooms}:
        return None if room_id is None else booking.occurrence.wanted_rooms[0].room
    room = await uow.rooms.get(room_id)
    if room is None:
        mistakes.add("room_id", "There is no such room.")
    elif room.integration_id != booking.integration_id:
        mistakes.add("room_id", f"{room.name} belongs to another tenant. Cancel this booking and book it anew.")
    elif room.status is not RoomStatus.LIVE:
        raise NotBookable(f"{room.name} cannot be booked.", remedy="Choose another room.")
    return room


async def _attendees(
    uow: UnitOfWork, typed: tuple[TypedAttendee, ...] | None, booking: Booking, mistakes: Mistakes
) -> tuple[BookingAttendee, ...] | None:
    if typed is None:
        return None
    hosts = await uow.integrations.hosting_addresses(booking.integration_id)
    ours = {request.room.mailbox.address for request in booking.occurrence.rooms}
    never = {booking.organizer.address, *booking.organizer.addresses, *hosts, *ours}
    checked = checked_attendees(typed, never, mistakes)
    addresses = [each.address for each in checked]
    for room in (await uow.rooms.by_addresses(addresses)).values():
        mistakes.add("attendees", f"{room.name} is a room. Choose it as the room of this booking instead.")
    people = await uow.people.by_addresses(addresses)
    known = {each.typed.lower(): each for each in booking.attendees} | {
        each.address: each for each in booking.attendees
    }
    guests = [_attendee(each, known, people) for each in checked]
    return tuple({each.address: each for each in guests}.values())


def _attendee(
    checked: CheckedAttendee, known: Mapping[str, BookingAttendee], people: Mapping[Address, Person]
) -> BookingAttendee:
    """Whoever was invited before keeps their answer, and the address by which the calendar shows them."""
    before = known.get(checked.address)
    person = people.get(checked.address)
    return BookingAttendee(
        before.address if before else checked.address,
        checked.typed,
        checked.name or (before.name if before else ""),
        checked.role,
        person.id if person else None,
        before.response if before else BookingAttendee(checked.address).response,
        before.answered_at if before else None,
    )
