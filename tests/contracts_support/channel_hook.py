"""The address of a channel on loopback: keeps the headers of every message, and answers as it is told to.

Load this module by its path, as `google_description`.
"""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ChannelHook:
    """Keeps what it is told: the headers that begin with X-Goog, in lower case, and the length of the body."""

    def __init__(self) -> None:
        self.messages: list[dict[str, str]] = []
        self.calls = 0
        self.refusals: list[int] = []  # statuses still to be answered instead of 200
        self._changed = threading.Condition()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status = hook.take({name.lower(): value for name, value in self.headers.items()}, body)
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hooks"

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """One call."""
        with self._changed:
            self.calls += 1
            status = self.refusals.pop(0) if self.refusals else 200
            if status == 200:
                self.messages.append({**headers, "length": str(len(body))})
            self._changed.notify_all()
            return status

    def states(self) -> list[str]:
        """What the messages said."""
        return [message["x-goog-resource-state"] for message in self.messages]

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so; fails after a minute."""
        with self._changed:
            assert self._changed.wait_for(condition, timeout=60), (self.calls, self.messages)

    def told(self, count: int) -> list[dict[str, str]]:
        """The messages, once there are so many."""
        self.wait(lambda: len(self.messages) >= count)
        return self.messages

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
