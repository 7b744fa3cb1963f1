"""What a Workspace customer decides: delegation, admin roles, and facts of accounts that calendars do not show."""

from dataclasses import dataclass, field
from datetime import datetime

from roomstead_sandbox.world.propagation import Propagating

RESOURCES = "resources"  # the privilege "Buildings and Resources"
USERS = "users"  # the privilege to read users
PRIVILEGES = frozenset({RESOURCES, USERS})


@dataclass(slots=True)
class Customer:
    """A Workspace account. ``tenant_id`` is the world's tenant; ``id`` what the directory calls the customer.

    ``delegations``: client number → the scopes that the admin entered. ``robot_roles``: admin roles given directly to
    service accounts, by address. ``rooms_shared`` is the role that everybody of the customer has on a new room;
    ``rooms_bookable`` whether free/busy comes with booking allowed. ``outsiders_see`` caps what people elsewhere get.
    ``blocked_clients`` are OAuth clients that nobody here may consent to.
    """

    tenant_id: str
    id: str
    delegations: dict[str, Propagating[frozenset[str]]] = field(default_factory=dict)
    robot_roles: dict[str, set[str]] = field(default_factory=dict)
    rooms_shared: str = "freeBusyReader"
    rooms_bookable: bool = True
    people_shared: str = "freeBusyReader"
    outsiders_see: str | None = None
    blocked_clients: set[str] = field(default_factory=set)

    def delegate(self, client_id: str, scopes: frozenset[str], *, effective: datetime) -> None:
        """Let a client act for everybody here, with exactly these scopes, from a time on."""
        held = self.delegations.setdefault(client_id, Propagating(frozenset()))
        held.change(scopes, effective=effective)

    def delegated(self, client_id: str, now: datetime) -> frozenset[str]:
        """The scopes with which a client may act for everybody here."""
        held = self.delegations.get(client_id)
        return held.at(now) if held is not None else frozenset()


@dataclass(slots=True)
class Account:
    """Facts of a user beyond the world's: place in the organisation, admin roles, the state of the account.

    ``denied_scopes`` are those that delegation does not reach for this user (a rule of the organisational unit);
    ``denied_from`` a change of them that is still spreading.
    """

    unit: str = "/"
    super_admin: bool = False
    privileges: set[str] = field(default_factory=set)
    archived: bool = False
    read_only_until: datetime | None = None
    denied_scopes: set[str] = field(default_factory=set)
    denied_from: tuple[datetime, frozenset[str]] | None = None

    def denied(self, now: datetime) -> set[str]:
        """The scopes denied at a time; a change that was on its way comes into force."""
        if self.denied_from is not None and self.denied_from[0] <= now:
            self.denied_scopes, self.denied_from = set(self.denied_from[1]), None
        return self.denied_scopes


@dataclass(slots=True)
class Building:
    """A building of a customer's directory."""

    tenant_id: str
    id: str
    name: str
    floors: list[str] = field(default_factory=list)
    street: str | None = None
    city: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    description: str | None = None


@dataclass(slots=True)
class ResourceFacts:
    """What the directory says about a room beyond the world's place."""

    id: str
    category: str = "CONFERENCE_ROOM"
    type: str | None = None
    section: str | None = None
    description: str | None = None
    visible_description: str | None = None
