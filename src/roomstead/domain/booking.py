"""Bookings: what people asked for, what the provider was told, and what was seen there. Types only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID, uuid5

from roomstead.domain.access import AccessCause
from roomstead.domain.event import AttendeeRole, EventId, ICalUid, ResponseStatus, Revision, WriteKey
from roomstead.domain.hosting import SERVICE_ACCOUNT_LABEL, HostKind
from roomstead.domain.integration import Room, ServiceMailboxId
from roomstead.domain.mailbox import Address, IntegrationId, MailboxRef
from roomstead.domain.people import PersonId
from roomstead.domain.timespan import Timespan

BookingId = NewType("BookingId", UUID)
OccurrenceId = NewType("OccurrenceId", UUID)
OccurrenceRoomId = NewType("OccurrenceRoomId", UUID)
IntentId = NewType("IntentId", UUID)
HostingId = NewType("HostingId", UUID)


class BookingState(StrEnum):
    """Where a booking stands. Derived (:mod:`roomstead.domain.booking_state`), never stored."""

    REQUESTED = "requested"
    AWAITING_ROOM = "awaiting_room"
    AWAITING_APPROVAL = "awaiting_approval"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    NOT_DELIVERED = "not_delivered"
    FAILED = "failed"


class IntentKind(StrEnum):
    """What an outgoing act does."""

    CREATE = "create"
    CHANGE = "change"
    CANCEL = "cancel"


class IntentStatus(StrEnum):
    """How far an outgoing act is."""

    OPEN = "open"
    """To be sent; nothing of it is at the provider."""
    UNKNOWN = "unknown"
    """Sent, or about to be, and the outcome was not seen: to be settled by sending the stored request again."""
    HELD = "held"
    """Waits for a person (``held_by`` says why)."""
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"
    """Overtaken before anything was sent."""

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will be done about it by itself."""
        return self in {IntentStatus.DONE, IntentStatus.FAILED, IntentStatus.DROPPED}


HELD_BY_DRY_RUN = "dry_run"
HELD_BY_ADMIN_NEEDED = "needs_admin"
NEVER_SETTLED = "never_settled"
"""The code of an act given up while nobody knew whether it had been taken; tried again, it is settled first."""
NO_SHOW = "no_show"
"""The cause of giving a room back that nobody came to."""


class Field(StrEnum):
    """What a change changes."""

    TITLE = "title"
    DESCRIPTION = "description"
    ATTENDEES = "attendees"
    TIME = "time"
    ROOM = "room"
    PRIVACY = "privacy"


