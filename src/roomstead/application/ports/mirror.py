"""Mailboxes that we follow and the copies of events seen in them."""

from typing import Protocol


class MirrorRepository(Protocol):
    """Mailboxes that we follow and the copies of events seen in them."""
