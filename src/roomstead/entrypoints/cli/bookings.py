"""Bookings."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from roomstead.entrypoints.cli.naming import person_named, room_named
from roomstead.entrypoints.cli.options import AsJson, Cursor, Limit, Token, moment, required_moment
from roomstead.entrypoints.cli.output import print_facts, print_json, print_table
from roomstead.entrypoints.cli.running import Session, run

if TYPE_CHECKING:
    from roomstead.application.booking_view import BookingView
    from roomstead.domain.booking_input import TypedAttendee
    from roomstead.entrypoints.wire.bookings import BookingShape

app = typer.Typer(help="Book rooms, and move, edit and cancel bookings.", no_args_is_help=True)

Room = Annotated[str, typer.Argument(help="The room: name, address or id.")]
Start = Annotated[str, typer.Argument(help="From when, with its offset: 2026-12-01T09:00+01:00.")]
End = Annotated[str, typer.Argument(help="Until when.")]
Title = Annotated[str, typer.Argument(help="What it is called.")]
Description = Annotated[str, typer.Option("--description", help="Plain text.")]
Attendees = Annotated[list[str] | None, typer.Option("--attendee", help="Whom to invite; may be repeated.")]
Private = Annotated[bool, typer.Option("--private", help="Others see “Busy”.")]
For = Annotated[str, typer.Option("--for", help="For whom: address or id. For Global Admins.")]
Zone = Annotated[str, typer.Option("--zone", help="IANA zone to show it in; by default the room's.")]
Id = Annotated[UUID, typer.Argument(help="The booking's id.")]


@app.command("create")
def create(
    room: Room,
    start: Start,
    end: End,
    title: Title,
    description: Description = "",
    attendees: Attendees = None,
    private: Private = False,
    organizer: For = "",
    zone: Zone = "",
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Book a room. Answers at once; the room is asked within seconds (see `bookings show`)."""
    from roomstead.application.booking.create import CreateBooking
    from roomstead.application.booking_request import BookingRequest

    span = required_moment(start, "START"), required_moment(end, "END")

    async def work(session: Session) -> "BookingView":
        request = BookingRequest(
            *span,
            title,
            await room_named(session, room),
            description,
            zone,
            private,
            _typed(attendees),
            await person_named(session, organizer) if organizer else None,
        )
        return await session.cases.create_booking(CreateBooking(request), session.actor)

    _show(run(work, token), as_json)


