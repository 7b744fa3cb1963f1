"""What the audit trail is told of failed sign-ins: enough to see who is aimed at and from where, and never a flood.

Failures soon after one another, about the same person and from the same network, are one entry with their number. All
entries together are few, however many networks there are: the rest is counted in one. Who was asked for is told only
where it is somebody here; what else was typed may be a stranger's address, or a password in the wrong field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network

from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.sign_in_rules import WINDOW, Visitor, attempt_key
from roomstead.domain.mailbox import Address
from roomstead.domain.people import Actor, Person, Role, Via

FAILED, REFUSED, MANY = "attempt.failed", "attempt.refused", "attempt.many_failed"
NOT_SIGNED_IN = Actor(None, "not signed in", Role.MEMBER, Via.PAGE)

TOLD_TOGETHER = timedelta(minutes=5)
ENTRIES_IN_A_WINDOW = 30
"""Entries that name a network, within the window of attempts: a few thousand a day at most, whatever happens."""
KEPT_FOR = timedelta(days=90)
"""They hold network addresses, which are people's; everything else in the audit trail stays."""


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """``action``: one of the above. ``address``: whom somebody claimed to be; None: that is not known.

    ``by``: by which way they tried, where it was not by password.
    """

    action: str
    visitor: Visitor
    address: Address | None
    by: str = ""


@dataclass(frozen=True, slots=True)
class _Telling:
    """An entry as it would be."""

    action: str
    subject: Subject
    detail: Mapping[str, object]
    key: bytes


async def tell_of_failure(failure: FailedAttempt, *, units: UnitsOfWork, now: datetime) -> None:
    """Count the failure in the entry that stands for it, or begin one."""
    network = _network(failure.visitor)
    async with units() as uow:
        person = None if failure.address is None else await uow.people.by_address(failure.address)
        telling = _telling(failure, person, network)
        if not await _counted(telling, uow, now):
            await uow.tallies.alone()
            if not await _counted(telling, uow, now):  # begun by somebody else while we waited
                await _begin(telling, uow, now)
        await uow.commit()


def _telling(failure: FailedAttempt, person: Person | None, network: str) -> _Telling:
    named = {} if person is None else {"person": person.name}
    by = {"by": failure.by} if failure.by else {}
    return _Telling(
        failure.action,
        Subject("attempt") if person is None else Subject("person", person.id),
        {"network": network, **named, **by},
        attempt_key(failure.action, f"{'' if person is None else person.id} {network} {failure.by}"),
    )


async def _counted(telling: _Telling, uow: UnitOfWork, now: datetime) -> bool:
    return await uow.tallies.count_up(telling.key, since=now - TOLD_TOGETHER)


async def _begin(telling: _Telling, uow: UnitOfWork, now: datetime) -> None:
    if await uow.tallies.begun(since=now - WINDOW) >= ENTRIES_IN_A_WINDOW:
        telling = _Telling(MANY, Subject("attempt"), {}, attempt_key(MANY, ""))
        if await _counted(telling, uow, now):
            return
    detail = {"attempts": 1, **telling.detail}
    entry = await uow.audit.record(telling.action, telling.subject, NOT_SIGNED_IN, at=now, detail=detail)
    await uow.tallies.begin(telling.key, entry, now)


def _network(visitor: Visitor) -> str:
    try:
        return str(ip_network(visitor.network)).removesuffix("/32")
    except ValueError:  # a proxy's own word, which may be anything
        return "unknown"
