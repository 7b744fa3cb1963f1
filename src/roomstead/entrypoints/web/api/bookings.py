"""Bookings."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response, status

from roomstead.application.booking.cancel import CancelBooking
from roomstead.application.booking.change import ChangeBooking
from roomstead.application.booking.create import CreateBooking
from roomstead.application.booking.list_bookings import ListBookings, Whose
from roomstead.application.booking.preview import PreviewBooking
from roomstead.application.booking.read import ReadBooking
from roomstead.application.booking.retry import RetryBooking
from roomstead.application.booking_view import BookingView
from roomstead.bootstrap.use_cases import UseCases
from roomstead.domain.booking import BookingId
from roomstead.domain.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotBookable,
    NotFound,
    RoomTaken,
    ServiceAccountRequired,
    StaleRevision,
)
from roomstead.domain.integration import RoomId
from roomstead.domain.people import Actor, PersonId
from roomstead.entrypoints.web.api.router import api_router
from roomstead.entrypoints.web.deps import Cases, CurrentActor, ExpectedVersion, set_location, set_version
from roomstead.entrypoints.web.errors import VersionRequired
from roomstead.entrypoints.web.idempotency import Attempt
from roomstead.entrypoints.web.problems import documented
from roomstead.entrypoints.wire.base import Listing, Moment, PageQuery
from roomstead.entrypoints.wire.bookings import BookingChange, BookingShape, Cancellation, NewBooking
from roomstead.entrypoints.wire.preview import PreviewShape

router = api_router("bookings", "/bookings")


class BookingsQuery(PageQuery):
    """Which bookings."""

    whose: Whose = Whose.MINE
    person_id: UUID | None = None
    room_id: UUID | None = None
    since: Moment | None = None
    until: Moment | None = None
    with_cancelled: bool = False


def _answer(response: Response, view: BookingView) -> BookingShape:
    set_version(response, view.version)
    return BookingShape.of(view)


@router.post(
    "/preview",
    summary="See what booking would do",
    responses=documented(Forbidden, NotFound, InvalidInput, NotBookable),
)
async def preview_booking(new: NewBooking, cases: Cases, actor: CurrentActor) -> PreviewShape:
    """Who would host the event and why, whether the room is free, who gets mail. Nothing is written."""
    return PreviewShape.of(await cases.preview_booking(PreviewBooking(new.request()), actor))


@router.post(
    "",
    summary="Book a room",
    status_code=status.HTTP_201_CREATED,
    responses=documented(Forbidden, NotFound, InvalidInput, NotBookable, RoomTaken, ServiceAccountRequired),
)
async def create_booking(
    new: NewBooking, request: Request, response: Response, cases: Cases, actor: CurrentActor
) -> BookingShape:
    """Answers at once with the state `requested`; the calendar is told, and the room asked, within seconds."""
    attempt: Attempt | None = getattr(request.state, "attempt", None)
    view = await _created_before(attempt, cases, actor)
    if view is None:
        command = CreateBooking(new.request())
        if attempt is not None:
            command = CreateBooking(new.request(), BookingId(attempt.id))
        view = await cases.create_booking(command, actor)
    set_location(request, response, f"/bookings/{view.id}")
    return _answer(response, view)


async def _created_before(attempt: Attempt | None, cases: UseCases, actor: Actor) -> BookingView | None:
    """The booking of an earlier attempt that died between storing it and answering."""
    if attempt is None or not attempt.is_repeated:
        return None
    try:
        return await cases.read_booking(ReadBooking(BookingId(attempt.id)), actor)
    except NotFound:
        return None


@router.get("", summary="List bookings", responses=documented(Forbidden, InvalidInput))
async def list_bookings(
    query: Annotated[BookingsQuery, Query()], cases: Cases, actor: CurrentActor
) -> Listing[BookingShape]:
    """By start. One's own; with `room_id` everybody's in that room; Global Admins see all."""
    command = ListBookings(
        whose=query.whose,
        person_id=None if query.person_id is None else PersonId(query.person_id),
        room_id=None if query.room_id is None else RoomId(query.room_id),
        since=query.since,
        until=query.until,
        with_cancelled=query.with_cancelled,
        cursor=query.cursor,
        limit=query.limit,
    )
    page = await cases.list_bookings(command, actor)
    return Listing(items=[BookingShape.of(view) for view in page.items], next_cursor=page.next_cursor)


@router.get("/{booking_id}", summary="Read a booking", responses=documented(NotFound, InvalidInput))
async def read_booking(booking_id: UUID, response: Response, cases: Cases, actor: CurrentActor) -> BookingShape:
    """With its history, as far as you may see it."""
    return _answer(response, await cases.read_booking(ReadBooking(BookingId(booking_id)), actor))


@router.patch(
    "/{booking_id}",
    summary="Move or edit a booking",
    responses=documented(
        Forbidden, NotFound, InvalidInput, Conflict, NotBookable, RoomTaken, StaleRevision, VersionRequired
    ),
)
async def change_booking(
    booking_id: UUID,
    change: BookingChange,
    version: ExpectedVersion,
    response: Response,
    cases: Cases,
    actor: CurrentActor,
) -> BookingShape:
    """Quick edits reach the calendar as one. A move holds the old and the new time until the calendar took it."""
    attendees = change.attendees
    command = ChangeBooking(
        booking_id=BookingId(booking_id),
        version=version,
        title=change.title,
        description=change.description,
        is_private=change.is_private,
        start=change.start,
        end=change.end,
        zone=change.zone,
        room_id=None if change.room_id is None else RoomId(change.room_id),
        attendees=None if attendees is None else tuple(attendee.typed() for attendee in attendees),
    )
    return _answer(response, await cases.change_booking(command, actor))


@router.post(
    "/{booking_id}/cancel",
    summary="Cancel a booking",
    responses=documented(Forbidden, NotFound, InvalidInput, Conflict),
)
async def cancel_booking(
    booking_id: UUID, response: Response, cases: Cases, actor: CurrentActor, how: Cancellation | None = None
) -> BookingShape:
    """For everyone; attendees are told by the calendar. Cancelling again changes nothing. The body may be left out."""
    command = CancelBooking(BookingId(booking_id), comment=how.comment if how is not None else "")
    return _answer(response, await cases.cancel_booking(command, actor))


@router.post(
    "/{booking_id}/retry",
    summary="Try again what failed",
    responses=documented(Forbidden, NotFound, InvalidInput, Conflict, RoomTaken),
)
async def retry_booking(booking_id: UUID, response: Response, cases: Cases, actor: CurrentActor) -> BookingShape:
    """What failed, or is held by a dry run, is sent at once."""
    return _answer(response, await cases.retry_booking(RetryBooking(BookingId(booking_id)), actor))
