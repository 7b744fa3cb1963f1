"""How items of a mailbox are named on the wire: ids in their two forms, change keys, entity tags."""

from roomstead_sandbox.world import ids
from roomstead_sandbox.world.events import Event, ItemRef
from roomstead_sandbox.world.mailbox import Mailbox


def item_id(mailbox: Mailbox, form: ids.IdForm, ref: ItemRef, *, escaping: bool) -> str:
    """The id of an item; with ``escaping`` in the alphabet that a path cannot carry as it is."""
    text = ids.encode(form, mailbox.number, mailbox.generation, ref)
    return text.replace("-", "+").replace("_", "/") if escaping else text


def change_key(event: Event, mailbox: Mailbox) -> str:
    """The version of this copy, opaque and sensitive to case; it changes with every revision."""
    version = (event.key & 0xFFFFFF) << 24 | event.revision & 0xFFFFFF
    return ids.encode(ids.IdForm.IMMUTABLE, mailbox.number, 0, ItemRef(version, event.created))[6:]


def etag(event: Event, mailbox: Mailbox) -> str:
    """The weak entity tag that carries the change key."""
    return f'W/"{change_key(event, mailbox)}"'
