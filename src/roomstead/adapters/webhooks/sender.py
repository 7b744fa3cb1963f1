"""Sends one webhook: the name is looked up, judged, and called under the very address that was judged.

Looking up and calling are one: a name that leads elsewhere a moment later (DNS rebinding) changes nothing.
"""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from roomstead.adapters.http.retry_after import parse_retry_after
from roomstead.adapters.http.transport import (
    Answer,
    AnswerLost,
    AnswerTooLarge,
    CallNotSent,
    HttpSettings,
    HttpTransport,
    OutgoingCall,
)
from roomstead.adapters.webhooks.addresses import AddressRules, Ip
from roomstead.application.ports.webhook_sending import Message, Sent
from roomstead.domain.webhook import MOST_ENDPOINTS

TIME_OUT = timedelta(seconds=10)
"""For looking up, connecting, sending and the whole answer together."""
READ = 4 * 1024
"""So much of an answer is read, in bytes."""
EXCERPT = 500
"""So much of it is kept, in characters."""
MOST_TRIED = 3
"""So many addresses of one name are tried."""
_SUCCESS, _REDIRECT = range(200, 300), range(300, 400)
_PORTS = {"https": 443, "http": 80}


class _NotCalled(Exception):
    """Nothing was sent; says why."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What an address names."""

    scheme: str
    host: str
    port: int


class HttpWebhookSender:
    """Implements ``WebhookSender``. Proxies of the environment are not used: they would choose the address."""

    def __init__(self, rules: AddressRules, tls: ssl.SSLContext, *, time_out: timedelta = TIME_OUT) -> None:
        """``tls`` is shared, since loading authorities takes longer than a call."""
        self._rules = rules
        self._tls = tls
        self._time_out = time_out
        self._settings = HttpSettings(
            connect_timeout=time_out / 2, answer_timeout=time_out, max_answer_bytes=READ, uses_proxies=False
        )
        # one thread for each endpoint: a name server that hangs for one holds up no other
        self._threads = ThreadPoolExecutor(MOST_ENDPOINTS, thread_name_prefix="webhook-names")

    async def send(self, url: str, messages: Sequence[Message]) -> Sequence[Sent]:
        """The name is looked up once for all of them."""
        if not messages:
            return []
        started = time.monotonic()
        try:
            addresses = await self._judged(_place(url))
        except _NotCalled as why:
            return [Sent(None, _ms(started), str(why))] * len(messages)
        transport = HttpTransport(self._settings, self._tls)
        try:
            return await asyncio.gather(*(self._outcome(transport, url, each, addresses) for each in messages))
        finally:
            await transport.aclose()

    async def _outcome(self, transport: HttpTransport, url: str, message: Message, addresses: Sequence[Ip]) -> Sent:
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._time_out.total_seconds()):
                answer = await _post(transport, url, message, addresses)
        except TimeoutError:
            return Sent(None, _ms(started), f"It did not answer within {self._time_out.total_seconds():.0f} seconds.")
        except _NotCalled as why:
            return Sent(None, _ms(started), str(why))
        except AnswerLost:
            return Sent(None, _ms(started), "The connection broke before it had answered.")
        return _sent(answer, _ms(started))

    async def _judged(self, place: _Place) -> Sequence[Ip]:
        """The addresses that may be called. Raises _NotCalled."""
        found = await self._found(place)
        may = [each for each in found if self._rules.permits(each)]
        if place.scheme != "https":
            may = [each for each in may if self._rules.is_own(each)]
        if not may:
            raise _NotCalled(
                f"{place.host} leads to {found[0]}, which is not called"
                f"{' without https' if self._rules.permits(found[0]) else ''}. "
                "The operator can allow networks in ROOMSTEAD_WEBHOOK_NETWORKS."
            )
        return may[:MOST_TRIED]

    async def _found(self, place: _Place) -> Sequence[Ip]:
        """Where the name leads now; never empty."""
        with contextlib.suppress(ValueError):
            return [ip_address(place.host)]
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._time_out.total_seconds()):
                found = await loop.run_in_executor(self._threads, _addresses, place.host, place.port)
        except (OSError, UnicodeError):  # a time-out is one, too
            found = []
        if not found:
            raise _NotCalled(f"The name {place.host} cannot be found.")
        return found


def _place(url: str) -> _Place:
    parts = urlsplit(url)
    return _Place(parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme])


async def _post(transport: HttpTransport, url: str, message: Message, addresses: Sequence[Ip]) -> Answer:
    """Call one address after the other until one takes the connection. Raises _NotCalled, AnswerLost."""
    failure: CallNotSent | None = None
    for address in addresses:
        call = OutgoingCall("POST", url, "(webhook)", message.headers, message.body, str(address))
        try:
            return await transport.send(call)
        except AnswerTooLarge as large:
            return large.beginning
        except CallNotSent as error:
            failure = error
    raise _NotCalled(_sentence(failure))


def _addresses(host: str, port: int) -> list[Ip]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(each[4][0]).partition("%")[0]) for each in found))


def _sentence(failure: CallNotSent | None) -> str:
    """Why no connection came about."""
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"Its certificate is not valid: {cause.verify_message}."
        if isinstance(cause, ssl.SSLError):
            return "It does not speak TLS there as it should."
        cause = cause.__cause__ or cause.__context__
    return "No connection could be made."


def _sent(answer: Answer, ms: int) -> Sent:
    excerpt = _excerpt(answer.content)
    if answer.status in _SUCCESS:
        return Sent(answer.status, ms, excerpt=excerpt)
    failure = f"It answered {answer.status}."
    if answer.status in _REDIRECT:
        failure = f"It answered {answer.status}, a redirect, which is not followed: enter the address it leads to."
    retry_after = parse_retry_after(answer.headers.get("retry-after"), datetime.now(UTC))
    return Sent(answer.status, ms, failure, excerpt, retry_after)


def _excerpt(content: bytes) -> str:
    text = content.decode("utf-8", "replace")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:EXCERPT]


def _ms(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
