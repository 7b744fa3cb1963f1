"""Sign in with a password."""

from dataclasses import dataclass, field
from datetime import timedelta

from roomstead.application.failed_attempts import FAILED, REFUSED, FailedAttempt, tell_of_failure
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.passwords import PasswordHasher
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.sign_in_rules import (
    TRIES_PER_ADDRESS,
    TRIES_PER_SOURCE,
    NewSession,
    TooManyAttempts,
    Visitor,
    attempt_key,
    begin_session,
    count_attempts,
    evenly,
)
from roomstead.domain.errors import Unauthenticated
from roomstead.domain.mailbox import Address, InvalidAddress, parse_address
from roomstead.domain.password import LONGEST, normalised
from roomstead.domain.people import Person

TELLING_TAKES = timedelta(milliseconds=50)
"""Longer than telling of a failure takes, be it the first about somebody here or one of many about strangers."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """What was typed, and by whom."""

    address: str
    password: str = field(repr=False)
    visitor: Visitor


async def sign_in(command: SignIn, *, units: UnitsOfWork, clock: Clock, hasher: PasswordHasher) -> NewSession:
    """Begin a session.

    Raises TooManyAttempts, and Unauthenticated in the same words and after the same work whether there is no such
    person, no password, a wrong one, or the person is no longer active.
    """
    address = _address(command.address)
    try:
        return await _let_in(command, address, units, clock, hasher)
    except (TooManyAttempts, Unauthenticated) as error:
        action = FAILED if isinstance(error, Unauthenticated) else REFUSED
        async with evenly(TELLING_TAKES):
            await tell_of_failure(FailedAttempt(action, command.visitor, address), units=units, now=clock.now())
        raise


async def _let_in(
    command: SignIn, address: Address | None, units: UnitsOfWork, clock: Clock, hasher: PasswordHasher
) -> NewSession:
    now = clock.now()
    typed = address or command.address.strip().lower()[:320]
    await count_attempts(
        [("address", typed, TRIES_PER_ADDRESS), ("source", command.visitor.network, TRIES_PER_SOURCE)],
        units=units,
        now=now,
    )
    person, stored = await _known(address, units)
    is_right = await hasher.is_right(normalised(command.password[: LONGEST + 1]), stored)
    if person is None or stored is None or not is_right or not person.is_active:
        raise _not_right()
    renewed = await hasher.hash(normalised(command.password)) if hasher.is_outdated(stored) else None
    async with units() as uow:
        if await uow.passwords.hash_of(person.id) != stored:  # changed while we compared
            raise _not_right()
        begun = await begin_session(person, command.visitor, uow, now)
        await uow.passwords.forget_attempts(attempt_key("address", typed))
        await uow.passwords.take_back_attempt(attempt_key("source", command.visitor.network))
        if renewed is not None:
            await uow.passwords.put(person.id, renewed, now)
        await uow.audit.record("person.signed_in", Subject("person", person.id), begun.actor, at=now)
        await uow.commit()
    return begun


def _not_right() -> Unauthenticated:
    return Unauthenticated("The address or the password is not right.")


def _address(typed: str) -> Address | None:
    try:
        return parse_address(typed)
    except InvalidAddress:
        return None


async def _known(address: Address | None, units: UnitsOfWork) -> tuple[Person | None, str | None]:
    async with units() as uow:
        person = None if address is None else await uow.people.by_address(address)
        return person, None if person is None else await uow.passwords.hash_of(person.id)
