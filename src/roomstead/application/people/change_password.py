"""Change one's own password."""

from dataclasses import dataclass, field

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.passwords import PasswordHasher
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.sign_in_rules import TRIES_PER_ADDRESS, attempt_key, count_attempts, page_actor
from roomstead.domain.errors import Conflict, InvalidInput
from roomstead.domain.password import LONGEST, normalised, password_mistake
from roomstead.domain.people import Person
from roomstead.domain.sessions import SignedIn


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """What was typed."""

    present: str = field(repr=False)
    new: str = field(repr=False)


async def change_password(
    command: ChangePassword, by: SignedIn, *, units: UnitsOfWork, clock: Clock, hasher: PasswordHasher
) -> None:
    """Store the new password and sign all other browsers out.

    Raises InvalidInput, TooManyAttempts, and Conflict for somebody who has none and signs in with the company's
    account.
    """
    now, person = clock.now(), by.person
    async with units() as uow:
        stored = await uow.passwords.hash_of(person.id)
    if stored is None:
        raise Conflict("You have no password here.", remedy="Ask a Global Admin for a link to choose one.")
    await count_attempts([("change", str(person.id), TRIES_PER_ADDRESS)], units=units, now=now)
    await _check(command, person, stored, hasher)
    password_hash = await hasher.hash(normalised(command.new))
    async with units() as uow:
        await uow.passwords.put(person.id, password_hash, now)
        await uow.passwords.drop_links(person.id)
        await uow.passwords.forget_attempts(attempt_key("change", str(person.id)))
        await uow.sessions.end_all(person.id, but=by.session.id)
        await uow.audit.record("person.password_changed", Subject("person", person.id), page_actor(person), at=now)
        await uow.commit()


async def _check(command: ChangePassword, person: Person, stored: str, hasher: PasswordHasher) -> None:
    if not await hasher.is_right(normalised(command.present[: LONGEST + 1]), stored):
        raise InvalidInput({"present": "This is not your present password."})
    mistake = password_mistake(command.new, about=(person.name, *person.addresses))
    if not mistake and normalised(command.new) == normalised(command.present):
        mistake = "This is the password that you have. Choose another."
    if mistake:
        raise InvalidInput({"new": mistake})
