"""List a person's tokens."""

from collections.abc import Sequence

from roomstead.application.person_rules import no_such_person, require_self_or_admin
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.people import Actor, ApiToken, PersonId


async def list_tokens(person_id: PersonId, actor: Actor, *, units: UnitsOfWork) -> Sequence[ApiToken]:
    """A person's tokens, newest first, without their secrets. For the person and for Global Admins."""
    require_self_or_admin(actor, person_id)
    async with units.reading() as uow:
        if await uow.people.get(person_id) is None:
            raise no_such_person()
        return await uow.people.tokens_of(person_id)
