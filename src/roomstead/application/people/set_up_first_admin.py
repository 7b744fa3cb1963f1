"""Become the first Global Admin, with the link that the machine's operator was shown."""

import uuid
from dataclasses import dataclass, field

from roomstead.application.person_rules import name_mistake, parsed_addresses
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.passwords import PasswordHasher
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.session_secret import digest_of
from roomstead.application.sign_in_links import worthless
from roomstead.application.sign_in_rules import NewSession, Visitor, begin_session
from roomstead.domain.errors import InvalidInput
from roomstead.domain.mailbox import Address
from roomstead.domain.password import normalised, password_mistake
from roomstead.domain.people import Person, PersonId, Role
from roomstead.domain.sessions import LinkPurpose


@dataclass(frozen=True, slots=True)
class SetUpFirstAdmin:
    """The link's secret, and what was typed."""

    secret: str = field(repr=False)
    name: str
    address: str
    password: str = field(repr=False)
    visitor: Visitor


async def set_up_first_admin(
    command: SetUpFirstAdmin, *, units: UnitsOfWork, clock: Clock, hasher: PasswordHasher
) -> NewSession:
    """Use the link up and sign the new Global Admin in.

    Somebody who is here already, as a member, becomes a Global Admin. Raises LinkWorthless and InvalidInput.
    """
    now, digest = clock.now(), digest_of(command.secret)
    addresses = _checked(command)
    async with units() as uow:
        if await uow.passwords.link(digest, now) is None or await uow.people.has_admin():
            raise worthless(LinkPurpose.FIRST_ADMIN)
    password_hash = await hasher.hash(normalised(command.password))
    async with units() as uow:
        link = await uow.passwords.take_link(digest, now)
        if link is None or link.purpose is not LinkPurpose.FIRST_ADMIN or await uow.people.lock_admins():
            raise worthless(LinkPurpose.FIRST_ADMIN)
        person = await _admin(command.name.strip(), addresses, uow)
        await uow.passwords.put(person.id, password_hash, now)
        await uow.passwords.drop_links(person.id)
        await uow.sessions.end_all(person.id)
        begun = await begin_session(person, command.visitor, uow, now)
        await uow.audit.record("setup.first_admin", Subject("person", person.id), begun.actor, at=now)
        await uow.commit()
    return begun


def _checked(command: SetUpFirstAdmin) -> tuple[Address, ...]:
    addresses, address_mistake = parsed_addresses([command.address])
    mistakes = {
        "name": name_mistake(command.name),
        "address": address_mistake,
        "password": password_mistake(command.password, about=(command.name, command.address)),
    }
    if any(mistakes.values()):
        raise InvalidInput({field: sentence for field, sentence in mistakes.items() if sentence})
    return addresses


async def _admin(name: str, addresses: tuple[Address, ...], uow: UnitOfWork) -> Person:
    present = await uow.people.by_address(addresses[0])
    if present is None:
        person = Person(PersonId(uuid.uuid4()), name, addresses, Role.GLOBAL_ADMIN)
        await uow.people.add(person)
        return person
    person = Person(present.id, name, present.addresses, Role.GLOBAL_ADMIN, version=present.version + 1)
    await uow.people.save(person)
    return person
