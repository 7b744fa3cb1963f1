"""How mail goes to the server: encrypted, or not at all."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult
from tests.application.notify.conftest import Sink

from roomstead.adapters.mail.server import server_of
from roomstead.adapters.mail.smtp import SmtpMailer
from roomstead.application.ports.mail import Mail, MailNotAllowed, MailRefused, MailUnavailable
from roomstead.domain.mailbox import Address

MAIL = Mail(
    "1",
    Address("jane@contoso.example"),
    "Jane\r\nBcc: eve@fabrikam.example",
    "Two\r\nlines",
    "text",
    "<p>html</p>",
    datetime(2027, 3, 1, 12, tzinfo=UTC),
)

Listens = Callable[..., Awaitable[int]]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Signs the mail server's certificate."""
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA, tmp_path: Path) -> ssl.SSLContext:
    """Trusts that authority."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return ssl.create_default_context(cafile=tmp_path / "ca.pem")


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """The mail server's side."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
async def listens(sink: Sink) -> AsyncIterator[Listens]:
    """Starts a mail server with the library's options; ``tls_first``: encrypted from the first byte."""
    loop = asyncio.get_running_loop()
    servers: list[asyncio.Server] = []

    async def listen(*, tls_first: ssl.SSLContext | None = None, **options: object) -> int:
        def talk() -> SMTP:
            return SMTP(sink, hostname="localhost", loop=loop, **options)  # type: ignore[arg-type]  # its own options

        servers.append(await loop.create_server(talk, "127.0.0.1", 0, ssl=tls_first))
        port: int = servers[-1].sockets[0].getsockname()[1]
        return port

    yield listen
    for each in servers:
        each.close()
        await each.wait_closed()


def mailer(url: str, tls: ssl.SSLContext, *, elsewhere: bool = False) -> SmtpMailer:
    """``elsewhere``: as if the server were on another machine."""
    server = server_of(url)
    if elsewhere:
        assert not server.must_upgrade
        server = type(server)(server.host, server.port, server.user, server.password, server.is_tls, must_upgrade=True)
    return SmtpMailer(server, "rooms@contoso.example", tls, timeout=60)


def test_only_this_machine_and_who_says_so_get_mail_in_the_clear() -> None:
    assert server_of("smtp://mail.contoso.example").must_upgrade
    assert server_of("smtp://mail.contoso.example").port == 587
    assert not server_of("smtp://mail.contoso.example:25?starttls=off").must_upgrade
    assert not server_of("smtp://localhost:25").must_upgrade
    tls = server_of("smtps://user%40contoso.example:p%2Fw@mail.contoso.example")
    assert (tls.is_tls, tls.port, tls.user, tls.password) == (True, 465, "user@contoso.example", "p/w")
    assert "p/w" not in repr(tls)


async def test_starttls_is_used(listens: Listens, sink: Sink, tls: ssl.SSLContext, server_tls: ssl.SSLContext) -> None:
    port = await listens(tls_context=server_tls, require_starttls=True)
    await mailer(f"smtp://127.0.0.1:{port}", tls, elsewhere=True).send(MAIL)
    assert len(sink.taken) == 1


async def test_without_starttls_nothing_is_sent(listens: Listens, sink: Sink, tls: ssl.SSLContext) -> None:
    port = await listens()
    with pytest.raises(MailNotAllowed):
        await mailer(f"smtp://127.0.0.1:{port}", tls, elsewhere=True).send(MAIL)
    assert sink.taken == []


async def test_tls_from_the_first_byte(
    listens: Listens, sink: Sink, tls: ssl.SSLContext, server_tls: ssl.SSLContext
) -> None:
    port = await listens(tls_first=server_tls)
    await mailer(f"smtps://127.0.0.1:{port}", tls).send(MAIL)
    assert len(sink.taken) == 1


async def test_a_certificate_of_nobody_known_is_not_trusted(
    listens: Listens, sink: Sink, server_tls: ssl.SSLContext
) -> None:
    port = await listens(tls_first=server_tls)
    with pytest.raises((MailNotAllowed, MailUnavailable)):
        await mailer(f"smtps://127.0.0.1:{port}", ssl.create_default_context()).send(MAIL)
    assert sink.taken == []


async def test_a_wrong_password_is_for_an_admin(
    listens: Listens, sink: Sink, tls: ssl.SSLContext, server_tls: ssl.SSLContext
) -> None:
    def judge(*args: object) -> AuthResult:
        given = args[4]
        return AuthResult(success=getattr(given, "password", b"") == b"right", handled=False)

    port = await listens(authenticator=judge, auth_required=True, tls_context=server_tls, require_starttls=True)
    with pytest.raises(MailNotAllowed):
        await mailer(f"smtp://rooms:wrong@127.0.0.1:{port}", tls, elsewhere=True).send(MAIL)
    await mailer(f"smtp://rooms:right@127.0.0.1:{port}", tls, elsewhere=True).send(MAIL)
    assert len(sink.taken) == 1


async def test_names_and_titles_add_no_headers(listens: Listens, sink: Sink, tls: ssl.SSLContext) -> None:
    port = await listens()
    await mailer(f"smtp://127.0.0.1:{port}", tls).send(MAIL)
    (mail,) = sink.taken
    assert mail["Subject"] == "Two lines"
    assert mail["Bcc"] is None
    assert mail["To"].addresses[0].display_name == "Jane Bcc: eve@fabrikam.example"


async def test_an_address_that_cannot_be_written_is_refused(tls: ssl.SSLContext, listens: Listens) -> None:
    port = await listens()
    broken = Mail("1", Address("a@@b"), "A", "s", "t", "h", MAIL.written_at)
    with pytest.raises(MailRefused):
        await mailer(f"smtp://127.0.0.1:{port}", tls).send(broken)
