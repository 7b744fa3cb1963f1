"""Finding an item on a linked calendar by what all its copies share, and making an occurrence one that is stored."""

from datetime import datetime

from roomstead_sandbox.world.events import Event, EventKind, ItemRef
from roomstead_sandbox.world.mailbox import Mailbox


def find(mailbox: Mailbox, ical_uid: str, occurrence: datetime | None = None) -> Event | None:
    """The single item or series with this UID, or one occurrence of it; cancelled ones, too.

    An occurrence may be there without its series: somebody was invited to that one only.
    """
    for item in mailbox.with_uid(ical_uid):
        if item.original_start == occurrence:
            return item
        if occurrence is not None and item.kind is EventKind.SERIES_MASTER:
            return mailbox.get(ItemRef(item.key, occurrence))
    return None


def stored(mailbox: Mailbox, event: Event) -> Event:
    """The item itself, or the exception that a computed occurrence becomes, with all that its series has."""
    if event.kind is not EventKind.OCCURRENCE:
        return event
    master = mailbox.items[event.key]
    exception = mailbox.make_exception(event)
    exception.own = dict(master.own) if master.own else None
    mailbox.replace_properties(exception, dict(master.properties or {}))
    return exception
