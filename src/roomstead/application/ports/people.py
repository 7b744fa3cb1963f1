"""People, their tokens, and the audit trail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from roomstead.domain.mailbox import Address
from roomstead.domain.people import Actor, ApiToken, Person, PersonId, Role, TokenId


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people to list. ``search`` looks in names and addresses, without case; None: all."""

    search: str = ""
    role: Role | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True)
class PersonMark:
    """A place in the list of people, which is ordered by name."""

    name: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token with the person whom it speaks for."""

    token: ApiToken
    person: Person
    digest: bytes = field(repr=False)


class PeopleRepository(Protocol):
    """People, addresses and API tokens."""

    async def add(self, person: Person) -> None:
        """Store a new person. Raises Conflict when one of the addresses belongs to somebody already."""
        ...

    async def get(self, person_id: PersonId) -> Person | None:
        """One person, whether active or not."""
        ...

    async def get_for_change(self, person_id: PersonId) -> Person | None:
        """As ``get``, and nobody else changes the person before this unit of work ends."""
        ...

    async def by_address(self, address: Address) -> Person | None:
        """The person to whom an address belongs."""
        ...

    async def by_addresses(self, addresses: Sequence[Address]) -> Mapping[Address, Person]:
        """The persons to whom addresses belong; addresses that nobody has are left out."""
        ...

    async def page(self, wanted: PeopleFilter, *, after: PersonMark | None, limit: int) -> Sequence[Person]:
        """People by name, at most ``limit``, after the mark."""
        ...

    async def save(self, person: Person) -> None:
        """Store a changed person, ``version`` included. Raises Conflict as ``add`` does."""
        ...

    async def lock_admins(self) -> int:
        """How many active Global Admins there are; the number cannot change before this unit of work ends."""
        ...

    async def has_admin(self) -> bool:
        """Whether there is an active Global Admin."""
        ...

    async def add_token(self, token: ApiToken, digest: bytes) -> None:
        """Store a new token."""
        ...

    async def token(self, token_id: TokenId) -> ApiToken | None:
        """One token, revoked and expired ones too."""
        ...

    async def tokens_of(self, person_id: PersonId) -> Sequence[ApiToken]:
        """A person's tokens, newest first, revoked and expired ones too."""
        ...

    async def revoke_token(self, token_id: TokenId, now: datetime) -> None:
        """Make a token worthless; the first time counts."""
        ...

    async def revoke_tokens(self, person_id: PersonId, now: datetime) -> None:
        """Make all tokens of a person worthless."""
        ...

    async def bearer(self, digest: bytes) -> Bearer | None:
        """The token with that digest and its person."""
        ...

    async def token_used(self, token_id: TokenId, now: datetime) -> None:
        """Remember when a token was last used."""
        ...


@dataclass(frozen=True, slots=True)
class Subject:
    """What an audit entry is about: ``booking``, ``integration``, ``room``, ``person``, ``token``, …"""

    kind: str
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what, when, to what. ``detail`` holds names, ids and causes, never titles, texts or secrets."""

    id: int
    at: datetime
    actor_id: UUID | None
    actor_name: str
    via: str
    action: str
    subject: Subject
    integration_id: UUID | None
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries to list; None or empty: all. ``action`` matches itself and what it begins (``booking``)."""

    subject_kind: str = ""
    subject_id: UUID | None = None
    actor_id: UUID | None = None
    integration_id: UUID | None = None
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


class AuditTrail(Protocol):
    """Who did what. Nothing is changed here; only what holds people's network addresses is removed in time."""

    async def record(
        self,
        action: str,
        subject: Subject,
        actor: Actor,
        *,
        at: datetime,
        integration_id: UUID | None = None,
        detail: Mapping[str, object] | None = None,
    ) -> int:
        """Append an entry; its number. ``action`` is ``<noun>.<verb in the past>``, such as ``booking.created``."""
        ...

    async def forget_attempts(self, before: datetime) -> int:
        """Remove the entries about failed sign-ins (``attempt.…``) that are as old as ``before``; how many."""
        ...

    async def page(self, wanted: AuditFilter, *, before: int | None, limit: int) -> Sequence[AuditEntry]:
        """Entries, newest first, at most ``limit``, older than the entry ``before``."""
        ...
