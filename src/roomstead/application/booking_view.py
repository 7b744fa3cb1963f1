"""A booking as one viewer may see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from roomstead.application.host_words import stand_in_reason
from roomstead.application.ports.people import AuditEntry
from roomstead.application.ports.store import UnitOfWork
from roomstead.domain.booking import Booking, BookingId, BookingState, Hosting, RoomRequest
from roomstead.domain.booking_state import derive_state
from roomstead.domain.check_in import due_back_at, is_checked_in, may_check_in
from roomstead.domain.errors import Forbidden, NotFound
from roomstead.domain.event import AttendeeRole, ResponseStatus
from roomstead.domain.hosting import HostKind
from roomstead.domain.integration import Room, RoomId
from roomstead.domain.mailbox import Address, IntegrationId
from roomstead.domain.masking import BUSY, UNAVAILABLE, Visibility, relation_of, visibility
from roomstead.domain.people import Actor, PersonId
from roomstead.domain.timespan import Timespan


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who takes part, by name."""

    person_id: PersonId | None
    name: str
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class RoomView:
    """The room asked for, and its own answer."""

    room_id: RoomId
    name: str
    address: Address
    answer: ResponseStatus
    answered_at: datetime | None
    deadline_at: datetime | None
    room: Room


@dataclass(frozen=True, slots=True)
class AttendeeView:
    """Somebody invited. ``response`` None: this viewer may not see answers."""

    address: Address
    name: str
    role: AttendeeRole
    response: ResponseStatus | None
    answered_at: datetime | None
    added_by_provider: bool


@dataclass(frozen=True, slots=True)
class HostView:
    """Whose calendar holds the event, and why in words. ``cause`` and ``code`` are for admins only.

    ``reason``: why it is not the organiser's own; empty when it is.
    """

    kind: HostKind
    address: Address
    sentence: str
    known_at: datetime | None
    reason: str
    decided_at: datetime
    cause: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What was done, by whom."""

    at: datetime
    who: str
    action: str
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BookingView:
    """What one viewer sees. ``intended`` is what people asked for, ``observed`` what the calendar shows."""

    id: BookingId
    integration_id: IntegrationId
    state: BookingState
    reason: str
    sentence: str
    title: str
    description: str
    is_private: bool
    is_masked: bool
    zone: str
    intended: Timespan
    observed: Timespan | None
    host: HostView | None
    label: str | None
    organizer: PersonView | None
    booked_by: PersonView | None
    rooms: tuple[RoomView, ...]
    attendees: tuple[AttendeeView, ...]
    may_edit: bool
    takes_part: bool
    may_check_in: bool
    is_checked_in: bool
    back_at: datetime | None
    """When the room is given back unless somebody checks in."""
    version: int
    created_at: datetime
    updated_at: datetime
    history: tuple[HistoryEntry, ...] = ()


async def viewer_addresses(uow: UnitOfWork, actor: Actor) -> frozenset[Address]:
    """All addresses of the acting person; none for the operator."""
    person = await uow.people.get(actor.person_id) if actor.person_id is not None else None
    return frozenset(person.addresses) if person else frozenset()


def seen_by(actor: Actor, addresses: frozenset[Address], booking: Booking) -> Visibility:
    """What the actor may see of the booking."""
    return visibility(relation_of(actor, addresses, booking), actor, booking)


def require_edit(actor: Actor, booking: Booking | None) -> Booking:
    """The booking if the actor may change it: its organiser, who booked it, and admins.

    Raises NotFound when there is none, Forbidden for everybody else.
    """
    if booking is None:
        raise NotFound("There is no such booking.")
    if not seen_by(actor, frozenset(), booking).may_edit:
        raise Forbidden("Only the organiser, whoever booked it, and a Global Admin can change this booking.")
    return booking


def to_view(
    booking: Booking,
    seen: Visibility,
    now: datetime,
    history: tuple[AuditEntry, ...] = (),
) -> BookingView:
    """The booking as far as ``seen`` allows, at ``now``."""
    status = derive_state(booking, now)
    return BookingView(
        id=booking.id,
        integration_id=booking.integration_id,
        state=status.state,
        reason=status.reason_code,
        sentence=status.sentence,
        title=booking.title if seen.title else BUSY,
        description=booking.description if seen.text else UNAVAILABLE,
        is_private=booking.is_private,
        is_masked=not seen.title,
        zone=booking.zone,
        intended=booking.occurrence.span,
        observed=booking.occurrence.observed,
        host=_host(booking.hosting, seen) if booking.hosting and _may_see_host(booking.hosting, seen) else None,
        label=booking.hosting.label if booking.hosting else None,
        organizer=_organizer(booking) if seen.organizer else None,
        booked_by=_booked_by(booking) if seen.organizer else None,
        rooms=tuple(_room(request) for request in booking.occurrence.wanted_rooms),
        attendees=_attendees(booking, seen) if seen.people else (),
        may_edit=seen.may_edit,
        takes_part=seen.answers,
        may_check_in=(seen.answers or seen.may_edit) and may_check_in(booking, now),
        is_checked_in=any(is_checked_in(booking, each) for each in booking.occurrence.wanted_rooms),
        back_at=_back_at(booking),
        version=booking.version,
        created_at=booking.created_at,
        updated_at=booking.updated_at,
        history=tuple(_entry(each, seen) for each in history) if seen.people else (),
    )


def _back_at(booking: Booking) -> datetime | None:
    found = [at for each in booking.occurrence.wanted_rooms if (at := due_back_at(booking, each)) is not None]
    return min(found) if found else None


def _may_see_host(hosting: Hosting, seen: Visibility) -> bool:
    """The organiser's own mailbox tells who organises."""
    return seen.organizer or hosting.kind is HostKind.SERVICE_ACCOUNT


def _host(hosting: Hosting, seen: Visibility) -> HostView:
    if hosting.kind is HostKind.SERVICE_ACCOUNT:
        sentence = "The organiser's mailbox is out of reach, so the service account hosts this meeting."
    else:
        sentence = "The organiser's own calendar holds this meeting."
    return HostView(
        hosting.kind,
        hosting.mailbox.address,
        sentence,
        hosting.known_at,
        stand_in_reason(hosting.cause, is_for_another=not seen.is_organizer),
        hosting.decided_at,
        cause=hosting.cause.value if seen.causes else None,
        code=hosting.provider_code if seen.causes else None,
    )


def _organizer(booking: Booking) -> PersonView:
    return PersonView(booking.organizer.person_id, booking.organizer.name, booking.organizer.address)


def _booked_by(booking: Booking) -> PersonView | None:
    if booking.booked_by is None or booking.booked_by == booking.organizer.person_id:
        return None
    return PersonView(booking.booked_by, booking.booked_by_name)


def _room(request: RoomRequest) -> RoomView:
    room = request.room
    return RoomView(
        room.id, room.name, room.mailbox.address, request.answer, request.answered_at, request.deadline_at, room
    )


def _attendees(booking: Booking, seen: Visibility) -> tuple[AttendeeView, ...]:
    return tuple(
        AttendeeView(
            each.address,
            each.name,
            each.role,
            each.response if seen.answers else None,
            each.answered_at if seen.answers else None,
            each.added_by_provider,
        )
        for each in booking.attendees
    )


def _entry(entry: AuditEntry, seen: Visibility) -> HistoryEntry:
    """Members see what was done; what lies behind it is for admins."""
    return HistoryEntry(entry.at, entry.actor_name, entry.action, entry.detail if seen.causes else {})
