"""Mailboxes that we follow, the copies of events seen in them, and when to look at a booking's host copy again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol
from uuid import UUID

from roomstead.application.ports.calendar import EventRef, SyncCursor
from roomstead.domain.booking import BookingId, Placement
from roomstead.domain.event import EventId, ICalUid, ResponseStatus
from roomstead.domain.integration import RoomId
from roomstead.domain.mailbox import Address, IntegrationId, MailboxRef
from roomstead.domain.reconcile import HeldCopy, MailboxKind, OwnBooking, Plan
from roomstead.domain.timespan import Timespan

FollowedId = NewType("FollowedId", UUID)
"""Names a mailbox that we follow."""


@dataclass(frozen=True, slots=True)
class FollowedMailbox:
    """A mailbox whose changes we follow, and how far we have come.

    ``cursor`` None: the next round is a full one. ``window``: the span that the cursor was made for. ``generation``
    counts full rounds. ``pulled_at``: when the last complete round began. ``next_round_at`` None: no rounds, only looks
    at single copies.
    """

    id: FollowedId
    integration_id: IntegrationId
    kind: MailboxKind
    ref: MailboxRef
    room_id: RoomId | None
    room_no: int | None
    cursor: SyncCursor | None
    cursor_version: int
    window: Timespan | None
    generation: int
    next_round_at: datetime | None
    pulled_at: datetime | None
    failures: int
    error_code: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a page takes a round: what was so before it and what is after it."""

    cursor_before: SyncCursor | None
    cursor: SyncCursor
    cursor_version: int
    window: Timespan
    generation_before: int
    generation: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class DueLook:
    """A booking whose host copy is to be read by its id."""

    booking_id: BookingId
    ref: EventRef
    look_at: datetime


@dataclass(frozen=True, slots=True)
class SeenInRoom:
    """A meeting in a room's calendar that nobody of ours is known to have made; ``answer``: the room's own."""

    ical_uid: ICalUid
    answer: ResponseStatus | None


@dataclass(frozen=True, slots=True)
class RoundCount:
    """Rows of one mailbox: how many a full round did not show, and how many it did."""

    unseen: int
    shown: int


class MirrorRepository(Protocol):
    """The mirror."""

    async def get(self, mailbox_id: FollowedId) -> FollowedMailbox | None:
        """One mailbox."""
        ...

    async def held(self, mailbox_id: FollowedId, event_ids: Sequence[EventId]) -> Mapping[EventId, HeldCopy]:
        """What the mirror holds of these copies."""
        ...

    async def own_by_uid(self, integration_id: IntegrationId, uids: Sequence[ICalUid]) -> Mapping[ICalUid, OwnBooking]:
        """Our bookings by the name that all copies of a meeting share, cancelled ones too."""
        ...

    async def own_by_event(
        self, integration_id: IntegrationId, host: Address, event_ids: Sequence[EventId]
    ) -> Mapping[EventId, OwnBooking]:
        """Our bookings by the ids of their copies in one host mailbox, cancelled ones too."""
        ...

    async def store_page(self, mailbox: FollowedMailbox, plan: Plan, progress: Progress) -> bool:
        """Bring the mirror to what a page shows, and the mailbox to the place after it.

        Answers False, and stores nothing, when somebody else has taken the mailbox further in the meantime.
        """
        ...

    async def count_round(self, mailbox_id: FollowedId, generation: int) -> RoundCount:
        """What the full round of that generation showed."""
        ...

    async def remove_unseen(self, mailbox: FollowedMailbox, generation: int) -> Sequence[BookingId]:
        """End a full round: drop what it did not show. Answers our bookings that it should have shown, being hosted
        here or mirrored here, and did not."""
        ...

    async def round_done(
        self, mailbox_id: FollowedId, *, began_at: datetime, next_round_at: datetime, doubt: str = ""
    ) -> None:
        """A round is complete. ``doubt``: why the next one starts from the beginning to confirm it."""
        ...

    async def round_failed(
        self, mailbox_id: FollowedId, *, error_code: str, next_round_at: datetime, forget_cursor: bool
    ) -> None:
        """A round broke off; count the failure. ``forget_cursor``: the next one starts from the beginning."""
        ...

    async def nothing_new(
        self, mailbox: FollowedMailbox, progress: Progress, *, began_at: datetime, next_round_at: datetime
    ) -> None:
        """A round is complete in which nothing had changed: set the place after it and when the next one is due.

        Where another has taken the mailbox further meanwhile, nothing happens.
        """
        ...

    async def follow(self, now: datetime) -> int:
        """Follow the mailboxes of live rooms and of service accounts that host or retire, no longer those that are
        neither; see to it that bookings in organisers' calendars are looked at. Answers how many are newly followed.

        An organiser's calendar has no rounds: only our own events there are read, by their ids.
        """
        ...

    async def looks_due(self, mailbox_id: FollowedId, now: datetime, limit: int) -> Sequence[DueLook]:
        """Bookings hosted in that mailbox whose copy is to be looked at by now, the longest waiting first."""
        ...

    async def look_again(self, booking_ids: Iterable[BookingId], at: datetime) -> Sequence[FollowedId]:
        """Have the host copies of these bookings read by their ids at ``at``, or earlier if that was planned.

        Answers the mailboxes that hold them, which are followed from now on.
        """
        ...

    async def looked(self, booking_id: BookingId, next_look_at: datetime | None, *, seen_at: datetime) -> None:
        """A host copy was seen as it was at ``seen_at``; None: nothing is awaited of it any more.

        A look that was asked for later than that, or planned earlier than the next, stays.
        """
        ...

    async def postpone_looks(self, mailbox_id: FollowedId, at: datetime) -> None:
        """The mailbox cannot be asked now: what was to be looked at in it by then is looked at then."""
        ...

    async def seen_in_room(self, place: Placement, organizer: Address, booking_id: BookingId) -> SeenInRoom | None:
        """The meeting of that organiser in just that place, unless it belongs to another booking."""
        ...

    async def has_read(self, room_id: RoomId, span: Timespan, *, since: datetime) -> bool:
        """Whether the room's calendar was read, as far as it concerns ``span``, in a round that began after
        ``since``."""
        ...

    async def adopt(self, booking_id: BookingId, ical_uid: ICalUid) -> None:
        """Copies under this name belong to that booking: they make no room busy beside its own claims."""
        ...
