"""Events of a calendar by their ids."""

from datetime import UTC, date, datetime, time

from roomstead_sandbox.google.access import Calendar
from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.errors import not_found
from roomstead_sandbox.google.events import ids
from roomstead_sandbox.google.events.event_json import View
from roomstead_sandbox.google.events.times import zone_named
from roomstead_sandbox.world.core import Core
from roomstead_sandbox.world.events import Event
from roomstead_sandbox.world.linked.finding import find
from roomstead_sandbox.world.mailbox import Mailbox

MOST_ATTENDEES = 100_000


def named_event(call: Call) -> Event:
    """The event that the path names, cancelled or not. GoogleError 404."""
    found = find_event(call.calendar().mailbox, call.names["event"], call.calendar().time_zone)
    if found is None:
        raise not_found()
    return found


def find_event(mailbox: Mailbox, event_id: str, zone_name: str) -> Event | None:
    """The event of an id, an occurrence computed where needed; None when there never was one."""
    for name in ids.readings(event_id):
        start = name.start
        if start is not None and not isinstance(start, datetime):
            start = _midnight(mailbox, name.ical_uid, start, zone_name)
        found = find(mailbox, name.ical_uid, start)
        if found is not None:
            return found
    return None


def view_of(call: Call) -> View:
    """How the caller sees the calendar of the path: parameters ``timeZone`` and ``maxAttendees``. GoogleError 400."""
    from roomstead_sandbox.google.errors import invalid

    calendar = call.calendar()
    wanted = call.query.get("timeZone")
    zone = zone_named(wanted or calendar.time_zone)
    if zone is None:
        raise invalid("Invalid time zone definition.", "timeZone")
    most = call.query.number("maxAttendees", default=MOST_ATTENDEES, most=MOST_ATTENDEES)
    return View(call.world, calendar, call.role, zone, own_addresses(call.world, calendar), most)


def own_addresses(core: Core, calendar: Calendar) -> frozenset[str]:
    """Every address of a calendar, in lower case."""
    user = core.directory.users.get(calendar.mailbox.user_id)
    return frozenset(known.casefold() for known in (calendar.id, *(user.addresses if user is not None else ())))


def _midnight(mailbox: Mailbox, ical_uid: str, day: date, zone_name: str) -> datetime:
    """When an occurrence of whole days begins: at midnight in the zone of its series."""
    series = next(iter(mailbox.with_uid(ical_uid)), None)
    zone = zone_named(series.content.start_zone if series is not None else zone_name) or zone_named(zone_name)
    return datetime.combine(day, time(), zone or UTC).astimezone(UTC)
