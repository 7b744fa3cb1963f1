"""Times as events carry them: a date, or a date and time with an offset and an IANA zone (RFC 3339)."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from roomstead_sandbox.google.errors import GoogleError, invalid, required
from roomstead_sandbox.world.events import Content

Json = dict[str, Any]
_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})?")


@lru_cache(maxsize=2048)
def zone_named(name: str) -> ZoneInfo | None:
    """The zone of this IANA name; None for a name of another kind."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def stamp(moment: datetime) -> str:
    """A time in UTC to the millisecond, as ``created`` and ``updated`` are written."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def shown(content: Content, moment: datetime, zone_name: str, calendar_zone: ZoneInfo) -> Json:
    """A start or end as the API writes it: the offset is that of the reader's zone, the zone the event's own."""
    if content.all_day:
        return {"date": day_of(content, moment, calendar_zone).isoformat()}
    text = moment.astimezone(calendar_zone).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"dateTime": text, "timeZone": zone_name if zone_named(zone_name) else calendar_zone.key}


def day_of(content: Content, moment: datetime, calendar_zone: ZoneInfo) -> date:
    """The date of an event of whole days."""
    return moment.astimezone(zone_named(content.start_zone) or calendar_zone).date()


class Moment:
    """A start or end as a client wrote it."""

    def __init__(self, data: object, name: str, calendar_zone: str) -> None:
        """GoogleError 400 for what is neither a date nor a time."""
        if not isinstance(data, Mapping):
            raise required(name, f"Missing {name} time.")
        named, day, moment = data.get("timeZone"), data.get("date"), data.get("dateTime")
        if day is None and moment is None:
            raise required(name, f"Missing {name} time.")
        if day is not None and moment is not None:
            raise invalid("Invalid start or end time.")
        self.names_zone = named is not None
        self.zone_name = str(named) if named is not None else calendar_zone
        zone = zone_named(self.zone_name)
        if zone is None:
            raise invalid("Invalid time zone definition for start time.", "timeZone")
        self.all_day = day is not None
        if day is not None:
            self.utc = datetime.combine(_date(day), time(), zone).astimezone(UTC)
        else:
            self.utc = _moment(moment, zone if self.names_zone else None)


def parse_bound(text: str, name: str) -> datetime:
    """A parameter that must be a time with an offset. GoogleError 400."""
    return _moment(text, None, lambda: invalid("Bad Request", name))


def _date(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise invalid("Invalid value for: Invalid date.") from error


def _moment(value: object, zone: ZoneInfo | None, refuse: Any = None) -> datetime:  # noqa: ANN401 - makes an error
    error: GoogleError = refuse() if refuse else invalid("Invalid value for: Invalid format.")
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise error
    try:
        moment = datetime.fromisoformat(value.upper())
    except ValueError as broken:
        raise error from broken
    if moment.tzinfo is None:
        if zone is None:
            raise refuse() if refuse else required("timeZone", "Missing time zone definition for start time.")
        moment = moment.replace(tzinfo=zone)
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError as broken:
        raise error from broken
