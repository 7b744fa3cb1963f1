"""How a provider describes itself and is connected. Its own words (labels, permissions, scripts) come from here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from roomstead.application.ports.calendar import CalendarProvider, Capabilities
from roomstead.domain.access import AccessCause
from roomstead.domain.mailbox import Address
from roomstead.domain.remedy import Remedy, Who
from roomstead.domain.room_answers import RoomAnswer

__all__ = [
    "Connection",
    "ConsentReport",
    "CredentialField",
    "CredentialKind",
    "Permission",
    "ProviderDescription",
    "ProviderGuide",
    "Providers",
    "Remedy",
    "RestrictionFacts",
    "Script",
    "Tier",
    "Who",
]


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One field of the form that connects this provider."""

    name: str
    label: str
    help: str
    is_secret: bool = False
    is_multiline: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class CredentialKind:
    """A way to authenticate: its key and the fields it needs."""

    key: str
    label: str
    fields: tuple[CredentialField, ...]


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission, why it is asked for, and whether it concerns single mailboxes."""

    key: str
    why: str
    is_per_mailbox: bool
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Tier:
    """How much access an admin gives: 1 rooms read-only, 2 rooms and service account, 3 everyone."""

    number: int
    label: str
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class ProviderDescription:
    """All that people and programs see of a provider before it is connected."""

    key: str
    label: str
    """As on screen."""
    clouds: Mapping[str, Mapping[str, str]]
    """Cloud name → endpoint name → base URL; the first is the default."""
    credential_kinds: tuple[CredentialKind, ...]
    tiers: tuple[Tier, ...]
    capabilities: Capabilities


@dataclass(frozen=True, slots=True)
class Connection:
    """What it takes to reach one tenant. ``secret`` is clear text and lives only as long as the call."""

    provider: str
    tenant: str
    endpoints: Mapping[str, str]
    credential_kind: str
    settings: Mapping[str, str] = field(default_factory=dict)
    """The non-secret credential fields, such as the app id."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    tier: int = 3
    """How much access was chosen: what is not granted is not tried."""
    acting: Address | None = None
    """In whose name directory and rooms are read, where the provider asks for a person: the service account, or the
    admin's own address."""


@dataclass(frozen=True, slots=True)
class ConsentReport:
    """What the consent page reported as it led back: said by an address that anybody can make up."""

    is_given: bool
    tenant: str = ""
    """Of whom; empty: not said."""
    reason: str = ""
    """A sentence of ours for why not."""
    grant: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Secret fields of the credential that a mailbox's own sign-in brought, to be traded in soon; empty for a consent
    that leaves nothing with us."""


@dataclass(frozen=True, slots=True)
class RestrictionFacts:
    """What a restriction script is filled in with."""

    app_id: str
    app_object_id: str
    tenant: str
    service_account: Address | None
    rooms: Sequence[Address]
    organizers: Sequence[Address]
    tier: int
    group_address: Address


@dataclass(frozen=True, slots=True)
class Script:
    """A script for an admin: how it is called, what it does, its text; safe to run twice."""

    key: str
    title: str
    explanation: str
    text: str
    is_superseded: bool = False


class ProviderGuide(Protocol):
    """The provider's own knowledge of set-up and remedies. Pure."""

    def validate(self, connection: Connection) -> Mapping[str, str]:
        """Mistakes in the form, by field: a wrong-looking tenant, a secret's id instead of its value, a bad key."""
        ...

    def tier_mistake(self, credential_kind: str, tier: int) -> str:
        """Why signing in this way does not fit this much access; empty: it does."""
        ...

    def shown(self, connection: Connection) -> Mapping[str, str]:
        """What a valid credential's secret fields say that may be shown and that an admin needs, such as the app's
        id in a key file; kept beside the other settings."""
        ...

    def ends_at(self, connection: Connection) -> datetime | None:
        """When the credential ends, as far as it says so itself (a certificate does); None: it does not say."""
        ...

    def consent_url(self, connection: Connection, *, redirect_url: str, state: str) -> str:
        """Where an admin grants consent for the whole tenant."""
        ...

    def read_consent(self, answer: Mapping[str, str], *, redirect_url: str) -> ConsentReport:
        """What the consent page says in the address that it leads back to; whatever is there, it answers."""
        ...

    def restriction_scripts(self, facts: RestrictionFacts) -> tuple[Script, ...]:
        """Ways to confine the app, best first, filled in and quoted safely."""
        ...

    def access_remedy(self, cause: AccessCause, mailboxes: Sequence[Address], facts: RestrictionFacts) -> Remedy:
        """What mends mailboxes that are out of reach for this cause."""
        ...

    def permission_remedy(self, permission: str, facts: RestrictionFacts) -> Remedy:
        """What mends a permission that is missing or not effective."""
        ...

    def confinement_remedy(self, facts: RestrictionFacts) -> Remedy:
        """What puts mailboxes out of reach that must be, and are not."""
        ...

    def room_answer_remedy(self, answer: RoomAnswer, rooms: Sequence[Address], host: Address | None) -> Remedy:
        """What mends rooms that do not accept requests from ``host`` (None: from organisers)."""
        ...

    def room_policy_script(self, rooms: Sequence[Address], host: Address | None) -> Script | None:
        """A script that only reads how these rooms treat requests from ``host``; None: nothing tells it here."""
        ...

    def read_room_policies(self, pasted: str) -> Mapping[Address, RoomAnswer]:
        """What that script printed. Raises InvalidInput with the field ``pasted`` for anything else."""
        ...

    def restricts(self, permissions: Sequence[str]) -> Mapping[str, str]:
        """Permissions in a token that would make a restriction ineffective or its proof worthless → why."""
        ...


class Providers(Protocol):
    """All providers that this installation knows."""

    def descriptions(self) -> tuple[ProviderDescription, ...]:
        """Every provider, in the order in which it is offered."""
        ...

    def describe(self, key: str) -> ProviderDescription:
        """One provider. Raises NotFound with the known keys."""
        ...

    def guide(self, key: str) -> ProviderGuide:
        """Its set-up knowledge. Raises NotFound."""
        ...

    def connect(self, connection: Connection) -> CalendarProvider:
        """A provider for this connection. No I/O yet; limits are shared among all that name the same app."""
        ...

    async def redeem(self, connection: Connection) -> Mapping[str, str] | None:
        """Trade in what a mailbox's own sign-in brought; the credential's secret fields from now on. None: nothing
        waits to be traded in.

        Raises CredentialRejected when it came too late or another mailbox signed in, and RetryLater.
        """
        ...
