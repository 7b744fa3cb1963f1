"""The world's clock: runs with real time (offset, speed) or stands still, and holds the timers.

Timers are data (kind and arguments), so a saved world wakes up with its deliveries still under way. What is
due runs in order of due time, then of registration, one at a time; while the clock is advanced by hand it
stands at each timer's due time as that timer runs.
"""

import asyncio
import heapq
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from roomstead_sandbox.world.errors import Invalid

Scalar = str | int | float | bool | None
Arguments = Mapping[str, Scalar]
Handler = Callable[[Arguments], None]


class Timer(NamedTuple):
    """Something due at a time. Sorts by due time, then by number."""

    due: datetime
    number: int
    kind: str
    arguments: Arguments


class Clock:
    """Time as this world sees it, always aware UTC. Not thread-safe: use it on the loop that serves the world."""

    def __init__(self, now: datetime | None = None, *, speed: float = 1.0, frozen: bool = True) -> None:
        self._timers: list[Timer] = []
        self._numbers = 0
        self._handlers: dict[str, Handler] = {}
        self._wake: asyncio.Event | None = None
        self._base = (now or datetime.now(UTC)).astimezone(UTC)
        self._mark = time.monotonic()
        self.speed = speed
        self.frozen = frozen

    def now(self) -> datetime:
        """The current time of the world."""
        if self.frozen:
            return self._base
        return self._base + timedelta(seconds=(time.monotonic() - self._mark) * self.speed)

    def freeze(self) -> None:
        """Stop the clock where it is. Timers run only while somebody advances it."""
        self._rebase(self.now())
        self.frozen = True
        self._notify()

    def run(self, speed: float = 1.0) -> None:
        """Let the clock run, `speed` times as fast as real time. Raises Invalid unless speed > 0."""
        if speed <= 0:
            raise Invalid("The speed of the clock must be above zero.")
        self._rebase(self.now())
        self.speed, self.frozen = speed, False
        self._notify()

    def set(self, now: datetime) -> None:
        """Put the clock to a time without running what lies between (for seeding and loading)."""
        self._rebase(now.astimezone(UTC))
        self._notify()

    def on(self, kind: str, handler: Handler) -> None:
        """Register what runs when a timer of `kind` is due. One handler per kind; the last one stays."""
        self._handlers[kind] = handler

    def at(self, due: datetime, kind: str, **arguments: Scalar) -> Timer:
        """Set a timer. A due time in the past is due at once (at the next `run_due`, never inside this call)."""
        self._numbers += 1
        timer = Timer(due.astimezone(UTC), self._numbers, kind, arguments)
        heapq.heappush(self._timers, timer)
        self._notify()
        return timer

    def after(self, seconds: float, kind: str, **arguments: Scalar) -> Timer:
        """Set a timer `seconds` of world time from now."""
        return self.at(self.now() + timedelta(seconds=seconds), kind, **arguments)

    def cancel(self, timer: Timer) -> None:
        """Take a timer back; nothing happens when it has run already."""
        if timer in self._timers:
            self._timers.remove(timer)
            heapq.heapify(self._timers)

    def advance(self, seconds: float) -> int:
        """Move the clock forward, running what falls due on the way in order. Returns how many timers ran."""
        if seconds < 0:
            raise Invalid("The clock only goes forward.")
        return self.advance_to(self.now() + timedelta(seconds=seconds))

    def advance_to(self, target: datetime) -> int:
        """Move the clock to `target`, as `advance` does. Raises Invalid for a time already past."""
        if target < self.now():
            raise Invalid("The clock only goes forward.")
        was_frozen, self.frozen = self.frozen, True
        ran = 0
        try:
            while self._timers and self._timers[0].due <= target:
                timer = heapq.heappop(self._timers)
                self._base = max(self._base, timer.due)
                self._run(timer)
                ran += 1
            self._base = target
        finally:
            self.frozen = was_frozen
            self._rebase(self._base)
            self._notify()
        return ran

    def settle(self, within: float) -> int:
        """Advance to the last timer due within so many seconds, those that come up on the way included.

        Returns how many timers ran; the clock stays where the last of them was due.
        """
        limit = self.now() + timedelta(seconds=within)
        ran = 0
        while self._timers and self._timers[0].due <= limit:
            ran += self.advance_to(max(self._timers[0].due, self.now()))
        return ran

    def run_due(self) -> int:
        """Run what is due now, also what becomes due at once by running it. Returns how many timers ran."""
        ran = 0
        while self._timers and self._timers[0].due <= self.now():
            self._run(heapq.heappop(self._timers))
            ran += 1
        return ran

    def timers(self) -> list[Timer]:
        """What is pending, soonest first."""
        return sorted(self._timers)

    def clear(self) -> None:
        """Forget all timers (handlers stay)."""
        self._timers.clear()
        self._notify()

    def restore(self, now: datetime, timers: list[Timer], *, frozen: bool, speed: float) -> None:
        """Stand as a saved clock stood, with its timers in their order."""
        self.speed, self.frozen = speed, frozen
        self._timers = sorted(timers)
        self._numbers = max((timer.number for timer in timers), default=0)
        self.set(now)

    async def drive(self) -> None:
        """Run timers as they fall due, until cancelled. Sleeps exactly until the next one or the next change."""
        self._wake = asyncio.Event()
        try:
            while True:
                self.run_due()
                self._wake.clear()
                with suppress(TimeoutError):  # wait_for of Python 3.11 loses a cancellation that comes with the waking
                    async with asyncio.timeout(self._real_seconds_to_next()):
                        await self._wake.wait()
        finally:
            self._wake = None

    def _real_seconds_to_next(self) -> float | None:
        if self.frozen or not self._timers:
            return None
        return max((self._timers[0].due - self.now()).total_seconds() / self.speed, 0.0)

    def _run(self, timer: Timer) -> None:
        handler = self._handlers.get(timer.kind)
        if handler is None:
            raise Invalid(f"No handler for timers of kind {timer.kind!r}.")
        handler(timer.arguments)

    def _rebase(self, now: datetime) -> None:
        self._base, self._mark = now, time.monotonic()

    def _notify(self) -> None:
        if self._wake is not None:
            self._wake.set()
