"""What a provider's face is to the sandbox: a set of ASGI apps, control actions and a section of saved state.

Each face package has a module `face` with `create_face(world: World) -> Face`; `roomstead_sandbox.app` finds it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pydantic import BaseModel

Json = Any  # a value that json.dumps takes; Any because the depth is open

ASGIApp = Callable[[Any, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person may order at the control API: POST /_control/{face}/{name}.

    `body` is a pydantic model (unknown fields forbidden); `run` gets it validated and returns JSON data. It may
    raise any WorldError: NotFound becomes 404, the others 422. `says` documents it in one sentence.
    """

    name: str
    says: str
    body: "type[BaseModel]"
    run: Callable[[Any], Json | Awaitable[Json]]


class Face(Protocol):
    """A provider in front of the world."""

    @property
    def name(self) -> str:
        """Short name: path prefix of its control actions, name of its state section and in the request log."""

    def mounts(self) -> Mapping[str, ASGIApp]:
        """ASGI apps by path prefix under the sandbox's root, such as {"/login": …, "/graph": …}.

        As the ASGI specification says, an app gets the whole `path`, and the prefix in `root_path`. Lifespan
        events are not passed on: `start` and `stop` take their place.
        """

    def endpoints(self, base_url: str) -> Mapping[str, str]:
        """What a client must be told, by setting's name, given where the sandbox listens (no closing slash)."""

    def actions(self) -> Mapping[str, Action]:
        """Control actions by name. Called lazily, so models may be imported here and not at module level."""

    def seeded(self, seed: str) -> None:
        """The world was just filled from the named seed ("contoso", "corp", …): add credentials, policies."""

    def dump(self) -> Json:
        """The face's own state (apps, policies, subscriptions, cursors), for saving."""

    def restore(self, data: Json) -> None:
        """The state that `dump` gave, into a world already restored."""

    def reset(self) -> None:
        """Forget everything."""

    async def start(self) -> None:
        """The server starts: begin background work on the running loop."""

    async def stop(self) -> None:
        """The server stops: end background work."""
