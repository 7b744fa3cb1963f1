"""What a round of ``calendarView/delta`` holds, before it is shown."""

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from roomstead_sandbox.world.changes import Change, ChangeKind
from roomstead_sandbox.world.events import Event, EventKind, ItemRef
from roomstead_sandbox.world.mailbox import Mailbox
from roomstead_sandbox.world.switches import Switches


class Item(NamedTuple):
    """One line of a round: an event, or only its identity when it is to be reported as removed."""

    ref: ItemRef
    event: Event | None


def first_items(mailbox: Mailbox, calendar: str, start: datetime, end: datetime) -> list[Item]:
    """Everything in the window: singles, exceptions and occurrences, and then the masters of the latter.

    A master comes along when an instance of it lies in the window, even if its first one lies before.
    """
    inside = sorted(mailbox.view(start, end, calendar), key=lambda event: _order(event.ref))
    masters = sorted({event.master_key for event in inside if event.master_key is not None})
    return [Item(event.ref, event) for event in inside] + [Item(ItemRef(key), mailbox.items[key]) for key in masters]


def changed_items(
    mailbox: Mailbox,
    calendar: str,
    start: datetime,
    end: datetime,
    versions: tuple[int, int],
    switches: Switches,
) -> list[Item]:
    """What changed after the first version and up to the second, every item once, by its last change."""
    changes = [change for change in mailbox.log.since(versions[0]) if change.version <= versions[1]]
    latest = {change.ref: change for change in changes}
    reshaped = _reshaped_series(changes)
    items: list[Item] = []
    for change in sorted(latest.values()):
        event = mailbox.get(change.ref)
        if event is None:
            if change.ref.occurrence is None or switches.occurrence_removal_leaves_tombstone:
                items.append(Item(change.ref, None))
        elif event.calendar_id != calendar:
            continue
        elif event.kind is EventKind.SERIES_MASTER:
            instances = mailbox.instances(event, start, end)
            items += _series_items(event, instances, switches, with_instances=event.key in reshaped)
        elif _inside(event, start, end):
            items.append(Item(event.ref, event))
        elif switches.removed_outside_window:
            items.append(Item(event.ref, None))
    return items


def _series_items(master: Event, instances: list[Event], switches: Switches, *, with_instances: bool) -> list[Item]:
    if not instances:
        return [Item(master.ref, None)] if switches.removed_outside_window else []
    shown = [event for event in instances if event.kind is EventKind.OCCURRENCE] if with_instances else []
    return [*(Item(event.ref, event) for event in shown), Item(master.ref, master)]


def _reshaped_series(changes: list[Change]) -> set[int]:
    """Series that changed by themselves, not only because one of their occurrences did.

    A change of an occurrence touches its master, too, so those are subtracted.
    """
    own: Counter[int] = Counter()
    for change in changes:
        if change.ref.occurrence is None:
            own[change.ref.key] += 2 if change.kind is ChangeKind.CREATED else 1
        else:
            own[change.ref.key] -= 1
    return {key for key, count in own.items() if count > 0}


def _inside(event: Event, start: datetime, end: datetime) -> bool:
    return event.start < end and (event.end > start or event.start == event.end == start)


def _order(ref: ItemRef) -> tuple[int, float]:
    return ref.key, ref.occurrence.timestamp() if ref.occurrence else 0.0
