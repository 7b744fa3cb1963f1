"""The settings that use cases go by, filled in from the configuration."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Writes(StrEnum):
    """What becomes of a write to a mailbox."""

    SENT = "sent"
    SHOWN = "shown"
    """Dry run: decided, kept and shown, never sent."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How long, how often, how far."""

    access_max_age: timedelta = timedelta(minutes=15)
    """A finding about a mailbox that is older counts as unknown when writing."""
    room_answer_deadline: timedelta = timedelta(minutes=10)
    """A room that has not answered by then is shown as unanswered."""
    debounce: timedelta = timedelta(seconds=20)
    """Edits of one booking within this time become one write."""
    push_patience: timedelta = timedelta(seconds=30)
    """How long a worker may be silent after it began to send before another settles what came of it."""
    pull_interval: timedelta = timedelta(minutes=15)
    pull_back: timedelta = timedelta(days=1)
    pull_ahead: timedelta = timedelta(days=365)
    writes: Writes = Writes.SENT
    public_url: str = "http://127.0.0.1:8700"
    support_contact: str = ""
    guide_url: str = ""
