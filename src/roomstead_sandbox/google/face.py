"""The Google face: sign-in, Calendar API and Workspace directory in front of a world."""

from collections.abc import Mapping
from functools import partial

from roomstead_sandbox.google import addresses, saved, seeding
from roomstead_sandbox.google.access import may_book
from roomstead_sandbox.google.channels.sender import Notifier
from roomstead_sandbox.google.edge.front import Front
from roomstead_sandbox.google.events import conference
from roomstead_sandbox.google.state import FACE, FaceState
from roomstead_sandbox.world.faces import Action, ASGIApp, Json
from roomstead_sandbox.world.world import World

PREFIX = "/google"
METADATA = "/computeMetadata"


class GoogleFace:
    """See ``world.faces.Face`` for what each method is asked."""

    def __init__(self, world: World) -> None:
        self.state = FaceState(world)
        self.notifier = Notifier(self.state)
        conference.register(world)
        world.linked.rooms.may_book = partial(may_book, self.state)
        world.linked.rooms.hears_declines = lambda address: self.state.book.by_address(address) is None

    @property
    def name(self) -> str:
        """The face's short name."""
        return FACE

    def mounts(self) -> Mapping[str, ASGIApp]:
        """All of Google's hosts under one path, for their own never meet; the metadata server where clients ask."""
        front = Front(self.state, PREFIX)
        return {PREFIX: front, METADATA: front}

    def endpoints(self, base_url: str) -> Mapping[str, str]:
        """Addresses of the hosts, and the planted identities."""
        return addresses.endpoints(self.state, base_url + PREFIX)

    def actions(self) -> Mapping[str, Action]:
        """Control actions by name."""
        from roomstead_sandbox.google.actions import all_actions

        return {action.name: action for action in all_actions(self.state)}

    def seeded(self, seed: str) -> None:  # noqa: ARG002 - what was planted shows in the world
        """Add identities and sharing to a freshly planted world."""
        seeding.seed(self.state)

    def dump(self) -> Json:
        """The face's state as JSON data."""
        return saved.dump(self.state)

    def restore(self, data: Json) -> None:
        """Put a dumped state in force."""
        saved.restore(self.state, data)

    def reset(self) -> None:
        """Forget everything."""
        saved.reset(self.state)
        self.notifier.clear()

    async def start(self) -> None:
        """Begin to deliver notifications."""
        await self.notifier.start()

    async def stop(self) -> None:
        """End deliveries."""
        await self.notifier.stop()


def create_face(world: World) -> GoogleFace:
    """The face in front of a world."""
    return GoogleFace(world)
