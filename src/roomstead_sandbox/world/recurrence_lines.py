"""Series as iCalendar writes them: RRULE, EXRULE, RDATE and EXDATE lines, read, expanded and, for a pattern, written.

(RFC 5545, sections 3.3.10 and 3.8.5.)  Starts are local times of the series' zone, as everywhere in `recurrence`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil import rrule

from roomstead_sandbox.world.errors import Invalid
from roomstead_sandbox.world.events import Pattern, PatternKind, Recurrence

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCY = {
    PatternKind.DAILY: "DAILY",
    PatternKind.WEEKLY: "WEEKLY",
    PatternKind.ABSOLUTE_MONTHLY: "MONTHLY",
    PatternKind.RELATIVE_MONTHLY: "MONTHLY",
    PatternKind.ABSOLUTE_YEARLY: "YEARLY",
    PatternKind.RELATIVE_YEARLY: "YEARLY",
}
_KNOWN = ("RRULE", "EXRULE", "RDATE", "EXDATE")
_LONGEST = 1000
_DATE_LENGTH = 8


def read(lines: Sequence[str], first: datetime, zone: str) -> Recurrence:
    """The recurrence that these lines describe for a series whose first occurrence starts at `first` (local, naive).

    Raises Invalid for lines that mean nothing.
    """
    if not lines:
        raise Invalid("A series needs at least one line.")
    try:
        occurrences = starts(tuple(lines), first, zone, datetime(first.year + 1, 12, 31))  # noqa: DTZ001 - local time
        found = list(islice(occurrences, 1))
        rule = _parts(next((line for line in lines if line.upper().startswith("RRULE:")), ""))
        until = _until(rule, zone)
        count = int(rule["COUNT"]) if "COUNT" in rule else None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Invalid("The recurrence is not understood.") from error
    if not found and not rule:
        raise Invalid("The series has no occurrence.")
    if not rule:
        count = _LONGEST
    return Recurrence(_pattern(rule, first), first.date(), zone, until, count, tuple(lines))


def starts(lines: tuple[str, ...], first: datetime, zone: str, last: datetime) -> Iterator[datetime]:
    """Local starts of a series, up to `last`. Raises ValueError for lines that mean nothing."""
    rules = rrule.rruleset()
    has_rule = False
    for line in lines:
        head, _, value = line.strip().partition(":")
        name, _, _parameters = head.upper().partition(";")
        if name not in _KNOWN or not value:
            raise ValueError(f"{line} is no line of a recurrence.")
        if name in ("RRULE", "EXRULE"):
            made = _rule(_local_rule(value, zone), first)
            (rules.rrule if name == "RRULE" else rules.exrule)(made)
            has_rule = has_rule or name == "RRULE"
            continue
        for moment in (_local(text, head, zone, first) for text in value.split(",")):
            (rules.rdate if name == "RDATE" else rules.exdate)(moment)
    if not has_rule:
        rules.rdate(first)
    for start in rules:
        if start > last:
            return
        yield start


def written(recurrence: Recurrence) -> tuple[str, ...]:
    """The lines of a series: those it has, or its pattern as an RRULE."""
    if recurrence.lines:
        return recurrence.lines
    pattern = recurrence.pattern
    parts = [f"FREQ={_FREQUENCY[pattern.kind]}"]
    if pattern.interval != 1:
        parts.append(f"INTERVAL={pattern.interval}")
    parts += _by_parts(pattern)
    if recurrence.until is not None:
        end = datetime.combine(recurrence.until, time(23, 59, 59), ZoneInfo(recurrence.zone))
        parts.append(f"UNTIL={end.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    if recurrence.count is not None:
        parts.append(f"COUNT={recurrence.count}")
    return ("RRULE:" + ";".join(parts),)


def _rule(text: str, first: datetime) -> rrule.rrule:
    made = rrule.rrulestr(text, dtstart=first)
    if not isinstance(made, rrule.rrule):
        raise ValueError("One rule a line, please.")  # noqa: TRY004 - the text is wrong, not a type
    return made


def _by_parts(pattern: Pattern) -> list[str]:
    days = ",".join(_DAYS[day] for day in pattern.days)
    month = [f"BYMONTH={pattern.month}"] if pattern.month and pattern.kind.value.endswith("yearly") else []
    match pattern.kind:
        case PatternKind.WEEKLY:
            first = [f"WKST={_DAYS[pattern.first_day]}"] if pattern.interval != 1 else []
            return [*first, f"BYDAY={days}"]
        case PatternKind.ABSOLUTE_MONTHLY | PatternKind.ABSOLUTE_YEARLY:
            return [*month, *([f"BYMONTHDAY={pattern.day_of_month}"] if pattern.day_of_month else [])]
        case PatternKind.RELATIVE_MONTHLY | PatternKind.RELATIVE_YEARLY:
            return [*month, f"BYDAY={days}", f"BYSETPOS={pattern.index}"]
    return []


def _pattern(rule: Mapping[str, str], first: datetime) -> Pattern:
    """The pattern nearest to a rule, for calendars that know patterns only."""
    interval = max(int(rule.get("INTERVAL", "1")), 1)
    by_day = [part for part in rule.get("BYDAY", "").split(",") if part]
    days = tuple(sorted({_DAYS.index(part[-2:]) for part in by_day})) or (first.weekday(),)
    index = next((int(part[:-2]) for part in by_day if part[:-2]), int(rule.get("BYSETPOS", "1").split(",")[0]))
    index = index if index in (1, 2, 3, 4) else -1
    first_day = _DAYS.index(rule.get("WKST", "MO"))
    month = int(rule.get("BYMONTH", str(first.month)).split(",")[0])
    day = int(rule.get("BYMONTHDAY", str(first.day)).split(",")[0])
    match rule.get("FREQ", "DAILY").upper():
        case "WEEKLY":
            return Pattern(PatternKind.WEEKLY, interval, days, first_day)
        case "MONTHLY" if by_day:
            return Pattern(PatternKind.RELATIVE_MONTHLY, interval, days, index=index)
        case "MONTHLY":
            return Pattern(PatternKind.ABSOLUTE_MONTHLY, interval, day_of_month=day)
        case "YEARLY" if by_day:
            return Pattern(PatternKind.RELATIVE_YEARLY, interval, days, month=month, index=index)
        case "YEARLY":
            return Pattern(PatternKind.ABSOLUTE_YEARLY, interval, day_of_month=day, month=month)
    return Pattern(PatternKind.DAILY, interval)


def _parts(line: str) -> dict[str, str]:
    _, _, value = line.partition(":")
    pairs = (part.partition("=") for part in value.split(";") if part)
    return {name.upper(): text for name, _, text in pairs}


def _until(rule: Mapping[str, str], zone: str) -> date | None:
    text = rule.get("UNTIL")
    return None if text is None else _moment(text, ZoneInfo(zone)).date()


def _local_rule(value: str, zone: str) -> str:
    """A rule with its UNTIL in local time, as its start is."""
    parts = []
    for part in value.split(";"):
        name, _, text = part.partition("=")
        if name.upper() == "UNTIL":
            moment = _moment(text, ZoneInfo(zone))
            moment = moment.replace(hour=23, minute=59, second=59) if len(text) == _DATE_LENGTH else moment
            parts.append(f"UNTIL={moment:%Y%m%dT%H%M%S}")
        else:
            parts.append(part)
    return ";".join(parts)


def _local(text: str, head: str, zone: str, first: datetime) -> datetime:
    named = next((part[5:] for part in head.split(";") if part.upper().startswith("TZID=")), None)
    moment = _moment(text, ZoneInfo(zone), ZoneInfo(named) if named else None)
    return moment.replace(hour=first.hour, minute=first.minute) if len(text) == _DATE_LENGTH else moment


def _moment(text: str, zone: ZoneInfo, written_in: ZoneInfo | None = None) -> datetime:
    """A DATE or DATE-TIME as a local time of `zone`."""
    if len(text) == _DATE_LENGTH:
        return datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 - a local date on purpose
    if text.endswith("Z"):
        moment = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return moment.astimezone(zone).replace(tzinfo=None)
    moment = datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a local time on purpose
    if written_in is None:
        return moment
    return moment.replace(tzinfo=written_in).astimezone(zone).replace(tzinfo=None)
