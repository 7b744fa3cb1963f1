"""A sandbox served by a process of its own, with its world kept in a file if asked for."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roomstead_sandbox.app import Receive, Sandbox, Scope, Send, create_app
from roomstead_sandbox.listening import listen, server
from roomstead_sandbox.world.world import World


@dataclass(frozen=True, slots=True)
class Plan:
    """What to serve."""

    seed: str
    state: Path | None
    frozen: bool
    speed: float
    certificate: Path | None
    key: Path | None


def run(plan: Plan, host: str, port: int, announce: Callable[[Mapping[str, str]], None]) -> None:
    """Serve until interrupted; calls `announce` with the addresses when ready. Saves the state before it ends.

    Raises Invalid for an unknown seed or a file that is no saved world, OSError when it cannot listen.
    """
    listening = listen(host, port)
    sandbox = create_app(World(frozen=plan.frozen, speed=plan.speed))
    if plan.state is not None and plan.state.exists():
        sandbox.load(plan.state)
        _set_clock(sandbox, plan)
    else:
        sandbox.fill(plan.seed)
    shown = f"[{host}]" if ":" in host else host
    base_url = f"{'https' if plan.certificate else 'http'}://{shown}:{listening.getsockname()[1]}"
    served = _Served(sandbox, plan, lambda: announce(sandbox.endpoints(base_url)))
    asyncio.run(server(served.app, plan.certificate, plan.key).serve(sockets=[listening]))


def _set_clock(sandbox: Sandbox, plan: Plan) -> None:
    """What the command line says about the clock holds, also for a loaded world."""
    if plan.frozen:
        sandbox.world.clock.freeze()
    else:
        sandbox.world.clock.run(plan.speed)


class _Served:
    """The sandbox with what is to be done once it listens and before it ends."""

    def __init__(self, sandbox: Sandbox, plan: Plan, ready: Callable[[], None]) -> None:
        self._sandbox, self._plan, self._ready = sandbox, plan, ready

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            send = self._around(send)
        await self._sandbox(scope, receive, send)

    def _around(self, send: Send) -> Send:
        async def sending(event: Any) -> None:  # noqa: ANN401 - an ASGI event
            if event["type"] == "lifespan.shutdown.complete" and self._plan.state is not None:
                self._sandbox.save(self._plan.state)
            await send(event)
            if event["type"] == "lifespan.startup.complete":
                self._ready()

        return sending
