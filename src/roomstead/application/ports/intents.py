"""Outgoing acts, until each is done."""

from typing import Protocol


class IntentRepository(Protocol):
    """Outgoing acts, until each is done."""
