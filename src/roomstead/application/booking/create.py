"""Book a room."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from roomstead.application import routing
from roomstead.application.booking_request import BookingRequest, CheckedRequest, check_request
from roomstead.application.booking_view import BookingView, seen_by, to_view
from roomstead.application.policy import Policy
from roomstead.application.ports.bookings import AddOutcome
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.jobs import PushBooking
from roomstead.application.ports.providers import Providers
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.room_alternatives import alternatives_to, room_taken
from roomstead.domain.booking import (
    Booking,
    BookingAttendee,
    BookingId,
    Hosting,
    HostingId,
    Intent,
    IntentId,
    IntentKind,
    IntentStatus,
    Occurrence,
    OccurrenceId,
    OccurrenceRoomId,
    Organizer,
    Placement,
    RoomRequest,
    Wanted,
)
from roomstead.domain.hosting import HostChoice
from roomstead.domain.people import Actor


@dataclass(frozen=True, slots=True)
class CreateBooking:
    """What to book; ``booking_id`` may be chosen beforehand, so that a repeated request is recognised."""

    request: BookingRequest
    booking_id: BookingId = field(default_factory=lambda: BookingId(uuid.uuid4()))


async def create_booking(
    command: CreateBooking,
    actor: Actor,
    *,
    units: UnitsOfWork,
    providers: Providers,
    clock: Clock,
    policy: Policy,
) -> BookingView:
    """Book a room: everything is stored, and the push left, by one statement; the provider is told by a worker.

    Raises InvalidInput with all mistakes, Forbidden, NotFound, NotBookable, ServiceAccountRequired, and RoomTaken with
    rooms that are free instead. Nothing is stored then.
    """
    now = clock.now()
    async with units.stepwise() as uow:
        checked = await check_request(uow, command.request, actor, now, providers=providers)
        choice = routing.choose(checked.facts, now, policy)
        booking = _new_booking(command, checked, choice, actor, now)
        if await uow.bookings.add(booking, actor, PushBooking(booking.id)) is AddOutcome.TAKEN:
            room = checked.facts.room
            raise room_taken(room, await alternatives_to(uow, room, checked.span, checked.people))
    return to_view(booking, seen_by(actor, frozenset(), booking), now)


def _new_booking(
    command: CreateBooking, checked: CheckedRequest, choice: HostChoice, actor: Actor, now: datetime
) -> Booking:
    facts = checked.facts
    organizer = facts.organizer
    return Booking(
        id=command.booking_id,
        integration_id=facts.room.integration_id,
        title=checked.title,
        description=checked.description,
        zone=checked.zone,
        organizer=Organizer(organizer.id, organizer.name, routing.organizer_address(facts), organizer.addresses),
        occurrences=(_occurrence(checked),),
        created_at=now,
        updated_at=now,
        is_private=command.request.is_private,
        booked_by=actor.person_id,
        booked_by_name=actor.name,
        attendees=tuple(BookingAttendee(each.address, each.typed, each.name, each.role) for each in checked.attendees),
        hosting=_hosting(checked, choice, now),
        intents=(_intent(command.booking_id, checked, actor, now),),
    )


def _occurrence(checked: CheckedRequest) -> Occurrence:
    request = RoomRequest(OccurrenceRoomId(uuid.uuid4()), checked.facts.room)
    return Occurrence(OccurrenceId(uuid.uuid4()), checked.span, checked.span.start, (request,))


def _hosting(checked: CheckedRequest, choice: HostChoice, now: datetime) -> Hosting:
    return Hosting(
        id=HostingId(uuid.uuid4()),
        kind=choice.kind,
        mailbox=choice.mailbox,
        cause=choice.cause,
        decided_at=now,
        reason="booked",
        provider_code=choice.provider_code,
        known_at=choice.known_at,
        service_mailbox_id=routing.service_mailbox_id(checked.facts, choice),
    )


def _intent(booking_id: BookingId, checked: CheckedRequest, actor: Actor, now: datetime) -> Intent:
    return Intent(
        id=IntentId(uuid.uuid4()),
        booking_id=booking_id,
        seq=1,
        kind=IntentKind.CREATE,
        status=IntentStatus.OPEN,
        wanted=Wanted(placements=(Placement(checked.facts.room.room_no, checked.span),)),
        created_at=now,
        actor_name=actor.name,
        next_attempt_at=now,
    )
