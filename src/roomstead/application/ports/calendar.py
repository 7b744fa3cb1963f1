"""The calendar port: what Roomstead asks of a provider. Domain types only.

Every call may raise ``RetryLater`` (throttled, unavailable, cable), ``NeedsAdmin`` (credential, consent) and
``Broken`` (unreadable answer). A call that names a mailbox may raise ``OutOfReach(mailbox, cause)``, only ever for
answers that mean *no access* or *no mailbox*. Nothing here may be called while a unit of work is open.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NewType, Protocol

from roomstead.domain.access import Capability, ProbeResult
from roomstead.domain.event import CalendarEvent, Change, EventId, ICalUid, OutgoingEvent, Revision
from roomstead.domain.mailbox import Address, MailboxFacts, MailboxRef
from roomstead.domain.timespan import Timespan

SyncCursor = NewType("SyncCursor", str)
"""Opaque place in a mailbox's list of changes. Stored with the provider's ``cursor_version`` beside it."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do that someone would notice."""

    cancel_carries_comment: bool
    window_is_fixed: bool
    """Whether a cursor is bound to the window it was made for (a rolling window needs a new full round)."""
    room_answer_in_write: bool
    """Whether the room's answer can be seen in the answer to the write itself."""
    transfers_events: bool
    """Whether an event can be moved to another organiser without a new invitation."""
    longest_subscription: timedelta
    most_invited: int
    """How many can be invited to one event: people, room, and the organiser where another mailbox hosts."""
    cursor_version: int = 1
    recipients_a_day: int | None = None
    """How many recipients the provider lets one mailbox write to in 24 hours; None: it does not say."""
    shared_domains: frozenset[str] = frozenset()
    """Domains in which rooms of every tenant have their addresses, so that they tell no tenant from another."""


@dataclass(frozen=True, slots=True)
class CredentialReport:
    """What signing in told: which tenant, which app, which permissions the token itself names (may be none)."""

    tenant: str
    app_id: str
    app_object_id: str
    named_permissions: tuple[str, ...]
    clock_skew: timedelta
    """Provider's clock minus ours."""
    is_tenant_proven: bool = True
    """Whether signing in shows the tenant to be the right one; a provider may sign apps in whatever the tenant."""


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """A room as the provider's directory describes it. None: not told."""

    address: Address
    name: str
    object_id: str | None = None
    building: str | None = None
    floor: str | None = None
    capacity: int | None = None
    equipment: tuple[str, ...] = ()
    is_wheelchair_accessible: bool | None = None
    is_bookable: bool = True


@dataclass(frozen=True, slots=True)
class EventRef:
    """Names one copy: where it lies and which version was last seen."""

    mailbox: MailboxRef
    event_id: EventId
    ical_uid: ICalUid | None = None
    revision: Revision | None = None


@dataclass(frozen=True, slots=True)
class PreparedWrite:
    """A write, decided and storable, not yet sent. Sending it again is harmless.

    ``payload`` is opaque to everybody but the provider that made it and holds JSON values only. ``summary`` lines
    tell an admin what would be sent (dry run, audit): verbs and counts, no contents.
    """

    provider: str
    mailbox: MailboxRef
    verb: str
    payload: Mapping[str, object]
    summary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangePage:
    """One page of a mailbox's changes. ``cursor`` follows the page; ``is_last`` ends the round.

    ``is_full`` is True for every page of a round that began without a cursor: what the whole round did not show is
    gone from the window.
    """

    changes: tuple[Change, ...]
    cursor: SyncCursor
    is_last: bool
    is_full: bool


@dataclass(frozen=True, slots=True)
class BusyTimes:
    """Free/busy of one mailbox; ``error`` set means *unknown*, never free."""

    address: Address
    busy: tuple[Timespan, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class HostFacts:
    """The calendar in which a host mailbox would hold events."""

    is_default: bool
    can_edit: bool
    tracks_answers: bool
    """Whether attendees' answers are collected on the host's copy."""
    details: Mapping[str, str] = field(default_factory=dict)


class CalendarProvider(Protocol):
    """One connected tenant of one provider."""

    @property
    def capabilities(self) -> Capabilities:
        """What this provider can do that someone would notice."""
        ...

    async def check_credential(self) -> CredentialReport:
        """Sign in afresh. Raises CredentialRejected with cause and remedy, or RetryLater."""
        ...

    async def check_permission(self, permission: str, mailbox: MailboxRef | None) -> ProbeResult:
        """Prove one permission of the provider's tiers by a harmless read that needs it.

        ``mailbox`` is the one to try it on where the permission is about mailboxes. A permission that only writes
        can prove answers UNKNOWN here.
        """
        ...

    async def resolve(self, address: Address) -> MailboxFacts:
        """Look an address up in the directory (any alias). Raises OutOfReach(NOT_IN_DIRECTORY / NO_MAILBOX / …)."""
        ...

    def list_rooms(self) -> AsyncIterator[RoomFacts]:
        """All rooms of the provider's directory, paged behind the scenes."""
        ...

    async def host_facts(self, mailbox: MailboxRef) -> HostFacts:
        """The default calendar of a mailbox that shall host."""
        ...

    async def probe(self, mailbox: MailboxRef, capability: Capability) -> ProbeResult:
        """Try one capability on one mailbox by reading calendar metadata, never events."""
        ...

    async def probe_many(
        self, mailboxes: Sequence[MailboxRef], capability: Capability
    ) -> Mapping[Address, ProbeResult]:
        """As ``probe`` for many, in as few calls as the provider allows. A mailbox that could not be asked just
        now has the verdict UNKNOWN with its ``provider_code``."""
        ...

    async def free_busy(
        self, mailboxes: Sequence[MailboxRef], span: Timespan, *, via: MailboxRef
    ) -> Mapping[Address, BusyTimes]:
        """Busy times of many mailboxes, asked through ``via``'s rights."""
        ...

    def prepare_create(self, mailbox: MailboxRef, event: OutgoingEvent) -> PreparedWrite:
        """Decide the create. Pure. The provider mails every attendee when it is sent."""
        ...

    def prepare_change(self, existing: EventRef, event: OutgoingEvent) -> PreparedWrite:
        """Decide a change to the state ``event`` describes. Pure. Sending it reads first and writes only what
        differs, keeps attendees that others added and answers that came in, and is silent when nothing differs."""
        ...

    def prepare_cancel(self, existing: EventRef, comment: str) -> PreparedWrite:
        """Decide a cancellation for everyone. Pure. Sending it where the event is gone already succeeds."""
        ...

    async def send(self, prepared: PreparedWrite) -> CalendarEvent | None:
        """Perform a prepared write; the copy as the provider answered it, None after a cancellation.

        Raises OutcomeUnknown when the answer was lost after sending: send the same again later. Raises EventGone
        for a change to an event that no longer exists, StaleRevision after losing several races, OutOfReach when
        the mailbox refuses before anything was written.
        """
        ...

    async def find_event(self, mailbox: MailboxRef, booking_tag: str, near: Timespan) -> CalendarEvent | None:
        """Our own event of that booking in that mailbox, if it is there: settles an attempt of unknown outcome."""
        ...

    async def read_event(self, ref: EventRef) -> CalendarEvent:
        """One copy, whole. Raises EventGone."""
        ...

    async def changes(self, mailbox: MailboxRef, cursor: SyncCursor | None, window: Timespan) -> ChangePage:
        """The next page after ``cursor``; without one the first page of a full round over ``window``.

        Raises CursorExpired when the provider forgot the cursor: begin again without one.
        """
        ...

    async def aclose(self) -> None:
        """Give connections back."""
        ...
