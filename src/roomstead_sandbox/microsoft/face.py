"""The Microsoft face: Entra sign-in and Microsoft Graph in front of a world."""

from collections.abc import Mapping

from roomstead_sandbox.microsoft import saved, seeding
from roomstead_sandbox.microsoft.graph.edge import GraphEdge
from roomstead_sandbox.microsoft.login.endpoint import LoginEdge
from roomstead_sandbox.microsoft.notifications.sender import Notifier
from roomstead_sandbox.microsoft.state import FaceState
from roomstead_sandbox.world.faces import Action, ASGIApp, Json
from roomstead_sandbox.world.world import World

LOGIN = "/login"
GRAPH = "/graph"


class MicrosoftFace:
    """See ``world.faces.Face`` for what each method is asked."""

    def __init__(self, world: World) -> None:
        self.state = FaceState(world)
        self.notifier = Notifier(self.state)

    @property
    def name(self) -> str:
        """The face's short name."""
        return "microsoft"

    def mounts(self) -> Mapping[str, ASGIApp]:
        """The two hosts, each under a path of its own."""
        return {
            LOGIN: LoginEdge(self.state, LOGIN),
            GRAPH: GraphEdge(self.state, self.notifier, GRAPH),
        }

    def endpoints(self, base_url: str) -> Mapping[str, str]:
        """Base addresses, as a client of another cloud would be given, and the seeded app's credential."""
        found = {"login_base": base_url + LOGIN, "graph_base": base_url + GRAPH}
        application = self.state.registrations.application(seeding.CLIENT_ID)
        if application is not None and application.secrets:
            found |= {
                "tenant_id": application.home_tenant,
                "client_id": application.client_id,
                "client_secret": application.secrets[0].value,
            }
        return found

    def actions(self) -> Mapping[str, Action]:
        """Control actions by name."""
        from roomstead_sandbox.microsoft.actions import all_actions

        return {action.name: action for action in all_actions(self.state, self.notifier)}

    def seeded(self, seed: str) -> None:
        """Add the app and its policies to a freshly planted world."""
        seeding.seed(self.state, seed)

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


def create_face(world: World) -> MicrosoftFace:
    """The face in front of a world."""
    return MicrosoftFace(world)
