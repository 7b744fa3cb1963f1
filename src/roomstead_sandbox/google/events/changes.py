"""What changed in a calendar since a point in its history, as an incremental list reports it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from roomstead_sandbox.google.errors import full_sync_required
from roomstead_sandbox.google.events.event_json import View, event_json
from roomstead_sandbox.google.events.query import ListQuery
from roomstead_sandbox.google.events.selecting import REACH, is_wanted
from roomstead_sandbox.world import recurrence
from roomstead_sandbox.world.errors import CursorTooOld
from roomstead_sandbox.world.events import Event, EventKind, ItemRef
from roomstead_sandbox.world.mailbox import Mailbox

BACK, AHEAD = timedelta(days=400), REACH
"""How much of a changed series is reported as single events, whatever window the first round had."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Reads the log of one calendar for one reader."""

    view: View
    query: ListQuery
    now: datetime

    def since(self, version: int) -> list[Event]:
        """Every event that changed after `version`, once, in order of the last change.

        GoogleError 410 when the log does not reach back so far.
        """
        mailbox = self.view.calendar.mailbox
        try:
            changes = mailbox.log.latest_since(version)
        except CursorTooOld as error:
            raise full_sync_required() from error
        found: dict[tuple[int, datetime | None], Event] = {}
        for change in changes:
            for event in self._rows(mailbox, change.ref, version):
                name = (event.master_key or event.key, event.original_start)
                found.pop(name, None)
                found[name] = event
        return [event for event in found.values() if is_wanted(event, self.view, self.query)]

    def _rows(self, mailbox: Mailbox, ref: ItemRef, version: int) -> Iterable[Event]:
        if ref.occurrence is not None:
            event = mailbox.get(ref)
            if event is None:
                return self._gone(mailbox, ref)
            return [event] if event.kind is EventKind.EXCEPTION or self.query.single_events else []
        item = mailbox.items.get(ref.key)
        if item is None:
            return []
        if item.kind is not EventKind.SERIES_MASTER and item.series is None:
            return [item]
        if not self.query.single_events:
            return [item]
        return [*self._former(mailbox, item, version), *self._instances(mailbox, item)]

    def _instances(self, mailbox: Mailbox, master: Event) -> Iterable[Event]:
        if master.kind is not EventKind.SERIES_MASTER:
            return [master]
        return mailbox.instances(master, self.now - BACK, self.now + AHEAD)

    def _former(self, mailbox: Mailbox, master: Event, version: int) -> Iterable[Event]:
        """What the series was at `version`, single event or occurrences, and is no more."""
        for former in master.series.former if master.series is not None else ():
            if former.version < version:
                continue
            if former.content.recurrence is None:
                if master.kind is EventKind.SERIES_MASTER:
                    yield replace(master, kind=EventKind.SINGLE, cancelled=True, is_organizer=False)
                continue
            spans = recurrence.occurrences(former.content, self.now - BACK, self.now + AHEAD)
            for start, end in spans:
                if mailbox.get(ItemRef(master.key, start)) is None:
                    yield _vanished(master, start, end)

    def _gone(self, mailbox: Mailbox, ref: ItemRef) -> Iterable[Event]:
        """An exception whose occurrence is no more."""
        master = mailbox.items.get(ref.key)
        if master is None or ref.occurrence is None:
            return []
        length = master.end - master.start
        return [_vanished(master, ref.occurrence, ref.occurrence + length)]


def rows(view: View, events: Iterable[Event]) -> list[dict[str, object]]:
    """The events as items of a list."""
    return [event_json(event, view) for event in events]


def _vanished(master: Event, start: datetime, end: datetime) -> Event:
    """An occurrence that is no more, to be reported as cancelled."""
    return replace(
        master,
        kind=EventKind.EXCEPTION,
        content=replace(master.content, start=start, end=end, recurrence=None),
        master_key=master.key,
        original_start=start,
        is_organizer=False,
        cancelled=True,
        series=None,
        cache=None,
    )
