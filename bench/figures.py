"""A measured figure, its floor, and what it may cost."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement. ``floor`` None: it stands for itself. Whether more is better follows from ``is_rate``."""

    id: str
    work: str
    value: float
    unit: str
    floor: float | None = None
    target: str = ""
    is_met: bool | None = None
    is_rate: bool = False

    @property
    def ratio(self) -> float | None:
        """Ours over the floor's."""
        return self.value / self.floor if self.floor else None

    def as_json(self) -> dict[str, object]:
        """All of it, for programs."""
        return {**asdict(self), "ratio": self.ratio}


def at_most(figure_id: str, work: str, value: float, floor: float, times: float, unit: str = "ms") -> Figure:
    """A time that may be so many times its floor."""
    return Figure(figure_id, work, value, unit, floor, f"≤ {times:g} × floor", value <= times * floor)


def at_least(figure_id: str, work: str, value: float, floor: float, times: float, unit: str = "/s") -> Figure:
    """A rate that must reach such a part of its floor."""
    return Figure(figure_id, work, value, unit, floor, f"≥ {times:g} × floor", value >= times * floor, is_rate=True)


def median_ms(seconds: Sequence[float]) -> float:
    """The median in milliseconds."""
    return statistics.median(seconds) * 1000
