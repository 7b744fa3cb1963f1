"""Integrations that somebody is about to add: what was typed so far, its secrets sealed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from roomstead.domain.people import PersonId


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """What one admin typed. ``sealed``: the secret fields, together, as one JSON object."""

    provider: str
    typed: Mapping[str, str]
    sealed: bytes = field(repr=False)
    updated_at: datetime


class DraftRepository(Protocol):
    """At most one draft per person."""

    async def get(self, person_id: PersonId) -> StoredDraft | None:
        """The person's draft."""
        ...

    async def put(self, person_id: PersonId, draft: StoredDraft) -> None:
        """Store it in place of what was there."""
        ...

    async def drop(self, person_id: PersonId) -> None:
        """Forget it."""
        ...
