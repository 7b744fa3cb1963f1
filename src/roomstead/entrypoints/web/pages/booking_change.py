"""Change a booking: title, time, room, people, text; with whom the change is mailed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response

from roomstead.application.booking.change import ChangeBooking
from roomstead.application.booking.offer_rooms import OfferRooms
from roomstead.application.booking.read import ReadBooking
from roomstead.application.booking.read_timeline import ReadTimeline, Standing
from roomstead.application.booking.resolve_people import FoundPerson, ResolvedPeople
from roomstead.application.booking_view import BookingView
from roomstead.application.ports.timeline import RoomsWanted
from roomstead.bootstrap.use_cases import UseCases
from roomstead.domain.booking import BookingId
from roomstead.domain.booking_input import TypedAttendee
from roomstead.domain.errors import AppError, Conflict, Forbidden, InvalidInput, NotBookable, RoomTaken, StaleRevision
from roomstead.domain.integration import Room, RoomId
from roomstead.domain.timespan import Timespan
from roomstead.entrypoints.web.deps import Cases, service_of
from roomstead.entrypoints.web.pages.book import fields_of
from roomstead.entrypoints.web.pages.booking import mailed_count
from roomstead.entrypoints.web.pages.flash import after
from roomstead.entrypoints.web.pages.forms import Asked, Fields, FilledForm
from roomstead.entrypoints.web.pages.rendering import Viewer, page
from roomstead.entrypoints.web.pages.typed_times import TypedTimes, read_times, times_of
from roomstead.entrypoints.web.pages.viewing import CurrentViewer

router = APIRouter(include_in_schema=False)

FARTHEST = 14 * 24 * 60
"""How many minutes a drag may move a meeting."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The form as it is filled in."""

    title: str
    times: TypedTimes
    room_id: RoomId | None
    typed: str
    description: str
    is_private: bool
    version: str
    is_moved: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """Rooms to choose from. ``taken``: those of them that something else keeps busy then."""

    rooms: tuple[Room, ...]
    taken: frozenset[UUID]
    chosen: Room | None
    is_empty: bool = False
    """Whether no other room is free."""


@router.get("/bookings/{booking_id}/change")
async def show(request: Request, booking_id: UUID, cases: Cases, viewer: CurrentViewer, asked: Asked) -> Response:
    """The form; ``by`` (minutes) and ``room`` propose a move, as a drag does."""
    view = await _read(cases, booking_id, viewer)
    by = _minutes(asked.text("by"))
    span = Timespan(view.intended.start + by, view.intended.end + by)
    room_id = _room_id(asked.text("room")) or (view.rooms[0].room_id if view.rooms else None)
    wanted = Wanted(
        title=view.title,
        times=times_of(span, viewer.moments),
        room_id=room_id,
        typed="; ".join(f"{each.name} <{each.address}>" if each.name else each.address for each in view.attendees),
        description=view.description,
        is_private=view.is_private,
        version=str(view.version),
        is_moved=bool(by) or (bool(view.rooms) and room_id != view.rooms[0].room_id),
    )
    return await _form(request, view, wanted, viewer)


@router.get("/bookings/{booking_id}/change/rooms")
async def rooms(request: Request, booking_id: UUID, cases: Cases, viewer: CurrentViewer, asked: Asked) -> Response:
    """The rooms for the time that stands in the form; for htmx."""
    view = await _read(cases, booking_id, viewer)
    wanted = _wanted(asked, read_times(asked, viewer.moments, view.intended), ResolvedPeople((), ()))
    offer = await _offer(cases, view, wanted, viewer)
    return page(request, "booking_rooms.html", viewer, view=view, wanted=wanted, offer=offer)


@router.post("/bookings/{booking_id}/change")
async def change(request: Request, booking_id: UUID, cases: Cases, viewer: CurrentViewer, fields: Fields) -> Response:
    """Change it, and go back to the booking; with mistakes the form again, nothing lost."""
    view = await _read(cases, booking_id, viewer)
    times = read_times(fields, viewer.moments, view.intended)
    people = await cases.resolve_people([*fields.texts("person"), fields.text("typed")], viewer.acting)
    wanted = _wanted(fields, times, people)
    mistakes = {**times.mistakes, **({"people": people.mistakes[0][1]} if people.mistakes else {})}
    if mistakes or times.span is None:
        return await _form(request, view, wanted, viewer, mistakes=mistakes)
    try:
        await cases.change_booking(_command(view, wanted, times.span, people.people), viewer.acting)
    except InvalidInput as error:
        return await _form(request, view, wanted, viewer, mistakes=fields_of(error))
    except (RoomTaken, NotBookable, Conflict, StaleRevision) as error:
        return await _form(request, view, wanted, viewer, refusal=error)
    return after(request, f"/bookings/{booking_id}", "change.done")


