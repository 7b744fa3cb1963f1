"""Create an API token."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from roomstead.application.person_rules import lesser_role, name_mistake, no_such_person, require_self_or_admin
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.token_secret import new_secret
from roomstead.domain.errors import Conflict, Forbidden, InvalidInput
from roomstead.domain.people import Actor, ApiToken, Person, PersonId, Role, TokenId


@dataclass(frozen=True, slots=True)
class CreateToken:
    """For whom, called what, with which role at most (None: the person's), until when (None: without end)."""

    person_id: PersonId
    name: str
    role: Role | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token and its secret, which is shown this once."""

    token: ApiToken
    secret: str = field(repr=False)


async def create_token(command: CreateToken, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> NewToken:
    """Make a token for oneself, or as a Global Admin for anybody.

    Raises NotFound, InvalidInput, Forbidden for a role above the person's or the actor's, and Conflict for a person
    who is not active.
    """
    require_self_or_admin(actor, command.person_id)
    now = clock.now()
    _check(command, now)
    async with units() as uow:
        person = await uow.people.get(command.person_id)
        if person is None:
            raise no_such_person()
        secret = new_secret()
        token = ApiToken(
            id=TokenId(uuid.uuid4()),
            person_id=person.id,
            name=command.name.strip(),
            prefix=secret.prefix,
            role=_role(command, person, actor),
            created_at=now,
            expires_at=command.expires_at,
            last_used_at=None,
            revoked_at=None,
        )
        await uow.people.add_token(token, secret.digest)
        await uow.audit.record(
            "token.created",
            Subject("token", token.id),
            actor,
            at=now,
            detail={"person": str(person.id), "prefix": token.prefix, "role": token.role.value},
        )
        await uow.commit()
    return NewToken(token, secret.text)


def _check(command: CreateToken, now: datetime) -> None:
    mistakes = {"name": name_mistake(command.name)}
    if command.expires_at is not None and command.expires_at.tzinfo is None:
        mistakes["expires_at"] = "Give the offset from UTC, like 2026-12-01T09:00:00+01:00."
    elif command.expires_at is not None and command.expires_at <= now:
        mistakes["expires_at"] = "Choose a moment in the future."
    if any(mistakes.values()):
        raise InvalidInput({name: sentence for name, sentence in mistakes.items() if sentence})


def _role(command: CreateToken, person: Person, actor: Actor) -> Role:
    if not person.is_active:
        raise Conflict("This person is not active.", remedy="Make the person active first.")
    highest = lesser_role(person.role, actor.role)
    if command.role is None:
        return highest
    if lesser_role(command.role, highest) is not command.role:
        raise Forbidden(
            "A token cannot have a higher role than its person or its maker.", remedy="Ask for the role “member”."
        )
    return command.role
