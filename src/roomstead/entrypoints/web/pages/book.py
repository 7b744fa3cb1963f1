"""Book one room: the form, what booking would do, and booking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from babel.lists import format_list
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from roomstead.application.booking.create import CreateBooking
from roomstead.application.booking.preview import BookingPreview, PreviewBooking
from roomstead.application.booking.read_timeline import ReadTimeline, TimelineBlock
from roomstead.application.booking.resolve_people import FoundPerson, ResolvedPeople
from roomstead.application.booking_request import BookingRequest
from roomstead.application.ports.timeline import RoomsWanted
from roomstead.bootstrap.use_cases import UseCases
from roomstead.domain.booking_input import TypedAttendee
from roomstead.domain.errors import AppError, InvalidInput, NotBookable, NotFound, RoomTaken, ServiceAccountRequired
from roomstead.domain.hosting import HostKind
from roomstead.domain.integration import Room
from roomstead.domain.people import PersonId
from roomstead.domain.timespan import Timespan
from roomstead.entrypoints.web.deps import Cases, service_of
from roomstead.entrypoints.web.pages.forms import Asked, Fields, FilledForm
from roomstead.entrypoints.web.pages.once import once
from roomstead.entrypoints.web.pages.rendering import Viewer, page
from roomstead.entrypoints.web.pages.texts import texts_in
from roomstead.entrypoints.web.pages.typed_times import SLOT, TypedTimes, at_once, next_half_hour, read_times
from roomstead.entrypoints.web.pages.viewing import CurrentViewer

router = APIRouter(include_in_schema=False)

ANY_TIME = Timespan(datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 2, tzinfo=UTC))
"""Where nobody looks at what keeps a room busy."""
UNTITLED = "…"
"""Stands for a title that is not typed yet, so that everything else can be judged."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A booking form as it is filled in."""

    times: TypedTimes
    title: str = ""
    description: str = ""
    is_private: bool = False
    people: tuple[FoundPerson, ...] = ()
    left: str = ""
    """What was typed as people and is nobody."""
    organizer: str = ""
    organizer_id: PersonId | None = None
    mistakes: Mapping[str, str] = field(default_factory=dict)

    @property
    def typed_people(self) -> str:
        """The people in one line, as the field shows it without scripts."""
        return "; ".join([*(each.typed for each in self.people), *([self.left] if self.left else [])])

    def request(self, room: Room, span: Timespan) -> BookingRequest:
        """What is asked for."""
        attendees = tuple(TypedAttendee(each.address, each.name) for each in self.people)
        return BookingRequest(
            span.start,
            span.end,
            self.title or UNTITLED,
            room_id=room.id,
            description=self.description,
            is_private=self.is_private,
            attendees=attendees,
            organizer_id=self.organizer_id,
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a form comes back: mistakes by field, or what stands against it as a whole."""

    mistakes: Mapping[str, str]
    error: AppError | None = None
    status: int = 422


@dataclass(frozen=True, slots=True)
class Prospect:
    """What booking would do. ``preview`` None: ``trouble`` says why it cannot be told."""

    preview: BookingPreview | None
    trouble: AppError | None = None
    mailed: str = ""
    outside: tuple[str, ...] = ()
    """Guests of other organisations: who has a place in Roomstead is a colleague, also one of another tenant."""

    @property
    def is_hosted(self) -> bool:
        """Whether the service account would host."""
        host = self.preview.host if self.preview else None
        return host is not None and host.kind is HostKind.SERVICE_ACCOUNT


@router.get("/book/{room_no}/{at}")
async def show(request: Request, room_no: int, at: str, cases: Cases, viewer: CurrentViewer, asked: Asked) -> Response:
    """The form for a room from a moment on the viewer's clock."""
    starts = at_once(at, viewer.moments)
    if starts is None:
        raise NotFound("This link names no time.")
    minutes = asked.text("minutes")
    length = timedelta(minutes=int(minutes[:5])) if minutes.isdecimal() and int(minutes[:5]) else SLOT
    try:
        proposed = Timespan(starts, starts + length)
    except (ValueError, OverflowError) as error:
        raise NotFound("This link names no time.") from error
    draft = await read_draft(asked, proposed, viewer, cases)
    return await _form(request, room_no, draft, viewer)


@router.post("/book/{room_no}/preview")
async def preview(request: Request, room_no: int, cases: Cases, viewer: CurrentViewer, fields: Fields) -> Response:
    """What booking would do, as the form stands now; for htmx."""
    draft = await read_draft(fields, next_half_hour(service_of(request).clock.now()), viewer, cases)
    room, _ = await room_and_day(cases, room_no, draft.times, viewer)
    prospect = await prospect_of(cases, draft, room, viewer)
    return page(request, "book_prospect.html", viewer, room=room, draft=draft, prospect=prospect)


@router.post("/book/{room_no}")
async def book(request: Request, room_no: int, cases: Cases, viewer: CurrentViewer, fields: Fields) -> Response:
    """Book, and go on to the booking; with mistakes the form again, nothing lost."""

    async def work() -> Response:
        draft = await read_draft(fields, next_half_hour(service_of(request).clock.now()), viewer, cases)
        room, _ = await room_and_day(cases, room_no, draft.times, viewer)
        mistakes = {**draft.times.mistakes, **draft.mistakes}
        if not draft.title.strip():
            mistakes["title"] = texts_in(viewer.moments.language)("book.title_missing")
        if mistakes or draft.times.span is None:
            return await _form(request, room_no, draft, viewer, refused=Refused(mistakes))
        try:
            made = await cases.create_booking(CreateBooking(draft.request(room, draft.times.span)), viewer.acting)
        except InvalidInput as error:
            return await _form(request, room_no, draft, viewer, refused=Refused(fields_of(error)))
        except (RoomTaken, ServiceAccountRequired, NotBookable) as error:
            return await _form(request, room_no, draft, viewer, refused=Refused({}, error, 409))
        return RedirectResponse(f"/bookings/{made.id}", 303)

    return await once(request, viewer.acting, work)


@router.get("/people/find")
async def find_people(request: Request, cases: Cases, viewer: CurrentViewer, asked: Asked) -> Response:
    """Suggestions for what is being typed: options of a list."""
    typed = asked.text("typed") or asked.text("organizer")
    found = await cases.suggest_people(typed.rpartition(";")[2], viewer.acting)
    people = [FoundPerson(each.addresses[0], each.name, each.id) for each in found]
    return page(request, "people_options.html", viewer, people=people)


async def read_draft(fields: FilledForm, proposed: Timespan, viewer: Viewer, cases: UseCases) -> Draft:
    """The form as it is filled in; names are looked up."""
    times = read_times(fields, viewer.moments, proposed)
    people = await cases.resolve_people([*fields.texts("person"), fields.text("typed")], viewer.acting)
    organizer = fields.text("organizer").strip()
    who = await cases.resolve_people([organizer], viewer.acting) if organizer and viewer.is_admin else None
    mistakes = {}
    if people.mistakes:
        mistakes["people"] = people.mistakes[0][1]
    if who is not None and (mistake := _organizer_mistake(who, viewer)):
        mistakes["organizer"] = mistake
    return Draft(
        times=times,
        title=fields.text("title"),
        description=fields.text("description"),
        is_private=fields.is_on("private"),
        people=people.people,
        left="; ".join(text for text, _ in people.mistakes),
        organizer=organizer if viewer.is_admin else "",
        organizer_id=who.people[0].person_id if who is not None and who.people else None,
        mistakes=mistakes,
    )


def _organizer_mistake(who: ResolvedPeople, viewer: Viewer) -> str:
    if who.mistakes:
        return who.mistakes[0][1]
    if len(who.people) != 1 or who.people[0].person_id is None:
        return texts_in(viewer.moments.language)("book.organizer_one")
    return ""


def fields_of(error: InvalidInput) -> dict[str, str]:
    """Mistakes by the names of the form's fields."""
    names = {"start": "time", "end": "minutes", "organizer_id": "organizer", "room_id": "time", "zone": "time"}
    return {
        names.get(name, "people" if name.startswith("attendees") else name): text
        for name, text in error.mistakes.items()
    }


async def room_and_day(
    cases: UseCases, room_no: int, times: TypedTimes, viewer: Viewer
) -> tuple[Room, Sequence[TimelineBlock]]:
    """The room, and what keeps it busy that day. Raises NotFound for a room that cannot be booked."""
    day = times.span or ANY_TIME
    found = await cases.read_timeline(ReadTimeline(day.start, day.end, RoomsWanted(room_nos=(room_no,))), viewer.acting)
    if not found.rooms:
        raise NotFound("There is no such room, or it cannot be booked now.", remedy="Choose another room.")
    return found.rooms[0]


async def prospect_of(cases: UseCases, draft: Draft, room: Room, viewer: Viewer) -> Prospect:
    """What booking would do, as far as it can be told."""
    if draft.times.span is None:
        return Prospect(None)
    try:
        found = await cases.preview_booking(PreviewBooking(draft.request(room, draft.times.span)), viewer.acting)
    except (InvalidInput, NotBookable) as error:
        return Prospect(None, error)
    names = {each.address.casefold(): each.name or each.address for each in draft.people}
    texts = texts_in(viewer.moments.language)
    guests = [names[each] for each in found.mailed if each in names]
    if len(guests) < len(found.mailed):
        guests.insert(0, texts("book.the_organizer") if draft.organizer_id else texts("book.you"))
    colleagues = {each.address.casefold() for each in draft.people if each.person_id is not None}
    return Prospect(
        found,
        mailed=format_list(guests, locale=viewer.moments.language) if guests else "",
        outside=tuple(each for each in found.outside if each not in colleagues),
    )


async def _form(
    request: Request, room_no: int, draft: Draft, viewer: Viewer, *, refused: Refused | None = None
) -> Response:
    cases = service_of(request).cases
    room, _ = await room_and_day(cases, room_no, draft.times, viewer)
    return page(
        request,
        "book.html",
        viewer,
        status=refused.status if refused else 200,
        room=room,
        draft=draft,
        prospect=await prospect_of(cases, draft, room, viewer),
        mistakes=refused.mistakes if refused else {},
        refusal=refused.error if refused else None,
        beside="beside" in request.query_params,
    )
