"""Requests and answers as plain values, and the ASGI edge between them and the wire."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

JSON = "application/json; charset=utf-8"
_ASCII_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Request:
    """One call.  ``segments`` are the decoded parts of the path below the face; ``base`` is what clients call us."""

    method: str
    segments: tuple[str, ...]
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    body: bytes = b""
    base: str = ""

    def header(self, name: str) -> str | None:
        """The first header of a lower-case name."""
        values = self.headers.get(name)
        return values[0] if values else None


@dataclass(slots=True)
class Answer:
    """What goes back: status, body, further headers."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: list[tuple[str, str]] = field(default_factory=list)


class Dropped(Exception):
    """The connection is to be closed without an answer."""


def encode(data: object) -> bytes:
    """JSON as UTF-8; text that UTF-8 cannot hold (half of a surrogate pair) is escaped instead.

    pydantic's serialiser takes a third of the time of the standard library's on pages of events; it is loaded when
    first needed, because a start should be quick.
    """
    from pydantic_core import PydanticSerializationError, to_json

    try:
        return to_json(data)
    except PydanticSerializationError:
        return _ASCII_ENCODER.encode(data).encode()


def json_answer(data: object, status: int = 200, content_type: str = JSON) -> Answer:
    """An answer that carries JSON."""
    return Answer(status, encode(data), content_type)


async def read_body(receive: Receive, limit: int) -> bytes | None:
    """The whole body; None when it is longer than ``limit`` bytes or the caller went away."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts) if size <= limit else None


def parse_request(scope: Scope, body: bytes, prefix: str) -> Request:
    """The request behind an ASGI scope; ``prefix`` is where the face is mounted."""
    headers: dict[str, tuple[str, ...]] = {}
    for raw_name, raw_value in scope["headers"]:
        name = raw_name.decode("latin-1")
        headers[name] = (*headers.get(name, ()), raw_value.decode("latin-1"))
    raw_path = bytes(scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].decode("latin-1")
    _, found, below = raw_path.partition(prefix)
    host = headers.get("host", (_server(scope),))[0]
    return Request(
        method=scope["method"].upper(),
        segments=split_path(below if found else raw_path),
        query=tuple(parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)),
        headers=headers,
        body=body,
        base=f"{scope.get('scheme', 'http')}://{host}{prefix}",
    )


def split_path(path: str) -> tuple[str, ...]:
    """A raw path cut into segments, each decoded by itself: an id may hold an encoded slash."""
    return tuple(unquote(part) for part in path.split("/") if part)


async def send_answer(send: Send, answer: Answer) -> None:
    """Put an answer on the wire.  A body that is empty has no content type."""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    if answer.body:
        headers.append((b"content-type", answer.content_type.encode("latin-1")))
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def close_connection(receive: Receive, send: Send) -> None:
    """Close the connection without an answer, or, where the server hides it, in the middle of one."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
        return
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        continue


def _server(scope: Scope) -> str:
    host, port = scope.get("server") or ("127.0.0.1", None)
    return f"{host}:{port}" if port else str(host)
