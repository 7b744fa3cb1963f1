"""One run of a verification: what its checks work with, and how what they find is stored as they go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from roomstead.application.policy import Policy
from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.integrations import SealedCredential
from roomstead.application.ports.providers import ProviderDescription, ProviderGuide, RestrictionFacts
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.verifying import TOPIC
from roomstead.domain.access import Access
from roomstead.domain.integration import Integration, RoomId, RoomStatus, ServiceMailbox
from roomstead.domain.mailbox import Address, MailboxRef
from roomstead.domain.remedy import Remedy
from roomstead.domain.verification import (
    DEFECTS_AT_MOST,
    Check,
    CheckKey,
    CheckStatus,
    Finding,
    FindingStatus,
    Verification,
)

LEASE = timedelta(minutes=3)
"""A run that stored nothing for so long is dead; the sweep leaves its job again, and it goes on where it stood."""


class NoLongerWanted(Exception):
    """A newer verification took the place of this one while it ran."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a check came to."""

    status: CheckStatus
    sentence: str
    cause: str = ""
    remedy: Remedy | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    next_look_at: datetime | None = None
    """Of a change that spreads: when to look again."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What looking at some subjects brought: findings to keep, accesses learnt, rooms whose status follows from them
    (by subject)."""

    findings: Sequence[Finding]
    accesses: Sequence[Access] = ()
    rooms: Mapping[str, RoomId] = field(default_factory=dict)

    def rooms_found(self, status: FindingStatus) -> list[RoomId]:
        """The rooms of which this was found."""
        return [self.rooms[one.subject] for one in self.findings if one.status is status and one.subject in self.rooms]


@dataclass(frozen=True, slots=True)
class Target:
    """The mailbox that the verification runs against: a service account, or the admin's own address."""

    ref: MailboxRef
    account: ServiceMailbox | None
    is_trial: bool = False
    """Whether it shall take the place of a mailbox that is in force: until it does, nothing of that one's changes."""

    @property
    def address(self) -> Address:
        """As typed by the admin."""
        return self.ref.address


@dataclass(frozen=True, slots=True)
class Run:
    """All that checks need. Providers are called with no unit of work open; each finding is stored at once."""

    verification: Verification
    integration: Integration
    credential: SealedCredential | None
    target: Target | None
    facts: RestrictionFacts
    description: ProviderDescription
    guide: ProviderGuide
    provider: CalendarProvider
    units: UnitsOfWork
    clock: Clock
    policy: Policy

    def marked_at(self, key: CheckKey) -> datetime | None:
        """When an admin said *I have run this* for a check."""
        return self.verification.scope.marks.get(key)

    @property
    def is_trial(self) -> bool:
        """Whether the mailbox is tried beside one that is in force. Rooms may be read in its name."""
        return self.target is not None and self.target.is_trial

    @property
    def is_last_try(self) -> bool:
        """Whether a defect of ours is named now, since runs before ended by one, too."""
        return self.verification.scope.defects + 1 >= DEFECTS_AT_MOST

    async def findings(self, key: CheckKey) -> dict[str, Finding]:
        """What this verification found so far, by subject."""
        async with self.units() as uow:
            return {one.subject: one for one in await uow.verifications.findings(self.verification.id, key)}

    async def evidence(self, key: CheckKey) -> Mapping[str, str]:
        """What another check of this verification observed."""
        async with self.units() as uow:
            checks = await uow.verifications.checks(self.verification.id)
        return next((check.evidence for check in checks if check.key is key), {})

    async def save_check(self, check: Check) -> None:
        """Store how a check stands and tell the page."""
        async with self.units() as uow:
            await self._hold(uow)
            await uow.verifications.save_check(self.verification.id, check)
            await uow.announce(TOPIC, self.verification.id)
            await uow.commit()

    async def save_looked(self, check: Check, looked: Looked) -> None:
        """Store findings with the progress that they are, and everything learnt about access.

        How rooms look in the name of a mailbox on trial counts once it is in force.
        """
        if self.is_trial and looked.rooms:
            looked = replace(looked, accesses=(), rooms={})
        async with self.units() as uow:
            await self._hold(uow)
            await uow.verifications.save_findings(self.verification.id, check.key, looked.findings)
            await uow.access.record(self.integration.id, looked.accesses)
            await uow.rooms.set_statuses(looked.rooms_found(FindingStatus.PASSED), RoomStatus.LIVE)
            await uow.rooms.set_statuses(looked.rooms_found(FindingStatus.FAILED), RoomStatus.UNREACHABLE)
            await uow.verifications.save_check(self.verification.id, check)
            await uow.announce(TOPIC, self.verification.id)
            await uow.commit()

    async def drop_findings(self, key: CheckKey, subjects: Sequence[str]) -> None:
        """Forget subjects that are no longer looked at."""
        async with self.units() as uow:
            await uow.verifications.drop_findings(self.verification.id, key, subjects)
            await uow.commit()

    async def _hold(self, uow: UnitOfWork) -> None:
        """Go on only while the verification is wanted, and say that it is alive."""
        held = await uow.verifications.get_for_change(self.verification.id)
        if held is None or not held.status.is_open:
            raise NoLongerWanted
        await uow.verifications.extend_lease(self.verification.id, self.clock.now() + LEASE)
