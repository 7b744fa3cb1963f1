"""The machine's clock."""

from datetime import UTC, datetime


class SystemClock:
    """Implements ``Clock``."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)
