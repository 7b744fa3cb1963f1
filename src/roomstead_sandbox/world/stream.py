"""What happens in the world, told to whoever listens: faces turn it into push notifications."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from roomstead_sandbox.world.changes import ChangeKind
from roomstead_sandbox.world.events import ItemRef


class MailboxChanged(NamedTuple):
    """An item of a mailbox changed. `number` counts all changes of this world since it was made."""

    number: int
    at: datetime
    mailbox_id: str
    calendar_id: str
    ref: ItemRef
    kind: ChangeKind
    revision: int


Listener = Callable[[MailboxChanged], None]


class Stream:
    """Tells listeners about changes, in order, inside the change itself: a listener must be quick and not raise."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self.number = 0

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` at every change from now on. Returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, change: MailboxChanged) -> None:
        """Tell all listeners."""
        for listener in tuple(self._listeners):
            listener(change)
