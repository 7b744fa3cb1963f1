"""The machine that Roomstead runs on, as far as its operator must know of it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SealingKey:
    """Which key seals credentials: its fingerprint, and where it comes from."""

    fingerprint: str
    source: str


class Machine(Protocol):
    """Looks at the machine."""

    def free_bytes(self) -> int:
        """Free space under the data folder."""
        ...

    def sealing_key(self) -> SealingKey:
        """The newest key. Raises NeedsAdmin when there is none that can be used."""
        ...
