"""How Graph judges a host that it tells of changes (Microsoft Graph docs: receive change notifications, throttling).

Counted over ten minutes, from a hundred notifications on. With more than a tenth answered too slowly it is *slow*,
and what is for it is put off by ten minutes; with more than fifteen in a hundred it is *dropped*, and what is for it
is discarded. Either lasts ten minutes. Times are the world's.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(minutes=10)
LEAST = 100
SLOW_SHARE = 0.10
DROP_SHARE = 0.15


class HostState(StrEnum):
    """What becomes of notifications for a host."""

    GOOD = "good"
    SLOW = "slow"
    DROP = "drop"


@dataclass(slots=True)
class _Record:
    """What a host answered lately: when, how many notifications, how many of them too slowly."""

    answers: deque[tuple[datetime, int, int]] = field(default_factory=deque)
    state: HostState = HostState.GOOD
    until: datetime | None = None


class HostHealth:
    """The hosts' records."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Record] = {}

    def state(self, host: str, now: datetime) -> HostState:
        """How a host stands now."""
        record = self._hosts.get(host)
        if record is None or record.until is None or now >= record.until:
            return HostState.GOOD
        return record.state

    def answered(self, host: str, now: datetime, count: int, *, is_slow: bool) -> None:
        """Count what a host answered; judge it."""
        record = self._hosts.setdefault(host, _Record())
        record.answers.append((now, count, count if is_slow else 0))
        while record.answers and record.answers[0][0] <= now - WINDOW:
            record.answers.popleft()
        total = sum(each[1] for each in record.answers)
        slow = sum(each[2] for each in record.answers)
        if total < LEAST or slow / total <= SLOW_SHARE:
            return
        self.put(host, HostState.DROP if slow / total > DROP_SHARE else HostState.SLOW, now)

    def put(self, host: str, state: HostState, now: datetime) -> None:
        """Put a host into a state for the time that it lasts; what it answered before is forgotten."""
        self._hosts[host] = _Record(state=state, until=now + WINDOW)

    def clear(self) -> None:
        """Every host is good again."""
        self._hosts.clear()
