"""What the Microsoft face holds beside the world: registrations, keys, policies, subscriptions, counters."""

from dataclasses import dataclass, field

from roomstead_sandbox.microsoft.identity.registrations import Registrations
from roomstead_sandbox.microsoft.identity.seen import SeenAssertions
from roomstead_sandbox.microsoft.identity.tokens import TokenMint
from roomstead_sandbox.microsoft.policies import ExchangePolicies, PolicyCheck, Recipient
from roomstead_sandbox.microsoft.subscription_book import SubscriptionBook
from roomstead_sandbox.microsoft.throttling import Throttle
from roomstead_sandbox.world.people import Purpose, User
from roomstead_sandbox.world.recent import RecentLists
from roomstead_sandbox.world.world import World

RECIPIENT_TYPES: dict[Purpose, str] = {
    Purpose.USER: "UserMailbox",
    Purpose.SHARED: "SharedMailbox",
    Purpose.ROOM: "RoomMailbox",
    Purpose.EQUIPMENT: "EquipmentMailbox",
}


@dataclass(slots=True)
class FaceState:
    """Everything that handlers share.

    ``login_skew_seconds`` shifts the clock that judges client assertions; a higher ``delta_epochs`` of a mailbox ends
    the delta tokens handed out before.
    """

    world: World
    registrations: Registrations = field(default_factory=Registrations)
    mint: TokenMint = field(default_factory=TokenMint)
    policies: ExchangePolicies = field(default_factory=ExchangePolicies)
    subscriptions: SubscriptionBook = field(default_factory=SubscriptionBook)
    recent: RecentLists = field(default_factory=RecentLists)
    throttle: Throttle = field(default_factory=Throttle)
    seen_assertions: SeenAssertions = field(default_factory=SeenAssertions)
    delta_epochs: dict[str, int] = field(default_factory=dict)
    consent_propagation_seconds: float = 0
    login_skew_seconds: float = 0
    admin_refuses_consent: bool = False

    def check(self) -> PolicyCheck:
        """The policies' verdicts under the switches as they stand."""
        return PolicyCheck(
            self.policies,
            self._members,
            self._membership_mark,
            nested_groups_count=self.world.switches.nested_groups_count,
        )

    def _members(self, group_id: str, *, nested: bool) -> frozenset[str]:
        return frozenset(self.world.directory.members(group_id, nested=nested))

    def _membership_mark(self) -> int:
        return hash(tuple(tuple(group.members) for group in self.world.directory.groups.values()))


def recipient(user: User) -> Recipient:
    """A user as Exchange's filters see the mailbox."""
    return Recipient(user.id, RECIPIENT_TYPES[user.purpose])
