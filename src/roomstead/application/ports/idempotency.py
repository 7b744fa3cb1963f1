"""Answers kept so that a repeated request gets the first one's answer instead of doing it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from roomstead.domain.errors import RetryLater

KEPT_FOR = timedelta(hours=24)
"""How long an answer is kept."""

GIVEN_UP_AFTER = timedelta(seconds=60)
"""A request without an answer for so long died with its process; the next one takes its place."""


class RequestUnderWay(RetryLater):
    """The first request with this Idempotency-Key is still being done."""

    code = "request_under_way"


@dataclass(frozen=True, slots=True)
class RequestKey:
    """Whose request it is, under which key, and a digest of all that it asks for."""

    owner: str
    key: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was given."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class GoAhead(StrEnum):
    """The request shall be done."""

    FIRST = "first"
    AGAIN = "again"
    """An earlier one died without an answer; what it did, if anything, may be there."""


class Answers(Protocol):
    """Keeps answers. Each call is a transaction of its own."""

    async def begin(self, request: RequestKey, now: datetime) -> KeptAnswer | GoAhead:
        """Claim the key, or give the answer that was given before.

        Raises IdempotencyMismatch when the key stands for another request, and RequestUnderWay while the first one
        has not been answered.
        """
        ...

    async def keep(self, request: RequestKey, answer: KeptAnswer) -> None:
        """Keep the answer of a request that went ahead."""
        ...

    async def release(self, request: RequestKey) -> None:
        """Let go of the key of a request that changed nothing, so that it may be tried again."""
        ...

    async def forget(self, now: datetime) -> int:
        """Remove what is older than it has to be kept; how many."""
        ...
