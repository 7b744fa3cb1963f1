"""Read one person."""

from roomstead.application.person_rules import no_such_person, require_self_or_admin
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.people import Actor, Person, PersonId


async def read_person(person_id: PersonId, actor: Actor, *, units: UnitsOfWork) -> Person:
    """One person, for themselves and for Global Admins. Raises NotFound."""
    require_self_or_admin(actor, person_id)
    async with units.reading() as uow:
        person = await uow.people.get(person_id)
    if person is None:
        raise no_such_person()
    return person