@dataclass(frozen=True, slots=True)
class Placement:
    """A room for a span of time."""

    room_no: int
    span: Timespan


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an intent wants beyond the booking's own rows.

    ``placements``: where the booking lies once this is done, so that the slots stay held while nobody knows whether
    it was. ``withdrawn``: addresses invited earlier and wanted no longer. ``comment``: goes out with a cancellation.
    """

    fields: frozenset[Field] = frozenset()
    placements: tuple[Placement, ...] = ()
    withdrawn: tuple[Address, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """One outgoing act, until it is finished and after."""

    id: IntentId
    booking_id: BookingId
    seq: int
    kind: IntentKind
    status: IntentStatus
    wanted: Wanted
    created_at: datetime
    cause: str = ""
    actor_name: str = ""
    request: Mapping[str, object] | None = None
    """The stored ``PreparedWrite``, as its store writes it; None: not prepared, nothing sent."""
    write_key: WriteKey | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    error_code: str = ""
    error_sentence: str = ""
    held_by: str = ""
    sent_at: datetime | None = None
    """When its present request went out first."""
    done_at: datetime | None = None

    @property
    def may_have_been_sent(self) -> bool:
        """Whether the provider may already hold it."""
        return self.status in {IntentStatus.UNKNOWN, IntentStatus.DONE} or self.request is not None


@dataclass(frozen=True, slots=True)
class Hosting:
    """Which mailbox holds the event, why, and under which ids. A booking has one at a time, and a history."""

    id: HostingId
    kind: HostKind
    mailbox: MailboxRef
    cause: AccessCause
    decided_at: datetime
    reason: str
    provider_code: str = ""
    known_at: datetime | None = None
    service_mailbox_id: ServiceMailboxId | None = None
    generation: int = 1
    event_id: EventId | None = None
    ical_uid: ICalUid | None = None
    revision: Revision | None = None
    valid_to: datetime | None = None

    @property
    def label(self) -> str | None:
        """The label of bookings that the service account hosts."""
        return SERVICE_ACCOUNT_LABEL if self.kind is HostKind.SERVICE_ACCOUNT else None


@dataclass(frozen=True, slots=True)
class RoomRequest:
    """A room asked for by one occurrence, and its answer. ``leaving_since``: swapped for another, not yet told."""

    id: OccurrenceRoomId
    room: Room
    answer: ResponseStatus = ResponseStatus.NEEDS_ACTION
    answered_at: datetime | None = None
    asked_at: datetime | None = None
    deadline_at: datetime | None = None
    leaving_since: datetime | None = None
    checked_in_at: datetime | None = None

    @property
    def asks_a_person(self) -> bool:
        """Whether somebody answers for this room by hand, so that silence is no failure."""
        return self.room.is_answered_by_hand


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of a booking (a single booking has one). ``observed``: where the provider last showed it."""

    id: OccurrenceId
    span: Timespan
    original_start: datetime
    rooms: tuple[RoomRequest, ...]
    observed: Timespan | None = None
    observed_at: datetime | None = None

    @property
    def wanted_rooms(self) -> tuple[RoomRequest, ...]:
        """The rooms that people want now, without those on their way out."""
        return tuple(request for request in self.rooms if request.leaving_since is None)


@dataclass(frozen=True, slots=True)
class BookingAttendee:
    """An invited person (rooms stand with the occurrence) and the last answer seen."""

    address: Address
    typed: str = ""
    name: str = ""
    role: AttendeeRole = AttendeeRole.REQUIRED
    person_id: PersonId | None = None
    response: ResponseStatus = ResponseStatus.NEEDS_ACTION
    answered_at: datetime | None = None
    added_by_provider: bool = False


@dataclass(frozen=True, slots=True)
class Organizer:
    """The person who organises: one address is used for this booking, all count as the same person."""

    person_id: PersonId
    name: str
    address: Address
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Booking:
    """The whole of one booking."""

    id: BookingId
    integration_id: IntegrationId
    title: str
    description: str
    zone: str
    organizer: Organizer
    occurrences: tuple[Occurrence, ...]
    created_at: datetime
    updated_at: datetime
    is_private: bool = False
    booked_by: PersonId | None = None
    booked_by_name: str = ""
    attendees: tuple[BookingAttendee, ...] = ()
    hosting: Hosting | None = None
    intents: tuple[Intent, ...] = field(default=())
    """All of them, oldest first."""
    cancelled_at: datetime | None = None
    cancel_cause: str = ""
    version: int = 1

    @property
    def occurrence(self) -> Occurrence:
        """The only date of a single booking."""
        return self.occurrences[0]

    @property
    def unfinished(self) -> tuple[Intent, ...]:
        """Intents still to be carried through, oldest first: a create is finished before anything newer."""
        return tuple(intent for intent in self.intents if not intent.status.is_finished)

    @property
    def last_intent(self) -> Intent | None:
        """The newest intent that was not overtaken."""
        kept = [intent for intent in self.intents if intent.status is not IntentStatus.DROPPED]
        return kept[-1] if kept else None


def write_key(booking_id: BookingId, generation: int) -> WriteKey:
    """The key under which a booking is created in its ``generation``-th host: the same however often it is sent."""
    return WriteKey(str(uuid5(booking_id, str(generation))))
