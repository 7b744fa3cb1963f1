"""A verification: a run of checks over an integration. What is checked, what waits for what, when to look again.

Pure. Each check answers one line on the page; a failure skips only what depends on it. Changes of access spread slowly
through a provider: only after an admin says *I have run this* is a failure shown as spreading, never by guessing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from roomstead.domain.integration import ServiceMailboxId, VerificationId
from roomstead.domain.mailbox import Address, IntegrationId, MailboxRef
from roomstead.domain.people import Actor
from roomstead.domain.remedy import Remedy
from roomstead.domain.timespan import Timespan

TestEventId = NewType("TestEventId", UUID)


class Purpose(StrEnum):
    """What a verification is for."""

    INTEGRATION = "integration"
    SERVICE_ACCOUNT = "service_account"
    CREDENTIAL = "credential"
    ROOMS = "rooms"
    NEW_ROOM = "new_room"
    RESTRICTION = "restriction"
    ACCESS = "access"
    ROOM_ANSWERS = "room_answers"
    """Whether chosen rooms accept: sends requests to them, so it is only ever done when asked for."""


class CheckKey(StrEnum):
    """One check."""

    CLOCK = "clock"
    TENANT = "tenant"
    CREDENTIAL = "credential"
    PERMISSIONS = "permissions"
    DIRECTORY = "directory"
    MAILBOX = "mailbox"
    CONCURRENT_BOOKINGS = "concurrent_bookings"
    NEW_ROOM = "new_room"
    ROOMS = "rooms"
    MUST_BE_REFUSED = "must_be_refused"
    ORGANIZERS = "organizers"
    ROOM_ANSWERS = "room_answers"


class CheckStatus(StrEnum):
    """How a check stands."""

    NOT_RUN = "not_run"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    PROPAGATING = "propagating"
    SKIPPED = "skipped"

    @property
    def lets_on(self) -> bool:
        """Whether checks that depend on this one may run."""
        return self in {CheckStatus.PASSED, CheckStatus.SKIPPED}


class VerificationStatus(StrEnum):
    """How a verification stands."""

    REQUESTED = "requested"
    RUNNING = "running"
    PROPAGATING = "propagating"
    PASSED = "passed"
    PARTLY_PASSED = "partly_passed"
    """Only some rooms, organisers or named mailboxes failed; what passed is live."""
    FAILED = "failed"
    SUPERSEDED = "superseded"
    """A newer one took its place before it ended."""

    @property
    def is_open(self) -> bool:
        """Whether a worker still has something to do for it."""
        return self in {VerificationStatus.REQUESTED, VerificationStatus.RUNNING, VerificationStatus.PROPAGATING}


class FindingStatus(StrEnum):
    """What a check found of one subject (a room, a mailbox, a permission)."""

    PASSED = "passed"
    PASSED_ONCE = "passed_once"
    """Right for the first time since the mark; counts when it is still right ten minutes later."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One subject of one check. ``cause`` is a word of ``AccessCause`` or of the check; codes are the provider's."""

    subject: str
    status: FindingStatus
    at: datetime
    cause: str = ""
    provider_code: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a verification. ``number`` counts from 1 in the order in which they run.

    Of ``total`` subjects ``done`` were looked at, of which ``passed`` are right. ``evidence`` is what was observed.
    """

    key: CheckKey
    number: int
    status: CheckStatus = CheckStatus.NOT_RUN
    sentence: str = ""
    cause: str = ""
    remedy: Remedy | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    done: int = 0
    passed: int = 0
    total: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None


DEFECTS_AT_MOST = 3
"""Runs that may end by a defect of ours. The last one names it instead of being tried again for ever."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a verification was asked to look at, and what an admin said about it.

    ``addresses``: the rooms or mailboxes to look at; empty: all. ``marks``: when an admin said *I have run this*, by
    check. ``attempts``: how often in a row the provider asked us to come back later. ``defects``: how often a run
    ended by a defect of ours.
    """

    addresses: tuple[Address, ...] = ()
    marks: Mapping[CheckKey, datetime] = field(default_factory=dict)
    attempts: int = 0
    defects: int = 0


@dataclass(frozen=True, slots=True)
class Verification:
    """A run of checks, kept with its results."""

    id: VerificationId
    integration_id: IntegrationId
    purpose: Purpose
    status: VerificationStatus
    requested_by: Actor
    created_at: datetime
    service_mailbox_id: ServiceMailboxId | None = None
    credential_slot: str = "current"
    scope: Scope = field(default_factory=Scope)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    next_attempt_at: datetime | None = None


ASKED_ROOM = "room"
"""In the request of a test event: the address of the room that it asks."""


@dataclass(frozen=True, slots=True)
class TestEvent:
    """A private event that a verification writes and removes. A row before it is a call.

    ``request``: what was asked for, or whom it asks: one that asks a room makes its mailbox send mail.
    """

    __test__ = False  # not a test case, whatever its name begins with

    id: TestEventId
    integration_id: IntegrationId
    verification_id: VerificationId | None
    mailbox: MailboxRef
    request: Mapping[str, object]
    event_id: str | None
    span: Timespan
    created_at: datetime

    @property
    def asks_a_room(self) -> bool:
        """Whether a room is invited; all others invite nobody."""
        return ASKED_ROOM in self.request


_SIGN_IN = (CheckKey.CLOCK, CheckKey.TENANT, CheckKey.CREDENTIAL)
_WHOLE = (
    *_SIGN_IN,
    CheckKey.PERMISSIONS,
    CheckKey.DIRECTORY,
    CheckKey.MAILBOX,
    CheckKey.CONCURRENT_BOOKINGS,
    CheckKey.ROOMS,
    CheckKey.MUST_BE_REFUSED,
    CheckKey.ORGANIZERS,
    CheckKey.ROOM_ANSWERS,
)
_PLANS: Mapping[Purpose, tuple[CheckKey, ...]] = {
    Purpose.INTEGRATION: _WHOLE,
    Purpose.SERVICE_ACCOUNT: _WHOLE,
    Purpose.CREDENTIAL: (*_SIGN_IN, CheckKey.PERMISSIONS),
    Purpose.ROOMS: (*_SIGN_IN, CheckKey.ROOMS),
    Purpose.NEW_ROOM: (*_SIGN_IN, CheckKey.NEW_ROOM),
    Purpose.RESTRICTION: (
        *_SIGN_IN,
        CheckKey.PERMISSIONS,
        CheckKey.MAILBOX,
        CheckKey.ROOMS,
        CheckKey.MUST_BE_REFUSED,
        CheckKey.ORGANIZERS,
    ),
    Purpose.ACCESS: (*_SIGN_IN, CheckKey.ORGANIZERS),
    Purpose.ROOM_ANSWERS: (*_SIGN_IN, CheckKey.ROOM_ANSWERS),
}
_NEEDS: Mapping[CheckKey, CheckKey] = {
    CheckKey.TENANT: CheckKey.CLOCK,
    CheckKey.CREDENTIAL: CheckKey.TENANT,
    CheckKey.CONCURRENT_BOOKINGS: CheckKey.MAILBOX,
    CheckKey.ORGANIZERS: CheckKey.MUST_BE_REFUSED,
    CheckKey.ROOM_ANSWERS: CheckKey.ROOMS,
}
SIGN_IN_CHECKS = frozenset(_SIGN_IN)
PARTIAL_CHECKS = frozenset(
    {CheckKey.ROOMS, CheckKey.MUST_BE_REFUSED, CheckKey.ORGANIZERS, CheckKey.PERMISSIONS, CheckKey.ROOM_ANSWERS}
)
"""Checks over many subjects: some may fail while the others count."""
SPREADING_CHECKS = frozenset(
    {
        CheckKey.PERMISSIONS,
        CheckKey.MAILBOX,
        CheckKey.CONCURRENT_BOOKINGS,
        CheckKey.ROOMS,
        CheckKey.MUST_BE_REFUSED,
        CheckKey.ORGANIZERS,
    }
)
"""Checks whose failure an admin mends by a change that spreads slowly."""


def plan_checks(purpose: Purpose) -> tuple[Check, ...]:
    """The checks of a verification, in order, none of them run."""
    return tuple(Check(key, number) for number, key in enumerate(_PLANS[purpose], start=1))


def blocking(check: Check, checks: Sequence[Check]) -> Check | None:
    """The check that has to pass before ``check`` may run, if it did not; None: nothing is in the way."""
    by_key = {other.key: other for other in checks}
    wanted = _NEEDS.get(check.key, None if check.key in SIGN_IN_CHECKS else CheckKey.CREDENTIAL)
    while wanted is not None and wanted not in by_key:
        wanted = None if wanted in SIGN_IN_CHECKS else CheckKey.CREDENTIAL
    if wanted is None:
        return None
    needed = by_key[wanted]
    return None if needed.status.lets_on else needed


def outcome(checks: Sequence[Check]) -> VerificationStatus:
    """How a verification stands once no check can be run just now."""
    statuses = {check.status for check in checks}
    if CheckStatus.RUNNING in statuses:  # it waits for an answer that somebody else gives
        return VerificationStatus.RUNNING
    if CheckStatus.PROPAGATING in statuses:
        return VerificationStatus.PROPAGATING
    failed = [check for check in checks if check.status is CheckStatus.FAILED]
    if not failed:
        return VerificationStatus.PASSED
    if all(check.key in PARTIAL_CHECKS and check.passed > 0 for check in failed):
        return VerificationStatus.PARTLY_PASSED
    return VerificationStatus.FAILED


def may_activate(checks: Sequence[Check]) -> bool:
    """Whether a service account may go into force: credential, mailbox, concurrency and at least one room pass.

    A concurrency test that was skipped (dry run writes nothing) does not hold it back, so that the dry run shows what
    it would host; nothing is sent through it before it is proven.
    """
    by_key = {check.key: check for check in checks}
    needed = (CheckKey.CREDENTIAL, CheckKey.MAILBOX)
    if any(key not in by_key or by_key[key].status is not CheckStatus.PASSED for key in needed):
        return False
    concurrency, rooms = by_key.get(CheckKey.CONCURRENT_BOOKINGS), by_key.get(CheckKey.ROOMS)
    return concurrency is not None and concurrency.status.lets_on and rooms is not None and rooms.passed > 0
