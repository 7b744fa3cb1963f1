"""Events as the API shows them (Google's page "Events"), in full or as somebody sees them who may see the time only."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from roomstead_sandbox.google.access import Calendar
from roomstead_sandbox.google.events import fields, ids, times
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.google.state import SECONDARY_DOMAIN
from roomstead_sandbox.world.core import Core
from roomstead_sandbox.world.events import (
    Answer,
    Attendee,
    Content,
    Event,
    EventKind,
    Sensitivity,
    ShowAs,
    same_address,
)
from roomstead_sandbox.world.events import (
    Role as Part,
)

Json = dict[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ANSWERS = {Answer.ACCEPTED: "accepted", Answer.DECLINED: "declined", Answer.TENTATIVE: "tentative"}
_VISIBILITY = {
    Sensitivity.PRIVATE: "private",
    Sensitivity.PERSONAL: "private",
    Sensitivity.CONFIDENTIAL: "confidential",
}


@dataclass(frozen=True, slots=True)
class View:
    """Who looks at which calendar, and how.

    ``zone`` is for offsets, ``own`` are the calendar's addresses in lower case, ``most_attendees`` is ``maxAttendees``.
    """

    core: Core
    calendar: Calendar
    role: Role
    zone: ZoneInfo
    own: frozenset[str]
    most_attendees: int | None = None

    @property
    def address(self) -> str:
        """The calendar's own address, which is ``self``."""
        return self.calendar.id

    def is_self(self, address: str) -> bool:
        """Whether an address is the calendar's."""
        return address.casefold() in self.own


def etag(event: Event) -> str:
    """The entity tag, quotes included: it changes with every change of this copy."""
    return f'"{2 * ((event.modified - _EPOCH) // timedelta(microseconds=1)) + 2 * event.revision}"'


def event_id(event: Event, zone: ZoneInfo) -> str:
    """The event's id, the same on every copy."""
    if event.original_start is None:
        return ids.base_id(event.ical_uid)
    day = times.day_of(event.content, event.original_start, zone) if event.content.all_day else None
    return ids.occurrence_id(event.ical_uid, event.original_start, day=day)


def visibility(content: Content) -> str:
    """Who may see the details."""
    public = (content.more or {}).get(fields.VISIBILITY)
    return _VISIBILITY.get(content.sensitivity) or public or "default"


def is_masked(event: Event, role: Role) -> bool:
    """Whether this role sees the event's time only. Public events are seen by all, private ones by writers."""
    seen_by = visibility(event.content)
    if role is Role.FREE_BUSY_READER:
        return seen_by != "public"
    return role < Role.WRITER and seen_by in ("private", "confidential")


def event_json(event: Event, view: View) -> Json:
    """An event as this view shows it."""
    masked = is_masked(event, view.role)
    if event.cancelled and (masked or not event.is_organizer):
        return _bare(event, view)
    if masked:
        return _skeleton(event, view)
    content, zone = event.content, view.zone
    shown: Json = {
        "kind": "calendar#event",
        "etag": etag(event),
        "id": event_id(event, _home(view)),
        "status": _status(event),
        "htmlLink": html_link(event, view),
        "created": times.stamp(event.created),
        "updated": times.stamp(event.modified),
        "summary": content.subject,
        "description": content.body,
        "location": ", ".join(place.name for place in content.locations if place.name),
        "colorId": (event.own or {}).get("colorId"),
        "creator": _person(_creator(event), view),
        "organizer": _organizer(event, view),
        "start": times.shown(content, event.start, content.start_zone, zone),
        "end": times.shown(content, event.end, content.end_zone, zone),
        **_series(event, view),
        "transparency": "transparent" if content.show_as is ShowAs.FREE else None,
        "visibility": None if visibility(content) == "default" else visibility(content),
        "iCalUID": event.ical_uid,
        "sequence": event.sequence,
        **_attendees(event, view),
        "extendedProperties": fields.extended(_properties(event, view)),
        **_kept(content),
        "reminders": (event.own or {}).get("reminders") or {"useDefault": True},
        "eventType": (content.more or {}).get(fields.EVENT_TYPE, "default"),
    }
    return {name: value for name, value in shown.items() if value not in (None, "", [], {})}


def html_link(event: Event, view: View) -> str:
    """Where a person sees the event: id and calendar in base64, as recorded links have it."""
    calendar = view.address.replace("@gmail.com", "@m")
    packed = base64.b64encode(f"{event_id(event, _home(view))} {calendar}".encode()).decode().rstrip("=")
    return f"https://www.google.com/calendar/event?eid={packed}"


def _home(view: View) -> ZoneInfo:
    """The calendar's own zone, which ids of whole days follow, whatever zone the reader asks for."""
    return times.zone_named(view.calendar.time_zone) or view.zone


