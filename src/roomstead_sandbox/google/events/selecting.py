"""Which events of a calendar a list contains, found by its indexes rather than by looking at every item."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from roomstead_sandbox.google.events import fields
from roomstead_sandbox.google.events.event_json import View, is_masked
from roomstead_sandbox.google.events.query import ListQuery
from roomstead_sandbox.world import recurrence
from roomstead_sandbox.world.events import Event, EventKind
from roomstead_sandbox.world.linked.copies import exceptions
from roomstead_sandbox.world.mailbox import Mailbox

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
ENDING = datetime(9000, 1, 1, tzinfo=UTC)
REACH = timedelta(days=730)
"""How far ahead a series without end is listed as single events."""


def selected(view: View, query: ListQuery, now: datetime) -> list[Event]:
    """The events of a full list, in its order."""
    found = _candidates(view, query, now)
    wanted = [event for event in found if is_wanted(event, view, query)]
    if query.order_by == "startTime":
        wanted.sort(key=lambda event: (event.start, event.key))
    elif query.order_by == "updated":
        wanted.sort(key=lambda event: (event.modified, event.key))
    return wanted


def is_wanted(event: Event, view: View, query: ListQuery) -> bool:
    """Whether an event passes everything that a list asks for."""
    return (
        _is_in_window(event, query)
        and _is_alive(event, view, query)
        and (not query.event_types or _type(event) in query.event_types)
        and query.ical_uid in (None, event.ical_uid)
        and _says(event, view, query)
        and _carries(event, view, query)
    )


def _is_in_window(event: Event, query: ListQuery) -> bool:
    ends_late = query.time_min is None or event.kind is EventKind.SERIES_MASTER or event.end > query.time_min
    return ends_late and (query.time_max is None or event.start < query.time_max)


def _is_alive(event: Event, view: View, query: ListQuery) -> bool:
    """Cancelled events show when asked for, or when only what was modified of late is."""
    if query.updated_min is not None:
        return event.modified >= query.updated_min
    return not event.cancelled or query.show_deleted or _is_gap(event, view, query)


def _type(event: Event) -> str:
    return str((event.content.more or {}).get(fields.EVENT_TYPE, "default"))


def _is_gap(event: Event, view: View, query: ListQuery) -> bool:
    """Cancelled occurrences of a living series are listed with it: else one would think they took place."""
    if query.single_events or event.master_key is None:
        return False
    return not view.calendar.mailbox.items[event.master_key].cancelled


def _candidates(view: View, query: ListQuery, now: datetime) -> Iterable[Event]:
    mailbox = view.calendar.mailbox
    named = _named(mailbox, query, some=view.core.switches.property_filters_are_or)
    if named is not None:
        return _expanded(mailbox, named, query, now) if query.single_events else _with_exceptions(mailbox, named)
    if query.single_events:
        return mailbox.view(*_span(query, now))
    if query.time_min is None and query.time_max is None:
        return list(mailbox.items.values())
    start, end = query.time_min or BEGINNING, query.time_max or ENDING
    found = mailbox.overlapping(start, end)
    found += [mailbox.items[key] for key in mailbox.masters if _touches(mailbox.items[key], start, end)]
    return sorted(found, key=lambda event: event.key)


def _named(mailbox: Mailbox, query: ListQuery, *, some: bool) -> list[Event] | None:
    """Singles, series and exceptions that carry a UID or an extended property; None when none is asked for."""
    if query.ical_uid is not None:
        return mailbox.with_uid(query.ical_uid)
    if not query.properties:
        return None
    wanted = query.properties if some else query.properties[:1]
    found = {event.key: event for name, value in wanted for event in mailbox.with_property(name, value)}
    return [found[key] for key in sorted(found)]


def _with_exceptions(mailbox: Mailbox, events: list[Event]) -> list[Event]:
    found: dict[int, Event] = {}
    for event in events:
        found[event.key] = event
        found.update({exception.key: exception for exception in exceptions(mailbox, event)})
    return list(found.values())


def _expanded(mailbox: Mailbox, events: list[Event], query: ListQuery, now: datetime) -> list[Event]:
    start, end = _span(query, now)
    found: dict[object, Event] = {}
    for event in events:
        some = mailbox.instances(event, start, end) if event.kind is EventKind.SERIES_MASTER else [event]
        found.update({item.ref: item for item in some})
    return sorted(found.values(), key=lambda event: (event.start, event.key))


def _span(query: ListQuery, now: datetime) -> tuple[datetime, datetime]:
    start = query.time_min or BEGINNING
    return start, query.time_max or max(now, start) + REACH


def _touches(master: Event, start: datetime, end: datetime) -> bool:
    last = recurrence.last_end(master.content)
    return master.start < end and (last is None or last > start)


def _says(event: Event, view: View, query: ListQuery) -> bool:
    if query.words is None:
        return True
    if is_masked(event, view.role):
        return False
    content = event.content
    people = (word for a in content.attendees for word in (a.name, a.address))
    places = (place.name for place in content.locations)
    text = " ".join((content.subject, content.body, *places, *people)).casefold()
    return all(word in text for word in query.words.split())


def _carries(event: Event, view: View, query: ListQuery) -> bool:
    if not query.properties:
        return True
    held = event.properties or {}
    if event.kind is EventKind.OCCURRENCE:
        held = view.calendar.mailbox.items[event.key].properties or {}
    matches = [held.get(name) == value for name, value in query.properties]
    return any(matches) if view.core.switches.property_filters_are_or else all(matches)
