"""Calendars: what they are called, their zone, and whether a room answers by itself."""

from typing import Any

from roomstead_sandbox.google.access import Calendar
from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.wire import Answer
from roomstead_sandbox.world.processing import Automate

Json = dict[str, Any]


def get(call: Call) -> Answer:
    """calendars.get: whoever sees anything of a calendar sees this."""
    calendar = call.require(Role.FREE_BUSY_READER)
    shown = calendar_json(call.state, calendar)
    return call.answer(shown, etag=shown["etag"])


def calendar_json(state: FaceState, calendar: Calendar) -> Json:
    """A calendar as the API shows it."""
    entry = calendar.entry
    shown: Json = {
        "kind": "calendar#calendar",
        "etag": f'"{entry.revision:020d}"',
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
