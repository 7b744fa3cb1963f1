"""What the face holds for events, sync tokens and channels beside the world."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from roomstead_sandbox.google.channel_book import DEFAULT_LIFE, ChannelBook
from roomstead_sandbox.world.recent import RecentLists

Json = Any  # JSON data; its depth is open
TOKEN_LIFE = timedelta(days=28)


@dataclass(slots=True)
class EventState:
    """Held by the face's state as ``events``.

    A higher ``epochs`` of a calendar ends the sync tokens handed out before; all of them end by age as well.
    """

    recent: RecentLists = field(default_factory=RecentLists)
    channels: ChannelBook = field(default_factory=ChannelBook)
    epochs: dict[str, int] = field(default_factory=dict)
    token_life: timedelta = TOKEN_LIFE

    def dump(self) -> Json:
        """As JSON data, for saving."""
        return {
            "epochs": self.epochs,
            "channels": self.channels.dump(),
            "token_life": self.token_life.total_seconds(),
            "channel_life": self.channels.life.total_seconds(),
        }

    def restore(self, data: Json) -> None:
        """Put what `dump` gave in force."""
        self.epochs = dict(data.get("epochs", {}))
        self.channels.restore(data.get("channels", []))
        self.token_life = timedelta(seconds=data.get("token_life", TOKEN_LIFE.total_seconds()))
        self.channels.life = timedelta(seconds=data.get("channel_life", DEFAULT_LIFE.total_seconds()))

    def clear(self) -> None:
        """As in a new world."""
        self.recent.clear()
        self.epochs.clear()
        self.channels.clear()
        self.token_life, self.channels.life = TOKEN_LIFE, DEFAULT_LIFE
