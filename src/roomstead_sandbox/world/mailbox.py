"""One mailbox: its calendars and items, found by id, time, UID, transaction or property, and its change log.

Only the world's verbs (meetings, answers, delivery, attendant) change items; each change gets a version, a new
revision and is told to the stream.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from roomstead_sandbox.world.changes import ChangeKind, ChangeLog
from roomstead_sandbox.world.clock import Clock
from roomstead_sandbox.world.errors import NotFound
from roomstead_sandbox.world.events import Content, Event, EventKind, ItemRef
from roomstead_sandbox.world.shelf import Shelf, series_state
from roomstead_sandbox.world.stream import MailboxChanged, Stream

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


class Mailbox(Shelf):
    """The calendars of one user. `number` names the mailbox in item ids; `generation` grows when it is moved."""

    __slots__ = ("_clock", "_stream", "calendars", "generation", "inbox", "log", "number", "transactions", "user_id")

    def __init__(self, user_id: str, number: int, clock: Clock, stream: Stream) -> None:
        super().__init__()
        self.user_id = user_id
        self.number = number
        self.generation = 0
        self.calendars: dict[str, Calendar] = {
            DEFAULT_CALENDAR: Calendar(DEFAULT_CALENDAR, "Calendar", is_default=True)
        }
        self.log = ChangeLog()
        self.transactions: dict[str, Transaction] = {}
        self.inbox: dict[str, int] = {}
        self._clock, self._stream = clock, stream

    @property
    def version(self) -> int:
        """The number of the latest change."""
        return self.log.version

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

    def add(self, event: Event) -> Event:
        """Put a new item in and tell."""
        self._hold(event)
        self._tell(event, ChangeKind.CREATED)
        return event

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
            exception = self.items[key]
            self._drop(exception)
            self._tell(exception, ChangeKind.DELETED)
        self._drop(event)
        self._tell(event, ChangeKind.DELETED)

    def make_exception(self, occurrence: Event) -> Event:
        """Turn a computed occurrence into a stored exception (told as a change by the caller's `change`)."""
        if occurrence.kind is not EventKind.OCCURRENCE or occurrence.original_start is None:
            return occurrence
        master = self.items[occurrence.key]
        state = series_state(master)
        exception = replace(occurrence, key=self.new_key(), kind=EventKind.EXCEPTION, cache=None)
        state.exceptions[occurrence.original_start] = exception.key
        self._hold(exception)
        return exception

    def remove_occurrence(self, occurrence: Event) -> None:
        """Take one occurrence (or exception) out of its series; the master counts as changed, too."""
        if occurrence.master_key is None or occurrence.original_start is None:
            raise NotFound("This is not an occurrence of a series.")
        master = self.items[occurrence.master_key]
        state = series_state(master)
        stored = state.exceptions.pop(occurrence.original_start, None)
        if stored is not None:
            self._drop(self.items[stored])
        state.removed.add(occurrence.original_start)
        self._tell(occurrence, ChangeKind.DELETED)
        self.change(master)

    def adopt(self, master: Event) -> None:
        """Make single items that are occurrences of this series its exceptions."""
        for key in self._lookup.with_uid(master.ical_uid, self.items):
            item = self.items[key]
            if item.original_start is not None and item.master_key is None:
                self._lookup.drop(item)
                item.master_key, item.kind = master.key, EventKind.EXCEPTION
                series_state(master).exceptions[item.original_start] = item.key
                self._lookup.hold(item)
                self.change(item)

    def remove_exception(self, exception: Event) -> None:
        """Take out what differed at one occurrence, and tell; whether the occurrence goes on is its series' affair."""
        master = self.items[exception.master_key or 0]
        if exception.original_start is not None:
            series_state(master).exceptions.pop(exception.original_start, None)
        self._drop(exception)
        self._tell(exception, ChangeKind.DELETED)

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

    def replace_properties(self, event: Event, properties: dict[str, str] | None) -> None:
        """Put these extended properties in place of those there were (told by the caller's `change`)."""
        self._lookup.drop(event)
        event.properties = properties or None
        self._lookup.hold(event)

    def forget_log(self) -> None:
        """Forget the change log. One more version is used up, so that not even the newest cursor lives on."""
        self.log.append(ItemRef(0), ChangeKind.UPDATED)
        self.log.forget(self.log.version)

    def receive(self, kind: str) -> None:
        """Count a message that arrived in the inbox."""
        self.inbox[kind] = self.inbox.get(kind, 0) + 1

    def _tell(self, event: Event, kind: ChangeKind) -> None:
        event.cache = None
        event.version = self.log.append(event.ref, kind)
        self._stream.number += 1
        self._stream.tell(
            MailboxChanged(
                self._stream.number, self._clock.now(), self.user_id, event.calendar_id, event.ref, kind, event.revision
            )
        )
