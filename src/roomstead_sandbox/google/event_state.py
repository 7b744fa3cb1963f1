"""What the face holds for events, sync tokens and channels beside the world."""

from dataclasses import dataclass
from typing import Any

Json = Any  # JSON data; its depth is open


@dataclass(slots=True)
class EventState:
    """Held by the face's state as ``events``."""

    def dump(self) -> Json:
        """As JSON data, for saving."""
        return {}

    def restore(self, data: Json) -> None:
        """Put what `dump` gave in force."""

    def clear(self) -> None:
        """As in a new world."""
