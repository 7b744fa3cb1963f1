"""Call limits kept in this process: enough for one worker, and for the command line."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.limits import LimitRules, Meter
from roomstead.domain.errors import Throttled

_SWEEP_EVERY = 500
_NO_WAIT = timedelta(0)


@dataclass(slots=True)
class _Lane:
    """What one app, or one app and mailbox, uses at the moment."""

    places: asyncio.Semaphore
    users: int = 0
    paused_until: datetime | None = None


@dataclass(slots=True)
class _Line:
    """When the next call is due at an even pace, and the next of those that were sent away to come back.

    ``step``: how far the last call moved it.
    """

    due: datetime
    promised: datetime
    step: timedelta = _NO_WAIT


class _Lines:
    """The turns that meters have given away.

    A turn is given before the wait for it, so that nobody who waits is overtaken. Whoever would wait too long is sent
    away, each until another moment, so that a thousand do not come back together.
    """

    def __init__(self, patience: timedelta) -> None:
        """Nobody waits."""
        self._patience = patience
        self._lines: dict[str, _Line] = {}

    def take(self, meters: Sequence[Meter], now: datetime) -> timedelta:
        """The wait until the turn of a call that counts for all of these. Raises Throttled, and takes none."""
        lines = [(self._line(meter, now), meter) for meter in meters]
        wait = max((line.due - meter.rate.credit - now for line, meter in lines), default=_NO_WAIT)
        if wait > self._patience:
            for line, meter in lines:
                line.promised += meter.pace
            raise Throttled(after=max(line.promised - meter.rate.credit - now for line, meter in lines))
        for line, meter in lines:
            line.due += meter.pace
            line.step = meter.pace
            line.promised = max(line.promised, line.due)
        return max(wait, _NO_WAIT)

    def forget_idle(self, now: datetime) -> None:
        """A line in which nobody waits, and that has its whole credit again, is as good as a new one."""
        self._lines = {name: line for name, line in self._lines.items() if line.promised > now}

    def _line(self, meter: Meter, now: datetime) -> _Line:
        """As it is by now; one that is further ahead than turns are given away is of a clock that was put back."""
        line = self._lines.setdefault(meter.name, _Line(now, now))
        if line.due > now + meter.rate.credit + self._patience + line.step:
            line.due = line.promised = now
        line.due = max(line.due, now)
        line.promised = max(line.promised, line.due)
        return line


class LocalCallLimits:
    """Places, pauses and turns in memory. Not shared between processes."""

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
        self._lines = _Lines(self._rules.turn_patience)

    @asynccontextmanager
    async def slot(self, app: str, mailbox: str, meters: Sequence[Meter] = ()) -> AsyncGenerator[None]:
        """Hold one place for the length of a call. Raises Throttled when the wait would outlast our patience."""
        await self._wait_out(app, mailbox)
        await self._wait_for_turn(meters)
        if not mailbox:
            async with self._place(app, ""):
                yield
            return
        async with self._place(app, mailbox):
            await self._wait_out(app, mailbox)
            async with self._place(app, ""):
                yield

    async def pause(self, app: str, mailbox: str, length: timedelta) -> None:
        """Nobody calls this mailbox (or, if empty, this app) for ``length``. A longer pause stays in force."""
        lane = self._lane(app, mailbox)
        until = self._clock.now() + length
        lane.paused_until = max(until, lane.paused_until or until)

    @asynccontextmanager
    async def _place(self, app: str, mailbox: str) -> AsyncGenerator[None]:
        lane = self._lane(app, mailbox)
        lane.users += 1
        try:
            async with lane.places:
                yield
        finally:
            lane.users -= 1

    def _lane(self, app: str, mailbox: str) -> _Lane:
        if (app, mailbox) not in self._lanes:
            if len(self._lanes) % _SWEEP_EVERY == 0:
                self._forget_idle()
            size = self._rules.mailbox_concurrency if mailbox else self._rules.app_concurrency
            self._lanes[app, mailbox] = _Lane(asyncio.Semaphore(size))
        return self._lanes[app, mailbox]

    async def _wait_for_turn(self, meters: Sequence[Meter]) -> None:
        wait = self._lines.take(meters, self._clock.now())
        if wait > _NO_WAIT:
            await self._sleep(wait.total_seconds())

    async def _wait_out(self, app: str, mailbox: str) -> None:
        """Wait until neither the mailbox nor the app is paused; pauses may grow while we wait."""
        while (wait := max(self._pause_left(app, ""), self._pause_left(app, mailbox))) > _NO_WAIT:
            if wait > self._rules.patience:
                raise Throttled(after=wait)
            await self._sleep(wait.total_seconds())

    def _pause_left(self, app: str, mailbox: str) -> timedelta:
        lane = self._lanes.get((app, mailbox))
        if lane is None or lane.paused_until is None:
            return _NO_WAIT
        return lane.paused_until - self._clock.now()

    def _forget_idle(self) -> None:
        """Keep no memory of mailboxes that nobody calls any more: thousands are probed once a day."""
        for (app, mailbox), lane in list(self._lanes.items()):
            if lane.users == 0 and self._pause_left(app, mailbox) <= _NO_WAIT:
                del self._lanes[app, mailbox]
        self._lines.forget_idle(self._clock.now())
