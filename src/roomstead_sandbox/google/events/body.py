"""Events as clients write them, read onto what there is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any

from roomstead_sandbox.google.errors import GoogleError, invalid, required, time_range_empty
from roomstead_sandbox.google.events import fields
from roomstead_sandbox.google.events.times import Moment, zone_named
from roomstead_sandbox.world import recurrence_lines
from roomstead_sandbox.world.errors import Invalid
from roomstead_sandbox.world.events import (
    NEVER,
    Answer,
    Attendee,
    Content,
    Location,
    Recurrence,
    Role,
    Sensitivity,
    ShowAs,
    same_address,
)

Json = dict[str, Any]
_ADDRESS = re.compile(r"[^\s@<>(),;:\"\[\]]+@[^\s@<>(),;:\"\[\]]+")
_ANSWERS = {
    "needsAction": Answer.NONE,
    "accepted": Answer.ACCEPTED,
    "declined": Answer.DECLINED,
    "tentative": Answer.TENTATIVE,
}
_SENSITIVITY = {
    "default": Sensitivity.NORMAL,
    "public": Sensitivity.NORMAL,
    "private": Sensitivity.PRIVATE,
    "confidential": Sensitivity.CONFIDENTIAL,
}
_EVENT_TYPES = ("default", "outOfOffice", "focusTime", "workingLocation", "fromGmail", "birthday")
_MOST_REMINDERS, _LONGEST_REMINDER = 5, 40320


@dataclass(frozen=True, slots=True)
class Draft:
    """An event as a client wants it, complete."""

    content: Content
    properties: dict[str, str]
    own: dict[str, Any]
    cancelled: bool


def parse(body: Mapping[str, Any], before: Content | None, calendar_zone: str, *, resets_answers: bool) -> Draft:
    """The event that a body describes in full; what the API cannot say stays as it was ``before``.

    ``resets_answers``: whether an attendee written without an answer loses theirs. GoogleError 400.
    """
    start, end = _moment(body, "start", calendar_zone), _moment(body, "end", calendar_zone)
    if start.all_day != end.all_day:
        raise invalid("The start and end times must either both be date or both be dateTime.")
    if end.utc <= start.utc:
        raise time_range_empty()
    content = replace(
        before or Content("", start.utc, end.utc),
        subject=_text(body, "summary"),
        start=start.utc,
        end=end.utc,
        start_zone=start.zone_name,
        end_zone=end.zone_name,
        all_day=start.all_day,
        attendees=_attendees(body.get("attendees"), before, resets_answers=resets_answers),
        show_as=_show_as(body, before),
        sensitivity=_sensitivity(body),
        hide_attendees=body.get("guestsCanSeeOtherGuests") is False,
        recurrence=_recurrence(body.get("recurrence"), start),
        locations=_locations(body, before),
        more=_more(body, before),
    )
    text = _text(body, "description")
    if text != content.body:
        content = replace(content, body=text, body_is_html=False)
    own = {name: body[name] for name in fields.OWN if body.get(name) is not None}
    _check_reminders(own.get("reminders"))
    properties = fields.stored_properties(body.get("extendedProperties"))
    return Draft(content, properties, own, cancelled=_status(body) == "cancelled")


def merged(shown: Mapping[str, Any], patch: Mapping[str, Any]) -> Json:
    """What PATCH makes of an event as it is shown: null deletes, lists replace, objects are merged."""
    result = dict(shown)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping) and name != "conferenceData":
            held = result.get(name)
            result[name] = merged(held if isinstance(held, Mapping) else {}, value)
        else:
            result[name] = value
    return result


def _moment(body: Mapping[str, Any], name: str, calendar_zone: str) -> Moment:
    if body.get(name) is None:
        raise required(name, f"Missing {name} time.")
    return Moment(body[name], name, calendar_zone)


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid()
    return value or ""


def _status(body: Mapping[str, Any]) -> str:
    status = body.get("status") or "confirmed"
    if status not in ("confirmed", "tentative", "cancelled"):
        raise invalid("Invalid value for status.")
    return str(status)


def _show_as(body: Mapping[str, Any], before: Content | None) -> ShowAs:
    transparency = body.get("transparency") or "opaque"
    if transparency not in ("opaque", "transparent"):
        raise invalid("Invalid value for transparency.")
    if transparency == "transparent":
        return ShowAs.FREE
    return before.show_as if before is not None and before.show_as is not ShowAs.FREE else ShowAs.BUSY


def _sensitivity(body: Mapping[str, Any]) -> Sensitivity:
    found = _SENSITIVITY.get(str(body.get("visibility") or "default"))
    if found is None:
        raise invalid("Invalid value for visibility.")
    return found


def _locations(body: Mapping[str, Any], before: Content | None) -> tuple[Location, ...]:
    text = _text(body, "location")
    held = before.locations if before is not None else ()
    if text == ", ".join(place.name for place in held if place.name):
        return held
    return (Location(text),)


def _recurrence(lines: object, start: Moment) -> Recurrence | None:
    if not lines:
        return None
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise invalid("Invalid recurrence rule.")
    if not start.all_day and not start.names_zone:
        raise required("timeZone", "Missing time zone definition for start time.")
    zone = zone_named(start.zone_name)
    first = (start.utc if zone is None else start.utc.astimezone(zone)).replace(tzinfo=None)
    try:
        return recurrence_lines.read(lines, first, start.zone_name if zone is not None else UTC.tzname(None))
    except Invalid as error:
        raise invalid("Invalid recurrence rule.") from error


def _attendees(rows: object, before: Content | None, *, resets_answers: bool) -> tuple[Attendee, ...]:
    if rows is None:
        return ()
    if not isinstance(rows, list):
        raise invalid()
    found: dict[str, Attendee] = {}
    for row in rows:
        attendee = _attendee(row, before, resets_answers=resets_answers)
        found.setdefault(attendee.address.casefold(), attendee)
    return tuple(found.values())


def _attendee(row: object, before: Content | None, *, resets_answers: bool) -> Attendee:
    address = row.get("email") if isinstance(row, Mapping) else None
    if not isinstance(row, Mapping) or not isinstance(address, str) or not _ADDRESS.fullmatch(address):
        raise _bad_attendee()
    held = before.attendee(address) if before is not None else None
    answer, at = _answer(row, held, resets_answers=resets_answers)
    guests = row.get("additionalGuests")
    role = Role.RESOURCE if row.get("resource") else Role.OPTIONAL if row.get("optional") else Role.REQUIRED
    return Attendee(
        held.address if held is not None and same_address(held.address, address) else address,
        str(row.get("displayName") or ""),
        Role.RESOURCE if held is not None and held.role is Role.RESOURCE else role,
        answer,
        at,
        str(row.get("comment") or ""),
        guests if isinstance(guests, int) and not isinstance(guests, bool) and guests > 0 else 0,
    )


def _answer(row: Mapping[str, Any], held: Attendee | None, *, resets_answers: bool) -> tuple[Answer, Any]:
    word = row.get("responseStatus")
    if word is None:
        return (Answer.NONE, NEVER) if held is None or resets_answers else (held.answer, held.answered_at)
    answer = _ANSWERS.get(str(word))
    if answer is None:
        raise invalid("Invalid value for responseStatus.")
    return answer, held.answered_at if held is not None and held.answer is answer else NEVER


def _bad_attendee() -> GoogleError:
    return invalid("Invalid attendee email.")


def _more(body: Mapping[str, Any], before: Content | None) -> Json:
    held = (before.more or {}) if before is not None else {}
    more: Json = {name: held[name] for name in (fields.CREATOR, fields.CONFERENCE) if name in held}
    more |= {name: body[name] for name in fields.KEPT if body.get(name)}
    more |= {name: body[name] for name, default in fields.SWITCHES.items() if body.get(name) is (not default)}
    if _status(body) == "tentative":
        more[fields.STATUS] = "tentative"
    if body.get("visibility") == "public":
        more[fields.VISIBILITY] = "public"
    kind = held.get(fields.EVENT_TYPE) if before is not None else _event_type(body)
    if kind is not None:
        more[fields.EVENT_TYPE] = kind
    return more


def _event_type(body: Mapping[str, Any]) -> str | None:
    """The type a new event is given; None for the default one."""
    kind = body.get("eventType") or "default"
    if kind not in _EVENT_TYPES:
        raise invalid("Invalid value for eventType.")
    return None if kind == "default" else str(kind)


def _check_reminders(reminders: object) -> None:
    if reminders is None:
        return
    overrides = reminders.get("overrides", []) if isinstance(reminders, Mapping) else None
    if not isinstance(reminders, Mapping) or not isinstance(overrides, list) or len(overrides) > _MOST_REMINDERS:
        raise invalid("Invalid value for reminders.")
    for override in overrides:
        minutes = override.get("minutes") if isinstance(override, Mapping) else None
        if not isinstance(minutes, int) or not 0 <= minutes <= _LONGEST_REMINDER:
            raise invalid("Invalid value for reminders.")
    if overrides and reminders.get("useDefault"):
        raise GoogleError(400, "calendar", "cannotUseDefaultRemindersAndSpecifyOverride",
                          "Cannot specify both default reminders and overrides at the same time.")  # fmt: skip
