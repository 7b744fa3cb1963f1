"""Times as Google writes them: RFC 3339 with an offset, zones by their IANA names, and bare dates for whole days."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from roomstead.domain.errors import UnreadableAnswer
from roomstead.domain.timespan import Timespan

_SHAPE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_UTC = "UTC"


def known_zone(name: object) -> str | None:
    """The IANA name of a zone that this machine knows; None for any other."""
    if not isinstance(name, str) or not name:
        return None
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return name


def parse_moment(text: object, zone: object = None) -> datetime:
    """A moment in UTC. ``zone`` applies to a text without its own offset.

    Raises UnreadableAnswer: a time that cannot be read must not become another time.
    """
    match = _SHAPE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise UnreadableAnswer("Google answered a time that we cannot read.")
    clock, fraction, offset = match.groups()
    try:
        moment = datetime.fromisoformat(f"{clock}{'+00:00' if offset == 'Z' else offset or ''}")
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=_zone(zone))
        return moment.replace(microsecond=int((fraction or "")[:6].ljust(6, "0"))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableAnswer("Google answered a time that we cannot read.") from error


def _zone(name: object) -> ZoneInfo:
    known = known_zone(name)
    if known is None:
        raise UnreadableAnswer("Google answered a time without an offset, in a zone that we do not know.")
    return ZoneInfo(known)


def parse_span(start: object, end: object, *, calendar_zone: str | None = None) -> Timespan | None:
    """The span of an event's start and end; None when either is not told.

    Dates are whole days where the calendar is (``calendar_zone``; where that is not told, in UTC). A span without
    length lasts one second, since a span is never empty.
    """
    first, last = _parse_end(start, calendar_zone), _parse_end(end, calendar_zone)
    if first is None or last is None:
        return None
    if last < first:
        raise UnreadableAnswer("Google answered an event that ends before it starts.")
    try:
        return Timespan(first, last if last > first else first + timedelta(seconds=1))
    except OverflowError as error:
        raise UnreadableAnswer("Google answered a time that we cannot read.") from error


def parse_start(part: object, *, calendar_zone: str | None = None) -> datetime | None:
    """One EventDateTime as a moment; None when it is not told."""
    return _parse_end(part, calendar_zone)


def _parse_end(part: object, calendar_zone: str | None) -> datetime | None:
    if not isinstance(part, Mapping):
        return None
    if part.get("date") is not None:
        return _midnight(part["date"], known_zone(calendar_zone) or _UTC)
    if part.get("dateTime") is None:
        return None
    return parse_moment(part["dateTime"], part.get("timeZone") or calendar_zone)


def _midnight(text: object, zone: str) -> datetime:
    try:
        day = date.fromisoformat(text) if isinstance(text, str) else None
        if day is not None:
            return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableAnswer("Google answered a date that we cannot read.") from error
    raise UnreadableAnswer("Google answered a date that we cannot read.")


def is_date(part: object) -> bool:
    """Whether an EventDateTime is a whole day."""
    return isinstance(part, Mapping) and part.get("date") is not None


def google_time(moment: datetime, zone: str) -> Mapping[str, str]:
    """An EventDateTime that says exactly this moment: the offset stands in it, so a repeated hour is no doubt.

    In UTC where the zone is unknown here, or has an offset of odd seconds that RFC 3339 cannot say.
    """
    local = moment.astimezone(ZoneInfo(known_zone(zone) or _UTC))
    offset = local.utcoffset() or timedelta()
    if known_zone(zone) is None or offset % timedelta(minutes=1):
        return {"dateTime": rfc3339(moment), "timeZone": _UTC}
    return {"dateTime": local.isoformat(timespec="seconds"), "timeZone": zone}


def rfc3339(moment: datetime) -> str:
    """A moment in UTC, for bodies, timeMin and timeMax."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
