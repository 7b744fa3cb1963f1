"""An app's notification endpoint on loopback: keeps what it is told, and answers as it is told to.

Load this module by its path, as `graph_description`.
"""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Hook:
    """An app's notification endpoint: keeps what it is told, and answers as it is told to."""

    def __init__(self) -> None:
        self.validations: list[str] = []
        self.notices: list[dict[str, Any]] = []
        self.calls = 0
        self.refusals = 0  # how many calls are still to be refused
        self.echo: Callable[[str], tuple[int, str, str]] = lambda token: (200, "text/plain", token)
        self._changed = threading.Condition()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status, kind, text = hook.take(self.path, body)
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hooks"

    def take(self, target: str, body: bytes) -> tuple[int, str, str]:
        """One call."""
        token = parse_qs(urlsplit(target).query).get("validationToken")
        with self._changed:
            if token is not None:
                self.validations.append(token[0])
                return self.echo(token[0])
            self.calls += 1
            refused = self.refusals > 0
            if refused:
                self.refusals -= 1
            else:
                self.notices += json.loads(body)["value"]
            self._changed.notify_all()
            return (503 if refused else 202), "text/plain", ""

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so; fails after a minute."""
        with self._changed:
            assert self._changed.wait_for(condition, timeout=60), (self.calls, self.notices)

    def told(self, count: int) -> list[dict[str, Any]]:
        """The notices, once there are so many."""
        self.wait(lambda: len(self.notices) >= count)
        return self.notices

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
