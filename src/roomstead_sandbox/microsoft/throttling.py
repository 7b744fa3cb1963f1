"""Exchange's throttles, per app and mailbox: requests in ten minutes, and requests at one time.

(Microsoft Graph docs: "Microsoft Graph service-specific throttling limits", Outlook service.)  Requests refused still
count.  Whether "four at a time" means the mailbox or the whole app is documented both ways: a switch.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from roomstead_sandbox.microsoft.errors import GraphError, throttled
from roomstead_sandbox.world.switches import Switches

CONCURRENCY_WAIT_SECONDS = 10
Key = tuple[str, str]


@dataclass(slots=True)
class Limits:
    """What is allowed; None for no limit.  ``latency_seconds`` of real time make every call last."""

    requests: int | None = 10_000
    window_seconds: float = 600
    concurrent: int | None = 4
    latency_seconds: float = 0


@dataclass(slots=True)
class Throttle:
    """The counters."""

    limits: Limits = field(default_factory=Limits)
    _windows: dict[Key, tuple[datetime, int]] = field(default_factory=dict)
    _flying: dict[Key, int] = field(default_factory=dict)
    peaks: dict[Key, int] = field(default_factory=dict)

    def count(self, client_id: str, mailbox_id: str, now: datetime) -> None:
        """Count one request.  GraphError 429 with the rest of the window as Retry-After when there were too many."""
        if self.limits.requests is None:
            return
        key = (client_id, mailbox_id)
        began, seen = self._windows.get(key, (now, 0))
        ends = began + timedelta(seconds=self.limits.window_seconds)
        if now >= ends:
            began, seen, ends = now, 0, now + timedelta(seconds=self.limits.window_seconds)
        self._windows[key] = (began, seen + 1)
        if seen >= self.limits.requests:
            raise throttled("MailboxRequest", max(1, int((ends - now).total_seconds())))

    @contextmanager
    def flight(self, client_id: str, mailbox_id: str, switches: Switches) -> Iterator[None]:
        """Hold one of the places at a time.  GraphError 429, or 503 by a switch, when all are taken."""
        key = (client_id, "" if switches.concurrency_counts_whole_app else mailbox_id)
        flying = self._flying.get(key, 0)
        if self.limits.concurrent is not None and flying >= self.limits.concurrent:
            raise _too_many(switches)
        self._flying[key] = flying + 1
        self.peaks[key] = max(self.peaks.get(key, 0), flying + 1)
        try:
            yield
        finally:
            left = self._flying.get(key, 1) - 1
            if left > 0:
                self._flying[key] = left
            else:
                self._flying.pop(key, None)

    def clear(self) -> None:
        """Forget all counts; calls under way still give back their places."""
        self._windows.clear()
        self.peaks.clear()


def _too_many(switches: Switches) -> GraphError:
    error = throttled("MailboxConcurrency", CONCURRENCY_WAIT_SECONDS if switches.concurrency_names_wait else None)
    if switches.concurrency_answers_unavailable:
        error.status = 503
    return error
