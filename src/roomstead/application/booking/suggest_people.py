"""Suggest colleagues while somebody types whom to invite."""

from collections.abc import Sequence

from roomstead.application.ports.people import PeopleFilter
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.people import Actor, Person

SHORTEST = 2
MOST = 8


async def suggest_people(text: str, _actor: Actor, *, units: UnitsOfWork) -> Sequence[Person]:
    """Active people with an address whose name or address has the text in it; none for less than two letters."""
    wanted = text.strip()
    if len(wanted) < SHORTEST:
        return ()
    async with units.reading() as uow:
        found = await uow.people.page(PeopleFilter(wanted, is_active=True), after=None, limit=MOST * 2)
    return [person for person in found if person.addresses][:MOST]
