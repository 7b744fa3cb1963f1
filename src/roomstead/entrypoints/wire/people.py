"""People, tokens and the audit trail, as the API and the commands show them."""

from typing import Any
from uuid import UUID

from pydantic import Field

from roomstead.application.ports.people import AuditEntry
from roomstead.application.sign_in_links import MadeLink
from roomstead.domain.people import Actor, ApiToken, Person, Role, Via
from roomstead.domain.sessions import LinkPurpose
from roomstead.entrypoints.wire.base import Moment, Request, Shape, Text


class PersonShape(Shape):
    """Somebody who books, or for whom is booked."""

    id: UUID
    name: str = Field(examples=["Jane Doe"])
    addresses: list[str] = Field(description="The preferred one first.", examples=[["jane.doe@contoso.example"]])
    role: Role
    is_active: bool = Field(description="Whether this person may come in.")
    version: int = Field(description="Counts changes; also the ETag.")

    @classmethod
    def of(cls, person: Person) -> "PersonShape":
        """The shape of a person."""
        return cls(
            id=person.id,
            name=person.name,
            addresses=list(person.addresses),
            role=person.role,
            is_active=person.is_active,
            version=person.version,
        )


class LinkShape(Shape):
    """A one-time link; whoever has it can use it."""

    url: str
    purpose: LinkPurpose
    expires_at: Moment

    @classmethod
    def of(cls, made: MadeLink) -> "LinkShape":
        """The shape of a link."""
        return cls(url=made.url, purpose=made.purpose, expires_at=made.expires_at)


class NewPerson(Request):
    """A person to be added."""

    name: Text = Field(examples=["Jane Doe"])
    addresses: list[Text] = Field(description="The preferred one first.", examples=[["jane.doe@contoso.example"]])
    role: Role = Role.MEMBER


class PersonChange(Request):
    """What shall change; what is left out, or null, stays."""

    name: Text | None = None
    addresses: list[Text] | None = Field(default=None, description="All of them, the preferred one first.")
    role: Role | None = None
    is_active: bool | None = None


class TokenShape(Shape):
    """An API token; its secret is never shown again."""

    id: UUID
    person_id: UUID
    name: str = Field(examples=["door tablet"])
    prefix: str = Field(description="How the token begins, after `rs_`.", examples=["k7w2mxqp"])
    role: Role
    created_at: Moment
    expires_at: Moment | None
    last_used_at: Moment | None = Field(description="To within five minutes.")
    revoked_at: Moment | None

    @classmethod
    def of(cls, token: ApiToken) -> "TokenShape":
        """The shape of a token."""
        return cls(**_token_fields(token))


class NewTokenShape(TokenShape):
    """A token that was just made."""

    secret: str = Field(
        description="Send it as `Authorization: Bearer …`. It is shown this once.",
        examples=["rs_k7w2mxqp_…"],
    )

    @classmethod
    def made(cls, token: ApiToken, secret: str) -> "NewTokenShape":
        """The shape of a new token."""
        return cls(**_token_fields(token), secret=secret)


def _token_fields(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "person_id": token.person_id,
        "name": token.name,
        "prefix": token.prefix,
        "role": token.role,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
    }


class NewToken(Request):
    """A token to be made."""

    name: Text = Field(description="What it is for.", examples=["door tablet"])
    role: Role | None = Field(default=None, description="At most your own; null: as high as it may be.")
    expires_at: Moment | None = Field(default=None, description="Null: it does not expire.")


class MeShape(Shape):
    """Who is asking."""

    person: PersonShape | None = Field(description="Null for the operator on the machine itself.")
    name: str
    role: Role = Field(description="What this token allows: the lesser of the token's role and the person's.")
    via: Via

    @classmethod
    def of(cls, actor: Actor, person: Person | None) -> "MeShape":
        """The shape of an actor."""
        shown = None if person is None else PersonShape.of(person)
        return cls(person=shown, name=actor.name, role=actor.role, via=actor.via)


class AuditShape(Shape):
    """Who did what, when, to what."""

    id: int
    at: Moment
    actor_id: UUID | None = Field(description="Null: the operator, or Roomstead itself.")
    actor_name: str
    via: str = Field(examples=["api"])
    action: str = Field(examples=["booking.created"])
    subject_kind: str = Field(examples=["booking"])
    subject_id: UUID | None
    integration_id: UUID | None
    detail: dict[str, Any] = Field(description="Names, ids and causes; never titles, texts or secrets.")

    @classmethod
    def of(cls, entry: AuditEntry) -> "AuditShape":
        """The shape of an entry."""
        return cls(
            id=entry.id,
            at=entry.at,
            actor_id=entry.actor_id,
            actor_name=entry.actor_name,
            via=entry.via,
            action=entry.action,
            subject_kind=entry.subject.kind,
            subject_id=entry.subject.id,
            integration_id=entry.integration_id,
            detail=dict(entry.detail),
        )
