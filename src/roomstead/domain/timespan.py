"""Half-open spans of aware time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Timespan:
    """``start`` belongs to it, ``end`` does not; both aware, kept in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse naive times and spans that are empty or run backwards (ValueError)."""
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("A time needs its offset from UTC, like 2026-12-01T09:00:00+01:00.")
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.end <= self.start:
            raise ValueError("The end must lie after the start.")

    @property
    def duration(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start

    def overlaps(self, other: "Timespan") -> bool:
        """Whether the two share any moment; touching ends do not."""
        return self.start < other.end and other.start < self.end

    def contains(self, moment: datetime) -> bool:
        """Whether the moment lies inside."""
        return self.start <= moment < self.end

    def moved_to(self, start: datetime) -> "Timespan":
        """The same length from another start."""
        return Timespan(start, start + self.duration)
