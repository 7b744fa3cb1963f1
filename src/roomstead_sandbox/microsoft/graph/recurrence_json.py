"""``patternedRecurrence``, both ways (Microsoft Graph docs: recurrencePattern and recurrenceRange resource types).

The server fills the fields that a pattern does not use with zeros; on input, a wrong value in an unused field is an
error too.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from roomstead_sandbox.microsoft.errors import invalid_property
from roomstead_sandbox.microsoft.graph.words import DAYS, INDEXES, PATTERNS, Json, inverse
from roomstead_sandbox.microsoft.zones import windows_name, zone_of
from roomstead_sandbox.world.events import Pattern, Recurrence

NO_DATE = "0001-01-01"
_PATTERNS = inverse(PATTERNS)
_INDEXES = {name: number for number, name in INDEXES.items()}


def recurrence_json(recurrence: Recurrence, zone_name: str) -> Json:
    """A recurrence as Graph shows it, in the zone's name as the client gave it."""
    pattern = recurrence.pattern
    kind = "numbered" if recurrence.count else "endDate" if recurrence.until else "noEnd"
    return {
        "pattern": {
            "type": PATTERNS[pattern.kind],
            "interval": pattern.interval,
            "month": pattern.month,
            "dayOfMonth": pattern.day_of_month,
            "daysOfWeek": [DAYS[day] for day in pattern.days],
            "firstDayOfWeek": DAYS[pattern.first_day],
            "index": INDEXES[pattern.index],
        },
        "range": {
            "type": kind,
            "startDate": recurrence.start.isoformat(),
            "endDate": recurrence.until.isoformat() if recurrence.until else NO_DATE,
            "recurrenceTimeZone": zone_name or windows_name(recurrence.zone),
            "numberOfOccurrences": recurrence.count or 0,
        },
    }


def parse_recurrence(body: Mapping[str, Any], *, start: date, zone_name: str) -> Recurrence:
    """The recurrence in a request; ``start`` is the event's first local day in ``zone_name``.

    GraphError 400 for anything that does not fit.
    """
    pattern, span = body.get("pattern"), body.get("range")
    if not isinstance(pattern, Mapping) or not isinstance(span, Mapping):
        raise invalid_property()
    if _date(span.get("startDate")) != start:
        raise invalid_property("The recurrence range's start date must be the start date of the event.")
    kind = str(span.get("type", "")).lower()
    if kind not in ("enddate", "noend", "numbered"):
        raise invalid_property()
    zone = str(span.get("recurrenceTimeZone") or zone_name)
    return Recurrence(
        pattern=_parse_pattern(pattern),
        start=start,
        zone=zone_of(zone).key,
        until=_date(span.get("endDate")) if kind == "enddate" else None,
        count=_number(span, "numberOfOccurrences") if kind == "numbered" else None,
    )


def _parse_pattern(body: Mapping[str, Any]) -> Pattern:
    kind = _PATTERNS.get(str(body.get("type", "")).lower())
    index = _INDEXES.get(str(body.get("index") or "first").lower())
    if kind is None or index is None:
        raise invalid_property()
    return Pattern(
        kind=kind,
        interval=_number(body, "interval", 1),
        days=tuple(_day(name) for name in body.get("daysOfWeek") or ()),
        first_day=_day(body.get("firstDayOfWeek") or "sunday"),
        day_of_month=_number(body, "dayOfMonth"),
        month=_number(body, "month"),
        index=index,
    )


def _day(name: object) -> int:
    lowered = str(name).lower()
    if lowered not in DAYS:
        raise invalid_property()
    return DAYS.index(lowered)


def _number(body: Mapping[str, Any], name: str, missing: int = 0) -> int:
    value = body.get(name)
    if value is None:
        return missing
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise invalid_property()
    return value


def _date(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise invalid_property() from error
