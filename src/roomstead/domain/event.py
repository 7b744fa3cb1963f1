"""Calendar events as the field speaks of them, free of any provider's words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from roomstead.domain.mailbox import Address
from roomstead.domain.timespan import Timespan

EventId = NewType("EventId", str)
"""The provider's id of one copy in one mailbox; case-sensitive."""
ICalUid = NewType("ICalUid", str)
"""Names the meeting across all copies."""
Revision = NewType("Revision", str)
"""The version of one copy, for optimistic locking."""
WriteKey = NewType("WriteKey", str)
"""Chosen by us; makes a repeated create harmless."""


class ResponseStatus(StrEnum):
    """What an attendee answered (RFC 5545 PARTSTAT)."""

    NEEDS_ACTION = "needs_action"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


class AttendeeRole(StrEnum):
    """How an attendee takes part."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    ROOM = "room"


class EventKind(StrEnum):
    """Single, or which part of a series."""

    SINGLE = "single"
    SERIES_MASTER = "series_master"
    OCCURRENCE = "occurrence"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True)
class Attendee:
    """Someone, or a room, that is invited."""

    address: Address
    name: str = ""
    role: AttendeeRole = AttendeeRole.REQUIRED


@dataclass(frozen=True, slots=True)
class AttendeeStatus:
    """An invited address and its answer as one copy of the event shows it."""

    attendee: Attendee
    response: ResponseStatus
    answered_at: datetime | None = None
    invited_as: Address | None = None
    """By which address we invited them, where the calendar shows another of theirs."""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One copy of an event in one mailbox, as last seen there (the mirror).

    ``None`` means *not told* and is never replaced by a guess: an occurrence stub of a series has no title, a copy
    without a readable body has no description.
    """

    event_id: EventId
    ical_uid: ICalUid | None
    kind: EventKind
    span: Timespan | None
    is_cancelled: bool = False
    is_busy: bool = True
    is_host_copy: bool = False
    is_private: bool | None = None
    is_all_day: bool = False
    organizer: Address | None = None
    organizer_name: str = ""
    title: str | None = None
    description: str | None = None
    attendees: tuple[AttendeeStatus, ...] = ()
    own_response: ResponseStatus | None = None
    revision: Revision | None = None
    write_key: WriteKey | None = None
    series_master_id: EventId | None = None
    original_start: datetime | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class RemovedEvent:
    """A copy that is no longer in the mailbox, or left the window that we look at."""

    event_id: EventId


Change = CalendarEvent | RemovedEvent


@dataclass(frozen=True, slots=True)
class MustSay:
    """Lines that a body has to carry. Where ``line`` is not in it any more, all ``lines`` are put after what is there,
    which is kept as it is."""

    line: str
    lines: str


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """What a host mailbox's copy shall say. A single event; times in UTC, ``zone`` for display by the provider.

    ``description`` None leaves the body on the provider's side alone (keeps join blocks and formatting).
    ``attendees`` is the whole list that we want, rooms included. ``withdrawn`` are addresses that we invited earlier
    and want no longer (the old room of a swap, somebody taken off the list); whoever is on the provider's copy and in
    neither was added there by others, and stays.
    """

    booking_tag: str
    write_key: WriteKey
    title: str
    description: str | None
    span: Timespan
    zone: str
    attendees: tuple[Attendee, ...]
    location: str
    is_private: bool = False
    must_say: MustSay | None = None
    """What the body has to carry also where ``description`` leaves it alone."""
    reminder_minutes: int | None = 15
    """None: no reminder in the host mailbox (a service account reads none)."""
    withdrawn: tuple[Address, ...] = ()
