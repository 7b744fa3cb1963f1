"""Changes of access spread slowly through a provider: when to look again, and when a success counts. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from roomstead.domain.verification import Finding, FindingStatus

LOOKS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60))
"""After a mark: when to look again, counted from the mark; hourly after the last."""
GIVE_UP_AFTER = timedelta(hours=24)
CONFIRM_AFTER = timedelta(minutes=10)
"""Between the two successes that make a spreading change count: caches of a provider answer both ways for a while."""


def next_look(marked_at: datetime, now: datetime) -> datetime | None:
    """When to look again at a change that an admin made at ``marked_at``; None: it should long have spread."""
    if now >= marked_at + GIVE_UP_AFTER:
        return None
    hours = (timedelta(hours=hour) for hour in range(2, int(GIVE_UP_AFTER / timedelta(hours=1)) + 1))
    return next(marked_at + wait for wait in (*LOOKS, *hours) if marked_at + wait > now)


def confirmed(before: Finding | None, now: datetime) -> FindingStatus:
    """What a success while spreading counts as, given what was found before."""
    if before is None or before.status is FindingStatus.FAILED:
        return FindingStatus.PASSED_ONCE
    if before.status is FindingStatus.PASSED_ONCE and now - before.at < CONFIRM_AFTER:
        return FindingStatus.PASSED_ONCE
    return FindingStatus.PASSED


def look_after(findings: Sequence[Finding], marked_at: datetime, now: datetime) -> datetime | None:
    """When to look again, given what was found since the mark; None: give up."""
    scheduled = next_look(marked_at, now)
    confirmations = [f.at + CONFIRM_AFTER for f in findings if f.status is FindingStatus.PASSED_ONCE]
    times = [*confirmations, *([scheduled] if scheduled is not None else [])]
    return max(now, min(times)) if times else None
