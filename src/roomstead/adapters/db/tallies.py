"""Rows that say which audit entry stands for repeated happenings, and since when."""

from datetime import datetime

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.tables import audit, audit_tally

_ALONE = 0x7A11
"""Names our lock among PostgreSQL's advisory ones."""

_ONE_MORE = text("jsonb_set(detail, '{attempts}', to_jsonb((detail ->> 'attempts')::bigint + 1))")


class TallyStore:
    """Implements ``Tallies``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def count_up(self, key: bytes, *, since: datetime) -> bool:
        """One statement, so that none is lost."""
        standing = select(audit_tally.c.entry_id).where(audit_tally.c.key == key, audit_tally.c.began_at > since)
        counted = update(audit).where(audit.c.id == standing.scalar_subquery()).values(detail=_ONE_MORE)
        return (await self._connection.execute(counted)).rowcount > 0

    async def alone(self) -> None:
        """Wait for the others."""
        await self._connection.execute(select(func.pg_advisory_xact_lock(_ALONE)))

    async def begun(self, *, since: datetime) -> int:
        """How many rows there are; they are few."""
        counted = select(func.count()).select_from(audit_tally).where(audit_tally.c.began_at > since)
        return int((await self._connection.execute(counted)).scalar_one())

    async def begin(self, key: bytes, entry: int, now: datetime) -> None:
        """Take the place of an earlier entry under this key, if there was one."""
        values = {"entry_id": entry, "began_at": now}
        await self._connection.execute(
            insert_or_update(audit_tally)
            .values(key=key, **values)
            .on_conflict_do_update(index_elements=[audit_tally.c.key], set_=values)
        )

    async def forget_old(self, before: datetime) -> int:
        """Remove what nothing is counted in any more."""
        return (await self._connection.execute(delete(audit_tally).where(audit_tally.c.began_at <= before))).rowcount
