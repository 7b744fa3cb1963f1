"""One booking: where it stands, who comes, and what can be done about it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response

from roomstead.application.booking.cancel import CancelBooking
from roomstead.application.booking.change import ChangeBooking
from roomstead.application.booking.check_in import CheckIn
from roomstead.application.booking.offer_rooms import OfferRooms
from roomstead.application.booking.read import ReadBooking
from roomstead.application.booking.retry import RetryBooking
from roomstead.application.booking_view import BookingView
from roomstead.domain.booking import BookingId, BookingState
from roomstead.domain.errors import Conflict, InvalidInput, NotBookable, RoomTaken, StaleRevision
from roomstead.domain.event import ResponseStatus
from roomstead.domain.hosting import HostKind
from roomstead.domain.integration import Room, RoomId
from roomstead.entrypoints.web.deps import Cases, service_of
from roomstead.entrypoints.web.pages.flash import after
from roomstead.entrypoints.web.pages.forms import Fields
from roomstead.entrypoints.web.pages.ics import calendar_file
from roomstead.entrypoints.web.pages.once import once
from roomstead.entrypoints.web.pages.rendering import Viewer, page
from roomstead.entrypoints.web.pages.texts import texts_in
from roomstead.entrypoints.web.pages.viewing import CurrentViewer

router = APIRouter(include_in_schema=False)

OVER = frozenset({BookingState.CANCELLED, BookingState.CANCELLING})
WITHOUT_ROOM = frozenset({BookingState.DECLINED, BookingState.UNANSWERED})
"""Where another room is offered."""

DOTS = {
    BookingState.CONFIRMED: "ok",
    BookingState.DECLINED: "err",
    BookingState.FAILED: "err",
    BookingState.NOT_DELIVERED: "err",
    BookingState.UNANSWERED: "maybe",
    BookingState.AWAITING_APPROVAL: "maybe",
    BookingState.CANCELLED: "none",
}
"""The mark beside the state; anything else is under way."""

ANSWERS = (
    ResponseStatus.ACCEPTED,
    ResponseStatus.TENTATIVE,
    ResponseStatus.DECLINED,
    ResponseStatus.NEEDS_ACTION,
)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something in a booking's history. ``said``: a sentence of the catalogue, filled in."""

    at: datetime
    said: str


@router.get("/bookings/{booking_id}.ics")
async def download(request: Request, booking_id: UUID, cases: Cases, viewer: CurrentViewer) -> Response:
    """The booking for any calendar."""
    view = await cases.read_booking(ReadBooking(BookingId(booking_id)), viewer.acting)
    service = service_of(request)
    address = f"{service.policy.public_url}/bookings/{view.id}"
    return Response(
        calendar_file(view, address, service.clock.now()),
        media_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="booking-{view.id.hex[:8]}.ics"'},
    )


@router.get("/bookings/{booking_id}")
async def show(request: Request, booking_id: UUID, cases: Cases, viewer: CurrentViewer) -> Response:
    """The page; for htmx what of it changes by itself."""
    view = await cases.read_booking(ReadBooking(BookingId(booking_id)), viewer.acting)
    return await _page(request, view, viewer)


@router.post("/bookings/{booking_id}/cancel")
async def cancel(request: Request, booking_id: UUID, cases: Cases, viewer: CurrentViewer, fields: Fields) -> Response:
    """Cancel for everyone."""
    command = CancelBooking(BookingId(booking_id), comment=fields.text("comment"))
    try:
        await cases.cancel_booking(command, viewer.acting)
    except InvalidInput as error:
        view = await cases.read_booking(ReadBooking(BookingId(booking_id)), viewer.acting)
        return await _page(request, view, viewer, problem=error.message, comment=command.comment)
    return after(request, f"/bookings/{booking_id}", "booking.cancel_done")


