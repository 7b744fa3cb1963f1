"""Channels as the service keeps them (Google's page "Push notifications"). No method lists them."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

Json = Any  # JSON data; its depth is open
DEFAULT_LIFE = timedelta(days=7)


@dataclass(slots=True)
class Channel:
    """A standing wish to be told of changes of one calendar's events.

    ``project`` and ``user_id`` say whose it is; ``account`` is the service account that asked, if one did.
    ``messages`` is the number of the last message.
    """

    id: str
    project: str
    user_id: str
    account: str | None
    mailbox_id: str
    resource_uri: str
    address: str
    expires: datetime
    token: str | None = None
    event_types: list[str] = field(default_factory=list)
    messages: int = 0

    @property
    def key(self) -> str:
        """The channel's name in the book: ids are unique within a project."""
        return f"{self.project}/{self.id}"

    @property
    def resource_id(self) -> str:
        """Names what is watched, the same for every channel on it."""
        digest = hashlib.sha256(f"{self.mailbox_id}|{self.resource_uri}".encode()).hexdigest()
        return f"o{int(digest[:16], 16):x}"[:14]


async def _nobody(_: Channel) -> None:
    """Nothing delivers yet."""


@dataclass(slots=True)
class ChannelBook:
    """All channels, by id and by calendar. ``life`` is the longest that any lives; ``tell_first`` delivers `sync`."""

    by_key: dict[str, Channel] = field(default_factory=dict)
    life: timedelta = DEFAULT_LIFE
    tell_first: Callable[[Channel], Awaitable[None]] = _nobody
    tell_later: Callable[[Channel], None] = lambda _: None
    _by_mailbox: dict[str, set[str]] = field(default_factory=dict)

    def add(self, channel: Channel) -> None:
        """Take one in."""
        self.by_key[channel.key] = channel
        self._by_mailbox.setdefault(channel.mailbox_id, set()).add(channel.key)

    def remove(self, channel: Channel) -> None:
        """Take one out."""
        self.by_key.pop(channel.key, None)
        self._by_mailbox.get(channel.mailbox_id, set()).discard(channel.key)

    def find(self, project: str, channel_id: str, now: datetime) -> Channel | None:
        """A live channel of a project."""
        channel = self.by_key.get(f"{project}/{channel_id}")
        return channel if channel is not None and channel.expires > now else None

    def of_mailbox(self, mailbox_id: str, now: datetime) -> list[Channel]:
        """Live channels on a calendar; what has run out is forgotten on the way."""
        keys = self._by_mailbox.get(mailbox_id)
        if not keys:
            return []
        channels = [self.by_key[key] for key in sorted(keys)]
        for channel in channels:
            if channel.expires <= now:
                self.remove(channel)
        return [channel for channel in channels if channel.expires > now]

    def clear(self) -> None:
        """Forget all."""
        self.by_key.clear()
        self._by_mailbox.clear()

    def dump(self) -> Json:
        """As JSON data, for saving."""
        from pydantic import TypeAdapter

        return TypeAdapter(list[Channel]).dump_python(list(self.by_key.values()), mode="json")

    def restore(self, data: Json) -> None:
        """Put what `dump` gave in force."""
        from pydantic import TypeAdapter

        for channel in TypeAdapter(list[Channel]).validate_python(data):
            self.add(channel)


def resource_uri(calendar_id: str, event_types: list[str]) -> str:
    """The address of what is watched, always below the real host whatever host was called."""
    query = urlencode([("alt", "json"), *(("eventTypes", kind) for kind in event_types)])
    return f"https://www.googleapis.com/calendar/v3/calendars/{calendar_id}/events?{query}"
