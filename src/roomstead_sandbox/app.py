"""The sandbox as one ASGI application: the faces' apps, the control API, and the world's clock behind them."""

import asyncio
import importlib
import importlib.util
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from roomstead_sandbox.world.faces import ASGIApp, Face
from roomstead_sandbox.world.world import World

_FACES = ("roomstead_sandbox.microsoft.face", "roomstead_sandbox.google.face")
CONTROL = "/_control"

Scope = Any  # the ASGI specification leaves these to the server
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


def default_faces(world: World) -> list[Face]:
    """Every face that is installed, in front of this world."""
    return [importlib.import_module(name).create_face(world) for name in _FACES if _exists(name)]


class Sandbox:
    """A world with its faces, as an ASGI application. One event loop owns it."""

    def __init__(self, world: World, faces: Sequence[Face]) -> None:
        self.world = world
        self.faces = list(faces)
        self._apps: dict[str, ASGIApp] = {}
        for face in self.faces:
            self._apps.update(face.mounts())
        self._control: ASGIApp | None = None
        self._clock: asyncio.Task[None] | None = None

    def fill(self, seed: str) -> None:
        """Empty the world and fill it from a seed, by its name in `world.seeds`. Raises Invalid for others."""
        from roomstead_sandbox.world import seeds

        plant = seeds.planter(seed)
        for face in self.faces:
            face.reset()
        self.world.clear()
        plant(self.world)
        for face in self.faces:
            face.seeded(seed)

    def save(self, path: Path) -> None:
        """Save the world and the faces' state to one file, replaced as a whole. Raises OSError."""
        from roomstead_sandbox import state

        state.save(self.world, self.faces, path)

    def load(self, path: Path) -> None:
        """Replace the world by a saved one. Raises OSError, and Invalid for a file that is no saved world."""
        from roomstead_sandbox import state

        state.load(self.world, self.faces, path)

    def endpoints(self, base_url: str) -> dict[str, str]:
        """Where clients find what, given where the sandbox listens."""
        found = {"control": base_url + CONTROL}
        for face in self.faces:
            found.update(face.endpoints(base_url))
        return found

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection of the ASGI server."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            prefix, app = self._route(scope["path"])
            if app is None:
                await _not_found(send)
                return
            await app({**scope, "root_path": scope.get("root_path", "") + prefix}, receive, send)

    async def start(self) -> None:
        """Start the clock's timers and the faces' background work on the running loop."""
        self._clock = asyncio.create_task(self.world.clock.drive(), name="world clock")
        for face in self.faces:
            await face.start()

    async def stop(self) -> None:
        """End what `start` began."""
        for face in self.faces:
            await face.stop()
        if self._clock is not None:
            self._clock.cancel()
            with suppress(asyncio.CancelledError):
                await self._clock

    def _route(self, path: str) -> tuple[str, ASGIApp | None]:
        if path == CONTROL or path.startswith(CONTROL + "/"):
            return CONTROL, self._control_app()
        for prefix, app in self._apps.items():
            if path == prefix or path.startswith(prefix + "/"):
                return prefix, app
        return "", None

    def _control_app(self) -> ASGIApp:
        """The control API, loaded when first asked for: it brings pydantic along."""
        if self._control is None:
            from roomstead_sandbox.control.api import create_control
            from roomstead_sandbox.control.context import Context

            self._control = create_control(Context(self.world, self.faces, self.fill, self.save, self.load))
        return self._control

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await self.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})


def create_app(world: World | None = None, faces: Sequence[Face] | None = None) -> Sandbox:
    """A sandbox around a world (a new empty one by default) with these faces (all by default)."""
    world = world or World()
    return Sandbox(world, default_faces(world) if faces is None else faces)


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


async def _not_found(send: Send) -> None:
    body = b'{"type":"about:blank","title":"Not found","status":404,"detail":"Nothing of the sandbox is here."}'
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": body})
