"""List people."""

from dataclasses import dataclass
from uuid import UUID

from roomstead.application.paging import DEFAULT_LIMIT, Page, bad_cursor, checked_limit, decode_cursor, encode_cursor
from roomstead.application.ports.people import PeopleFilter, PersonMark
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.people import Actor, Person, Role, require_admin


@dataclass(frozen=True, slots=True)
class ListPeople:
    """Which people; empty: all."""

    search: str = ""
    role: Role | None = None
    is_active: bool | None = None
    cursor: str = ""
    limit: int = DEFAULT_LIMIT


async def list_people(command: ListPeople, actor: Actor, *, units: UnitsOfWork) -> Page[Person]:
    """People by name. For Global Admins."""
    require_admin(actor)
    limit = checked_limit(command.limit)
    wanted = PeopleFilter(command.search.strip(), command.role, command.is_active)
    async with units.reading() as uow:
        found = await uow.people.page(wanted, after=_mark(command.cursor), limit=limit + 1)
    shown = tuple(found[:limit])
    more = len(found) > limit
    return Page(shown, encode_cursor(shown[-1].name, str(shown[-1].id)) if more else None)


def _mark(cursor: str) -> PersonMark | None:
    if not cursor:
        return None
    name, person_id = decode_cursor(cursor, count=2)
    try:
        return PersonMark(name, UUID(person_id))
    except ValueError as error:
        raise bad_cursor() from error
