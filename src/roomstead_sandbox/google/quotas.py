"""Google's limits: requests in a sliding minute per project and per user, and the anti-abuse limits of an account.

(Google's pages "Manage quotas" of May 2026 and "Avoid Calendar use limits".)  A PATCH counts as three.  Under
delegation the service account is "the user", unless a request says otherwise by ``quotaUser``.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from roomstead_sandbox.google.errors import GoogleError, rate_limit, user_rate_limit

WINDOW = timedelta(minutes=1)
PATCH_UNITS = 3
Refusal = Callable[[], GoogleError]


@dataclass(slots=True)
class Limits:
    """What is allowed; None for no limit. ``alternating``: every second refusal of a project is 429, not 403."""

    project_per_minute: int | None = 10_000
    user_per_minute: int | None = 600
    directory_user_per_minute: int | None = 2_400
    calendar_writes_per_second: int | None = None
    external_guests: int | None = 10_000
    events_created: int | None = 100_000
    period_hours: float = 24
    read_only_hours: float = 6
    alternating: bool = True


@dataclass(slots=True)
class _Window:
    """Units spent, oldest first."""

    spent: deque[tuple[datetime, int]] = field(default_factory=deque)
    total: int = 0

    def after(self, moment: datetime) -> int:
        while self.spent and self.spent[0][0] <= moment:
            self.total -= self.spent.popleft()[1]
        return self.total

    def spend(self, now: datetime, units: int) -> None:
        self.spent.append((now, units))
        self.total += units


@dataclass(slots=True)
class Quotas:
    """The counters."""

    limits: Limits = field(default_factory=Limits)
    refused: int = 0
    _windows: dict[tuple[str, ...], _Window] = field(default_factory=dict)

    def charge(self, api: str, project: str, user: str, units: int, now: datetime) -> None:
        """Count a request. GoogleError when the project's or the user's minute is spent; refused ones count, too."""
        per_user = self.limits.user_per_minute if api == "calendar" else self.limits.directory_user_per_minute
        self._spend((api, project), self.limits.project_per_minute, units, now, self._project_error)
        self._spend((api, project, user), per_user, units, now, user_rate_limit)

    def write(self, calendar_key: str, now: datetime) -> None:
        """Count a write to one calendar. GoogleError when they come too fast."""
        limit = self.limits.calendar_writes_per_second
        self._spend(("write", calendar_key), limit, 1, now, rate_limit, timedelta(seconds=1))

    def created(self, user_id: str, external_guests: int, now: datetime) -> bool:
        """Count an event with its guests from elsewhere. Whether the account goes read-only over it."""
        window = timedelta(hours=self.limits.period_hours)
        events = self._count(("events", user_id), 1, now, window)
        guests = self._count(("guests", user_id), external_guests, now, window)
        return _over(events, self.limits.events_created) or _over(guests, self.limits.external_guests)

    def clear(self) -> None:
        """Forget all counts."""
        self._windows.clear()
        self.refused = 0

    def _project_error(self) -> GoogleError:
        self.refused += 1
        return rate_limit(429 if self.limits.alternating and self.refused % 2 == 0 else 403)

    def _spend(
        self, key: tuple[str, ...], limit: int | None, units: int, now: datetime, refusal: Refusal,
        window: timedelta = WINDOW,
    ) -> None:  # fmt: skip
        if limit is not None and self._count(key, units, now, window) > limit:
            raise refusal()

    def _count(self, key: tuple[str, ...], units: int, now: datetime, window: timedelta) -> int:
        held = self._windows.setdefault(key, _Window())
        held.after(now - window)
        held.spend(now, units)
        return held.total


def _over(count: int, limit: int | None) -> bool:
    return limit is not None and count > limit
