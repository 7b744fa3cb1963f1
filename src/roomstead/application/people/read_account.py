"""Read how a person comes in: browsers, password, tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from roomstead.application.person_rules import no_such_person, require_self_or_admin
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.people import Actor, ApiToken, Person, PersonId
from roomstead.domain.sessions import WebSession


@dataclass(frozen=True, slots=True)
class Account:
    """A person, with what lets them in. ``sessions``: those that hold, the last seen first."""

    person: Person
    has_password: bool
    companies: Sequence[str]
    """Issuers whose accounts are known to be this person's."""
    sessions: Sequence[WebSession]
    tokens: Sequence[ApiToken]
    """Those that work, newest first."""


async def read_account(person_id: PersonId, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> Account:
    """One person's account. For the person and for Global Admins. Raises NotFound."""
    require_self_or_admin(actor, person_id)
    now = clock.now()
    async with units.reading() as uow:
        person = await uow.people.get(person_id)
        if person is None:
            raise no_such_person()
        return Account(
            person=person,
            has_password=await uow.passwords.hash_of(person_id) is not None,
            companies=await uow.identities.issuers_of(person_id),
            sessions=[each for each in await uow.sessions.of_person(person_id) if not each.is_over(now)],
            tokens=[each for each in await uow.people.tokens_of(person_id) if _works(each, now)],
        )


def _works(token: ApiToken, now: datetime) -> bool:
    return token.revoked_at is None and (token.expires_at is None or token.expires_at > now)
