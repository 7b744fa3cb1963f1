"""Telling channels that something changed: no content, numbered, several changes in one message, sometimes not at all.

(Google's page "Push notifications".)  200, 201, 202, 204 and 102 are success; 500, 502, 503, 504 and no answer are
tried again, ever later; anything else is dropped.  Delays run on the world's clock, time-outs on the machine's.
"""

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from roomstead_sandbox.google.channel_book import Channel
from roomstead_sandbox.google.events import fields
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.world.clock import Arguments
from roomstead_sandbox.world.faults import FaultKind
from roomstead_sandbox.world.stream import MailboxChanged

if TYPE_CHECKING:
    import httpx2

TIMER = "google.message"
DELIVERY_SECONDS = 5.0
WAITS = (5, 15, 45, 135, 405, 1215)
DELIVERED = frozenset({102, 200, 201, 202, 204})
TRY_AGAIN = frozenset({500, 502, 503, 504})
LARGEST_GAP = 1000
USER_AGENT = "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)"


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a channel, and how often it was tried."""

    channel: str
    state: str
    number: int
    attempts: int = 0


class Notifier:
    """Hears of every change, finds who wants to know, and calls them."""

    def __init__(self, state: FaceState) -> None:
        self._state = state
        self._waiting: deque[Message] = deque()
        self._held: dict[str, list[Message]] = {}
        self._wake = asyncio.Event()
        self._client: httpx2.AsyncClient | None = None
        self._task: asyncio.Task[None] | None = None
        state.world.stream.subscribe(self.changed)
        state.world.clock.on(TIMER, self._due)
        state.events.channels.tell_first = self._sync_now
        state.events.channels.tell_later = lambda channel: self._put(self._message(channel, "sync"))

    async def start(self) -> None:
        """Begin to deliver on the running loop."""
        self._wake = asyncio.Event()
        self._task = asyncio.create_task(self._run())
        if self._waiting:
            self._wake.set()

    async def stop(self) -> None:
        """End deliveries; what waits is kept for the next start."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()
        self._held.clear()

    def changed(self, change: MailboxChanged) -> None:
        """An item of a calendar changed: a message for every channel that is to hear of such items."""
        channels = self._state.events.channels.of_mailbox(change.mailbox_id, change.at)
        for channel in channels:
            if self._concerns(channel, change) and not self._is_waiting(channel):
                self._queue(channel)

    def _concerns(self, channel: Channel, change: MailboxChanged) -> bool:
        if not channel.event_types:
            return True
        event = self._state.world.mailboxes.of(change.mailbox_id).get(change.ref)
        kind = "default" if event is None else (event.content.more or {}).get(fields.EVENT_TYPE, "default")
        return kind in channel.event_types

    def _is_waiting(self, channel: Channel) -> bool:
        """Whether a message is about to go out anyway: it says as much as two."""
        return any(m.channel == channel.key and m.state == "exists" and not m.attempts for m in self._waiting)

    def _queue(self, channel: Channel) -> None:
        strike = self._state.world.faults.strike
        message = self._message(channel, "exists")
        if strike([FaultKind.NOTIFICATION_LOST], mailbox=channel.mailbox_id):
            return
        copies = 2 if strike([FaultKind.NOTIFICATION_DOUBLED], mailbox=channel.mailbox_id) else 1
        delayed = strike([FaultKind.NOTIFICATION_DELAYED], mailbox=channel.mailbox_id)
        if delayed is not None:
            self._later(message, delayed.seconds)
            return
        if strike([FaultKind.NOTIFICATION_REORDERED], mailbox=channel.mailbox_id):
            self._held.setdefault(channel.key, []).append(message)
            return
        for _ in range(copies):
            self._put(message)
        for held in self._held.pop(channel.key, []):
            self._put(held)

    def _message(self, channel: Channel, state: str) -> Message:
        """The next message: numbers grow, but not one by one."""
        gap = 1 if not channel.messages else 1 + self._state.world.chance.randrange(LARGEST_GAP)
        channel.messages += gap
        return Message(channel.key, state, channel.messages)

    def _put(self, message: Message) -> None:
        self._waiting.append(message)
        self._wake.set()

    def _later(self, message: Message, seconds: float) -> None:
        self._state.world.clock.after(
            seconds,
            TIMER,
            channel=message.channel,
            state=message.state,
            number=message.number,
            attempts=message.attempts,
        )

    def _due(self, arguments: Arguments) -> None:
        number, attempts = int(str(arguments["number"])), int(str(arguments["attempts"]))
        self._put(Message(str(arguments["channel"]), str(arguments["state"]), number, attempts))

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            messages = [*self._waiting]
            self._waiting.clear()
            await asyncio.gather(*(self._deliver(message) for message in messages))

    async def _sync_now(self, channel: Channel) -> None:
        await self._deliver(self._message(channel, "sync"))

    async def _deliver(self, message: Message) -> None:
        import httpx2

        channel = self._state.events.channels.by_key.get(message.channel)
        if channel is None or channel.expires <= self._state.world.now():
            return
        try:
            answer = await self._http().post(
                channel.address, content=b"", headers=_headers(channel, message), timeout=DELIVERY_SECONDS
            )
            status = answer.status_code
        except httpx2.HTTPError:
            status = min(TRY_AGAIN)
        if status in TRY_AGAIN and message.attempts < len(WAITS):
            again = Message(message.channel, message.state, message.number, message.attempts + 1)
            self._later(again, WAITS[message.attempts])

    def _http(self) -> "httpx2.AsyncClient":
        import httpx2

        if self._client is None:
            limits: Any = httpx2.Limits(max_connections=20)
            self._client = httpx2.AsyncClient(limits=limits, follow_redirects=False)
        return self._client


def _headers(channel: Channel, message: Message) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json; utf-8",
        "User-Agent": USER_AGENT,
        "X-Goog-Channel-ID": channel.id,
        "X-Goog-Channel-Expiration": _http_date(channel.expires),
        "X-Goog-Resource-ID": channel.resource_id,
        "X-Goog-Resource-URI": channel.resource_uri,
        "X-Goog-Resource-State": message.state,
        "X-Goog-Message-Number": str(message.number),
    }
    return {**headers, "X-Goog-Channel-Token": channel.token} if channel.token is not None else headers


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
