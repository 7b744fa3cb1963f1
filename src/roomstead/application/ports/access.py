"""What integrations may do with mailboxes: the findings of probes, bookings and pulls, and their history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roomstead.domain.access import Access, Capability, Verdict
from roomstead.domain.mailbox import Address, IntegrationId


@dataclass(frozen=True, slots=True)
class AccessFilter:
    """Which findings to list; None or empty: all. ``search`` looks in addresses, names of people and of rooms."""

    search: str = ""
    capability: Capability | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class AccessMark:
    """A place in the list of findings, which is ordered by address and capability."""

    address: str
    capability: str


@dataclass(frozen=True, slots=True)
class ListedAccess:
    """A finding with whose mailbox it is: a person's, a room's, the service account's or a named counter-example."""

    access: Access
    changed_at: datetime
    name: str
    kind: str
    """``person``, ``room``, ``service_account``, ``must_be_refused`` or ``other``."""


@dataclass(frozen=True, slots=True)
class MustBeRefused:
    """A mailbox that an admin named as one which Roomstead must never reach."""

    address: Address
    reason: str
    created_at: datetime


class AccessRepository(Protocol):
    """Findings about mailboxes, and the mailboxes that must be refused."""

    async def find(self, integration_id: IntegrationId, address: Address, capability: Capability) -> Access | None:
        """What is known of one mailbox; None: it was never probed."""
        ...

    async def find_many(
        self, integration_id: IntegrationId, addresses: Sequence[Address], capability: Capability
    ) -> Mapping[Address, Access]:
        """As ``find`` for many; mailboxes never probed are left out."""
        ...

    async def record(self, integration_id: IntegrationId, findings: Sequence[Access]) -> Sequence[Access]:
        """Store findings, history included; answers those whose verdict or cause changed. UNKNOWN says nothing new
        and is not stored; a finding older than the stored one changes nothing."""
        ...

    async def changed_since(
        self, integration_id: IntegrationId, capability: Capability, since: datetime
    ) -> Sequence[Access]:
        """Mailboxes whose verdict changed since, as they stand now."""
        ...

    async def granted_since(
        self, integration_id: IntegrationId, capability: Capability, since: datetime
    ) -> frozenset[Address]:
        """Mailboxes that were probed since and found in reach."""
        ...

    async def refused_before(
        self, integration_id: IntegrationId, capability: Capability, before: datetime, limit: int
    ) -> Sequence[Address]:
        """Mailboxes of people that were found refused, and not asked since; never a named counter-example. The
        longest unasked first."""
        ...

    async def page(
        self, integration_id: IntegrationId, wanted: AccessFilter, *, after: AccessMark | None, limit: int
    ) -> Sequence[ListedAccess]:
        """Findings by address and capability, at most ``limit``, after the mark."""
        ...

    async def must_be_refused(self, integration_id: IntegrationId) -> Sequence[MustBeRefused]:
        """The named counter-examples, by address."""
        ...

    async def name_must_be_refused(self, integration_id: IntegrationId, named: MustBeRefused) -> bool:
        """Add a counter-example, or change its reason. Answers whether it is new."""
        ...

    async def drop_must_be_refused(self, integration_id: IntegrationId, address: Address) -> bool:
        """Take a counter-example off the list. Answers whether it was on it."""
        ...
