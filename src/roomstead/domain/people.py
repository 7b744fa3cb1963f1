"""People, their roles, and who is acting."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from roomstead.domain.errors import Forbidden
from roomstead.domain.mailbox import Address

PersonId = NewType("PersonId", UUID)
TokenId = NewType("TokenId", UUID)


class Role(StrEnum):
    """What a person may do."""

    MEMBER = "member"
    GLOBAL_ADMIN = "global_admin"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who books, or for whom is booked."""

    id: PersonId
    name: str
    addresses: tuple[Address, ...]
    """All addresses, the preferred one first."""
    role: Role
    is_active: bool = True
    version: int = 1


class Via(StrEnum):
    """By which road a request came."""

    API = "api"
    PAGE = "page"
    CLI = "cli"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting. ``person_id`` None is the operator on the machine itself, or Roomstead's own work."""

    person_id: PersonId | None
    name: str
    role: Role
    via: Via

    @property
    def is_admin(self) -> bool:
        """Whether the actor is a Global Admin."""
        return self.role is Role.GLOBAL_ADMIN


OPERATOR = Actor(None, "operator", Role.GLOBAL_ADMIN, Via.CLI)
SYSTEM = Actor(None, "roomstead", Role.GLOBAL_ADMIN, Via.SYSTEM)


def require_admin(actor: Actor) -> None:
    """Raise Forbidden with the clear refusal of S1 unless the actor is a Global Admin."""
    if not actor.is_admin:
        raise Forbidden(
            "Only a Global Admin can see and change integrations and settings.",
            remedy="Ask a Global Admin of your organisation to do this, or to give you that role.",
        )


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A bearer token as listed; its secret is shown once and never again."""

    id: TokenId
    person_id: PersonId
    name: str
    prefix: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
