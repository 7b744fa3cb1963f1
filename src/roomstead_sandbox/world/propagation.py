"""Settings that take time to reach every server.

Large services answer by what has reached them, not by what was last written. Exchange's access policies take 30
minutes to two hours (Microsoft Graph docs: "Limiting application permissions to specific Exchange Online mailboxes"),
Google's domain-wide delegation minutes to a day.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Propagating(Generic[T]):
    """A value in force, and the changes on their way to replace it, soonest first."""

    value: T
    pending: list[tuple[datetime, T]] = field(default_factory=list)

    def change(self, value: T, *, effective: datetime) -> None:
        """Let ``value`` come into force at a time.  The last change wins: older ones due later are dropped."""
        self.pending = [(due, older) for due, older in self.pending if due < effective]
        self.pending.append((effective, value))

    def at(self, now: datetime) -> T:
        """The value in force.  Time only goes forward: what has come into force is not looked back upon."""
        while self.pending and self.pending[0][0] <= now:
            self.value = self.pending.pop(0)[1]
        return self.value

    @property
    def latest(self) -> T:
        """The value last written, whether it has arrived or not."""
        return self.pending[-1][1] if self.pending else self.value

    @property
    def settled_at(self) -> datetime | None:
        """When the last change on its way comes into force; None when nothing is on its way."""
        return self.pending[-1][0] if self.pending else None
