"""Times as Graph writes them: seven digits of fraction, zones beside, and dates that mean *none*."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from roomstead.adapters.providers.microsoft.windows_zones import iana_name, windows_name
from roomstead.domain.errors import UnreadableAnswer
from roomstead.domain.timespan import Timespan

_SHAPE = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(?:\.(\d+))?)?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_YEARS_OF_NONE = {1, 1601, 4501, 9999}
"""Exchange's empty dates: 0001 in Graph, 1601 and 4501 from MAPI, 9999 for *no end*."""
_UTC = {None, "UTC"}
_ORDINARY_ENDS = {"", "Z", ".0000000", ".0000000Z"}


def parse_moment(text: object, zone: str | None = None) -> datetime | None:
    """A moment in UTC; None for Exchange's empty dates and for no text.

    ``zone`` (any name that Exchange uses) applies to a text without its own offset; without both it is UTC. Raises
    UnreadableAnswer for anything else: a time that cannot be read must not become another time.
    """
    if text is None or text == "":
        return None
    if isinstance(text, str) and zone in _UTC and text[19:] in _ORDINARY_ENDS and (quick := _quick(text)) is not None:
        return quick
    match = _SHAPE.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise UnreadableAnswer("Graph answered a time that we cannot read.")
    date, clock, fraction, offset = match.groups()
    if int(date[:4]) in _YEARS_OF_NONE:
        return None
    digits = (fraction or "")[:6].ljust(6, "0")
    try:
        naive_or_aware = datetime.fromisoformat(f"{date}T{clock or '00:00:00'}{_offset(offset)}")
    except ValueError as error:
        raise UnreadableAnswer("Graph answered a time that we cannot read.") from error
    moment = naive_or_aware.replace(microsecond=int(digits))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(zone))
    return moment.astimezone(UTC)


def _quick(text: str) -> datetime | None:
    """What Graph writes when asked for UTC, thousands of times a round; None for anything out of the ordinary."""
    if text[10:11] != "T" or int(text[:4] if text[:4].isdecimal() else 1) in _YEARS_OF_NONE:
        return None
    try:
        return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
    except ValueError:
        return None


def _offset(text: str | None) -> str:
    return "+00:00" if text == "Z" else text or ""


def _zone(name: str | None) -> ZoneInfo:
    if not name:
        return ZoneInfo("UTC")
    known = iana_name(name)
    if known is None:
        raise UnreadableAnswer("Graph answered a time in a zone that we do not know.", details={"zone": name[:80]})
    return ZoneInfo(known)


def parse_span(start: object, end: object, *, is_all_day: bool = False, own_zone: str | None = None) -> Timespan | None:
    """The span of two dateTimeTimeZone objects; None when either is not told.

    ``own_zone``: the zone in which the event was made (IANA). An all-day event lasts from midnight to midnight there.
    Asked for in UTC it comes either as those moments, or as bare dates at 00:00 "UTC" that mean days and not
    moments; whatever starts and ends at 00:00 UTC although its own zone is another is taken for the latter. A span
    without length (a reminder) lasts one second, since a span is never empty.
    """
    first, last = _parse_part(start), _parse_part(end)
    if first is None or last is None:
        return None
    if is_all_day and own_zone and _is_midnight(first) and _is_midnight(last):
        home = ZoneInfo(own_zone)
        first, last = first.replace(tzinfo=home).astimezone(UTC), last.replace(tzinfo=home).astimezone(UTC)
    if last < first:
        raise UnreadableAnswer("Graph answered an event that ends before it starts.")
    return Timespan(first, last if last > first else first + timedelta(seconds=1))


def _parse_part(part: object) -> datetime | None:
    if not isinstance(part, Mapping):
        return None
    zone = part.get("timeZone")
    return parse_moment(part.get("dateTime"), zone if isinstance(zone, str) else None)


def _is_midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second) == (0, 0, 0)


def graph_time(moment: datetime, zone: str) -> Mapping[str, str]:
    """A dateTimeTimeZone that Exchange reads as exactly this moment.

    In the zone's Windows name where the local time says one moment only. In the hour that a clock change repeats it
    says two, and a zone may be unknown to Windows, or ruled otherwise there than here: then in UTC.
    """
    name = windows_name(zone)
    if name is not None and name != "UTC":
        local = moment.astimezone(ZoneInfo(zone))
        if _says_one_moment(local) and _rules_agree(moment, zone, name):
            return {"dateTime": local.strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": name}
    return {"dateTime": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": "UTC"}


def _says_one_moment(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()


def _rules_agree(moment: datetime, zone: str, name: str) -> bool:
    """A Windows zone stands for many IANA zones, some of which change their clocks otherwise than its main one."""
    main = iana_name(name)
    return (
        main is not None
        and moment.astimezone(ZoneInfo(main)).utcoffset() == moment.astimezone(ZoneInfo(zone)).utcoffset()
    )


def query_time(moment: datetime) -> str:
    """A moment for startDateTime and endDateTime."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
