"""What mends a finding, and who can do it."""

from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Who can apply a remedy."""

    YOU = "you"
    CALENDAR_ADMIN = "calendar_admin"
    DIRECTORY_ADMIN = "directory_admin"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What mends a finding: a sentence, who can do it, and the command or script for it (may be empty)."""

    sentence: str
    who: Who
    command: str = ""
    guide: str = ""
    """Anchor in the documentation, such as ``restrict-access#groups``."""
