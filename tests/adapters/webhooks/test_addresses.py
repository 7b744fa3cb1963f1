"""Which addresses webhooks go to, and that names cannot lead elsewhere."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
import trustme

from roomstead.adapters.http.transport import make_tls_context
from roomstead.adapters.webhooks.addresses import AddressRules
from roomstead.adapters.webhooks.sender import HttpWebhookSender
from roomstead.application.ports.store import open_unit_of_work
from roomstead.application.ports.webhook_sending import Message
from roomstead.domain.errors import Broken, InvalidInput

NOT_PUBLIC = (
    "127.0.0.1", "127.8.8.8", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:db8::1",
)  # fmt: skip
PUBLIC = ("93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e")
HELLO = [Message({"content-type": "application/json"}, b"{}")]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_outsiders_cannot_reach_are_not_called(address: str) -> None:
    assert not AddressRules().permits(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_called(address: str) -> None:
    assert AddressRules().permits(ip_address(address))


def test_an_operator_may_allow_networks() -> None:
    rules = AddressRules(["10.20.0.0/16", "fd12::/32"])
    may = [rules.permits(ip_address(each)) for each in ("10.20.1.1", "fd12::5", "10.21.1.1", "127.0.0.1")]
    assert may == [True, True, False, False]


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "ftp://example.com/x", "https://", "https:///x", "https://user@example.com/", "https://[::1/",
        "https://example.com/#part", "https://example.com:99999/", "http://example.com/", "https://exa mple.com/",
        "https://bücher.example/", "https://localhost/", "https://127.0.0.1/", "https://[::1]:8700/",
        "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest", "https://10.0.0.1/",
        f"https://e.com/{'x' * 2000}",
    ],
)  # fmt: skip
def test_addresses_that_cannot_be_meant_are_refused_when_typed(url: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        AddressRules().checked(url)
    assert wrong.value.mistakes["url"].endswith(".")


def test_an_address_is_kept_as_typed() -> None:
    assert (
        AddressRules().checked(" https://hooks.example.com:8443/in?key=1 ") == "https://hooks.example.com:8443/in?key=1"
    )
    assert AddressRules(["127.0.0.1/32"]).checked("http://localhost:8701/") == "http://localhost:8701/"


async def said(sender: HttpWebhookSender, url: str) -> str:
    (sent,) = await sender.send(url, HELLO)
    return sent.failure


async def test_a_name_that_leads_inside_is_not_called() -> None:
    inside = HttpWebhookSender(AddressRules(["10.0.0.0/8"]), make_tls_context(None))
    for url in ("http://localhost:9/", "https://localhost:9/", "https://127.0.0.1:9/", "https://0177.0.0.1:9/"):
        assert "which is not called" in await said(inside, url) or "cannot be found" in await said(inside, url), url


async def test_a_name_that_is_none_is_said() -> None:
    sender = HttpWebhookSender(AddressRules(), make_tls_context(None))
    assert await said(sender, "https://no-such-name.invalid/") == "The name no-such-name.invalid cannot be found."


Serves = Callable[[str], AbstractAsyncContextManager[int]]


@pytest.fixture
def serves(tmp_path: Path) -> Serves:
    """Serves TLS on this machine with a certificate for a name, by the authority in ``ca.pem``."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")

    @asynccontextmanager
    async def serve(name: str) -> AsyncIterator[int]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            host = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"host:"))
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(host), host))
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
        async with server:
            yield server.sockets[0].getsockname()[1]

    return serve


async def test_the_address_that_was_judged_is_called_and_the_certificate_is_the_names(
    serves: Serves, tmp_path: Path
) -> None:
    sender = HttpWebhookSender(AddressRules(["127.0.0.0/8", "::1/128"]), make_tls_context(tmp_path / "ca.pem"))
    async with serves("localhost") as port:
        (sent,) = await sender.send(f"https://localhost:{port}/in", HELLO)
    assert (sent.status, sent.failure) == (200, "")
    assert sent.excerpt.lower() == f"host: localhost:{port}"
    async with serves("other.example") as port:
        assert "certificate is not valid" in await said(sender, f"https://localhost:{port}/in")
    assert await said(sender, f"https://localhost:{port}/in") == "No connection could be made."


async def test_nothing_is_sent_while_a_transaction_is_open() -> None:
    sender = HttpWebhookSender(AddressRules(["127.0.0.0/8"]), make_tls_context(None))
    mark = open_unit_of_work.set(True)
    with pytest.raises(Broken):
        await sender.send("http://127.0.0.1:9/", HELLO)
    open_unit_of_work.reset(mark)
