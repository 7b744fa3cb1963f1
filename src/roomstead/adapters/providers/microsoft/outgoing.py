"""What we want an event to say → the JSON that says it to Graph, and what differs from the event that is there."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from roomstead.adapters.providers.microsoft.description import to_html, to_text, with_lines
from roomstead.adapters.providers.microsoft.mapping import Json, address_of, is_object, read_event, text_of
from roomstead.adapters.providers.microsoft.times import graph_time
from roomstead.adapters.providers.plain_text import clean_line, clean_text, says_the_same, says_within
from roomstead.domain.errors import Broken, InvalidInput
from roomstead.domain.event import Attendee, AttendeeRole, OutgoingEvent
from roomstead.domain.timespan import Timespan

BOOKING_TAG = "String {3a1d7f52-84c6-4e0b-9b57-c2f06a5d91e8} Name RoomsteadBooking"
"""The extended property that holds our booking's tag on the host's copy. The property set is our own, for ever."""

MOST_ATTENDEES = 500
"""Microsoft Graph docs: event resource."""
LARGEST_REQUEST = 4 * 1024 * 1024
"""Graph's limit for one request (Microsoft Graph docs: large file attachments)."""

_TYPES = {AttendeeRole.REQUIRED: "required", AttendeeRole.OPTIONAL: "optional", AttendeeRole.ROOM: "resource"}
_NOT_WRITABLE = {"declined", "notResponded", "none", "organizer"}


def create_body(event: OutgoingEvent) -> str:
    """The JSON text of a create. It is stored and sent again as it is: the same key with other bytes is refused.

    Raises InvalidInput for what Exchange would refuse.
    """
    body: dict[str, object] = {
        **_wanted_fields(event),
        "attendees": [_attendee_json(one) for one in _distinct(event.attendees)],
        # An event to which nobody is invited, not even a room, is one of our own checks: it takes nobody's time.
        "showAs": "busy" if event.attendees else "free",
        "isReminderOn": event.reminder_minutes is not None,
        "responseRequested": True,
        "allowNewTimeProposals": False,
        "transactionId": event.write_key,
        "singleValueExtendedProperties": [{"id": BOOKING_TAG, "value": event.booking_tag}],
    }
    if event.reminder_minutes is not None:
        body["reminderMinutesBeforeStart"] = event.reminder_minutes
    if event.description is not None:
        body["body"] = {"contentType": "html", "content": to_html(event.description)}
    return _within_limits(body, len(event.attendees))


def wanted_state(event: OutgoingEvent) -> str:
    """The JSON text of the state that a change leads to; compared with the event when it is sent."""
    state: dict[str, object] = {
        "fields": _wanted_fields(event),
        "span": [event.span.start.isoformat(), event.span.end.isoformat()],
        "description": None if event.description is None else clean_text(event.description),
        "must_say": None if event.must_say is None else [event.must_say.line, event.must_say.lines],
        "attendees": [_attendee_json(one) for one in _distinct(event.attendees)],
        "withdrawn": sorted(set(event.withdrawn) - {one.address for one in event.attendees}),
    }
    return _within_limits(state, len(event.attendees))


def difference(wanted: Mapping[str, object], there: Json) -> dict[str, object]:
    """The fields to PATCH so that the event says what we want; empty when it does already.

    A field that is the same is left out: whatever is sent, but for attendees alone, mails everybody (Microsoft Graph
    docs: update event).
    """
    fields = wanted["fields"]
    if not is_object(fields):
        raise Broken("A wanted state was stored without its fields.")
    patch: dict[str, object] = {}
    if text_of(fields, "subject") != (text_of(there, "subject") or "").strip():
        patch["subject"] = fields["subject"]
    if text_of(fields.get("location"), "displayName") != (text_of(there.get("location"), "displayName") or "").strip():
        patch["location"] = fields["location"]
    seen = read_event(there)
    if seen.is_private != (fields["sensitivity"] == "private"):
        patch["sensitivity"] = fields["sensitivity"]
    if seen.span != _wanted_span(wanted):
        patch |= {"start": fields["start"], "end": fields["end"]}
        patch |= {"isAllDay": False} if seen.is_all_day else {}
    patch |= _body_difference(wanted, there)
    patch |= _attendees_difference(wanted, there, keep_answers="start" not in patch)
    return patch


