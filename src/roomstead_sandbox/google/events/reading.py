"""events.get and events.instances."""

from datetime import UTC, datetime, timedelta

from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.events import ids, times
from roomstead_sandbox.google.events.event_json import etag, event_json
from roomstead_sandbox.google.events.listing import DEFAULT_PAGE, LARGEST_PAGE, envelope
from roomstead_sandbox.google.events.lookup import find_event, named_event, view_of
from roomstead_sandbox.google.events.paging import PageToken
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.wire import Answer
from roomstead_sandbox.world.events import Event, EventKind

REACH = timedelta(days=730)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def get(call: Call) -> Answer:
    """GET …/events/{event}: an event, a cancelled one, too; 304 when the caller has it already."""
    call.require(Role.FREE_BUSY_READER)
    event = named_event(call)
    tag = etag(event)
    if call.request.header("if-none-match") in (tag, "*"):
        return Answer(304, headers=[("ETag", tag)])
    return call.answer(event_json(event, view_of(call)), etag=tag)


def instances(call: Call) -> Answer:
    """GET …/events/{event}/instances: the occurrences of a series, those that differ from it included."""
    call.require(Role.FREE_BUSY_READER)
    master, view = named_event(call), view_of(call)
    found = _instances(call, master)
    size = call.query.number("maxResults", default=DEFAULT_PAGE, most=LARGEST_PAGE)
    page = PageToken.read(call.query.get("pageToken"))
    shown = [event_json(event, view) for event in found[page.position : page.position + size]]
    body = envelope(call, view, shown)
    if page.position + size < len(found):
        body["nextPageToken"] = page.after(size).text
    return call.answer(body)


def _instances(call: Call, master: Event) -> list[Event]:
    if master.kind is not EventKind.SERIES_MASTER:
        return []
    low, high = call.query.get("timeMin"), call.query.get("timeMax")
    start = times.parse_bound(low, "timeMin") if low else BEGINNING
    end = times.parse_bound(high, "timeMax") if high else max(call.now, master.start) + REACH
    mailbox = call.calendar().mailbox
    found = mailbox.instances(master, start, end)
    original = call.query.get("originalStart")
    if original is not None:
        name = f"{ids.base_id(master.ical_uid)}_{_compact(original)}"
        one = find_event(mailbox, name, call.calendar().time_zone)
        found = [one] if one is not None else []
    return [event for event in found if not event.cancelled or call.query.flag("showDeleted")]


def _compact(original: str) -> str:
    if "T" not in original.upper():
        return original.replace("-", "")
    return f"{times.parse_bound(original, 'originalStart'):%Y%m%dT%H%M%SZ}"
