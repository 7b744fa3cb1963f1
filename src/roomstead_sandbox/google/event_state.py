"""What the face holds for events, sync tokens and channels beside the world."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from roomstead_sandbox.google.channel_book import ChannelBook
from roomstead_sandbox.world.recent import RecentLists

Json = Any  # JSON data; its depth is open


@dataclass(slots=True)
class EventState:
    """Held by the face's state as ``events``.

    A higher ``epochs`` of a calendar ends the sync tokens handed out before; all of them end by age as well.
    """

    recent: RecentLists = field(default_factory=RecentLists)
    channels: ChannelBook = field(default_factory=ChannelBook)
    epochs: dict[str, int] = field(default_factory=dict)
    token_life: timedelta = timedelta(days=28)

    def dump(self) -> Json:
        """As JSON data, for saving."""
        return {"epochs": self.epochs, "channels": self.channels.dump()}

    def restore(self, data: Json) -> None:
        """Put what `dump` gave in force."""
        self.epochs = dict(data.get("epochs", {}))
        self.channels.restore(data.get("channels", []))

    def clear(self) -> None:
        """As in a new world."""
        self.recent.clear()
        self.epochs.clear()
        self.channels.clear()
