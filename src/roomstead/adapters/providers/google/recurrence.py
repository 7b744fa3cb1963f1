"""Which part of a series an event is, as far as its JSON tells."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from roomstead.adapters.providers.google.times import parse_start
from roomstead.domain.event import EventId, EventKind

_INSTANCE = re.compile(r"(?P<series>[a-v0-9]+)_(?P<day>\d{8})(?:T(?P<clock>\d{6})Z)?", re.ASCII)
"""The id of one occurrence: its series and when it was to start, in UTC, or the day."""


@dataclass(frozen=True, slots=True)
class SeriesPart:
    """The kind of an event, and of an occurrence which series it belongs to and when it was to start."""

    kind: EventKind
    master_id: EventId | None = None
    original_start: datetime | None = None


def series_part(item: Mapping[str, object], *, calendar_zone: str | None = None) -> SeriesPart:
    """What an event is.

    A reader of times alone is told neither series nor original start; the id of an occurrence tells both.
    """
    if item.get("recurrence"):
        return SeriesPart(EventKind.SERIES_MASTER)
    master = item.get("recurringEventId")
    if isinstance(master, str) and master:
        original = parse_start(item.get("originalStartTime"), calendar_zone=calendar_zone)
        is_moved = original != parse_start(item.get("start"), calendar_zone=calendar_zone)
        return SeriesPart(EventKind.EXCEPTION if is_moved else EventKind.OCCURRENCE, EventId(master), original)
    event_id = item.get("id")
    match = _INSTANCE.fullmatch(event_id) if isinstance(event_id, str) else None
    if match is None or "organizer" in item:
        return SeriesPart(EventKind.SINGLE)
    return SeriesPart(EventKind.OCCURRENCE, EventId(match["series"]), _moment(match["day"], match["clock"]))


def _moment(day: str, clock: str | None) -> datetime | None:
    if clock is None:
        return None
    try:
        return datetime.strptime(f"{day}{clock}", "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
