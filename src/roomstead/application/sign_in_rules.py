"""What holds whenever somebody comes in: how often they may try, what they are told, what a session is."""

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.session_secret import digest_of, new_secret
from roomstead.domain.errors import Refused, RetryLater
from roomstead.domain.people import Actor, Person, Via
from roomstead.domain.sessions import LASTS, SessionId, WebSession

WINDOW = timedelta(minutes=15)
TRIES_PER_ADDRESS = 10
TRIES_PER_SOURCE = 60
"""Within the window, from one network: an office may stand behind it. Who gets in is not counted."""
SIX_TELLS_APART = 64
"""Bits of an IPv6 address that name a network (RFC 6177): whoever has one has 2^64 addresses to try from."""

COMPANY_CALLBACK = "/sign-in/callback"
"""Where a company's own sign-in sends people back to."""


class TooManyAttempts(RetryLater):
    """There were too many attempts to sign in."""

    code = "too_many_attempts"


class LinkWorthless(Refused):
    """This link was used before, is too old, or is not whole."""

    code = "link_worthless"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who knocks: the network address, and what the browser says it is."""

    source: str
    agent: str

    @property
    def network(self) -> str:
        """What attempts are counted by: an IPv4 address, or the network of an IPv6 one."""
        try:
            address = ip_address(self.source.partition("%")[0])
        except ValueError:  # a proxy's own word, or none
            return self.source
        if not isinstance(address, IPv6Address):
            return str(address)
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Network((address, SIX_TELLS_APART), strict=False))


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that just began, and its secret, which only the browser keeps."""

    session: WebSession
    person: Person
    secret: str = field(repr=False)

    @property
    def actor(self) -> Actor:
        """The person, acting on pages."""
        return page_actor(self.person)


def page_actor(person: Person) -> Actor:
    """A person, acting on pages."""
    return Actor(person.id, person.name, person.role, Via.PAGE)


async def begin_session(person: Person, visitor: Visitor, uow: UnitOfWork, now: datetime) -> NewSession:
    """Let a person in, with a secret that nobody had before."""
    secret = new_secret()
    session = WebSession(SessionId(uuid.uuid4()), person.id, agent_summary(visitor.agent), now, now, now + LASTS)
    await uow.sessions.add(session, digest_of(secret))
    return NewSession(session, person, secret)


async def count_attempts(keys: Sequence[tuple[str, str, int]], *, units: UnitsOfWork, now: datetime) -> None:
    """Count an attempt under each (kind, value, limit) before anything else is done. Raises TooManyAttempts.

    Values are kept as digests and for a quarter of an hour at most.
    """
    async with units() as uow:
        counts = [
            (await uow.passwords.count_attempt(attempt_key(kind, value), now, window=WINDOW), limit)
            for kind, value, limit in sorted(keys)
        ]
        await uow.commit()
    if any(count > limit for count, limit in counts):
        raise TooManyAttempts("There were too many attempts. Wait a quarter of an hour, then try again.", after=WINDOW)


@asynccontextmanager
async def evenly(at_least: timedelta) -> AsyncIterator[None]:
    """Let the block take so long, whatever it finds out: nobody can tell by the clock."""
    loop = asyncio.get_running_loop()
    until = loop.time() + at_least.total_seconds()
    try:
        yield
    finally:
        await asyncio.sleep(until - loop.time())


def attempt_key(kind: str, value: str) -> bytes:
    """Under what attempts are counted."""
    return hashlib.sha256(f"{kind} {value}".encode("utf-8", "surrogatepass")).digest()


_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def agent_summary(user_agent: str) -> str:
    """“Firefox on Linux”: enough to tell one's devices apart, too little to recognise a person."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " on ".join(part for part in (browser, system) if part)
