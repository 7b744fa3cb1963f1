"""The one way out over HTTP: time-outs, TLS, size limits, and a log line without contents.

It knows no provider. What an answer means is decided by whoever asked; a call that brought no answer is one of two
things, and the difference decides whether a write may have happened: it was never sent, or its answer was lost.
"""

import json
import logging
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import httpx2
import structlog

from roomstead.application.ports.store import open_unit_of_work
from roomstead.domain.errors import Broken

log = structlog.get_logger(__name__)


class CallNotSent(Exception):
    """No connection came about; the other side never saw the call."""


class AnswerLost(Exception):
    """The call was sent, or may have been, and no whole answer came back."""


class AnswerTooLarge(Exception):
    """The answer outgrew the limit and was dropped, all but its beginning."""

    def __init__(self, beginning: "Answer") -> None:
        """``beginning``: the answer as far as it was read."""
        super().__init__()
        self.beginning = beginning


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """How calls are made. ``ca_file`` is a PEM file of authorities trusted beside the system's."""

    user_agent: str = field(default_factory=lambda: f"Roomstead/{version('roomstead')}")
    ca_file: Path | None = None
    connect_timeout: timedelta = timedelta(seconds=5)
    answer_timeout: timedelta = timedelta(seconds=30)
    max_answer_bytes: int = 64 * 1024 * 1024
    uses_proxies: bool = True
    """Those of the environment; not where the address that is called has been chosen."""


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    """One request. ``template`` is its path with placeholders, fit for logs; ``url`` has the names filled in.

    ``connect_to``: the IP address to call, whatever the name in ``url`` leads to by then; certificates are checked
    against the name. Connections are kept by address: a transport that pins must serve one name alone.
    """

    method: str
    url: str
    template: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    connect_to: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> object:
        """The body as JSON, None when it is empty. Raises ValueError when it is not JSON."""
        if not self.content.strip():
            return None
        try:
            parsed: object = json.loads(self.content)
        except RecursionError as error:
            raise ValueError("the JSON is nested too deeply") from error
        return parsed

    @property
    def request_id(self) -> str:
        """What the other side calls this request, for its support."""
        return self.headers.get("request-id") or self.headers.get("x-request-id") or ""


class Transport(Protocol):
    """Sends one call and brings its answer, whatever its status."""

    async def send(self, call: OutgoingCall) -> Answer:
        """Raises CallNotSent, AnswerLost, AnswerTooLarge; Broken while a unit of work is open."""
        ...

    async def aclose(self) -> None:
        """Give connections back."""
        ...


@cache
def make_tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Certificates are always verified, against the bundled authorities and those of ``ca_file``."""
    context = httpx2.create_ssl_context()
    if ca_file is not None:
        context.load_verify_locations(cafile=str(ca_file))
    return context


class HttpTransport:
    """A pool of connections. Made without I/O; safe to share between tasks of one event loop."""

    def __init__(self, settings: HttpSettings, tls: ssl.SSLContext) -> None:
        """``tls`` is made once and shared, since loading authorities takes longer than a call."""
        # The library writes whole addresses into its own log lines; those name people.
        for name in ("httpx2", "httpcore2"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._settings = settings
        self._client = httpx2.AsyncClient(
            verify=tls,
            timeout=httpx2.Timeout(
                settings.answer_timeout.total_seconds(), connect=settings.connect_timeout.total_seconds()
            ),
            headers={"User-Agent": settings.user_agent, "Accept": "application/json"},
            follow_redirects=False,
            trust_env=settings.uses_proxies,
        )

    async def send(self, call: OutgoingCall) -> Answer:
        """Send one call. Raises as the protocol says."""
        if open_unit_of_work.get():
            raise Broken(
                "A call was about to leave the house while a transaction was open.",
                details={"method": call.method, "path": call.template},
            )
        call_id = str(uuid4())
        line = log.bind(method=call.method, path=call.template, client_request_id=call_id)
        started = time.monotonic()
        try:
            answer = await self._exchange(call, call_id)
        except (CallNotSent, AnswerLost, AnswerTooLarge) as failure:
            line.warning("provider_call_failed", failure=type(failure).__name__, ms=_elapsed_ms(started))
            raise
        line.info("provider_call", status=answer.status, request_id=answer.request_id, ms=_elapsed_ms(started))
        return answer

    async def _exchange(self, call: OutgoingCall, call_id: str) -> Answer:
        request = self._request(call, call_id)
        try:
            response = await self._client.send(request, stream=True)
            try:
                return await self._read(response)
            finally:
                await response.aclose()
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol) as error:
            raise CallNotSent(type(error).__name__) from error
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise AnswerLost(type(error).__name__) from error

    def _request(self, call: OutgoingCall, call_id: str) -> httpx2.Request:
        url, headers = httpx2.URL(call.url), {**call.headers, "client-request-id": call_id}
        if not call.connect_to:
            return self._client.build_request(call.method, url, headers=headers, content=call.content)
        return self._client.build_request(
            call.method,
            url.copy_with(host=call.connect_to),
            headers={**headers, "Host": url.netloc.decode("ascii")},
            content=call.content,
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )

    async def _read(self, response: httpx2.Response) -> Answer:
        headers = {k.lower(): v for k, v in response.headers.items()}
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            chunks.append(chunk)
            if size > self._settings.max_answer_bytes:
                content = b"".join(chunks)[: self._settings.max_answer_bytes]
                raise AnswerTooLarge(Answer(response.status_code, headers, content))
        return Answer(response.status_code, headers, b"".join(chunks))

    async def aclose(self) -> None:
        """Give connections back."""
        await self._client.aclose()


def _elapsed_ms(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
