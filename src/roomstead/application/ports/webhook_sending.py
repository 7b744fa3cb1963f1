"""Outgoing webhooks: where a message may go, and how it goes there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


class WebhookAddresses(Protocol):
    """Which addresses may be told anything."""

    def checked(self, url: str) -> str:
        """The address as it is kept. Raises InvalidInput for the field ``url``."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of sending one message. ``status`` None: no answer. ``failure``: a sentence; empty: it was taken."""

    status: int | None
    ms: int
    failure: str = ""
    excerpt: str = ""
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent once."""

    headers: Mapping[str, str]
    body: bytes


class WebhookSender(Protocol):
    """Sends messages. Redirects are not followed, and an address that is not allowed is not called."""

    async def send(self, url: str, messages: Sequence[Message]) -> Sequence[Sent]:
        """All to one endpoint, at the same time. Whatever happens becomes an outcome, one for each in their order.

        Raises Broken while a unit of work is open.
        """
        ...
