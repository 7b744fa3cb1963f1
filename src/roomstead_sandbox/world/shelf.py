"""The items of a mailbox, found by identity, time, UID or property. Holds; tells nobody."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from roomstead_sandbox.world import recurrence
from roomstead_sandbox.world.errors import NotFound
from roomstead_sandbox.world.events import Event, EventKind, ItemRef, SeriesState
from roomstead_sandbox.world.lookup import Lookup
from roomstead_sandbox.world.timeindex import TimeIndex


class Shelf:
    """Items by number, with the indexes that make large mailboxes quick to read."""

    __slots__ = ("_lookup", "_times", "items", "masters", "next_key")

    def __init__(self) -> None:
        self.items: dict[int, Event] = {}
        self.masters: set[int] = set()
        self.next_key = 1
        self._times = TimeIndex()
        self._lookup = Lookup()

    def get(self, ref: ItemRef) -> Event | None:
        """The item, an occurrence computed where needed, or None when there is none (any more)."""
        item = self.items.get(ref.key)
        if item is None or ref.occurrence is None:
            return item
        if item.kind is not EventKind.SERIES_MASTER:
            return None
        if item.series is not None and ref.occurrence in item.series.removed:
            return None
        if item.series is not None and ref.occurrence in item.series.exceptions:
            return self.items[item.series.exceptions[ref.occurrence]]
        times = recurrence.occurrence_at(item.content, ref.occurrence)
        return None if times is None else _occurrence(item, *times)

    def need(self, ref: ItemRef) -> Event:
        """As `get`, but raises NotFound."""
        found = self.get(ref)
        if found is None:
            raise NotFound("The calendar has no such item.")
        return found

    def stored(self, calendar_id: str | None = None) -> Iterator[Event]:
        """Singles and series masters (no occurrences, no exceptions), of one calendar or of all, oldest first."""
        for item in self.items.values():
            if item.master_key is None and calendar_id in (None, item.calendar_id):
                yield item

    def view(self, start: datetime, end: datetime, calendar_id: str | None = None) -> list[Event]:
        """Singles, occurrences and exceptions that overlap [start, end), by start. Never masters.

        Cancelled and tentative items are included. Items without length count when they start in the span.
        """
        found = []
        for key in self._times.candidates(start, end):
            item = self.items[key]
            if _overlaps(item.content.start, item.content.end, start, end):
                found.append(item)
        for key in self.masters:
            found += self.computed_instances(self.items[key], start, end)
        if calendar_id is not None:
            found = [item for item in found if item.calendar_id == calendar_id]
        found.sort(key=_by_start)
        return found

    def overlapping(self, start: datetime, end: datetime) -> list[Event]:
        """Stored singles and exceptions that overlap [start, end), in no order; never masters or occurrences."""
        found = (self.items[key] for key in self._times.candidates(start, end))
        return [item for item in found if _overlaps(item.content.start, item.content.end, start, end)]

    def instances(self, master: Event, start: datetime, end: datetime) -> list[Event]:
        """Occurrences and exceptions of one series that overlap [start, end), by start."""
        found = self.computed_instances(master, start, end)
        for key in master.series.exceptions.values() if master.series else ():
            item = self.items[key]
            if _overlaps(item.content.start, item.content.end, start, end):
                found.append(item)
        return sorted(found, key=_by_start)

    def computed_instances(self, master: Event, start: datetime, end: datetime) -> list[Event]:
        """Occurrences of one series that overlap [start, end), without its exceptions."""
        state = master.series or SeriesState({}, set())
        return [
            _occurrence(master, begin, finish)
            for begin, finish in recurrence.occurrences(master.content, start, end)
            if begin not in state.exceptions and begin not in state.removed
        ]

    def with_uid(self, ical_uid: str) -> list[Event]:
        """Singles and masters with this UID (exceptions are reached through their master)."""
        return [self.items[key] for key in self._lookup.with_uid(ical_uid, self.items)]

    def copy_of(self, ical_uid: str) -> Event | None:
        """The single or master with this UID, or None."""
        return next(iter(self.with_uid(ical_uid)), None)

    def with_property(self, property_id: str, value: str) -> list[Event]:
        """Items that carry this extended property with this value, whatever the value's case."""
        return [self.items[key] for key in self._lookup.with_property(property_id, value, self.items)]

    def new_key(self) -> int:
        """A number for an item that is about to be added."""
        self.next_key += 1
        return self.next_key - 1

    def load(self, events: Iterable[Event]) -> None:
        """Put many items in without telling or logging anybody (seeds, saved worlds)."""
        times = []
        for event in events:
            self.items[event.key] = event
            self.next_key = max(self.next_key, event.key + 1)
            if event.kind is EventKind.SERIES_MASTER:
                self.masters.add(event.key)
            else:
                times.append((event.content.start, event.content.end, event.key))
        self._times.extend(times)
        self._lookup = Lookup()

    def reclassify(self, event: Event, kind: EventKind) -> None:
        """Make a single item a series, or a series a single item (told by the caller's `change`)."""
        if event.kind is kind:
            return
        if kind is EventKind.SERIES_MASTER:
            self._times.remove(event.content.start, event.key)
            self.masters.add(event.key)
        else:
            self.masters.discard(event.key)
            self._times.add(event.content.start, event.content.end, event.key)
        event.kind = kind

    def _hold(self, event: Event) -> None:
        self.items[event.key] = event
        if event.kind is EventKind.SERIES_MASTER:
            self.masters.add(event.key)
        else:
            self._times.add(event.content.start, event.content.end, event.key)
        self._lookup.hold(event)

    def _drop(self, event: Event) -> None:
        if event.key in self.masters:
            self.masters.discard(event.key)
        else:
            self._times.remove(event.content.start, event.key)
        self._lookup.drop(event)
        del self.items[event.key]


def _occurrence(master: Event, start: datetime, end: datetime) -> Event:
    content = replace(master.content, start=start, end=end, recurrence=None)
    return replace(
        master,
        kind=EventKind.OCCURRENCE,
        content=content,
        series=None,
        master_key=master.key,
        original_start=start,
        transaction_id=None,
        properties=None,
        cache=None,
    )


def series_state(master: Event) -> SeriesState:
    """What differs from a series' pattern, to be added to."""
    if master.series is None:
        master.series = SeriesState({}, set())
    return master.series


def _overlaps(start: datetime, end: datetime, low: datetime, high: datetime) -> bool:
    return start < high and (end > low or start == end == low)


def _by_start(event: Event) -> tuple[datetime, int]:
    return event.content.start, event.key
