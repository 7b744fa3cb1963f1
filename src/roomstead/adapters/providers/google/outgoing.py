"""What we want an event to say → the JSON that says it to Google, and what a change makes of the event that is there.

A change replaces the whole event, so it starts from what is there and keeps what others put on it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from roomstead.adapters.providers.google.description import to_description, to_text, with_lines
from roomstead.adapters.providers.google.mapping import (
    BOOKING_TAG,
    WRITE_KEY,
    Json,
    address_of,
    is_object,
    objects_of,
    read_event,
    text_of,
)
from roomstead.adapters.providers.google.times import google_time
from roomstead.adapters.providers.plain_text import clean_line, clean_text, says_the_same, says_within
from roomstead.domain.errors import Broken, InvalidInput
from roomstead.domain.event import Attendee, AttendeeRole, OutgoingEvent
from roomstead.domain.timespan import Timespan

MOST_ATTENDEES = 200
"""Google Calendar Help: invite groups; beyond it answers are not collected (Google Calendar API: Events,
``attendees``)."""
LARGEST_REQUEST = 1024 * 1024
"""Google tells no limit; whatever is larger is no invitation."""


def create_body(event: OutgoingEvent) -> Json:
    """The body of a create, all but its id. Raises InvalidInput for what Google would refuse."""
    body: dict[str, object] = {
        **_wanted_fields(event),
        "attendees": [_attendee_json(one) for one in _distinct(event.attendees)],
        # An event to which nobody is invited, not even a room, is one of our own checks: it takes nobody's time.
        "transparency": "opaque" if event.attendees else "transparent",
        "reminders": _reminders(event.reminder_minutes),
        "extendedProperties": {
            "private": {BOOKING_TAG: event.booking_tag, WRITE_KEY: str(event.write_key)},
            "shared": {BOOKING_TAG: event.booking_tag},
        },
    }
    if event.description is not None:
        body["description"] = to_description(event.description)
    return _within_limits(body)


def wanted_state(event: OutgoingEvent) -> Json:
    """The state that a change leads to, as JSON; compared with the event when it is sent."""
    return _within_limits(
        {
            "fields": _wanted_fields(event),
            "span": [event.span.start.isoformat(), event.span.end.isoformat()],
            "description": None if event.description is None else clean_text(event.description),
            "must_say": None if event.must_say is None else [event.must_say.line, event.must_say.lines],
            "attendees": [_attendee_json(one) for one in _distinct(event.attendees)],
            "withdrawn": sorted(set(event.withdrawn) - {one.address for one in event.attendees}),
            "tags": {BOOKING_TAG: event.booking_tag, WRITE_KEY: str(event.write_key)},
        }
    )


def changed_body(wanted: Json, there: Json) -> Json | None:
    """The whole event to PUT so that it says what we want; None when it does already.

    Whatever is sent mails everybody, so nothing is sent for nothing.
    """
    fields = wanted["fields"]
    if not is_object(fields):
        raise Broken("A wanted state was stored without its fields.")
    seen = read_event(there)
    changes: dict[str, object] = {}
    for name in ("summary", "location"):
        if text_of(fields, name) != (text_of(there, name) or "").strip():
            changes[name] = fields[name]
    if seen.is_private != (fields["visibility"] == "private"):
        changes["visibility"] = fields["visibility"]
    if seen.is_all_day or seen.span != _wanted_span(wanted):
        changes |= {"start": fields["start"], "end": fields["end"]}
    changes |= _description_difference(wanted, there)
    changes |= _attendees_difference(wanted, there, keep_answers="start" not in changes)
    if not changes:
        return None
    if "start" in changes and "attendees" not in changes:
        changes["attendees"] = [_asked_again(entry) for entry in objects_of(there.get("attendees"))]
    return {**there, **changes, "extendedProperties": _tagged(wanted, there)}


def _wanted_fields(event: OutgoingEvent) -> dict[str, object]:
    return {
        "summary": clean_line(event.title),
        "start": google_time(event.span.start, event.zone),
        "end": google_time(event.span.end, event.zone),
        "location": clean_line(event.location),
        "visibility": "private" if event.is_private else "default",
    }


def _distinct(attendees: Sequence[Attendee]) -> Sequence[Attendee]:
    """Once and only once: the first entry of each address."""
    chosen = tuple({one.address: one for one in reversed(attendees)}.values())[::-1]
    _check_count(len(chosen))
    return chosen


def _check_count(count: int) -> None:
    if count > MOST_ATTENDEES:
        raise InvalidInput({"attendees": f"At most {MOST_ATTENDEES} people and rooms can be invited."})


def _attendee_json(attendee: Attendee) -> dict[str, object]:
    """A room brings its own name with it."""
    told: dict[str, object] = {"email": str(attendee.address)}
    if attendee.role is AttendeeRole.ROOM:
        return told | {"resource": True}
    if name := clean_line(attendee.name):
        told["displayName"] = name
    return told | ({"optional": True} if attendee.role is AttendeeRole.OPTIONAL else {})


def _reminders(minutes: int | None) -> Json:
    if minutes is None:
        return {"useDefault": False}
    return {"useDefault": False, "overrides": [{"method": "popup", "minutes": minutes}]}


def _within_limits(body: Json) -> Json:
    if len(json.dumps(body)) > LARGEST_REQUEST:
        raise InvalidInput({"description": "The description is too large for the calendar."})
    return body


def _wanted_span(wanted: Json) -> Timespan:
    span = wanted["span"]
    if not isinstance(span, list):
        raise Broken("A wanted state was stored without its span.")
    return Timespan(datetime.fromisoformat(span[0]), datetime.fromisoformat(span[1]))


def _description_difference(wanted: Json, there: Json) -> Json:
    """Compared by words: what people change in Google's editor comes back as HTML."""
    text, must_say = wanted["description"], wanted.get("must_say")
    held = text_of(there, "description") or ""
    if not isinstance(text, str):
        if not isinstance(must_say, list) or says_within(must_say[0], to_text(held)):
            return {}
        return {"description": with_lines(held, must_say[1])}
    if says_the_same(text, to_text(held)):
        return {}
    return {"description": to_description(text)}


