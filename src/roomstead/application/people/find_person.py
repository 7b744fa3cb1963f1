"""Find a person by address."""

from roomstead.application.person_rules import no_such_person
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import InvalidInput
from roomstead.domain.mailbox import InvalidAddress, parse_address
from roomstead.domain.people import Actor, Person, require_admin


async def find_person(address: str, actor: Actor, *, units: UnitsOfWork) -> Person:
    """The person of an address. For Global Admins. Raises InvalidInput and NotFound."""
    require_admin(actor)
    try:
        parsed = parse_address(address)
    except InvalidAddress as error:
        raise InvalidInput({"address": str(error)}) from error
    async with units.reading() as uow:
        person = await uow.people.by_address(parsed)
    if person is None:
        raise no_such_person()
    return person
