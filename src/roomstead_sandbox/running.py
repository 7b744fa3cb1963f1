"""A sandbox listening on loopback, in a thread of its own: for tests, notebooks and demonstrations."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from roomstead_sandbox.app import Receive, Sandbox, Scope, Send, create_app
from roomstead_sandbox.control.client import Control
from roomstead_sandbox.listening import listen, server

T = TypeVar("T")
_START_SECONDS = 60.0


class RunningSandbox:
    """Serves a sandbox on a free port of 127.0.0.1 from construction until `close` (or the end of `with`).

    `world` belongs to the server's thread: read or change it through `call`, or use `control`.
    With `certificate` and `key` (PEM files) it speaks TLS; `authority` is the PEM that clients must trust.
    """

    def __init__(
        self,
        sandbox: Sandbox | None = None,
        *,
        seed: str | None = "contoso",
        port: int = 0,
        certificate: Path | None = None,
        key: Path | None = None,
        authority: Path | None = None,
    ) -> None:
        self.sandbox = sandbox or create_app()
        self.world = self.sandbox.world
        if seed is not None:
            self.sandbox.fill(seed)
        self._socket = listen("127.0.0.1", port)
        self.port: int = self._socket.getsockname()[1]
        self.base_url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        self._server = server(self._app, certificate, key)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="sandbox", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START_SECONDS) or self._loop is None:
            raise RuntimeError("The sandbox did not start.")
        self.control: Control = Control(f"{self.base_url}/_control/", authority)

    @property
    def endpoints(self) -> dict[str, str]:
        """Where clients find what: the control API and the faces' own addresses."""
        return self.sandbox.endpoints(self.base_url)

    def call(self, work: Callable[[], T]) -> T:
        """Run a function on the server's loop and return what it returns."""

        async def run() -> T:
            return work()

        return self.wait_for(run())

    def wait_for(self, work: Awaitable[T]) -> T:
        """Run a coroutine on the server's loop and return its result."""

        async def run() -> T:
            return await work

        if self._loop is None:
            raise RuntimeError("The sandbox is closed.")
        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(_START_SECONDS)

    def advance(self, seconds: float) -> int:
        """Advance the world's clock. Returns how many timers ran."""
        return self.call(lambda: self.world.clock.advance(seconds))

    def close(self) -> None:
        """Stop serving; waits for the thread. Harmless when done twice."""
        self.control.close()
        self._server.should_exit = True
        self._thread.join(_START_SECONDS)
        self._socket.close()

    def __enter__(self) -> Self:
        """Itself: it serves already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving."""
        self.close()

    def _serve(self) -> None:
        try:
            asyncio.run(self._server.serve(sockets=[self._socket]))
        finally:
            self._loop = None
            self._ready.set()  # nobody waits for a server that failed

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self._loop = asyncio.get_running_loop()
            send = self._announce(send)
        await self.sandbox(scope, receive, send)

    def _announce(self, send: Send) -> Send:
        async def announcing(event: Any) -> None:  # noqa: ANN401 - an ASGI event
            await send(event)
            if event["type"] == "lifespan.startup.complete":
                self._ready.set()

        return announcing
