"""Control routes that act as somebody in their own calendar program: book, move, edit, answer, forward, cancel."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from roomstead_sandbox.control.context import Context
from roomstead_sandbox.control.naming import meeting_named, shown, user_named
from roomstead_sandbox.control.routes import Body, Json, Moment, Route
from roomstead_sandbox.world.errors import Invalid, IsOrganizer, NotFound
from roomstead_sandbox.world.events import (
    Answer,
    Attendee,
    Content,
    Event,
    Location,
    Pattern,
    PatternKind,
    Person,
    Recurrence,
    Role,
    Sensitivity,
    ShowAs,
)
from roomstead_sandbox.world.outsiders import Script
from roomstead_sandbox.world.people import User
from roomstead_sandbox.world.world import World


class Acting(Body):
    """Who acts: any address or id."""

    who: str


class Pointing(Acting):
    """Who acts on which item: by UID or exact title, and for one occurrence of a series by its start."""

    meeting: str
    occurrence: Moment | None = None


class Repeat(Body):
    """A series; ends on a date (inclusive), after a count, or never. Weekdays from 0 (Monday)."""

    pattern: PatternKind
    zone: str = "Europe/Berlin"
    interval: int = Field(default=1, ge=1)
    days: list[int] = Field(default_factory=list)
    day_of_month: int = Field(default=0, ge=0, le=31)
    month: int = Field(default=0, ge=0, le=12)
    index: int = Field(default=1, ge=-1, le=4)
    until: date | None = None
    count: int | None = Field(default=None, ge=1)


class Create(Acting):
    """A new item. People and rooms by address; a room that is named so is invited as a resource."""

    subject: str
    start: Moment
    end: Moment
    body: str = ""
    people: list[str] = Field(default_factory=list)
    rooms: list[str] = Field(default_factory=list)
    location: str | None = None
    show_as: ShowAs = ShowAs.BUSY
    sensitivity: Sensitivity = Sensitivity.NORMAL
    repeat: Repeat | None = None


class Edit(Pointing):
    """New words; only those given are changed."""

    subject: str | None = None
    body: str | None = None
    location: str | None = None
    show_as: ShowAs | None = None
    sensitivity: Sensitivity | None = None
    add: list[str] = Field(default_factory=list, description="People to invite as well.")
    remove: list[str] = Field(default_factory=list, description="Attendees to take out.")


class Move(Pointing):
    """A new time; without an end the length stays."""

    start: Moment
    end: Moment | None = None


class SwapRoom(Pointing):
    """One room instead of another, in the same meeting; `old` may be left out while there is one room."""

    new: str
    old: str | None = None


class Respond(Pointing):
    """An answer, told to the organiser unless `send` is false."""

    answer: Literal["accepted", "tentative", "declined"]
    comment: str = ""
    send: bool = True


class Withdraw(Pointing):
    """A cancellation with words for everybody."""

    comment: str = ""


class Forward(Pointing):
    """To whom the invitation is passed on."""

    to: list[str] = Field(min_length=1)
    comment: str = ""


class OutsideScript(Body):
    """How an address outside every tenant answers from now on."""

    address: str
    answer: Literal["accepted", "tentative", "declined"]
    seconds: float = Field(default=60, ge=0)
    comment: str = ""


class OutsideMeeting(Create):
    """A meeting organised outside; `who` is the organiser's address there."""

    name: str = ""


def routes(context: Context) -> list[Route]:
    """The routes of this area."""
    world = context.world

    def post(name: str, says: str, run: Any, body: type[Body]) -> Route:  # noqa: ANN401 - takes (world, its body)
        return Route("POST", f"/act/{name}", says, lambda order: run(world, order.body), body)

    return [
        post("create", "Put an item into one's calendar and invite.", _create, Create),
        post("move", "Move an item.", _move, Move),
        post("edit", "Change an item's words or people.", _edit, Edit),
        post("swap-room", "Take another room for the same meeting.", _swap, SwapRoom),
        post("respond", "Answer an invitation.", _respond, Respond),
        post("cancel", "Cancel a meeting for everybody.", _cancel, Withdraw),
        post("delete", "Delete an item from one's calendar.", _delete, Pointing),
        post("forward", "Pass an invitation on.", _forward, Forward),
        post("outside/script", "Script the answers of somebody outside.", _script, OutsideScript),
        post("outside/create", "Somebody outside invites people and rooms.", _outside, OutsideMeeting),
    ]


def _create(world: World, body: Create) -> Json:
    user = user_named(world, body.who)
    return shown(world.meetings.create(user.id, _content(world, body)))


def _content(world: World, body: Create) -> Content:
    attendees = [_attendee(world, address, Role.REQUIRED) for address in body.people]
    attendees += [_attendee(world, address, Role.RESOURCE) for address in body.rooms]
    rooms = tuple(Location(a.name, a.address) for a in attendees if a.role is Role.RESOURCE)
    return Content(
        subject=body.subject,
        start=body.start.astimezone(UTC),
        end=body.end.astimezone(UTC),
        body=body.body,
        locations=(Location(body.location),) if body.location else rooms,
        attendees=tuple(attendees),
        show_as=body.show_as,
        sensitivity=body.sensitivity,
        recurrence=None if body.repeat is None else _recurrence(body.repeat, body.start),
    )