@router.post("/bookings/{booking_id}/retry")
async def retry(request: Request, booking_id: UUID, cases: Cases, viewer: CurrentViewer) -> Response:
    """Try again what failed."""

    async def work() -> Response:
        try:
            await cases.retry_booking(RetryBooking(BookingId(booking_id)), viewer.acting)
        except (Conflict, RoomTaken) as error:
            view = await cases.read_booking(ReadBooking(BookingId(booking_id)), viewer.acting)
            return await _page(request, view, viewer, problem=f"{error.message} {error.remedy}".strip())
        return after(request, f"/bookings/{booking_id}")

    return await once(request, viewer.acting, work)


@router.post("/bookings/{booking_id}/check-in")
async def come(request: Request, booking_id: UUID, cases: Cases, viewer: CurrentViewer) -> Response:
    """Somebody is in the room."""
    try:
        await cases.check_in(CheckIn(BookingId(booking_id)), viewer.acting)
    except Conflict as error:
        view = await cases.read_booking(ReadBooking(BookingId(booking_id)), viewer.acting)
        return await _page(request, view, viewer, problem=error.message)
    return after(request, f"/bookings/{booking_id}", "booking.checked_in")


@router.post("/bookings/{booking_id}/room")
async def swap(request: Request, booking_id: UUID, cases: Cases, viewer: CurrentViewer, fields: Fields) -> Response:
    """Another room for the same meeting, guests and answers."""
    try:
        wanted = RoomId(UUID(fields.text("room")))
        await cases.change_booking(ChangeBooking(BookingId(booking_id), room_id=wanted), viewer.acting)
    except (RoomTaken, NotBookable, InvalidInput, Conflict, StaleRevision, ValueError) as error:
        view = await cases.read_booking(ReadBooking(BookingId(booking_id)), viewer.acting)
        return await _page(request, view, viewer, problem=str(error))
    return after(request, f"/bookings/{booking_id}")


async def _page(
    request: Request, view: BookingView, viewer: Viewer, *, problem: str = "", comment: str = ""
) -> Response:
    is_part = "hx-request" in request.headers and "hx-history-restore-request" not in request.headers
    offered: Sequence[Room] = ()
    if view.may_edit and view.state in WITHOUT_ROOM:
        offered = await service_of(request).cases.offer_rooms(OfferRooms(view.id), viewer.acting)
    return page(
        request,
        "booking_body.html" if is_part else "booking.html",
        viewer,
        status=409 if problem else 200,
        view=view,
        dot=DOTS.get(view.state, "run"),
        is_over=view.state in OVER,
        is_hosted=view.host is not None and view.host.kind is HostKind.SERVICE_ACCOUNT,
        is_mine=view.organizer is not None and view.organizer.person_id == viewer.acting.person_id,
        offered=offered,
        counts=_counts(view),
        history=_history(view, viewer),
        mailed=mailed_count(view),
        problem=problem,
        comment=comment,
        address=f"{service_of(request).policy.public_url}/bookings/{view.id}",
    )


def mailed_count(view: BookingView) -> int:
    """How many people a change or a cancellation is mailed to: guests, and the organiser of a hosted meeting."""
    is_hosted = view.host is not None and view.host.kind is HostKind.SERVICE_ACCOUNT
    return len(view.attendees) + (1 if is_hosted else 0)


def _counts(view: BookingView) -> list[tuple[ResponseStatus, int]]:
    counted = Counter(each.response for each in view.attendees if each.response is not None)
    return [(answer, counted[answer]) for answer in ANSWERS if counted[answer]]


def _history(view: BookingView, viewer: Viewer) -> list[Happening]:
    """What was done here, and what rooms and people answered, newest first."""
    texts = texts_in(viewer.moments.language)
    found = []
    for entry in view.history:
        name = f"history.{entry.action.replace('.', '_')}"
        said = texts(name, who=entry.who) if texts.has(name) else f"{entry.who}: {entry.action}"
        found.append(Happening(entry.at, said))
    answers = [(each.answered_at, each.name or each.address, each.response) for each in view.attendees]
    answers += [(each.answered_at, each.name, each.answer) for each in view.rooms]
    for at, who, answer in answers:
        if at is not None and answer is not None and answer is not ResponseStatus.NEEDS_ACTION:
            found.append(Happening(at, texts(f"history.answer_{answer.value}", who=who)))
    return sorted(found, key=lambda each: each.at, reverse=True)
