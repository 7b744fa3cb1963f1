"""Say beforehand what booking would do: who hosts and why, whether the room is free, who gets mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from roomstead.application import routing
from roomstead.application.booking_request import BookingRequest, CheckedRequest, check_request
from roomstead.application.host_words import stand_in_reason
from roomstead.application.policy import Policy
from roomstead.application.ports.availability import BusyBlock, FreeRoom
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.providers import Providers
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.room_alternatives import alternatives_to
from roomstead.domain.booking_input import span_warnings
from roomstead.domain.errors import ServiceAccountRequired
from roomstead.domain.hosting import HostChoice, HostKind
from roomstead.domain.integration import Room
from roomstead.domain.mailbox import Address, domain_of
from roomstead.domain.people import Actor


@dataclass(frozen=True, slots=True)
class PreviewBooking:
    """What would be booked."""

    request: BookingRequest


@dataclass(frozen=True, slots=True)
class HostPreview:
    """Who would host. ``age``: how old the finding is that this rests on; None: nothing was ever probed.

    ``is_certain`` False: the worker asks the mailbox before it writes, and may find otherwise. ``cause`` and ``code``
    are for admins only. ``reason``: why it is not the organiser's own mailbox; empty when it is.
    """

    kind: HostKind
    address: Address
    sentence: str
    reason: str
    label: str | None
    known_at: datetime | None
    age: timedelta | None
    is_certain: bool
    cause: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why booking would be refused: a stable code, a sentence, and what to do."""

    code: str
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class BookingPreview:
    """What booking would do. ``host`` None: it would be refused. ``mailed``: everybody who would get an invitation.

    ``outside``: the guests among them whose address belongs to no domain of the room's tenant.
    """

    room: Room
    host: HostPreview | None
    refusals: tuple[Refusal, ...]
    conflicts: tuple[BusyBlock, ...]
    alternatives: tuple[FreeRoom, ...]
    mailed: tuple[Address, ...]
    outside: tuple[Address, ...]
    warnings: tuple[str, ...]

    @property
    def outsiders(self) -> int:
        """How many of the guests belong to another organisation."""
        return len(self.outside)


async def preview_booking(
    command: PreviewBooking,
    actor: Actor,
    *,
    units: UnitsOfWork,
    providers: Providers,
    clock: Clock,
    policy: Policy,
) -> BookingPreview:
    """What is stored decides: nobody is asked and nothing is written.

    Raises InvalidInput, Forbidden, NotFound and NotBookable as booking does; a taken room and a missing service
    account are part of the answer.
    """
    now = clock.now()
    async with units.reading() as uow:
        checked = await check_request(uow, command.request, actor, now, providers=providers)
        room = checked.facts.room
        conflicts = (await uow.availability.blocks([room.id], checked.span))[room.id]
        alternatives = await alternatives_to(uow, room, checked.span, checked.people) if conflicts else ()
    refusals: list[Refusal] = []
    choice: HostChoice | None = None
    try:
        choice = routing.choose(checked.facts, now, policy)
    except ServiceAccountRequired as error:
        refusals.append(Refusal(error.code, error.message, error.remedy))
    if conflicts:
        refusals.append(Refusal("room_taken", f"{room.name} is already taken at that time.", "Choose another room."))
    mailed = _mailed(checked, choice)
    return BookingPreview(
        room=room,
        host=_host(checked, choice, actor, now) if choice else None,
        refusals=tuple(refusals),
        conflicts=conflicts,
        alternatives=alternatives,
        mailed=mailed,
        outside=tuple(each for each in _guests(checked, choice) if domain_of(each) not in checked.facts.domains),
        warnings=_warnings(checked),
    )


def _host(checked: CheckedRequest, choice: HostChoice, actor: Actor, now: datetime) -> HostPreview:
    is_for_another = checked.facts.organizer.id != actor.person_id
    return HostPreview(
        kind=choice.kind,
        address=choice.mailbox.address,
        sentence=routing.host_sentence(choice, is_for_another=is_for_another),
        reason=stand_in_reason(choice.cause, is_for_another=is_for_another),
        label=choice.label,
        known_at=choice.known_at,
        age=now - choice.known_at if choice.known_at else None,
        is_certain=choice.is_certain,
        cause=choice.cause.value if actor.is_admin else None,
        code=choice.provider_code if actor.is_admin else None,
    )


def _mailed(checked: CheckedRequest, choice: HostChoice | None) -> tuple[Address, ...]:
    """Guests; the organiser too when somebody else's mailbox hosts. The room is asked and reads no mail."""
    if choice is None:
        return ()
    guests = _guests(checked, choice)
    if choice.kind is HostKind.SERVICE_ACCOUNT:
        return (routing.organizer_address(checked.facts), *guests)
    return guests


def _guests(checked: CheckedRequest, choice: HostChoice | None) -> tuple[Address, ...]:
    if choice is None:
        return ()
    return tuple(each.address for each in checked.attendees if each.address != choice.mailbox.address)


def _warnings(checked: CheckedRequest) -> tuple[str, ...]:
    room = checked.facts.room
    warnings = span_warnings(checked.span)
    if room.capacity is not None and checked.people > room.capacity:
        warnings += (f"{room.name} seats {room.capacity}; these are {checked.people} people with the organiser.",)
    if room.is_answered_by_hand:
        warnings += (f"Somebody approves bookings of {room.name}. The room is held for you until they have answered.",)
    return warnings
