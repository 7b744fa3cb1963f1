"""Call limits kept in this process: enough for one worker, and for the command line."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.limits import LimitRules
from roomstead.domain.errors import Throttled

_SWEEP_EVERY = 500


@dataclass(slots=True)
class _Lane:
    """What one app, or one app and mailbox, uses at the moment and has used within the window."""

    places: asyncio.Semaphore
    users: int = 0
    paused_until: datetime | None = None
    called_at: deque[datetime] = field(default_factory=deque)


class LocalCallLimits:
    """Places, pauses and call counts in memory. Not shared between processes."""

    def __init__(
        self,
        clock: Clock,
        rules: LimitRules | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``sleep`` takes seconds; a test gives one that moves its clock."""
        self._clock = clock
        self._rules = rules or LimitRules()
        self._sleep = sleep
        self._lanes: dict[tuple[str, str], _Lane] = {}

    @asynccontextmanager
    async def slot(self, app: str, mailbox: str) -> AsyncGenerator[None]:
        """Hold one place for the length of a call. Raises Throttled when the wait would outlast our patience."""
        if not mailbox:
            await self._wait_out(app)
            async with self._place(app, ""):
                yield
            return
        async with self._place(app, mailbox) as lane:
            await self._wait_out(app, mailbox)
            self._count(lane)
            async with self._place(app, ""):
                yield

    async def pause(self, app: str, mailbox: str, length: timedelta) -> None:
        """Nobody calls this mailbox (or, if empty, this app) for ``length``. A longer pause stays in force."""
        lane = self._lane(app, mailbox)
        until = self._clock.now() + length
        lane.paused_until = max(until, lane.paused_until or until)

    @asynccontextmanager
    async def _place(self, app: str, mailbox: str) -> AsyncGenerator[_Lane]:
        lane = self._lane(app, mailbox)
        lane.users += 1
        try:
            async with lane.places:
                yield lane
        finally:
            lane.users -= 1

    def _lane(self, app: str, mailbox: str) -> _Lane:
        if (app, mailbox) not in self._lanes:
            if len(self._lanes) % _SWEEP_EVERY == 0:
                self._forget_idle()
            size = self._rules.mailbox_concurrency if mailbox else self._rules.app_concurrency
            self._lanes[app, mailbox] = _Lane(asyncio.Semaphore(size))
        return self._lanes[app, mailbox]

    async def _wait_out(self, app: str, mailbox: str = "") -> None:
        """Wait until neither the mailbox nor the app is paused; pauses may grow while we wait."""
        while (wait := max(self._pause_left(app, ""), self._pause_left(app, mailbox))) > timedelta(0):
            if wait > self._rules.patience:
                raise Throttled(after=wait)
            await self._sleep(wait.total_seconds())

    def _pause_left(self, app: str, mailbox: str) -> timedelta:
        lane = self._lanes.get((app, mailbox))
        if lane is None or lane.paused_until is None:
            return timedelta(0)
        return lane.paused_until - self._clock.now()

    def _count(self, lane: _Lane) -> None:
        now = self._clock.now()
        self._drop_old(lane, now)
        if len(lane.called_at) >= self._rules.calls_per_window:
            raise Throttled(after=lane.called_at[0] + self._rules.window - now)
        lane.called_at.append(now)

    def _drop_old(self, lane: _Lane, now: datetime) -> None:
        while lane.called_at and lane.called_at[0] <= now - self._rules.window:
            lane.called_at.popleft()

    def _forget_idle(self) -> None:
        """Keep no memory of mailboxes that nobody calls any more: thousands are probed once a day."""
        now = self._clock.now()
        for (app, mailbox), lane in list(self._lanes.items()):
            self._drop_old(lane, now)
            if lane.users == 0 and not lane.called_at and self._pause_left(app, mailbox) <= timedelta(0):
                del self._lanes[app, mailbox]