@app.command("preview")
def preview(
    room: Room,
    start: Start,
    end: End,
    attendees: Attendees = None,
    organizer: For = "",
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """See who would host a booking and why, and who would get mail. Nothing is written."""
    from roomstead.application.booking.preview import PreviewBooking
    from roomstead.application.booking_request import BookingRequest
    from roomstead.entrypoints.wire.preview import PreviewShape

    span = required_moment(start, "START"), required_moment(end, "END")

    async def work(session: Session) -> PreviewShape:
        request = BookingRequest(
            *span,
            "Preview",
            await room_named(session, room),
            attendees=_typed(attendees),
            organizer_id=await person_named(session, organizer) if organizer else None,
        )
        return PreviewShape.of(await session.cases.preview_booking(PreviewBooking(request), session.actor))

    found = run(work, token)
    if as_json:
        print_json(found)
        return
    facts: list[tuple[str, object]] = [("Room", found.room_name)]
    if found.host is not None:
        facts += [("Host", found.host.address), ("", found.host.sentence), ("", found.host.label or "")]
    facts += [("Refused", f"{each.sentence} {each.remedy}") for each in found.refusals]
    facts += [("Mailed", found.mailed), ("Instead", [each.name for each in found.alternatives])]
    facts += [("Note", warning) for warning in found.warnings]
    print_facts(facts)


@app.command("list")
def list_(
    everybody: Annotated[bool, typer.Option("--all", help="Everybody's. For Global Admins.")] = False,
    room: Annotated[str, typer.Option("--room", help="Everybody's in this room.")] = "",
    since: Annotated[str | None, typer.Option("--since", help="Ending after this time.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Beginning before this time.")] = None,
    cancelled: Annotated[bool, typer.Option("--cancelled", help="Cancelled ones, too.")] = False,
    limit: Limit = 50,
    cursor: Cursor = "",
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """List bookings by start."""
    from roomstead.application.booking.list_bookings import ListBookings, Whose
    from roomstead.entrypoints.wire.base import Listing
    from roomstead.entrypoints.wire.bookings import BookingShape

    bounds = moment(since, "--since"), moment(until, "--until")

    async def work(session: Session) -> Listing[BookingShape]:
        command = ListBookings(
            whose=Whose.ALL if everybody else Whose.MINE,
            room_id=await room_named(session, room) if room else None,
            since=bounds[0],
            until=bounds[1],
            with_cancelled=cancelled,
            cursor=cursor,
            limit=limit,
        )
        page = await session.cases.list_bookings(command, session.actor)
        return Listing(items=[BookingShape.of(view) for view in page.items], next_cursor=page.next_cursor)

    found = run(work, token)
    if as_json:
        print_json(found)
        return
    columns = ("Start", "End", "Room", "Title", "State", "Organiser", "Id")
    print_table(columns, map(_row, found.items), empty="No bookings.", more=found.next_cursor)


def _row(booking: "BookingShape") -> tuple[object, ...]:
    return (
        booking.intended.start,
        booking.intended.end,
        [room.name for room in booking.rooms],
        booking.title,
        booking.state.value,
        booking.organizer.name if booking.organizer else "",
        booking.id,
    )


@app.command("show")
def show(booking_id: Id, as_json: AsJson = False, token: Token = None) -> None:
    """Show a booking: its state and why, its host and why, the room's and everybody's answers."""
    from roomstead.application.booking.read import ReadBooking
    from roomstead.domain.booking import BookingId

    async def work(session: Session) -> "BookingView":
        return await session.cases.read_booking(ReadBooking(BookingId(booking_id)), session.actor)

    _show(run(work, token), as_json)


@app.command("change")
def change(
    booking_id: Id,
    title: Annotated[str | None, typer.Option("--title")] = None,
    description: Annotated[str | None, typer.Option("--description")] = None,
    start: Annotated[str | None, typer.Option("--start", help="Moves the meeting.")] = None,
    end: Annotated[str | None, typer.Option("--end", help="Resizes it.")] = None,
    room: Annotated[str, typer.Option("--room", help="Another room.")] = "",
    attendees: Annotated[list[str] | None, typer.Option("--attendee", help="All of them from now on.")] = None,
    private: Annotated[bool | None, typer.Option("--private/--public")] = None,
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Move or edit a booking. What is not named stays."""
    from roomstead.application.booking.change import ChangeBooking
    from roomstead.domain.booking import BookingId

    bounds = moment(start, "--start"), moment(end, "--end")

    async def work(session: Session) -> "BookingView":
        command = ChangeBooking(
            booking_id=BookingId(booking_id),
            title=title,
            description=description,
            is_private=private,
            start=bounds[0],
            end=bounds[1],
            room_id=await room_named(session, room) if room else None,
            attendees=_typed(attendees) if attendees else None,
        )
        return await session.cases.change_booking(command, session.actor)

    _show(run(work, token), as_json)


@app.command("cancel")
def cancel(
    booking_id: Id,
    comment: Annotated[str, typer.Option("--comment", help="Goes out with the cancellation.")] = "",
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Cancel a booking for everyone."""
    from roomstead.application.booking.cancel import CancelBooking
    from roomstead.domain.booking import BookingId

    async def work(session: Session) -> "BookingView":
        return await session.cases.cancel_booking(CancelBooking(BookingId(booking_id), None, comment), session.actor)

    _show(run(work, token), as_json)


@app.command("retry")
def retry(booking_id: Id, as_json: AsJson = False, token: Token = None) -> None:
    """Try again what failed or is held."""
    from roomstead.application.booking.retry import RetryBooking
    from roomstead.domain.booking import BookingId

    async def work(session: Session) -> "BookingView":
        return await session.cases.retry_booking(RetryBooking(BookingId(booking_id)), session.actor)

    _show(run(work, token), as_json)


def _typed(addresses: list[str] | None) -> "tuple[TypedAttendee, ...]":
    from roomstead.domain.booking_input import TypedAttendee

    return tuple(TypedAttendee(address) for address in addresses or ())


def _show(view: "BookingView", as_json: bool) -> None:
    from roomstead.entrypoints.wire.bookings import BookingShape

    shape = BookingShape.of(view)
    if as_json:
        print_json(shape)
        return
    facts: list[tuple[str, object]] = [
        ("Title", shape.title),
        ("State", f"{shape.state.value}: {shape.sentence}"),
        ("Label", shape.label),
        ("Start", shape.intended.start),
        ("End", shape.intended.end),
        ("Organiser", shape.organizer.name if shape.organizer else None),
        ("Booked by", shape.booked_by.name if shape.booked_by else None),
        ("Host", f"{shape.host.address}: {shape.host.sentence}" if shape.host else None),
    ]
    facts += [("Room", f"{room.name}: {room.answer.value}") for room in shape.rooms]
    facts += [("Attendee", f"{each.address}: {_answer(each.response)}") for each in shape.attendees]
    facts += [("Description", shape.description), ("Id", shape.id)]
    print_facts(facts)


def _answer(response: str | None) -> str:
    return "answers not shown" if response is None else str(response)
