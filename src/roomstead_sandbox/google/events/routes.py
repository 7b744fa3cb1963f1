"""Every path about events."""

from roomstead_sandbox.google.call import Route
from roomstead_sandbox.google.events import changing, listing, reading, writing
from roomstead_sandbox.google.scopes import EVENTS_MOVE, EVENTS_READ, EVENTS_WRITE

_EVENTS = "/calendar/v3/calendars/{calendar}/events"
_EVENT = f"{_EVENTS}/{{event}}"

ROUTES: tuple[Route, ...] = (
    Route("calendar.events.list", "GET", _EVENTS, listing.list_events, EVENTS_READ),
    Route("calendar.events.get", "GET", _EVENT, reading.get, EVENTS_READ),
    Route("calendar.events.instances", "GET", f"{_EVENT}/instances", reading.instances, EVENTS_READ),
    Route("calendar.events.insert", "POST", _EVENTS, writing.insert, EVENTS_WRITE, writes=True),
    Route("calendar.events.import", "POST", f"{_EVENTS}/import", writing.import_event, EVENTS_WRITE, writes=True),
    Route("calendar.events.update", "PUT", _EVENT, changing.update, EVENTS_WRITE, writes=True),
    Route("calendar.events.patch", "PATCH", _EVENT, changing.patch, EVENTS_WRITE, writes=True),
    Route("calendar.events.delete", "DELETE", _EVENT, writing.delete, EVENTS_WRITE, writes=True),
    Route("calendar.events.move", "POST", f"{_EVENT}/move", writing.move, EVENTS_MOVE, writes=True),
)
