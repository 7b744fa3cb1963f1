"""An integration: one connection to one tenant of one provider, its service account and its rooms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID

from roomstead.domain.mailbox import Address, IntegrationId, MailboxRef

RoomId = NewType("RoomId", UUID)
ServiceMailboxId = NewType("ServiceMailboxId", UUID)
VerificationId = NewType("VerificationId", UUID)


class IntegrationStatus(StrEnum):
    """How an integration is doing."""

    SETTING_UP = "setting_up"
    WORKING = "working"
    NEEDS_ATTENTION = "needs_attention"
    DISABLED = "disabled"


class ServiceMailboxStatus(StrEnum):
    """The life of a service account: at most one is active, any number is retiring."""

    PENDING = "pending"
    ACTIVE = "active"
    RETIRING = "retiring"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class ServiceMailbox:
    """The mailbox that pages call the service account."""

    id: ServiceMailboxId
    integration_id: IntegrationId
    mailbox: MailboxRef
    display_name: str
    status: ServiceMailboxStatus
    activated_at: datetime | None
    retiring_since: datetime | None
    version: int = 1
    proven_at: datetime | None = None
    """When it was last seen to allow concurrent bookings; None: never, as in a dry run, which writes nothing."""


STOPS_CALLS = frozenset({"credential_rejected", "credential_missing", "consent_missing"})
"""Codes of trouble that nothing would get past before an admin has acted."""


@dataclass(frozen=True, slots=True)
class Attention:
    """Why an integration needs an admin: a stable code, a sentence, since when."""

    code: str
    sentence: str
    remedy: str
    since: datetime

    @property
    def stops_calls(self) -> bool:
        """Whether the provider is left alone until an admin has acted: nothing could succeed before."""
        return self.code in STOPS_CALLS


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """What the consent page reported last: not whether it is effective, which verification finds out."""

    is_given: bool
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Integration:
    """One configured connection. ``setup_address`` is the admin's own address of S3; it never hosts."""

    id: IntegrationId
    provider: str
    name: str
    tenant: str
    endpoints: Mapping[str, str]
    tier: int
    status: IntegrationStatus
    setup_address: Address | None
    domains: tuple[str, ...]
    app_object_id: str = ""
    attention: Attention | None = None
    consent: ConsentAnswer | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class CredentialInfo:
    """A credential as listed: never its secret."""

    kind: str
    slot: str
    settings: Mapping[str, str]
    fingerprint: str
    expires_at: datetime | None
    created_at: datetime


class RoomStatus(StrEnum):
    """Whether a room can be booked through Roomstead."""

    NEW = "new"
    """Known, not yet verified."""
    LIVE = "live"
    UNREACHABLE = "unreachable"
    LEFT_OUT = "left_out"
    MISSING = "missing"
    """The directory no longer lists it."""


@dataclass(frozen=True, slots=True)
class Room:
    """A bookable room. Facts are the provider's unless overridden; None: unknown (and hides no room)."""

    id: RoomId
    room_no: int
    integration_id: IntegrationId
    mailbox: MailboxRef
    name: str
    status: RoomStatus
    building: str | None = None
    floor: str | None = None
    capacity: int | None = None
    equipment: tuple[str, ...] = ()
    zone: str | None = None
    overrides: Mapping[str, object] = field(default_factory=dict)
    version: int = 1

    @property
    def is_answered_by_hand(self) -> bool:
        """Whether a person answers for this room, so that its silence is no failure."""
        return self.overrides.get("approval") is True

    @property
    def check_in_within(self) -> timedelta | None:
        """How long after its start a meeting has to be checked in, or the room is given back; None: never."""
        minutes = self.overrides.get("check_in_minutes")
        return timedelta(minutes=minutes) if isinstance(minutes, int) and minutes > 0 else None
