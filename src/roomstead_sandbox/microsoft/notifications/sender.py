"""Telling apps to look: the handshake, one call for many changes, another try later, and bad luck on order.

(Microsoft Graph docs: "Receive change notifications through webhooks".)  Success is any 2xx within three seconds; what
fails is tried again, ever later, for four hours.  Delays run on the world's clock, time-outs on the machine's.
"""

import asyncio
import contextlib
import json
from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlsplit

from roomstead_sandbox.microsoft.errors import bad_request
from roomstead_sandbox.microsoft.notifications.health import WINDOW, HostHealth, HostState
from roomstead_sandbox.microsoft.notifications.notice import CHANGE_WORDS, Notice, change_notice, lifecycle_notice
from roomstead_sandbox.microsoft.state import FaceState
from roomstead_sandbox.microsoft.subscription_book import Subscription
from roomstead_sandbox.world.clock import Arguments
from roomstead_sandbox.world.faults import FaultKind
from roomstead_sandbox.world.stream import MailboxChanged

if TYPE_CHECKING:
    import httpx2

TIMER = "microsoft.notice"
VALIDATION_SECONDS = 10.0
DELIVERY_SECONDS = 3.0
LONGEST_TRYING = timedelta(hours=4)
WAITS = (10, 30, 60, 120, 300, 600, 1200)
LARGEST_CALL = 50
VALIDATION_FAILED = (
    "Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request."
)
ECHO_FAILED = "Subscription validation request failed. Response must exactly match validationToken query parameter."


class Notifier:
    """Hears of every change, finds who wants to know, and calls them."""

    def __init__(self, state: FaceState) -> None:
        self._state = state
        self._waiting: deque[Notice] = deque()
        self._held: dict[str, list[Notice]] = defaultdict(list)
        self.health = HostHealth()
        self._wake = asyncio.Event()
        self._client: httpx2.AsyncClient | None = None
        self._task: asyncio.Task[None] | None = None
        state.world.stream.subscribe(self.changed)
        state.world.clock.on(TIMER, self._due)

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
        self.health.clear()

    def changed(self, change: MailboxChanged) -> None:
        """An item of a mailbox changed: queue a notice for every subscription that asked for this."""
        word = CHANGE_WORDS[change.kind]
        for subscription in self._state.subscriptions.of_mailbox(change.mailbox_id, change.at):
            if word in subscription.change_types and subscription.calendar_id in (None, change.calendar_id):
                world = self._state.world
                mailbox, escaping = world.mailboxes.of(change.mailbox_id), world.switches.ids_need_escaping
                self._queue(change_notice(subscription, change, mailbox, escaping=escaping), change.mailbox_id)

    def tell_lifecycle(self, subscription: Subscription, event: str) -> bool:
        """Send a lifecycle notification; False when the app gave no address for those."""
        if subscription.lifecycle_url is None:
            return False
        self._put(lifecycle_notice(subscription, event, self._state.world.now()))
        return True

    def _queue(self, notice: Notice, mailbox_id: str) -> None:
        strike = self._state.world.faults.strike
        if strike([FaultKind.NOTIFICATION_LOST], mailbox=mailbox_id):
            return
        copies = 2 if strike([FaultKind.NOTIFICATION_DOUBLED], mailbox=mailbox_id) else 1
        delayed = strike([FaultKind.NOTIFICATION_DELAYED], mailbox=mailbox_id)
        if delayed is not None:
            self._later(notice, delayed.seconds)
            return
        if strike([FaultKind.NOTIFICATION_REORDERED], mailbox=mailbox_id):
            self._held[notice.url].append(notice)
            return
        for _ in range(copies):
            self._put(notice)
        for held in self._held.pop(notice.url, []):
            self._put(held)

    def _put(self, notice: Notice) -> None:
        self._waiting.append(notice)
        self._wake.set()

    def _later(self, notice: Notice, seconds: float) -> None:
        self._state.world.clock.after(seconds, TIMER, **notice.scalars())

    def _due(self, arguments: Arguments) -> None:
        self._put(Notice.from_scalars(arguments))

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            calls = _bundled(self._waiting)
            await asyncio.gather(*(self._deliver(notices) for notices in calls))

    async def _deliver(self, notices: list[Notice]) -> None:
        import httpx2

        host, now = urlsplit(notices[0].url).netloc, self._state.world.now()
        match self.health.state(host, now):
            case HostState.DROP:
                return
            case HostState.SLOW:
                for notice in notices:
                    self._later(notice, WINDOW.total_seconds())
                return
            case HostState.GOOD:
                pass
        is_slow = False
        body = {"value": [json.loads(notice.body) for notice in notices]}
        try:
            answer = await self._http().post(notices[0].url, json=body, timeout=DELIVERY_SECONDS)
            delivered = answer.is_success
        except httpx2.HTTPError as error:
            delivered, is_slow = False, isinstance(error, httpx2.TimeoutException)
        self.health.answered(host, now, len(notices), is_slow=is_slow)
        if not delivered:
            self._try_again(notices)

    def _try_again(self, notices: list[Notice]) -> None:
        now: datetime = self._state.world.now()
        for notice in notices:
            if now - notice.first < LONGEST_TRYING:
                self._later(notice.once_more(), WAITS[min(notice.attempts, len(WAITS) - 1)])

    async def validate(self, url: str) -> None:
        """The handshake: the address must answer 200 with the token, decoded, as plain text within ten seconds.

        GraphError 400 when it does not.
        """
        import httpx2

        request = self._state.world.new_id()
        token = f"Validation: Testing client application reachability for subscription Request-Id: {request}"
        address = f"{url}{'&' if '?' in url else '?'}validationToken={quote_plus(token)}"
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        try:
            answer = await self._http().post(address, content=b"", headers=headers, timeout=VALIDATION_SECONDS)
        except httpx2.HTTPError as error:
            raise bad_request(VALIDATION_FAILED, "InvalidRequest") from error
        if answer.status_code != 200:  # noqa: PLR2004  (the one status that the documentation accepts)
            raise bad_request(VALIDATION_FAILED, "InvalidRequest")
        plain = answer.headers.get("content-type", "").lower().startswith("text/plain")
        if not plain or answer.text != token:
            raise bad_request(ECHO_FAILED, "ValidationError")

    def _http(self) -> "httpx2.AsyncClient":
        import httpx2

        if self._client is None:
            limits: Any = httpx2.Limits(max_connections=20)
            self._client = httpx2.AsyncClient(limits=limits, follow_redirects=False)
        return self._client


def _bundled(waiting: deque[Notice]) -> list[list[Notice]]:
    """Everything that waits, one list per call: notices for one address travel together, up to a bound."""
    by_url: dict[str, list[Notice]] = defaultdict(list)
    while waiting:
        notice = waiting.popleft()
        by_url[notice.url].append(notice)
    return [
        notices[at : at + LARGEST_CALL] for notices in by_url.values() for at in range(0, len(notices), LARGEST_CALL)
    ]
