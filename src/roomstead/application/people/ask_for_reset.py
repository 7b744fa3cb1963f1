"""Ask for a mail with which one chooses a new password."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.sign_in_rules import TRIES_PER_SOURCE, Visitor, count_attempts, evenly
from roomstead.domain.mailbox import Address, InvalidAddress, parse_address
from roomstead.domain.notice import Notice, NoticeId, NoticeKind
from roomstead.domain.people import SYSTEM

MAILS_PER_ADDRESS = 3
"""Within the window of attempts: nobody's mailbox is filled by strangers."""
TAKES = timedelta(milliseconds=250)
"""Longer than leaving a mail takes."""


@dataclass(frozen=True, slots=True)
class AskForReset:
    """The address that was typed, and by whom."""

    address: str
    visitor: Visitor


async def ask_for_reset(command: AskForReset, *, units: UnitsOfWork, clock: Clock) -> None:
    """Leave a mail for whoever has this address and a password; nobody learns whether there is anybody.

    The link itself is made when the mail is written, so that it is stored nowhere. Raises TooManyAttempts.
    """
    now = clock.now()
    address = _address(command.address)
    await count_attempts(
        [
            ("reset", address or command.address.strip().lower()[:320], MAILS_PER_ADDRESS),
            ("reset source", command.visitor.network, TRIES_PER_SOURCE),
        ],
        units=units,
        now=now,
    )
    async with evenly(TAKES):
        await _leave_mail(address, units, now)


async def _leave_mail(address: Address | None, units: UnitsOfWork, now: datetime) -> None:
    async with units() as uow:
        person = None if address is None else await uow.people.by_address(address)
        if person is None or not person.is_active or await uow.passwords.hash_of(person.id) is None:
            return
        await uow.notices.add([Notice(NoticeId(uuid.uuid4()), person.id, NoticeKind.RESET, now, now)])
        await uow.audit.record("person.reset_asked", Subject("person", person.id), SYSTEM, at=now)
        await uow.commit()


def _address(typed: str) -> Address | None:
    try:
        return parse_address(typed)
    except InvalidAddress:
        return None