def _bare(event: Event, view: View) -> Json:
    """What is guaranteed of a cancelled event."""
    shown: Json = {"kind": "calendar#event", "etag": etag(event), "id": event_id(event, _home(view))}
    series = {} if view.role is Role.FREE_BUSY_READER else _series(event, view)
    return {**shown, "status": "cancelled", **series}


def _skeleton(event: Event, view: View) -> Json:
    """Ten fields and no more, as recorded from a calendar of which free/busy is shared (docs/providers/google.md)."""
    content = event.content
    shown: Json = {
        "kind": "calendar#event",
        "etag": etag(event),
        "id": event_id(event, _home(view)),
        "status": _status(event),
        "htmlLink": html_link(event, view),
        "updated": times.stamp(event.modified),
        "start": times.shown(content, event.start, content.start_zone, view.zone),
        "end": times.shown(content, event.end, content.end_zone, view.zone),
        "visibility": "private",
        "iCalUID": event.ical_uid,
    }
    if view.role is not Role.FREE_BUSY_READER and view.core.switches.private_rows_name_series:
        series = _series(event, view)
        return {**shown, **series, "eventType": (content.more or {}).get(fields.EVENT_TYPE, "default")}
    return shown


def _status(event: Event) -> str:
    if event.cancelled:
        return "cancelled"
    return str((event.content.more or {}).get(fields.STATUS, "confirmed"))


def _series(event: Event, view: View) -> Json:
    """What ties an occurrence to its series, or says how a series repeats."""
    from roomstead_sandbox.world import recurrence_lines

    content = event.content
    if event.original_start is not None:
        start = times.shown(content, event.original_start, content.start_zone, view.zone)
        return {"recurringEventId": ids.base_id(event.ical_uid), "originalStartTime": start}
    if event.kind is EventKind.SERIES_MASTER and content.recurrence is not None and not event.cancelled:
        return {"recurrence": list(recurrence_lines.written(content.recurrence))}
    return {}


def _properties(event: Event, view: View) -> dict[str, str] | None:
    """An occurrence that is not stored has its series' extended properties."""
    if event.kind is not EventKind.OCCURRENCE:
        return event.properties
    return view.calendar.mailbox.items[event.key].properties


def _creator(event: Event) -> Json:
    creator = (event.content.more or {}).get(fields.CREATOR)
    return dict(creator) if creator else {"email": event.organizer.address}


def _person(person: Json, view: View) -> Json:
    return {**person, "self": True} if view.is_self(person["email"]) else person


def _organizer(event: Event, view: View) -> Json:
    shown: Json = {"email": event.organizer.address}
    stranger = view.core.linked_user(event.organizer.address) is None
    secondary = event.organizer.address.endswith(f"@{SECONDARY_DOMAIN}")
    if event.organizer.name and (stranger or secondary):
        shown["displayName"] = event.organizer.name
    return _person(shown, view)


def _attendees(event: Event, view: View) -> Json:
    attendees = [_attendee(a, event, view) for a in event.content.attendees]
    own = [a for a in attendees if a.get("self")]
    if event.content.hide_attendees and not event.is_organizer:
        return {"attendees": own, "attendeesOmitted": True, "guestsCanSeeOtherGuests": False}
    shown: Json = {"guestsCanSeeOtherGuests": False} if event.content.hide_attendees else {}
    if view.most_attendees is not None and len(attendees) > view.most_attendees:
        return {**shown, "attendees": own, "attendeesOmitted": True}
    return {**shown, "attendees": attendees}


def _attendee(attendee: Attendee, event: Event, view: View) -> Json:
    shown: Json = {"email": attendee.address}
    if attendee.name:
        shown["displayName"] = attendee.name
    if same_address(attendee.address, event.organizer.address):
        shown["organizer"] = True
    if view.is_self(attendee.address):
        shown["self"] = True
    if attendee.role is Part.RESOURCE:
        shown["resource"] = True
    if attendee.role is Part.OPTIONAL:
        shown["optional"] = True
    shown["responseStatus"] = _ANSWERS.get(attendee.answer, "needsAction")
    if attendee.comment:
        shown["comment"] = attendee.comment
    if attendee.guests:
        shown["additionalGuests"] = attendee.guests
    return shown


def _kept(content: Content) -> Json:
    more = content.more or {}
    shown = {name: more[name] for name in fields.KEPT if name in more}
    shown |= {name: more[name] for name, default in fields.SWITCHES.items() if more.get(name, default) != default}
    conference = more.get(fields.CONFERENCE)
    if conference:
        shown["conferenceData"] = conference
        video = [e for e in conference.get("entryPoints", ()) if e.get("entryPointType") == "video"]
        shown |= {"hangoutLink": video[0]["uri"]} if video else {}
    elif content.online is not None:
        shown["source"] = {"title": content.online.provider, "url": content.online.join_url}
    return shown
