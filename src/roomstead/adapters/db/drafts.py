"""Rows of integrations that somebody is about to add."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.tables import integration_draft
from roomstead.application.ports.drafts import StoredDraft
from roomstead.domain.people import PersonId


class DraftStore:
    """Implements ``DraftRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def get(self, person_id: PersonId) -> StoredDraft | None:
        """The person's draft."""
        found = await self._connection.execute(
            select(integration_draft).where(integration_draft.c.person_id == person_id)
        )
        row = found.one_or_none()
        return None if row is None else StoredDraft(row.provider, row.typed, row.sealed, row.updated_at)

    async def put(self, person_id: PersonId, draft: StoredDraft) -> None:
        """Store it in place of what was there."""
        values = {
            "provider": draft.provider,
            "typed": dict(draft.typed),
            "sealed": draft.sealed,
            "updated_at": draft.updated_at,
        }
        await self._connection.execute(
            insert(integration_draft)
            .values(person_id=person_id, **values)
            .on_conflict_do_update(index_elements=["person_id"], set_=values)
        )

    async def drop(self, person_id: PersonId) -> None:
        """Forget it."""
        await self._connection.execute(delete(integration_draft).where(integration_draft.c.person_id == person_id))
