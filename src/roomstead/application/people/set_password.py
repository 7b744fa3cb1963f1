"""Choose a password with a one-time link, and be signed in."""

from dataclasses import dataclass, field

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.passwords import PasswordHasher
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.session_secret import digest_of
from roomstead.application.sign_in_links import worthless
from roomstead.application.sign_in_rules import NewSession, Visitor, begin_session
from roomstead.domain.errors import InvalidInput
from roomstead.domain.password import normalised, password_mistake
from roomstead.domain.people import Person
from roomstead.domain.sessions import LinkPurpose


@dataclass(frozen=True, slots=True)
class SetPassword:
    """The link's secret, and what was typed."""

    secret: str = field(repr=False)
    password: str = field(repr=False)
    visitor: Visitor


async def set_password(command: SetPassword, *, units: UnitsOfWork, clock: Clock, hasher: PasswordHasher) -> NewSession:
    """Use the link up; all other browsers of the person are signed out. Raises LinkWorthless and InvalidInput."""
    now, digest = clock.now(), digest_of(command.secret)
    async with units() as uow:
        link = await uow.passwords.link(digest, now)
        person = None if link is None or link.person_id is None else await uow.people.get(link.person_id)
    usable = _usable(person)
    mistake = password_mistake(command.password, about=(usable.name, *usable.addresses))
    if mistake:
        raise InvalidInput({"password": mistake})
    password_hash = await hasher.hash(normalised(command.password))
    async with units() as uow:
        if await uow.passwords.take_link(digest, now) is None:
            raise worthless(LinkPurpose.RESET)
        usable = _usable(await uow.people.get(usable.id))
        await uow.passwords.put(usable.id, password_hash, now)
        await uow.sessions.end_all(usable.id)
        begun = await begin_session(usable, command.visitor, uow, now)
        await uow.audit.record("person.password_set", Subject("person", usable.id), begun.actor, at=now)
        await uow.commit()
    return begun


def _usable(person: Person | None) -> Person:
    if person is None or not person.is_active:
        raise worthless(LinkPurpose.RESET)
    return person
