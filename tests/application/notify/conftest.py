"""A post office: a mail server that keeps what it takes, and everything between a booking and it."""

import asyncio
import email
import email.policy
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from tests.application.booking.conftest import desk  # noqa: F401 - a fixture, for tests of what bookings lead to

from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.mail.server import server_of
from roomstead.adapters.mail.smtp import SmtpMailer
from roomstead.application.notify.deliver_notices import deliver_notices
from roomstead.application.ports.notices import ListedNotice
from roomstead.entrypoints.mail.letters import CatalogueLetters

if TYPE_CHECKING:
    from tests.application.conftest import HeldClock

LINK_BASE = "https://rooms.contoso.example"


@dataclass
class Sink:
    """A mail server's memory. ``replies``: what it says to the next messages instead of taking them."""

    taken: list[EmailMessage] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        """Take a message, or say what was arranged."""
        del server, session
        if self.replies:
            return self.replies.pop(0)
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 OK"


@dataclass
class PostOffice:
    """Delivers what is due, as the worker does."""

    units: SqlUnitsOfWork
    clock: "HeldClock"
    sink: Sink
    mailer: SmtpMailer

    async def deliver(self) -> int:
        """One turn of the worker."""
        return await deliver_notices(
            units=self.units,
            clock=self.clock,
            mailer=self.mailer,
            letters=CatalogueLetters(),
            link_base=LINK_BASE,
        )

    async def deliver_after(self, **by: float) -> int:
        """One turn, that much later."""
        self.clock.advance(timedelta(**by))
        return await self.deliver()

    async def listed(self) -> list[ListedNotice]:
        """What became of everything."""
        async with self.units() as uow:
            return list(await uow.notices.latest(100))


@pytest.fixture
def sink() -> Sink:
    """Empty."""
    return Sink()


@pytest.fixture
async def smtp_port(sink: Sink) -> AsyncIterator[int]:
    """The port of a running mail server that gives its mail to the sink."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="localhost", loop=loop), "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


@pytest.fixture
def mailer_to() -> Callable[[int], SmtpMailer]:
    """Makes a mailer that hands in at a port of this machine."""

    def make(port: int) -> SmtpMailer:
        server = server_of(f"smtp://127.0.0.1:{port}")
        return SmtpMailer(server, "Meeting rooms <rooms@contoso.example>", ssl.create_default_context(), timeout=60)

    return make


@pytest.fixture
def post(
    units: SqlUnitsOfWork,
    clock: "HeldClock",
    sink: Sink,
    smtp_port: int,
    mailer_to: Callable[[int], SmtpMailer],
) -> PostOffice:
    """Delivers over real SMTP."""
    return PostOffice(units, clock, sink, mailer_to(smtp_port))
