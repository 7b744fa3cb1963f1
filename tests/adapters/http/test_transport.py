"""The way out: what was sent, what came back, and what was lost."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog
import trustme

from roomstead.adapters.http.transport import (
    AnswerLost,
    AnswerTooLarge,
    CallNotSent,
    HttpSettings,
    HttpTransport,
    OutgoingCall,
    make_tls_context,
)
from roomstead.application.ports.store import open_unit_of_work
from roomstead.domain.errors import Broken

if TYPE_CHECKING:
    from tests.adapters.conftest import ScriptedServer

SETTINGS = HttpSettings(user_agent="Roomstead/1.2", max_answer_bytes=10_000)


@asynccontextmanager
async def _tls_server(pem: Path) -> AsyncIterator[str]:
    """Says 200 to whoever trusts its certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(pem))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@pytest.fixture
async def wire() -> AsyncIterator[HttpTransport]:
    transport = HttpTransport(SETTINGS, make_tls_context(None))
    yield transport
    await transport.aclose()


async def test_headers_and_a_fresh_call_id_go_along(wire: HttpTransport, scripted: "ScriptedServer") -> None:
    scripted.on("GET", "/", scripted.told(204, headers={"Request-Id": "r-1"}))
    call = OutgoingCall("GET", f"{scripted.url}/a", "/a", {"Prefer": "x"})
    answers = [await wire.send(call), await wire.send(call)]
    first, second = scripted.asked
    assert (first.headers["user-agent"], first.headers["prefer"]) == ("Roomstead/1.2", "x")
    assert first.headers["client-request-id"] != second.headers["client-request-id"]
    assert [answer.request_id for answer in answers] == ["r-1", "r-1"]
    assert answers[0].json() is None


async def test_an_error_status_is_an_answer(wire: HttpTransport, scripted: "ScriptedServer") -> None:
    scripted.on("GET", "/", scripted.told(503, {"error": {}}, {"Retry-After": "3"}))
    answer = await wire.send(OutgoingCall("GET", scripted.url + "/", "/"))
    assert (answer.status, answer.headers["retry-after"], answer.json()) == (503, "3", {"error": {}})


async def test_redirects_are_not_followed(wire: HttpTransport, scripted: "ScriptedServer") -> None:
    scripted.on("GET", "/here", scripted.told(302, headers={"Location": "/there"}))
    assert (await wire.send(OutgoingCall("GET", scripted.url + "/here", "/here"))).status == 302
    assert len(scripted.asked) == 1


async def test_a_refused_connection_was_never_sent(wire: HttpTransport, scripted: "ScriptedServer") -> None:
    url = scripted.url
    scripted.close()
    with pytest.raises(CallNotSent):
        await wire.send(OutgoingCall("POST", url + "/", "/", content=b"{}"))


async def test_a_dropped_connection_lost_the_answer(wire: HttpTransport, scripted: "ScriptedServer") -> None:
    scripted.on("POST", "/", scripted.told(drops=True))
    with pytest.raises(AnswerLost):
        await wire.send(OutgoingCall("POST", scripted.url + "/", "/", content=b"{}"))
    assert len(scripted.asked) == 1


async def test_an_answer_without_end_is_cut_off(wire: HttpTransport, scripted: "ScriptedServer") -> None:
    scripted.on("GET", "/", scripted.told(200, raw=b"x" * 10_001))
    with pytest.raises(AnswerTooLarge):
        await wire.send(OutgoingCall("GET", scripted.url + "/", "/"))


async def test_nothing_leaves_while_a_unit_of_work_is_open(wire: HttpTransport, scripted: "ScriptedServer") -> None:
    token = open_unit_of_work.set(True)
    try:
        with pytest.raises(Broken, match="transaction was open"):
            await wire.send(OutgoingCall("GET", scripted.url + "/", "/"))
    finally:
        open_unit_of_work.reset(token)
    assert scripted.asked == []


async def test_log_lines_name_the_template_and_never_the_address(
    wire: HttpTransport, scripted: "ScriptedServer"
) -> None:
    scripted.on("GET", "/", scripted.told(200, {"subject": "secret"}))
    with structlog.testing.capture_logs() as lines:
        await wire.send(OutgoingCall("GET", f"{scripted.url}/users/jane@contoso.com", "/users/{mailbox}"))
    assert [line["path"] for line in lines] == ["/users/{mailbox}"]
    assert lines[0]["status"] == 200
    assert "jane" not in str(lines)
    assert "secret" not in str(lines)


async def test_a_certificate_of_an_unknown_authority_is_refused_and_of_a_known_one_accepted(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "server.pem"))
    async with _tls_server(tmp_path / "server.pem") as url:
        for ca_file, expected in ((tmp_path / "ca.pem", 200), (None, CallNotSent)):
            transport = HttpTransport(SETTINGS, make_tls_context(ca_file))
            try:
                call = OutgoingCall("GET", url, "/")
                if isinstance(expected, int):
                    assert (await transport.send(call)).status == expected
                else:
                    with pytest.raises(expected):
                        await transport.send(call)
            finally:
                await transport.aclose()


def test_tls_is_always_verified() -> None:
    assert make_tls_context(None).verify_mode is ssl.CERT_REQUIRED
