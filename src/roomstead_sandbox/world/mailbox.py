"""One mailbox: its calendars and items, found by id, time, UID, transaction or property, and its change log.

Only the world's verbs (meetings, answers, delivery, attendant) change items; each change gets a version, a new
revision and is told to the stream.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from roomstead_sandbox.world import recurrence
from roomstead_sandbox.world.changes import ChangeKind, ChangeLog
from roomstead_sandbox.world.clock import Clock
from roomstead_sandbox.world.errors import NotFound
from roomstead_sandbox.world.events import Content, Event, EventKind, ItemRef, SeriesState
from roomstead_sandbox.world.lookup import Lookup
from roomstead_sandbox.world.stream import MailboxChanged, Stream
from roomstead_sandbox.world.timeindex import TimeIndex

DEFAULT_CALENDAR = "default"


@dataclass(slots=True)
class Calendar:
    """A calendar of a mailbox. Only the default one collects answers to invitations."""

    id: str
    name: str
    is_default: bool = False
    color: str = "auto"


class Transaction(NamedTuple):
    """A create that a client named, so that repeating it is harmless.

    `fingerprint` is the face's digest of the first request, to tell a repeat from a misuse.
    """

    ref: ItemRef
    fingerprint: str


class Mailbox:
    """The calendars of one user. `number` names the mailbox in item ids; `generation` grows when it is moved."""

    __slots__ = (
        "_clock", "_lookup", "_stream", "_times", "calendars", "generation", "inbox", "items", "log",
        "masters", "next_key", "number", "transactions", "user_id",
    )  # fmt: skip

    def __init__(self, user_id: str, number: int, clock: Clock, stream: Stream) -> None:
        self.user_id = user_id
        self.number = number
        self.generation = 0
        self.calendars: dict[str, Calendar] = {
            DEFAULT_CALENDAR: Calendar(DEFAULT_CALENDAR, "Calendar", is_default=True)
        }
        self.items: dict[int, Event] = {}
        self.masters: set[int] = set()
        self.log = ChangeLog()
        self.transactions: dict[str, Transaction] = {}
        self.inbox: dict[str, int] = {}
        self._clock, self._stream = clock, stream
        self._times = TimeIndex()
        self._lookup = Lookup()
        self.next_key = 1

    # -- reading ---------------------------------------------------------------------------------------------

    @property
    def version(self) -> int:
        """The number of the latest change."""
        return self.log.version

    def get(self, ref: ItemRef) -> Event | None:
        """The item, an occurrence computed where needed, or None when there is none (any more)."""
        item = self.items.get(ref.key)
        if item is None or ref.occurrence is None:
            return item
        if item.series is None or ref.occurrence in item.series.removed:
            return None
        exception = item.series.exceptions.get(ref.occurrence)
        if exception is not None:
            return self.items.get(exception)
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

    def calendar(self, calendar_id: str) -> Calendar:
        """A calendar by id; raises NotFound."""
        found = self.calendars.get(calendar_id)
        if found is None:
            raise NotFound("The mailbox has no such calendar.")
        return found

    # -- changing (for the world's verbs) --------------------------------------------------------------------

    def add_calendar(self, name: str) -> Calendar:
        """A further calendar."""
        calendar = Calendar(f"calendar-{len(self.calendars) + 1}", name)
        self.calendars[calendar.id] = calendar
        return calendar

    def new_key(self) -> int:
        """A number for an item that is about to be added."""
        self.next_key += 1
        return self.next_key - 1

    def add(self, event: Event) -> Event:
        """Put a new item in and tell."""
        self._hold(event)
        self._tell(event, ChangeKind.CREATED)
        return event

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

    def change(self, event: Event, content: Content | None = None) -> None:
        """Record that a stored item changed, with its new content if that changed; rotates the revision."""
        if content is not None and content is not event.content:
            if event.key not in self.masters:
                self._times.remove(event.content.start, event.key)
                self._times.add(content.start, content.end, event.key)
            event.content = content
        event.revision += 1
        event.modified = self._clock.now()
        self._tell(event, ChangeKind.UPDATED)

    def remove(self, event: Event) -> None:
        """Take a stored item out, with its exceptions when it is a series, and tell."""
        for key in list(event.series.exceptions.values()) if event.series else ():
            self._drop(self.items[key])
        self._drop(event)
        self._tell(event, ChangeKind.DELETED)

    def make_exception(self, occurrence: Event) -> Event:
        """Turn a computed occurrence into a stored exception (told as a change by the caller's `change`)."""
        if occurrence.kind is not EventKind.OCCURRENCE or occurrence.original_start is None:
            return occurrence
        master = self.items[occurrence.key]
        state = _series_state(master)
        exception = replace(occurrence, key=self.new_key(), kind=EventKind.EXCEPTION, cache=None)
        state.exceptions[occurrence.original_start] = exception.key
        self._hold(exception)
        return exception

    def remove_occurrence(self, occurrence: Event) -> None:
        """Take one occurrence (or exception) out of its series; the master counts as changed, too."""
        if occurrence.master_key is None or occurrence.original_start is None:
            raise NotFound("This is not an occurrence of a series.")
        master = self.items[occurrence.master_key]
        state = _series_state(master)
        stored = state.exceptions.pop(occurrence.original_start, None)
        if stored is not None:
            self._drop(self.items[stored])
        state.removed.add(occurrence.original_start)
        self._tell(occurrence, ChangeKind.DELETED)
        self.change(master)

    def change_kind(self, event: Event, kind: EventKind) -> None:
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

    def forget_exceptions(self, master: Event) -> None:
        """Drop everything that differs from the pattern of a series."""
        for key in list(master.series.exceptions.values()) if master.series else ():
            self._drop(self.items[key])
        master.series = None

    def set_properties(self, event: Event, properties: dict[str, str]) -> None:
        """Add or replace extended properties (told by the caller's `change`)."""
        self._lookup.drop(event)
        event.properties = {**(event.properties or {}), **properties}
        self._lookup.hold(event)

    def forget_log(self) -> None:
        """Forget the change log, so that every cursor into it dies (a mark of its own keeps none valid)."""
        self.log.append(ItemRef(0), ChangeKind.UPDATED)
        self.log.forget(self.log.version)

    def receive(self, kind: str) -> None:
        """Count a message that arrived in the inbox."""
        self.inbox[kind] = self.inbox.get(kind, 0) + 1

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

    def _tell(self, event: Event, kind: ChangeKind) -> None:
        event.cache = None
        event.version = self.log.append(event.ref, kind)
        self._stream.number += 1
        self._stream.tell(
            MailboxChanged(
                self._stream.number, self._clock.now(), self.user_id, event.calendar_id, event.ref, kind, event.revision
            )
        )


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


def _series_state(master: Event) -> SeriesState:
    if master.series is None:
        master.series = SeriesState({}, set())
    return master.series


def _overlaps(start: datetime, end: datetime, low: datetime, high: datetime) -> bool:
    return start < high and (end > low or start == end == low)


def _by_start(event: Event) -> tuple[datetime, int]:
    return event.content.start, event.key
