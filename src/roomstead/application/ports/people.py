"""People, their tokens, and the audit trail."""

from typing import Protocol


class PeopleRepository(Protocol):
    """People, addresses and API tokens."""


class AuditTrail(Protocol):
    """Who did what."""
