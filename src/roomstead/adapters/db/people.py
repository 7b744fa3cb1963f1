"""Rows of people, their addresses and their tokens."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as insert_or_leave
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.tables import api_token, person, person_address
from roomstead.application.ports.people import Bearer, PeopleFilter, PersonMark
from roomstead.domain.errors import Conflict
from roomstead.domain.mailbox import Address
from roomstead.domain.people import ApiToken, Person, PersonId, Role, TokenId

_addresses = (
    select(func.array_agg(aggregate_order_by(person_address.c.address, person_address.c.position)))
    .where(person_address.c.person_id == person.c.id)
    .correlate(person)
    .scalar_subquery()
    .label("addresses")
)
PERSON = select(person.c.id, person.c.name, person.c.role, person.c.is_active, person.c.version, _addresses)
_TOKEN = select(*(column for column in api_token.c if column.name != "digest"))
_BEARER = (
    select(*(column.label(f"token_{column.name}") for column in api_token.c), *PERSON.selected_columns)
    .join_from(api_token, person, api_token.c.person_id == person.c.id)
    .where(api_token.c.digest == bindparam("digest"))
)
"""Made once: every request begins with it."""


class PeopleStore:
    """Implements ``PeopleRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def add(self, new: Person) -> None:
        """Store a new person."""
        await self._connection.execute(
            insert(person).values(
                id=new.id, name=new.name, role=new.role.value, is_active=new.is_active, version=new.version
            )
        )
        await self._put_addresses(new)

    async def get(self, person_id: PersonId) -> Person | None:
        """One person."""
        return await self._one(PERSON.where(person.c.id == person_id))

    async def get_for_change(self, person_id: PersonId) -> Person | None:
        """One person, locked."""
        return await self._one(PERSON.where(person.c.id == person_id).with_for_update(of=person))

    async def by_address(self, address: Address) -> Person | None:
        """The person of an address."""
        return (await self.by_addresses([address])).get(address)

    async def by_addresses(self, addresses: Sequence[Address]) -> Mapping[Address, Person]:
        """The persons of many addresses."""
        found = await self._connection.execute(
            PERSON.add_columns(person_address.c.address.label("asked"))
            .join_from(person, person_address, person_address.c.person_id == person.c.id)
            .where(person_address.c.address.in_(addresses))
        )
        return {Address(row.asked): person_of(row) for row in found}

    async def page(self, wanted: PeopleFilter, *, after: PersonMark | None, limit: int) -> Sequence[Person]:
        """People by name."""
        query = PERSON.order_by(person.c.name, person.c.id).limit(limit)
        if wanted.search:
            addressed = select(person_address.c.person_id).where(
                person_address.c.address.icontains(wanted.search, autoescape=True)
            )
            query = query.where(
                or_(person.c.name.icontains(wanted.search, autoescape=True), person.c.id.in_(addressed))
            )
        if wanted.role is not None:
            query = query.where(person.c.role == wanted.role.value)
        if wanted.is_active is not None:
            query = query.where(person.c.is_active == wanted.is_active)
        if after is not None:
            query = query.where(tuple_(person.c.name, person.c.id) > (after.name, after.id))
        return [person_of(row) for row in await self._connection.execute(query)]

    async def save(self, changed: Person) -> None:
        """Store a changed person."""
        await self._connection.execute(
            update(person)
            .where(person.c.id == changed.id)
            .values(name=changed.name, role=changed.role.value, is_active=changed.is_active, version=changed.version)
        )
        await self._connection.execute(delete(person_address).where(person_address.c.person_id == changed.id))
        await self._put_addresses(changed)

    async def lock_admins(self) -> int:
        """Lock the active Global Admins and count them."""
        locked = await self._connection.execute(
            select(person.c.id)
            .where(person.c.role == Role.GLOBAL_ADMIN.value, person.c.is_active)
            .order_by(person.c.id)
            .with_for_update()
        )
        return len(locked.all())

    async def has_admin(self) -> bool:
        """Whether there is an active Global Admin."""
        query = select(person.c.id).where(person.c.role == Role.GLOBAL_ADMIN.value, person.c.is_active).limit(1)
        return (await self._connection.execute(query)).first() is not None

    async def add_token(self, token: ApiToken, digest: bytes) -> None:
        """Store a new token."""
        await self._connection.execute(
            insert(api_token).values(
                id=token.id,
                person_id=token.person_id,
                name=token.name,
                role=token.role.value,
                prefix=token.prefix,
                digest=digest,
                created_at=token.created_at,
                expires_at=token.expires_at,
            )
        )

    async def token(self, token_id: TokenId) -> ApiToken | None:
        """One token."""
        row = (await self._connection.execute(_TOKEN.where(api_token.c.id == token_id))).first()
        return None if row is None else _token(row)

    async def tokens_of(self, person_id: PersonId) -> Sequence[ApiToken]:
        """A person's tokens."""
        newest_first = _TOKEN.where(api_token.c.person_id == person_id).order_by(
            api_token.c.created_at.desc(), api_token.c.id
        )
        return [_token(row) for row in await self._connection.execute(newest_first)]

    async def revoke_token(self, token_id: TokenId, now: datetime) -> None:
        """Make a token worthless."""
        await self._connection.execute(
            update(api_token).where(api_token.c.id == token_id, api_token.c.revoked_at.is_(None)).values(revoked_at=now)
        )

    async def revoke_tokens(self, person_id: PersonId, now: datetime) -> None:
        """Make a person's tokens worthless."""
        held = api_token.c.person_id == person_id, api_token.c.revoked_at.is_(None)
        await self._connection.execute(update(api_token).where(*held).values(revoked_at=now))

    async def bearer(self, digest: bytes) -> Bearer | None:
        """The token with that digest and its person, in one statement."""
        row = (await self._connection.execute(_BEARER, {"digest": digest})).first()
        return None if row is None else Bearer(_token(row, "token_"), person_of(row), bytes(row.token_digest))

    async def token_used(self, token_id: TokenId, now: datetime) -> None:
        """Remember the use."""
        await self._connection.execute(update(api_token).where(api_token.c.id == token_id).values(last_used_at=now))

    async def _one(self, query: Select[Any]) -> Person | None:
        row = (await self._connection.execute(query)).first()
        return None if row is None else person_of(row)

    async def _put_addresses(self, of: Person) -> None:
        if not of.addresses:
            return
        rows = [
            {"address": address, "person_id": of.id, "position": position}
            for position, address in enumerate(of.addresses)
        ]
        stored = await self._connection.execute(
            insert_or_leave(person_address).values(rows).on_conflict_do_nothing().returning(person_address.c.address)
        )
        taken = set(of.addresses) - set(stored.scalars())
        if taken:
            raise Conflict(
                f"{', '.join(sorted(taken))} already belongs to somebody else.",
                remedy="Remove the address from the other person first, or leave it out here.",
            )


def person_of(row: Row[*tuple[Any, ...]]) -> Person:
    """The person of a row with the columns of ``PERSON``."""
    return Person(
        id=PersonId(row.id),
        name=row.name,
        addresses=tuple(Address(address) for address in row.addresses or ()),
        role=Role(row.role),
        is_active=row.is_active,
        version=row.version,
    )


def _token(row: Row[*tuple[Any, ...]], lead: str = "") -> ApiToken:
    value = row._mapping  # noqa: SLF001 - SQLAlchemy's public way to read a row by name (documented, underscored)
    return ApiToken(
        id=TokenId(value[f"{lead}id"]),
        person_id=PersonId(value[f"{lead}person_id"]),
        name=value[f"{lead}name"],
        prefix=value[f"{lead}prefix"],
        role=Role(value[f"{lead}role"]),
        created_at=value[f"{lead}created_at"],
        expires_at=value[f"{lead}expires_at"],
        last_used_at=value[f"{lead}last_used_at"],
        revoked_at=value[f"{lead}revoked_at"],
    )