def _attendees_difference(wanted: Json, there: Json, *, keep_answers: bool) -> Mapping[str, object]:
    """The whole list; empty when nobody comes, goes or changes role. Who was added by others stays, as they are.

    Answers are sent back with those who gave them, or they would be lost; after a new time they would be wrong.
    """
    desired = {address_of(text_of(one, "email")): one for one in objects_of(wanted["attendees"])}
    withdrawn = set(wanted["withdrawn"]) if isinstance(wanted["withdrawn"], list) else set()
    kept: list[Json] = []
    changed = False
    for entry in objects_of(there.get("attendees")):
        address = address_of(text_of(entry, "email"))
        ours = desired.pop(address, None)
        if ours is None and address in withdrawn and entry.get("organizer") is not True:
            changed = True
            continue
        updated = _with_role_of(ours, entry)
        changed = changed or updated is not entry
        kept.append(updated if keep_answers else _asked_again(updated))
    if not desired and not changed:
        return {}
    _check_count(len(kept) + len(desired))
    return {"attendees": [*kept, *desired.values()]}


def _with_role_of(ours: Json | None, entry: Json) -> Json:
    """A room is one from the moment that it is invited; people may become optional, and required again."""
    if ours is None or "resource" in ours or _is_optional(ours) == _is_optional(entry):
        return entry
    return {**entry, "optional": _is_optional(ours)}


def _is_optional(entry: Json) -> bool:
    return entry.get("optional") is True


def _asked_again(entry: Json) -> Json:
    """An attendee whose answer was to another time; whoever holds the calendar was never asked."""
    if entry.get("organizer") is True:
        return entry
    return {**{name: value for name, value in entry.items() if name != "comment"}, "responseStatus": "needsAction"}


def _tagged(wanted: Json, there: Json) -> Json:
    """The event's extended properties with ours among them, whatever became of those."""
    properties = there.get("extendedProperties")
    kept = properties if is_object(properties) else {}
    tags = wanted["tags"] if is_object(wanted["tags"]) else {}
    private, shared = kept.get("private"), kept.get("shared")
    return {
        **kept,
        "private": {**(private if is_object(private) else {}), **tags},
        "shared": {**(shared if is_object(shared) else {}), BOOKING_TAG: tags.get(BOOKING_TAG)},
    }
