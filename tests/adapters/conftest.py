"""A server that plays answers by script and remembers what it was asked: real HTTP, exact bytes, no wits."""

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def decoded_path(self) -> str:
        return unquote(self.path)

    def json(self) -> object:
        parsed: object = json.loads(self.body)
        return parsed


@dataclass(frozen=True, slots=True)
class Told:
    """One answer. ``drops``: the connection is closed before any of it is sent."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    drops: bool = False
    raw: bytes | None = None

    @property
    def content(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return b"" if self.body is None else json.dumps(self.body).encode()


Script = Callable[[Asked], Told | None]


class _QuietServer(ThreadingHTTPServer):
    """Does not mind callers who hang up on it."""

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on as it came


class ScriptedServer:
    """Answers by rules: the first that does not return None. Whoever is not answered by a rule gets 418."""

    told = Told

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.rules: list[Script] = []
        handler = _handler_for(self)
        self._server = _QuietServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def on(self, method: str, path: str, *answers: Told) -> None:
        """Answer a method and the beginning of a path, one after the other; the last answer stays."""
        left = list(answers)

        def rule(asked: Asked) -> Told | None:
            if asked.method != method or not asked.decoded_path.startswith(path):
                return None
            return left.pop(0) if len(left) > 1 else left[0]

        self.rules.append(rule)

    def answer(self, asked: Asked) -> Told:
        self.asked.append(asked)
        found = (rule(asked) for rule in self.rules)
        return next((told for told in found if told is not None), Told(418, {"error": {"code": "NoRule"}}))

    def calls(self, method: str = "", path: str = "") -> list[Asked]:
        return [one for one in self.asked if method in {"", one.method} and path in one.decoded_path]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler_for(server: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told = server.answer(Asked(self.command, self.path, headers, body))
            if told.drops:
                self.close_connection = True
                return
            self.send_response_only(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.content)))
            self.end_headers()
            self.wfile.write(told.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the base class looks for these names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    return Handler


class HandClock:
    """A clock that stands still until it is moved; waiting moves it."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
        self.waited: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def move(self, step: timedelta) -> None:
        self.moment += step

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()
