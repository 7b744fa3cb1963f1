"""Integrations, their credentials and their service accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from roomstead.domain.integration import (
    Attention,
    ConsentAnswer,
    CredentialInfo,
    Integration,
    IntegrationStatus,
    ServiceMailbox,
    ServiceMailboxId,
)
from roomstead.domain.mailbox import Address, IntegrationId


@dataclass(frozen=True, slots=True)
class SealedCredential:
    """A credential as stored: its secret fields sealed, together, as one JSON object."""

    kind: str
    slot: str
    settings: Mapping[str, str]
    sealed: bytes = field(repr=False)
    fingerprint: str
    """Changes with every replacement; tells nothing of the secret."""
    expires_at: datetime | None
    created_at: datetime
    tier: int | None = None
    """How much access comes into force with it; None: as much as there is."""


@dataclass(frozen=True, slots=True)
class HostedMeetings:
    """Upcoming meetings in a service account's calendar, and when the last one ends (None: there are none)."""

    count: int
    last_end: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """An integration, its credential in one slot, and the address of the service account in force."""

    integration: Integration
    credential: SealedCredential | None
    service_address: Address | None


class IntegrationRepository(Protocol):
    """Integrations, credentials and service accounts."""

    async def add(self, integration: Integration, now: datetime) -> None:
        """Store a new integration. Raises Conflict when the provider, tenant and name are taken."""
        ...

    async def get(self, integration_id: IntegrationId) -> Integration | None:
        """One integration, disabled ones too."""
        ...

    async def get_for_change(self, integration_id: IntegrationId) -> Integration | None:
        """As ``get``, and nobody else changes it or its service accounts before this unit of work ends."""
        ...

    async def all(self) -> Sequence[Integration]:
        """Every integration, by name."""
        ...

    async def save(self, integration: Integration) -> None:
        """Store a changed integration, ``version`` included. Raises Conflict as ``add`` does."""
        ...

    async def remove(self, integration_id: IntegrationId, by: str, now: datetime) -> None:
        """Take it out of use for good: it is no longer found here, its credential is deleted, its rooms are left out
        in the name of ``by``, open acts are given up. Bookings, audit and access history stay."""
        ...

    async def set_status(self, integration_id: IntegrationId, status: IntegrationStatus) -> None:
        """Say how an integration is doing; not an edit, so its version stays."""
        ...

    async def call_admin(self, integration_id: IntegrationId, attention: Attention) -> bool:
        """Mark the integration as needing an admin, unless it is marked for the same code or disabled already.

        Answers whether the mark is new. The status becomes *needs attention* if it was *working*.
        """
        ...

    async def clear_attention(self, integration_id: IntegrationId) -> None:
        """Take the mark away; the status goes back to *working* if it was *needs attention*."""
        ...

    async def set_consent(self, integration_id: IntegrationId, answer: ConsentAnswer) -> None:
        """Keep what the consent page reported last; not an edit, so the version stays."""
        ...

    async def learn_domains(self, integration_id: IntegrationId, domains: Sequence[str]) -> None:
        """Add mail domains that mailboxes of the tenant were seen to have."""
        ...

    async def learn_app_object_id(self, integration_id: IntegrationId, app_object_id: str) -> None:
        """Keep the id that the app itself has in the tenant; not an edit, so the version stays."""
        ...

    async def set_next_discovery(self, integration_id: IntegrationId, at: datetime) -> None:
        """When the room list should be read again."""
        ...

    async def credentials(self, integration_id: IntegrationId) -> Sequence[CredentialInfo]:
        """Both slots as listed, without secrets."""
        ...

    async def sealed_credential(self, integration_id: IntegrationId, slot: str) -> SealedCredential | None:
        """One slot, sealed."""
        ...

    async def standing(self, integration_id: IntegrationId, slot: str) -> Standing | None:
        """What it takes to call the provider with the credential in that slot, at one moment."""
        ...

    async def put_credential(self, integration_id: IntegrationId, credential: SealedCredential) -> None:
        """Store a credential in its slot, in place of what was there."""
        ...

    async def promote_credential(self, integration_id: IntegrationId) -> bool:
        """Make the next credential the current one. Answers False when there is no next one."""
        ...

    async def drop_credential(self, integration_id: IntegrationId, slot: str) -> None:
        """Forget a credential."""
        ...

    async def active_service_mailbox(self, integration_id: IntegrationId) -> ServiceMailbox | None:
        """The one that hosts new bookings."""
        ...

    async def pending_service_mailbox(self, integration_id: IntegrationId) -> ServiceMailbox | None:
        """The one that waits for its verification."""
        ...

    async def service_mailbox(self, service_mailbox_id: ServiceMailboxId) -> ServiceMailbox | None:
        """One service account, retired ones too."""
        ...

    async def service_mailboxes(self, integration_id: IntegrationId) -> Sequence[ServiceMailbox]:
        """All but the retired ones: active first, then pending, then retiring by age."""
        ...

    async def hosting_addresses(self, integration_id: IntegrationId) -> frozenset[Address]:
        """Addresses of all service accounts that ever hosted here or do; none of them is ever an attendee."""
        ...

    async def hosted_meetings(self, service_mailbox_id: ServiceMailboxId, now: datetime) -> HostedMeetings:
        """Bookings that it hosts and that are neither over nor cancelled."""
        ...

    async def add_service_mailbox(self, service_mailbox: ServiceMailbox, now: datetime) -> None:
        """Store a pending or active one. Raises ServiceAccountExists when there is one of that status already."""
        ...

    async def save_service_mailbox(self, service_mailbox: ServiceMailbox, now: datetime) -> None:
        """Store a changed one, ``version`` included. Raises ServiceAccountExists as ``add_service_mailbox`` does."""
        ...
