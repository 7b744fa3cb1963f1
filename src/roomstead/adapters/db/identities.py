"""Rows of the identity provider, and of whose accounts are known."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.people import PERSON
from roomstead.adapters.db.people import person_of as person_in
from roomstead.adapters.db.tables import identity_provider, person, person_identity
from roomstead.application.ports.identities import StoredProvider
from roomstead.domain.identity import IdentityProvider
from roomstead.domain.people import Person, PersonId

THE_ONE = 1


class IdentityStore:
    """Implements ``IdentityRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def provider(self) -> StoredProvider | None:
        """The provider."""
        return await self._provider(for_change=False)

    async def provider_for_change(self) -> StoredProvider | None:
        """The provider, locked."""
        return await self._provider(for_change=True)

    async def _provider(self, *, for_change: bool) -> StoredProvider | None:
        query = select(identity_provider)
        row = (await self._connection.execute(query.with_for_update() if for_change else query)).first()
        if row is None:
            return None
        found = IdentityProvider(
            issuer=row.issuer,
            label=row.label,
            client_id=row.client_id,
            role_claim=row.role_claim,
            admin_values=tuple(row.admin_values),
            domains=tuple(row.domains),
            adds_people=row.adds_people,
            is_enabled=row.is_enabled,
            has_secret=row.sealed_secret is not None,
            version=row.version,
        )
        return StoredProvider(found, None if row.sealed_secret is None else bytes(row.sealed_secret))

    async def put_provider(self, provider: IdentityProvider, sealed_secret: bytes | None) -> None:
        """Store the provider."""
        values = {
            "issuer": provider.issuer,
            "label": provider.label,
            "client_id": provider.client_id,
            "sealed_secret": sealed_secret,
            "role_claim": provider.role_claim,
            "admin_values": list(provider.admin_values),
            "domains": list(provider.domains),
            "adds_people": provider.adds_people,
            "is_enabled": provider.is_enabled,
            "version": provider.version,
        }
        await self._connection.execute(
            insert(identity_provider)
            .values(id=THE_ONE, **values)
            .on_conflict_do_update(index_elements=[identity_provider.c.id], set_=values)
        )

    async def drop_provider(self) -> None:
        """Forget the provider."""
        await self._connection.execute(delete(identity_provider))
        await self._connection.execute(delete(person_identity))

    async def person_of(self, issuer: str, subject: str) -> Person | None:
        """Whose account it is."""
        query = PERSON.join_from(person, person_identity, person_identity.c.person_id == person.c.id).where(
            person_identity.c.issuer == issuer, person_identity.c.subject == subject
        )
        row = (await self._connection.execute(query)).first()
        return None if row is None else person_in(row)

    async def know(self, issuer: str, subject: str, person_id: PersonId, now: datetime) -> None:
        """Remember it; whose it is does not change any more."""
        known = insert(person_identity).values(issuer=issuer, subject=subject, person_id=person_id, used_at=now)
        await self._connection.execute(known.on_conflict_do_nothing())
        await self._connection.execute(
            update(person_identity)
            .where(person_identity.c.issuer == issuer, person_identity.c.subject == subject)
            .values(used_at=now)
        )

    async def issuers_of(self, person_id: PersonId) -> Sequence[str]:
        """The issuers of a person's accounts."""
        query = select(person_identity.c.issuer).where(person_identity.c.person_id == person_id)
        return list(await self._connection.scalars(query.distinct().order_by(person_identity.c.issuer)))
