"""Add a person."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from roomstead.application.person_rules import name_mistake, parsed_addresses
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import InvalidInput
from roomstead.domain.people import Actor, Person, PersonId, Role, require_admin


@dataclass(frozen=True, slots=True)
class AddPerson:
    """Who shall be added; the first address is the preferred one."""

    name: str
    addresses: Sequence[str]
    role: Role = Role.MEMBER


async def add_person(command: AddPerson, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> Person:
    """Store a new person. Raises InvalidInput, and Conflict when an address belongs to somebody already."""
    require_admin(actor)
    addresses, mistake = parsed_addresses(command.addresses)
    mistakes = {"name": name_mistake(command.name), "addresses": mistake}
    if any(mistakes.values()):
        raise InvalidInput({field: sentence for field, sentence in mistakes.items() if sentence})
    person = Person(PersonId(uuid.uuid4()), command.name.strip(), addresses, command.role)
    async with units() as uow:
        await uow.people.add(person)
        await uow.audit.record(
            "person.added", Subject("person", person.id), actor, at=clock.now(), detail={"role": person.role.value}
        )
        await uow.commit()
    return person
