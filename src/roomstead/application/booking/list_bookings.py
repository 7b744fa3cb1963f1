"""List bookings."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from roomstead.application.booking_view import BookingView, seen_by, to_view, viewer_addresses
from roomstead.application.paging import DEFAULT_LIMIT, Page, bad_cursor, checked_limit, decode_cursor, encode_cursor
from roomstead.application.ports.bookings import BookingFilter, BookingMark
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import Forbidden, InvalidInput
from roomstead.domain.integration import RoomId
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, PersonId


class Whose(StrEnum):
    """Whose bookings."""

    MINE = "mine"
    """Those that the actor organises or booked for somebody."""
    ALL = "all"
    """Everybody's, for Global Admins."""


@dataclass(frozen=True, slots=True)
class ListBookings:
    """Which bookings; None: all. With ``room_id`` everybody's in that room. Times are aware."""

    whose: Whose = Whose.MINE
    person_id: PersonId | None = None
    room_id: RoomId | None = None
    since: datetime | None = None
    until: datetime | None = None
    with_cancelled: bool = False
    hosted_in: IntegrationId | None = None
    """With it, those that a service account of the integration hosts; for Global Admins."""
    cursor: str = ""
    limit: int = DEFAULT_LIMIT


async def list_bookings(command: ListBookings, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> Page[BookingView]:
    """Bookings by start, each as the actor may see it. Raises InvalidInput, Forbidden."""
    limit = checked_limit(command.limit)
    _require_aware(command)
    wanted = BookingFilter(
        _person(command, actor),
        command.room_id,
        command.since,
        command.until,
        command.with_cancelled,
        command.hosted_in,
    )
    async with units.reading() as uow:
        found = await uow.bookings.page(wanted, after=_mark(command.cursor), limit=limit + 1)
        addresses = await viewer_addresses(uow, actor)
    now = clock.now()
    shown = found[:limit]
    views = tuple(to_view(each, seen_by(actor, addresses, each), now) for each in shown)
    if len(found) <= limit:
        return Page(views)
    last = shown[-1]
    return Page(views, encode_cursor(last.occurrence.span.start.isoformat(), str(last.id)))


def _require_aware(command: ListBookings) -> None:
    for name, moment in (("since", command.since), ("until", command.until)):
        if moment is not None and moment.utcoffset() is None:
            raise InvalidInput({name: "Add the offset from UTC, like 2026-12-01T09:00:00+01:00."})


def _person(command: ListBookings, actor: Actor) -> PersonId | None:
    """Whose bookings may be, and are, listed. Colleagues see the bookings of a room, masked as they must be."""
    if command.person_id is not None and command.person_id != actor.person_id and not actor.is_admin:
        raise Forbidden("Only a Global Admin can list somebody else's bookings.")
    if command.hosted_in is not None and not actor.is_admin:
        raise Forbidden("Only a Global Admin can list what a service account hosts.")
    if command.hosted_in is not None:
        return command.person_id
    if command.person_id is not None or command.room_id is not None:
        return command.person_id
    if command.whose is Whose.MINE:
        return actor.person_id
    if not actor.is_admin:
        raise Forbidden("Only a Global Admin can list everybody's bookings.")
    return None


def _mark(cursor: str) -> BookingMark | None:
    if not cursor:
        return None
    starts_at, booking_id = decode_cursor(cursor, count=2)
    try:
        mark = BookingMark(datetime.fromisoformat(starts_at), UUID(booking_id))
    except ValueError as error:
        raise bad_cursor() from error
    if mark.starts_at.utcoffset() is None:
        raise bad_cursor()
    return mark
