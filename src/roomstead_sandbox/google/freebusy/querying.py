"""freeBusy.query (Google's page "Freebusy: query"): 200 also when nothing could be said about any calendar."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from roomstead_sandbox.google.access import caller_role, find_calendar
from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.errors import bad_request, invalid, required, time_range_empty
from roomstead_sandbox.google.events import times
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.wire import Answer as HttpAnswer
from roomstead_sandbox.world.events import Answer, Event, ShowAs
from roomstead_sandbox.world.mailbox import Mailbox

Json = dict[str, Any]
MOST_CALENDARS, MOST_MEMBERS = 50, 100
LONGEST = timedelta(days=92)


def query(call: Call) -> HttpAnswer:
    """POST /freeBusy: what is busy of each calendar, or why that cannot be said."""
    body = call.json_body()
    start, end = _bound(body, "timeMin"), _bound(body, "timeMax")
    if end <= start:
        raise time_range_empty()
    if end - start > LONGEST:
        raise bad_request("The requested time range is too long.", "timeRangeTooLong", "calendar")
    zone = times.zone_named(str(body.get("timeZone") or "UTC"))
    if zone is None:
        raise invalid("Invalid time zone definition.", "timeZone")
    most = _most(body, "calendarExpansionMax", MOST_CALENDARS)
    groups, wanted = _expanded(call, _ids(body), _most(body, "groupExpansionMax", MOST_MEMBERS))
    if len(wanted) > most and call.world.switches.too_many_calendars_fail_request:
        raise bad_request("Too many calendars were requested.", "tooManyCalendarsRequested", "calendar")
    calendars: Json = {}
    for key in wanted:
        if len(wanted) > most:
            calendars[key] = _error("calendar", "tooManyCalendarsRequested")
        else:
            calendars[key] = _busy(call, key, start, end, zone)
    shown: Json = {"kind": "calendar#freeBusy", "timeMin": times.stamp(start), "timeMax": times.stamp(end)}
    return call.answer({**shown, **({"groups": groups} if groups else {}), "calendars": calendars})


def _bound(body: Json, name: str) -> datetime:
    value = body.get(name)
    if not value:
        raise required(name, f"Missing {name} parameter.")
    return times.parse_bound(str(value), name)


def _most(body: Json, name: str, allowed: int) -> int:
    value = body.get(name)
    if value is None:
        return allowed
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= allowed:
        raise invalid(f"Invalid value for {name}.", name)
    return value


def _ids(body: Json) -> list[str]:
    items = body.get("items") or []
    if not isinstance(items, list) or not all(isinstance(i, dict) and isinstance(i.get("id"), str) for i in items):
        raise invalid()
    return list(dict.fromkeys(item["id"] for item in items))


def _expanded(call: Call, ids: Iterable[str], most_members: int) -> tuple[Json, list[str]]:
    """Groups with their calendars, and every calendar asked for by itself or through a group."""
    groups: Json = {}
    calendars: dict[str, None] = {}
    directory = call.world.directory
    for key in ids:
        group = directory.find_group(call.caller.user.tenant_id, key) if "@" in key else None
        if group is None:
            calendars[key] = None
            continue
        members = [directory.user(member) for member in directory.members(group.id)]
        if len(members) > most_members:
            groups[key] = {"errors": [{"domain": "calendar", "reason": "groupTooBig"}]}
            continue
        addresses = [user.mail or user.upn for user in members]
        groups[key] = {"calendars": addresses}
        calendars.update(dict.fromkeys(addresses))
    return groups, list(calendars)


def _busy(call: Call, key: str, start: datetime, end: datetime, zone: ZoneInfo) -> Json:
    calendar = find_calendar(call.state, call.caller, key)
    if calendar is None or caller_role(call.state, call.caller, calendar) < Role.FREE_BUSY_READER:
        return _error("global", "notFound")
    counts = call.world.switches.unanswered_shows_busy
    spans = _merged(calendar.mailbox, start, end, unanswered=counts)
    return {"busy": [{"start": _shown(a, zone), "end": _shown(b, zone)} for a, b in spans]}


def _error(domain: str, reason: str) -> Json:
    return {"errors": [{"domain": domain, "reason": reason}], "busy": []}


def _merged(mailbox: Mailbox, start: datetime, end: datetime, *, unanswered: bool) -> list[tuple[datetime, datetime]]:
    """Busy spans within the window, those that touch made one."""
    spans: list[tuple[datetime, datetime]] = []
    for event in mailbox.view(start, end):
        if not _is_busy(event, unanswered=unanswered):
            continue
        begin, finish = max(event.start, start), min(event.end, end)
        if spans and begin <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(finish, spans[-1][1]))
        elif finish > begin:
            spans.append((begin, finish))
    return spans


def _is_busy(event: Event, *, unanswered: bool) -> bool:
    if event.cancelled or event.content.show_as is ShowAs.FREE or event.response is Answer.DECLINED:
        return False
    return unanswered or event.response is not Answer.NOT_RESPONDED


def _shown(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds").replace("+00:00", "Z")
