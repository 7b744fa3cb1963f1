"""The outermost layer: names the request, bounds its body, adds headers, logs and counts it. Plain ASGI, no copies."""

import asyncio
import re
import time
import uuid
from collections.abc import Iterable
from datetime import timedelta

import structlog
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roomstead.domain.errors import AppError
from roomstead.entrypoints.web.answers import answer_to
from roomstead.entrypoints.web.errors import BodyTooLarge, BodyTooSlow, unforeseen

log = structlog.get_logger("roomstead.web")

LARGEST_BODY = 1_000_000
PATIENCE = timedelta(seconds=30)
"""For the whole body to arrive."""
UNMATCHED = "(no route)"
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines; heard at the level debug."""

_GIVEN_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")

_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)


class Gate:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, *, patience: timedelta = PATIENCE) -> None:
        """``app`` is everything else."""
        self._app = app
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passage = _Passage(scope, receive, send, self._patience)
        with structlog.contextvars.bound_contextvars(request_id=passage.request_id):
            try:
                await self._app(scope, passage.receive, passage.send)
            except AppError as error:
                await passage.fail(error)
            except Exception:
                log.exception("request_failed")
                await passage.fail(unforeseen())
            finally:
                passage.note()


class _Passage:
    """One request on its way through."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, patience: timedelta) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._body_until: float | None = asyncio.get_running_loop().time() + patience.total_seconds()
        self._began = time.perf_counter()
        self._status = 0
        self._left = LARGEST_BODY
        headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
        given = next((value for name, value in headers if name == b"x-request-id"), b"")
        self.request_id = given.decode() if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = self.request_id

    async def receive(self) -> Message:
        """The next part of the body. Raises BodyTooLarge and BodyTooSlow."""
        try:
            async with asyncio.timeout_at(self._body_until):
                message = await self._receive()
        except TimeoutError:
            raise BodyTooSlow(remedy="Send it again, at once or in smaller parts.") from None
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise BodyTooLarge(
                    f"The body is larger than {LARGEST_BODY:,} bytes.", remedy="Send less at a time, or leave text out."
                )
        if not message.get("more_body", False):
            self._body_until = None  # what comes now is that the other side has gone, whenever it likes
        return message

    async def send(self, message: Message) -> None:
        """Add our headers to the beginning of the answer."""
        if message["type"] == "http.response.start":
            self._status = int(message["status"])
            present = {name for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(header for header in _HEADERS if header[0] not in present),
                (b"x-request-id", self.request_id.encode()),
            ]
        await self._send(message)

    async def fail(self, error: AppError) -> None:
        """Answer an error that nobody below has answered, if there is still time."""
        if not self._status:
            answer = await answer_to(Request(self._scope), error)
            await answer(self._scope, self._receive, self.send)

    def note(self) -> None:
        """Log and count, by the route's template: the path itself may name people."""
        seconds = time.perf_counter() - self._began
        route = getattr(self._scope.get("route"), "path", UNMATCHED)
        method = self._scope["method"] if route != UNMATCHED else "-"
        self._scope["app"].state.roomstead.metrics.request(method, route, self._status, seconds)
        tell = log.debug if route in QUIET else log.info
        tell("request", method=method, route=route, status=self._status, ms=round(seconds * 1000, 1))
