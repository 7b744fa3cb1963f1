"""Calendars: what they are called, their zone, and whether a room answers by itself."""

from typing import Any
from zoneinfo import available_timezones

from roomstead_sandbox.google.access import Calendar
from roomstead_sandbox.google.calendar_book import CalendarEntry
from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.errors import invalid, required, usage_limits
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.wire import Answer
from roomstead_sandbox.world.processing import Automate

Json = dict[str, Any]
MOST_CALENDARS = 60
_TEXTS = {"summary": "summary", "description": "description", "location": "location", "timeZone": "time_zone"}


def get(call: Call) -> Answer:
    """calendars.get: whoever sees anything of a calendar sees this."""
    calendar = call.require(Role.FREE_BUSY_READER)
    shown = calendar_json(call.state, calendar)
    return call.answer(shown, etag=shown["etag"])


def change(call: Call) -> Answer:
    """calendars.patch and update, for owners. A room's ``autoAcceptInvitations`` says whether it answers by itself."""
    calendar = call.require(Role.OWNER)
    body = call.json_body()
    if call.request.method == "PUT" and not body.get("summary"):
        raise required("summary")
    if body.get("timeZone") and str(body["timeZone"]) not in available_timezones():
        raise invalid("Invalid time zone definition.")
    answers = body.get("autoAcceptInvitations")
    if answers is not None and not (calendar.is_room and isinstance(answers, bool)):
        raise invalid("autoAcceptInvitations is for resource calendars only.")
    texts = _texts(body, everything=call.request.method == "PUT")
    call.require_match(etag_of(calendar.entry))
    _set(calendar.entry, texts)
    if answers is not None:
        rules = call.world.directory.processing[calendar.owner.id]
        rules.automate_processing = Automate.AUTO_ACCEPT if answers else Automate.AUTO_UPDATE
    calendar.entry.revision += 1
    return get(call)


def insert(call: Call) -> Answer:
    """calendars.insert: a secondary calendar, owned by the caller."""
    body = call.json_body()
    if not body.get("summary"):
        raise required("summary")
    texts = _texts(body, everything=True)
    owner = call.caller.user
    held = sum(e.owner_id == owner.id and e.address is not None for e in call.state.book.entries.values())
    if held >= MOST_CALENDARS:
        raise usage_limits()
    entry = call.state.add_secondary(owner, str(body["summary"]))
    _set(entry, texts)
    calendar, _ = call.open(entry.address or "")
    return call.answer(calendar_json(call.state, calendar))


def _texts(body: Json, *, everything: bool) -> Json:
    """The texts that are given, or all; ``null`` takes one away. GoogleError 400 for what is no text."""
    given = {name: body.get(name) for name in _TEXTS if everything or name in body}
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise invalid(f"Invalid value for: {name}")
    return given


def _set(entry: CalendarEntry, texts: Json) -> None:
    for name, value in texts.items():
        setattr(entry, _TEXTS[name], value or None)


def etag_of(entry: CalendarEntry) -> str:
    """The entity tag of a calendar's metadata."""
    return f'"{entry.revision:020d}"'


def calendar_json(state: FaceState, calendar: Calendar) -> Json:
    """A calendar as the API shows it."""
    entry = calendar.entry
    shown: Json = {
        "kind": "calendar#calendar",
        "etag": etag_of(entry),
        "id": calendar.id,
        "summary": summary_of(calendar),
    }
    shown |= {name: value for name in ("description", "location") if (value := getattr(entry, name))}
    shown["timeZone"] = calendar.time_zone
    if calendar.is_room:
        rules = state.world.directory.processing[calendar.owner.id]
        shown["autoAcceptInvitations"] = rules.automate_processing is Automate.AUTO_ACCEPT
    elif entry.address is not None:
        shown["dataOwner"] = calendar.owner.mail
    shown["conferenceProperties"] = {"allowedConferenceSolutionTypes": ["hangoutsMeet"]}
    return shown


def summary_of(calendar: Calendar) -> str:
    """The calendar's title: a person's is the address until somebody changes it, a room's the room's name."""
    if calendar.entry.summary is not None:
        return calendar.entry.summary
    return calendar.owner.display_name if calendar.is_room else calendar.id