def _recurrence(repeat: Repeat, start: datetime) -> Recurrence:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        first = start.astimezone(ZoneInfo(repeat.zone)).date()
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid(f"There is no time zone {repeat.zone!r}.") from error
    pattern = Pattern(
        repeat.pattern,
        repeat.interval,
        tuple(repeat.days),
        day_of_month=repeat.day_of_month,
        month=repeat.month,
        index=repeat.index,
    )
    return Recurrence(pattern, first, repeat.zone, repeat.until, repeat.count)


def _attendee(world: World, address: str, role: Role) -> Attendee:
    try:
        user = user_named(world, address)
    except NotFound:
        return Attendee(address, address.partition("@")[0], role)
    role = Role.RESOURCE if user.is_resource else role
    return Attendee(user.mail or user.upn, user.display_name, role)


def _pointed(world: World, body: Pointing) -> tuple[User, Event]:
    user = user_named(world, body.who)
    return user, meeting_named(world, user, body.meeting, body.occurrence)


def _update(world: World, user: User, event: Event, content: Content) -> Json:
    return shown(world.meetings.update(user.id, event.ref, content))


def _move(world: World, body: Move) -> Json:
    user, event = _pointed(world, body)
    start = body.start.astimezone(UTC)
    end = body.end.astimezone(UTC) if body.end else start + (event.end - event.start)
    content = replace(event.content, start=start, end=end)
    if content.recurrence is not None:
        content = replace(content, recurrence=_moved(content.recurrence, start - event.start))
    return _update(world, user, event, content)


def _moved(recurrence: Recurrence, by: timedelta) -> Recurrence:
    """The range of a series follows its first occurrence by whole days; weekdays stay as they are."""
    return replace(recurrence, start=recurrence.start + timedelta(days=by.days))


def _edit(world: World, body: Edit) -> Json:
    user, event = _pointed(world, body)
    words = {name: getattr(body, name) for name in ("subject", "body", "show_as", "sensitivity")}
    changes: dict[str, Any] = {name: value for name, value in words.items() if value is not None}
    if body.location is not None:
        changes["locations"] = (Location(body.location),)
    leaving = {address.casefold() for address in body.remove}
    staying = [a for a in event.content.attendees if a.address.casefold() not in leaving]
    joining = [_attendee(world, address, Role.REQUIRED) for address in body.add]
    return _update(world, user, event, replace(event.content, attendees=(*staying, *joining), **changes))


def _swap(world: World, body: SwapRoom) -> Json:
    user, event = _pointed(world, body)
    rooms = [a for a in event.content.attendees if a.role is Role.RESOURCE]
    if body.old is not None:
        rooms = [
            a for a in rooms if a.address.casefold() == _attendee(world, body.old, Role.RESOURCE).address.casefold()
        ]
    if len(rooms) != 1:
        raise Invalid("Say which room is to be swapped.")
    new = _attendee(world, body.new, Role.RESOURCE)
    attendees = tuple(new if a is rooms[0] else a for a in event.content.attendees)
    locations = (Location(new.name, new.address),)
    return _update(world, user, event, replace(event.content, attendees=attendees, locations=locations))


def _respond(world: World, body: Respond) -> Json:
    user, event = _pointed(world, body)
    copy = world.answers.respond(user.id, event.ref, Answer(body.answer), comment=body.comment, send=body.send)
    return {"answer": body.answer, "copy": None if copy is None else shown(copy)}


def _cancel(world: World, body: Withdraw) -> Json:
    user, event = _pointed(world, body)
    world.meetings.cancel(user.id, event.ref, body.comment)
    return {"cancelled": event.ical_uid}


def _delete(world: World, body: Pointing) -> Json:
    user, event = _pointed(world, body)
    try:
        world.answers.delete(user.id, event.ref)
    except IsOrganizer:
        world.meetings.delete(user.id, event.ref)
    return {"deleted": event.ical_uid}


def _forward(world: World, body: Forward) -> Json:
    user, event = _pointed(world, body)
    named = [_attendee(world, address, Role.REQUIRED) for address in body.to]
    world.answers.forward(user.id, event.ref, tuple(Person(a.address, a.name) for a in named), body.comment)
    return {"forwarded": [a.address for a in named]}


def _script(world: World, body: OutsideScript) -> Json:
    world.outsiders.script(body.address, Script(Answer(body.answer), body.seconds, body.comment))
    return body.model_dump()


def _outside(world: World, body: OutsideMeeting) -> Json:
    organizer = Person(body.who, body.name or body.who.partition("@")[0])
    return {"uid": world.outsiders.organize(organizer, _content(world, body))}
