"""Find out who is meant by names and addresses that somebody typed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from roomstead.application.ports.people import PeopleFilter
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.domain.errors import InvalidInput
from roomstead.domain.mailbox import InvalidAddress, parse_address
from roomstead.domain.people import Actor, Person, PersonId

_NAMESAKES = 50
MOST_TYPED = 600
LONGEST_TYPED = 500
"""Characters of one person; a name and an address fit."""


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody who was meant. ``person_id`` None: an address that belongs to nobody here."""

    address: str
    name: str
    person_id: PersonId | None = None

    @property
    def typed(self) -> str:
        """How to type this person without any doubt."""
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True, slots=True)
class ResolvedPeople:
    """Who is meant, each once; and what nobody can be found for, with the sentence that says so."""

    people: tuple[FoundPerson, ...]
    mistakes: tuple[tuple[str, str], ...]


async def resolve_people(typed: Sequence[str], _actor: Actor, *, units: UnitsOfWork) -> ResolvedPeople:
    """Each text is a name, an address, “Name <address>”, or several of these with semicolons or commas between."""
    found: dict[str, FoundPerson] = {}
    mistakes: list[tuple[str, str]] = []
    async with units.reading() as uow:
        for each in await _all_pieces(uow, typed):
            meant = await _meant(uow, each)
            if isinstance(meant, str):
                mistakes.append((each, meant))
            else:
                found.setdefault(meant.address.casefold(), meant)
    return ResolvedPeople(tuple(found.values()), tuple(mistakes))


async def _all_pieces(uow: UnitOfWork, typed: Sequence[str]) -> list[str]:
    """What stands for one person each; each is looked up, so there is a most. Raises InvalidInput."""
    pieces: list[str] = []
    for part in (part.strip() for text in typed for part in re.split(r"[;\n]", text)):
        pieces += await _pieces(uow, part)
        if len(pieces) > MOST_TYPED:
            raise InvalidInput({"people": f"Name at most {MOST_TYPED} people at a time."})
    return pieces


async def _pieces(uow: UnitOfWork, text: str) -> list[str]:
    """A comma separates people, unless it is part of a name (“Doe, Jane”)."""
    if "," not in text or "<" in text or await _called(uow, text):
        return [text] if text else []
    return [piece.strip() for piece in text.split(",") if piece.strip()]


async def _meant(uow: UnitOfWork, text: str) -> FoundPerson | str:
    """The person, or why nobody is."""
    if len(text) > LONGEST_TYPED:
        return f"“{text[:40]}…” is too long for a name or an address."
    named = _named(text)
    if named is not None or "@" in text:
        name, address = named or ("", text)
        return await _by_address(uow, address, name)
    called = await _called(uow, text)
    if len(called) == 1:
        return FoundPerson(called[0].addresses[0], called[0].name, called[0].id)
    if called:
        addresses = " or ".join(each.addresses[0] for each in called[:3])
        return f"Several people are called {text}. Type the address: {addresses}."
    return f"Nobody here is called {text}. Type the e-mail address."


def _named(text: str) -> tuple[str, str] | None:
    """Name and address of “Name <address>”; None: it is not written so."""
    name, opened, rest = text.partition("<")
    address, closed, after = rest.partition(">")
    is_one = opened and closed and address and not after.strip() and ">" not in name and "<" not in address
    return (name.strip(), address) if is_one else None


async def _by_address(uow: UnitOfWork, text: str, name: str) -> FoundPerson | str:
    try:
        address = parse_address(text)
    except InvalidAddress as error:
        return str(error)
    person = await uow.people.by_address(address)
    if person is None:
        return FoundPerson(text.strip(), name)
    return FoundPerson(address, person.name, person.id)


async def _called(uow: UnitOfWork, name: str) -> list[Person]:
    """Active people of exactly that name, whatever its case."""
    wanted = " ".join(name.split())
    found = await uow.people.page(PeopleFilter(wanted, is_active=True), after=None, limit=_NAMESAKES)
    return [person for person in found if person.addresses and person.name.casefold() == wanted.casefold()]
