"""Rows of password hashes, one-time links, and attempts to come in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.tables import password, sign_in_attempts, sign_in_link
from roomstead.domain.people import PersonId
from roomstead.domain.sessions import LinkPurpose, SignInLink


class PasswordStore:
    """Implements ``PasswordRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def hash_of(self, person_id: PersonId) -> str | None:
        """The hash of a person's password."""
        found: str | None = await self._connection.scalar(
            select(password.c.hash).where(password.c.person_id == person_id)
        )
        return found

    async def put(self, person_id: PersonId, password_hash: str, now: datetime) -> None:
        """Store the hash of a new password."""
        values = {"hash": password_hash, "changed_at": now}
        await self._connection.execute(
            insert_or_update(password)
            .values(person_id=person_id, **values)
            .on_conflict_do_update(index_elements=[password.c.person_id], set_=values)
        )

    async def having(self, people: Sequence[PersonId]) -> frozenset[PersonId]:
        """Which of these people have a password."""
        found = await self._connection.scalars(select(password.c.person_id).where(password.c.person_id.in_(people)))
        return frozenset(PersonId(each) for each in found)

    async def add_link(self, link: SignInLink, digest: bytes) -> None:
        """Store a one-time link."""
        if link.person_id is not None:
            await self.drop_links(link.person_id)
        await self._connection.execute(
            insert(sign_in_link).values(
                digest=digest,
                purpose=link.purpose.value,
                person_id=link.person_id,
                created_at=link.created_at,
                expires_at=link.expires_at,
            )
        )

    async def link(self, digest: bytes, now: datetime) -> SignInLink | None:
        """The link of a secret."""
        query = select(sign_in_link).where(sign_in_link.c.digest == digest, sign_in_link.c.expires_at > now)
        return _link((await self._connection.execute(query)).first())

    async def take_link(self, digest: bytes, now: datetime) -> SignInLink | None:
        """Remove the link and give it; a second one waits for the first and finds nothing."""
        present = await self.link(digest, now)
        if present is None:
            return None
        same = (
            sign_in_link.c.digest == digest
            if present.person_id is not None
            else sign_in_link.c.purpose == LinkPurpose.FIRST_ADMIN.value  # there is one first, however many links
        )
        taken = await self._connection.scalars(delete(sign_in_link).where(same).returning(sign_in_link.c.digest))
        return present if digest in {bytes(each) for each in taken} else None

    async def drop_links(self, person_id: PersonId) -> None:
        """Make all links for a person worthless."""
        await self._connection.execute(delete(sign_in_link).where(sign_in_link.c.person_id == person_id))

    async def count_attempt(self, key: bytes, now: datetime, *, window: timedelta) -> int:
        """Count with one statement, so that attempts at the same time are all counted."""
        attempts, is_over = sign_in_attempts.c, sign_in_attempts.c.began_at <= now - window
        counted = (
            insert_or_update(sign_in_attempts)
            .values(key=key, began_at=now, count=1)
            .on_conflict_do_update(
                index_elements=[attempts.key],
                set_={
                    "began_at": case((is_over, now), else_=attempts.began_at),
                    "count": case((is_over, 1), else_=attempts.count + 1),
                },
            )
            .returning(attempts.count)
        )
        return int((await self._connection.execute(counted)).scalar_one())

    async def forget_attempts(self, key: bytes) -> None:
        """Begin again under a key."""
        await self._connection.execute(delete(sign_in_attempts).where(sign_in_attempts.c.key == key))

    async def take_back_attempt(self, key: bytes) -> None:
        """Count one less."""
        attempts = sign_in_attempts.c
        fewer = update(sign_in_attempts).where(attempts.key == key, attempts.count > 0)
        await self._connection.execute(fewer.values(count=attempts.count - 1))

    async def forget_old(self, now: datetime, *, window: timedelta) -> int:
        """Remove what no longer counts."""
        attempts = await self._connection.execute(
            delete(sign_in_attempts).where(sign_in_attempts.c.began_at <= now - window)
        )
        links = await self._connection.execute(delete(sign_in_link).where(sign_in_link.c.expires_at <= now))
        return attempts.rowcount + links.rowcount


def _link(row: Row[*tuple[Any, ...]] | None) -> SignInLink | None:
    if row is None:
        return None
    person_id = None if row.person_id is None else PersonId(row.person_id)
    return SignInLink(LinkPurpose(row.purpose), person_id, row.created_at, row.expires_at)
