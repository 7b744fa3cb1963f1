"""How the installation is doing, read at a glance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the database tells. Counts only: no names, no addresses."""

    database_time: datetime
    schema_found: str | None
    schema_wanted: str
    worker_seen_at: datetime | None
    """When any worker last said that it lives; None: none ever did."""
    jobs_waiting: int
    intents_by_status: Mapping[str, int]
    """Outgoing acts that are not done yet."""
    oldest_due: datetime | None
    """Since when the longest waiting outgoing act could have been tried."""
    failing_mailboxes: int
    credential_ends_at: datetime | None
    """When the first of the credentials in use ends; None: none says when."""
    integrations_by_status: Mapping[str, int]
    rooms_by_status: Mapping[str, int]

    @property
    def is_schema_current(self) -> bool:
        """Whether the database's tables are those of this program."""
        return self.schema_found == self.schema_wanted


class VitalSigns(Protocol):
    """Reads the vitals."""

    async def read(self) -> Vitals:
        """Now. Raises DatabaseUnavailable."""
        ...
