"""Audit entries that stand for many happenings of one kind."""

from datetime import datetime
from typing import Protocol


class Tallies(Protocol):
    """Which entry is being counted in, under which key."""

    async def count_up(self, key: bytes, *, since: datetime) -> bool:
        """Count one more in the entry that was begun under this key later than ``since``; False: there is none."""
        ...

    async def alone(self) -> None:
        """From here to the end of this unit of work nobody else begins an entry."""
        ...

    async def begun(self, *, since: datetime) -> int:
        """How many entries were begun later than ``since``."""
        ...

    async def begin(self, key: bytes, entry: int, now: datetime) -> None:
        """Count under this key in that entry from now on; the entry's detail holds ``attempts``."""
        ...

    async def forget_old(self, before: datetime) -> int:
        """Remove keys that were begun by then; the entries stay. How many."""
        ...
