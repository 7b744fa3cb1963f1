"""Events as apps write them: from the JSON of a create or an update to the world's content.

(Microsoft Graph docs: "Create event" and "Update event".)  ``organizer`` and ``isOrganizer`` are accepted and ignored:
the owner of the calendar is the organiser, always.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from roomstead_sandbox.microsoft.errors import bad_request, invalid_property, unreadable
from roomstead_sandbox.microsoft.graph.attendee_body import parse_attendees
from roomstead_sandbox.microsoft.graph.recurrence_json import parse_recurrence
from roomstead_sandbox.microsoft.graph.words import IMPORTANCES, SENSITIVITIES, SHOW_AS, inverse
from roomstead_sandbox.microsoft.zones import parse_local, zone_of
from roomstead_sandbox.world.events import Content, Location

IGNORED = frozenset(
    {
        "id", "createddatetime", "lastmodifieddatetime", "changekey", "originalstarttimezone", "originalendtimezone",
        "icaluid", "hasattachments", "bodypreview", "iscancelled", "isorganizer", "isdraft", "seriesmasterid", "type",
        "weblink", "onlinemeetingurl", "onlinemeeting", "responsestatus", "organizer", "originalstart",
        "cancelledoccurrences", "calendar", "instances", "attachments", "multivalueextendedproperties", "uid",
    }
)  # fmt: skip
"""Properties that a client may send back as it read them; the server keeps its own."""

APART = frozenset(
    {
        "start", "end", "isallday", "recurrence", "transactionid", "singlevalueextendedproperties",
        "isonlinemeeting", "onlinemeetingprovider",
    }
)  # fmt: skip
"""Properties that need the others to be understood."""

_SHOW_AS = inverse(SHOW_AS)
_SENSITIVITIES = inverse(SENSITIVITIES)


@dataclass(slots=True)
class Draft:
    """What a request asks for: content, and what does not belong to it."""

    content: Content
    transaction_id: str | None = None
    properties: dict[str, str] = field(default_factory=dict)
    online: bool | None = None
    online_provider: str = "unknown"
    touched: frozenset[str] = frozenset()


def parse_new(body: Mapping[str, Any]) -> Draft:
    """A create.  GraphError 400 for what the service refuses."""
    lowered = _lowered(body)
    if not isinstance(lowered.get("start"), Mapping) or not isinstance(lowered.get("end"), Mapping):
        raise invalid_property("The event must have a start and an end.")
    nothing = Content(subject="", start=datetime.now(UTC), end=datetime.now(UTC))
    return _draft(lowered, nothing)


def parse_change(body: Mapping[str, Any], before: Content) -> Draft:
    """An update: only what is sent changes.  GraphError 400 for what the service refuses."""
    return _draft(_lowered(body), before)


def _draft(body: dict[str, Any], before: Content) -> Draft:
    _refuse_unknown(body)
    changes: dict[str, Any] = {}
    for name, value in body.items():
        if name in _FIELDS:
            changes.update(_FIELDS[name](value, before))
    content = replace(before, **changes, **_times(body, before))
    content = _with_recurrence(content, body)
    return Draft(
        content,
        transaction_id=_text(body.get("transactionid"), 1000) or None,
        properties=_properties(body.get("singlevalueextendedproperties")),
        online=_flag(body["isonlinemeeting"]) if body.get("isonlinemeeting") is not None else None,
        online_provider=_text(body.get("onlinemeetingprovider"), 100) or "unknown",
        touched=frozenset(body) - IGNORED,
    )


def _lowered(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in body.items() if "@odata" not in name}


def _refuse_unknown(body: Mapping[str, Any]) -> None:
    for name in body:
        if name not in _FIELDS and name not in IGNORED and name not in APART:
            raise unreadable(
                f"The property '{name}' does not exist on type 'microsoft.graph.event'. Make sure to only use property "
                "names that are defined by the type."
            )


def _times(body: Mapping[str, Any], before: Content) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name in ("start", "end"):
        if body.get(name) is not None:
            moment, zone = _moment(body[name])
            changes |= {name: moment, f"{name}_zone": zone}
    all_day = _flag(body["isallday"]) if body.get("isallday") is not None else before.all_day
    if changes or all_day != before.all_day:
        merged = replace(before, **changes, all_day=all_day)
        if merged.end < merged.start:
            raise invalid_property("The event's end must not be before its start.")
        if all_day:
            _check_all_day(merged)
        changes["all_day"] = all_day
    return changes


def _moment(value: object) -> tuple[datetime, str]:
    if not isinstance(value, Mapping) or not isinstance(value.get("dateTime"), str):
        raise unreadable("A dateTimeTimeZone needs a dateTime.")
    zone = _text(value.get("timeZone"), 200) or "UTC"
    try:
        return parse_local(value["dateTime"], zone), zone
    except (ValueError, OverflowError) as error:
        raise invalid_property(f"The value '{value['dateTime']}' is not a valid date and time.") from error


def _check_all_day(content: Content) -> None:
    if zone_of(content.start_zone) != zone_of(content.end_zone):
        raise invalid_property("The start and end of an all-day event must be in the same time zone.")
    zone = zone_of(content.start_zone)
    for name, moment in (("Start", content.start), ("End", content.end)):
        if moment.astimezone(zone).time() != time(0):
            raise invalid_property(f"The Event.{name} property for an all-day event needs to be set to midnight.")
    if _local_days(content, zone) < timedelta(days=1):
        raise invalid_property("The duration of an all-day event must be at least one day.")


def _local_days(content: Content, zone: ZoneInfo) -> timedelta:
    return content.end.astimezone(zone).replace(tzinfo=None) - content.start.astimezone(zone).replace(tzinfo=None)


def _with_recurrence(content: Content, body: Mapping[str, Any]) -> Content:
    if "recurrence" not in body:
        return content
    if body["recurrence"] is None:
        return replace(content, recurrence=None)
    if not isinstance(body["recurrence"], Mapping):
        raise unreadable("A recurrence must be an object.")
    first = content.start.astimezone(zone_of(content.start_zone)).date()
    return replace(content, recurrence=parse_recurrence(body["recurrence"], start=first, zone_name=content.start_zone))


def _properties(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, list):
        raise unreadable("singleValueExtendedProperties must be a collection.")
    found = {}
    for item in value:
        if not isinstance(item, Mapping) or not isinstance(item.get("id"), str):
            raise unreadable("An extended property needs an id and a value.")
        found[property_key(item["id"])] = _text(item.get("value"), 32_000)
    return found


def property_key(name: str) -> str:
    """An extended property's id in one spelling: type and GUID without case, the name with it.

    (Microsoft Graph docs: singleValueLegacyExtendedProperty resource type.)  GraphError 400 when it is none.
    """
    words = name.split(" ", 3)
    kinds = ("string", "integer", "boolean", "double", "systemtime", "binary", "guid", "currency", "float", "short")
    if words[0].lower() not in kinds or len(words) not in (2, 4):
        raise bad_request(f"The property id '{name}' is not valid.", "ErrorInvalidExtendedProperty")
    if len(words) == 2:  # noqa: PLR2004  ("String 0x3001": type and tag)
        return f"{words[0].capitalize()} {words[1].lower()}"
    if words[2].lower() not in ("name", "id"):
        raise bad_request(f"The property id '{name}' is not valid.", "ErrorInvalidExtendedProperty")
    return f"{words[0].capitalize()} {words[1].lower()} {words[2].capitalize()} {words[3]}"


def _flag(value: object) -> bool:
    """A boolean; the service takes the words as text, too (a widely used client sends them)."""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise unreadable(f"Cannot convert the literal '{value}' to the expected type 'Edm.Boolean'.")
    return value


def _text(value: object, limit: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise unreadable("Cannot convert a value to the expected type 'Edm.String'.")
    if len(value) > limit:
        raise invalid_property()
    return value


def _word(value: object, words: Mapping[str, Any]) -> Any:  # noqa: ANN401  (an enum of the caller's choice)
    found = words.get(str(value).lower())
    if found is None:
        raise unreadable(f"Requested value '{value}' was not found.")
    return found


def _places(value: object) -> tuple[Location, ...]:
    items = value if isinstance(value, list) else [value]
    found = []
    for item in items:
        if not isinstance(item, Mapping):
            raise unreadable("A location must be an object.")
        location = Location(
            name=_text(item.get("displayName"), 1000),
            address=_text(item.get("locationEmailAddress"), 320) or None,
        )
        if location.name or location.address:
            found.append(location)
    return tuple(found)


def _body(value: object, before: Content) -> dict[str, Any]:
    if value is None:
        return {"body": "", "body_is_html": False}
    if not isinstance(value, Mapping):
        raise unreadable("A body must be an object.")
    kind = str(value.get("contentType") or "text").lower()
    if kind not in ("text", "html"):
        raise unreadable(f"Requested value '{value.get('contentType')}' was not found.")
    content = value.get("content", before.body)
    return {"body": _text(content, 4_000_000), "body_is_html": kind == "html"}


def _reminder(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise unreadable("Cannot convert a value to the expected type 'Edm.Int32'.")
    return value


def _categories(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise unreadable("categories must be a collection.")
    return tuple(dict.fromkeys(_text(item, 255) for item in value))


_FIELDS: dict[str, Callable[[Any, Content], dict[str, Any]]] = {
    "subject": lambda value, _: {"subject": _text(value, 255_000)},
    "body": _body,
    "location": lambda value, _: {"locations": _places(value) if value is not None else ()},
    "locations": lambda value, _: {"locations": _places(value) if value is not None else ()},
    "attendees": lambda value, before: {"attendees": parse_attendees(value, before.attendees)},
    "showas": lambda value, _: {"show_as": _word(value, _SHOW_AS)},
    "sensitivity": lambda value, _: {"sensitivity": _word(value, _SENSITIVITIES)},
    "importance": lambda value, _: {"importance": _word(value, {word: word for word in IMPORTANCES})},
    "categories": lambda value, _: {"categories": _categories(value)},
    "reminderminutesbeforestart": lambda value, _: {"reminder_minutes": _reminder(value)},
    "isreminderon": lambda value, _: {"reminder_on": _flag(value)},
    "responserequested": lambda value, _: {"response_requested": _flag(value)},
    "allownewtimeproposals": lambda value, _: {"allow_proposals": _flag(value)},
    "hideattendees": lambda value, _: {"hide_attendees": _flag(value)},
}
