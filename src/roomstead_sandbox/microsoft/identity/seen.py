"""Client assertions that were used: each buys one token."""

from dataclasses import dataclass, field

TOLERANCE_SECONDS = 300
"""Clocks may differ by five minutes before the token endpoint minds."""


@dataclass(slots=True)
class SeenAssertions:
    """The ``jti`` of assertions still in their time: one assertion buys one token."""

    expiry_by_id: dict[str, float] = field(default_factory=dict)

    def claim(self, token_id: str, expires: float, now: float) -> bool:
        """Whether the id is new; it counts as seen until the assertion would have expired."""
        if len(self.expiry_by_id) > 1000:  # noqa: PLR2004  (a bound on memory, not a rule)
            self.expiry_by_id = {key: end for key, end in self.expiry_by_id.items() if end > now}
        if self.expiry_by_id.get(token_id, 0) > now:
            return False
        self.expiry_by_id[token_id] = expires + TOLERANCE_SECONDS
        return True