async def _read(cases: UseCases, booking_id: UUID, viewer: Viewer) -> BookingView:
    """The booking. Raises NotFound, and Forbidden for those who may not change it."""
    view = await cases.read_booking(ReadBooking(BookingId(booking_id)), viewer.acting)
    if not view.may_edit:
        raise Forbidden("Only the organiser, whoever booked it, and a Global Admin can change this booking.")
    return view


def _wanted(fields: FilledForm, times: TypedTimes, people: ResolvedPeople) -> Wanted:
    typed = [each.typed for each in people.people] + [text for text, _ in people.mistakes]
    return Wanted(
        title=fields.text("title"),
        times=times,
        room_id=_room_id(fields.text("room")),
        typed="; ".join(typed),
        description=fields.text("description"),
        is_private=fields.is_on("private"),
        version=fields.text("version"),
    )


def _command(view: BookingView, wanted: Wanted, span: Timespan, people: Sequence[FoundPerson]) -> ChangeBooking:
    """What differs. What the viewer was shown masked is left alone."""
    version = int(wanted.version[:9]) if wanted.version.isdecimal() else view.version
    has_moved = span != view.intended
    hidden = view.is_masked
    return ChangeBooking(
        booking_id=view.id,
        version=version,
        title=None if hidden else wanted.title,
        description=None if hidden else wanted.description,
        is_private=None if hidden else wanted.is_private,
        start=span.start if has_moved else None,
        end=span.end if has_moved else None,
        room_id=wanted.room_id,
        attendees=None if hidden else tuple(TypedAttendee(each.address, each.name) for each in people),
    )


async def _form(
    request: Request,
    view: BookingView,
    wanted: Wanted,
    viewer: Viewer,
    *,
    mistakes: Mapping[str, str] | None = None,
    refusal: AppError | None = None,
) -> Response:
    cases = service_of(request).cases
    offer = await _offer(cases, view, wanted, viewer)
    return page(
        request,
        "booking_change.html",
        viewer,
        status=422 if mistakes else 409 if refusal else 200,
        view=view,
        wanted=wanted,
        offer=offer,
        mistakes=mistakes or {},
        refusal=refusal,
        is_stale=isinstance(refusal, StaleRevision),
        mailed=mailed_count(view),
    )


async def _offer(cases: UseCases, view: BookingView, wanted: Wanted, viewer: Viewer) -> Offer:
    """The present room, the wanted one, and those that are free at the wanted time."""
    known = {each.room_id: each.room for each in view.rooms}
    if wanted.room_id is not None and wanted.room_id not in known:
        room = (await cases.read_room(wanted.room_id, viewer.acting)).room
        known[room.id] = room
    chosen = None if wanted.room_id is None else known[wanted.room_id]
    span = wanted.times.span
    if span is None:
        return Offer(tuple(known.values()), frozenset(), chosen)
    free = await cases.offer_rooms(OfferRooms(view.id, span), viewer.acting)
    taken = await _taken(cases, view, [each for each in known.values() if each not in free], span, viewer)
    every = {room.id: room for room in [*known.values(), *free]}
    return Offer(tuple(every.values()), taken, chosen, is_empty=not free)


async def _taken(
    cases: UseCases, view: BookingView, rooms: Sequence[Room], span: Timespan, viewer: Viewer
) -> frozenset[UUID]:
    """In which of these rooms something else lies then."""
    if not rooms:
        return frozenset()
    wanted = RoomsWanted(room_nos=tuple(room.room_no for room in rooms))
    found = await cases.read_timeline(ReadTimeline(span.start, span.end, wanted), viewer.acting)
    return frozenset(
        room.id
        for room, blocks in found.rooms
        if any(each.booking_id != view.id and each.standing is not Standing.DECLINED for each in blocks)
    )


def _room_id(text: str) -> RoomId | None:
    try:
        return RoomId(UUID(text))
    except ValueError:
        return None


def _minutes(text: str) -> timedelta:
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    return timedelta(minutes=sign * min(int(digits[:6]), FARTHEST)) if digits.isdecimal() else timedelta()