def _wanted_fields(event: OutgoingEvent) -> dict[str, object]:
    rooms = [one for one in event.attendees if one.role is AttendeeRole.ROOM]
    location: dict[str, object] = {"displayName": clean_line(event.location)}
    if len(rooms) == 1:
        location |= {"locationEmailAddress": rooms[0].address, "locationType": "conferenceRoom"}
    return {
        "subject": clean_line(event.title),
        "start": graph_time(event.span.start, event.zone),
        "end": graph_time(event.span.end, event.zone),
        "location": location,
        "sensitivity": "private" if event.is_private else "normal",
    }


def _distinct(attendees: Sequence[Attendee]) -> Sequence[Attendee]:
    """Once and only once: the first entry of each address."""
    return tuple({one.address: one for one in reversed(attendees)}.values())[::-1]


def _attendee_json(attendee: Attendee) -> dict[str, object]:
    email_address = {"address": str(attendee.address)}
    if name := clean_line(attendee.name):
        email_address["name"] = name
    return {"type": _TYPES[attendee.role], "emailAddress": email_address}


def _within_limits(body: Mapping[str, object], attendee_count: int) -> str:
    if attendee_count > MOST_ATTENDEES:
        raise InvalidInput({"attendees": f"At most {MOST_ATTENDEES} people and rooms can be invited."})
    text = json.dumps(body, ensure_ascii=True, separators=(",", ":"))
    if len(text) > LARGEST_REQUEST:
        raise InvalidInput({"description": "The description is too large for the calendar, which takes 4 MB."})
    return text


def _wanted_span(wanted: Mapping[str, object]) -> Timespan:
    span = wanted["span"]
    if not isinstance(span, list):
        raise Broken("A wanted state was stored without its span.")
    return Timespan(datetime.fromisoformat(span[0]), datetime.fromisoformat(span[1]))


def _body_difference(wanted: Mapping[str, object], there: Json) -> dict[str, object]:
    """Compared by words: what comes back is never what was sent, since Exchange wraps and converts it."""
    text, must_say = wanted["description"], wanted.get("must_say")
    body = there.get("body")
    content, kind = text_of(body, "content") or "", text_of(body, "contentType") or "text"
    held = to_text(content, kind)
    if not isinstance(text, str):
        if not isinstance(must_say, list) or says_within(must_say[0], held):
            return {}
        return {"body": {"contentType": kind, "content": with_lines(content, kind, must_say[1])}}
    return {} if says_the_same(text, held) else {"body": {"contentType": "html", "content": to_html(text)}}


def _attendees_difference(wanted: Mapping[str, object], there: Json, *, keep_answers: bool) -> dict[str, object]:
    """The whole list, since Graph replaces it whole; empty when nobody comes, goes or changes role.

    Who was added by others stays. Answers are sent back with those who gave them, or they might be reset; after a
    new time they would be wrong, so there they are not.
    """
    desired = {text_of(one.get("emailAddress"), "address"): one for one in _objects(wanted["attendees"])}
    withdrawn = set(wanted["withdrawn"]) if isinstance(wanted["withdrawn"], list) else set()
    kept, changed = [], False
    for entry in _objects(there.get("attendees")):
        address = address_of(entry.get("emailAddress"))
        ours = desired.pop(address, None)
        if ours is None and address in withdrawn:
            changed = True
            continue
        role = text_of(ours if ours is not None else entry, "type") or "required"
        changed = changed or (ours is not None and role != (text_of(entry, "type") or "required"))
        kept.append(_carried_over(entry, role, keep_answers=keep_answers))
    if not desired and not changed:
        return {}
    attendees = [*kept, *desired.values()]
    if len(attendees) > MOST_ATTENDEES:
        raise InvalidInput({"attendees": f"At most {MOST_ATTENDEES} people and rooms can be invited."})
    return {"attendees": attendees}


def _objects(values: object) -> list[Json]:
    return [value for value in values if is_object(value)] if isinstance(values, list) else []


def _carried_over(entry: Json, role: str, *, keep_answers: bool) -> Json:
    """An attendee sent back. ``declined`` cannot be written: it would become *not responded* with a false date."""
    status = entry.get("status")
    carried: dict[str, object] = {"type": role, "emailAddress": entry.get("emailAddress")}
    if keep_answers and is_object(status) and text_of(status, "response") not in _NOT_WRITABLE:
        carried["status"] = {"response": status.get("response"), "time": status.get("time")}
    return carried
