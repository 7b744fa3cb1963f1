"""How long to wait before trying again. Pure."""

from datetime import timedelta
from uuid import UUID

FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=15)


def backoff(subject: UUID, failures: int, *, asked: timedelta | None = None) -> timedelta:
    """The wait after so many failures in a row: doubling from 2 s to 15 min, or what the provider asked for.

    Each wait is spread over a quarter of its length by what is waited for, so that those who failed together do not
    come back together.
    """
    doublings: int = 1 << min(max(failures - 1, 0), 20)
    wait = min(FIRST * doublings, LONGEST)
    if asked is not None:
        wait = max(asked, timedelta(milliseconds=100))
    return wait + wait * (_spread(subject, failures) / 4)


def _spread(subject: UUID, failures: int) -> float:
    """A number from 0 to 1 that is another for each subject and failure, and the same when asked again."""
    mixed = (subject.int ^ (failures * 0x9E3779B97F4A7C15)) * 0xBF58476D1CE4E5B9
    return ((mixed >> 24) & 0xFFFF) / 0xFFFF
