"""Calendar items: what a meeting says (`Content`, shared and immutable) and one mailbox's copy (`Event`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

NEVER = datetime(1, 1, 1, tzinfo=UTC)  # "no answer yet" as a time


class EventKind(StrEnum):
    """The four shapes of an item. OCCURRENCE is computed from its master and never stored."""

    SINGLE = "single"
    SERIES_MASTER = "series_master"
    OCCURRENCE = "occurrence"
    EXCEPTION = "exception"


class Answer(StrEnum):
    """An attendee's answer, or the standing of the mailbox towards its own copy."""

    NONE = "none"
    ORGANIZER = "organizer"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    NOT_RESPONDED = "not_responded"


class ShowAs(StrEnum):
    """How the time shows to others."""

    FREE = "free"
    TENTATIVE = "tentative"
    BUSY = "busy"
    OUT_OF_OFFICE = "out_of_office"
    WORKING_ELSEWHERE = "working_elsewhere"
    UNKNOWN = "unknown"


class Sensitivity(StrEnum):
    """Who the organiser wants to show the content to. Applications see all of it."""

    NORMAL = "normal"
    PERSONAL = "personal"
    PRIVATE = "private"
    CONFIDENTIAL = "confidential"


class Role(StrEnum):
    """What an attendee is to the meeting; rooms are RESOURCE."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    RESOURCE = "resource"


@dataclass(frozen=True, slots=True)
class Person:
    """A name with an address, as calendars and mails carry it. Compare addresses with `same_address`."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attendee:
    """An invited address with its role and, on the organiser's copy, its answer (in words, with how many guests)."""

    address: str
    name: str = ""
    role: Role = Role.REQUIRED
    answer: Answer = Answer.NONE
    answered_at: datetime = NEVER
    comment: str = ""
    guests: int = 0


@dataclass(frozen=True, slots=True)
class Location:
    """Where a meeting says it is. Naming a place books nothing: the room must be an attendee."""

    name: str = ""
    address: str | None = None  # the mailbox of the place
    kind: str = "default"


class PatternKind(StrEnum):
    """How a series repeats."""

    DAILY = "daily"
    WEEKLY = "weekly"
    ABSOLUTE_MONTHLY = "absolute_monthly"
    RELATIVE_MONTHLY = "relative_monthly"
    ABSOLUTE_YEARLY = "absolute_yearly"
    RELATIVE_YEARLY = "relative_yearly"


@dataclass(frozen=True, slots=True)
class Pattern:
    """The repeating part of a series. Weekdays are 0 (Monday) to 6; `index` is 1–4, or -1 for the last."""

    kind: PatternKind
    interval: int = 1
    days: tuple[int, ...] = ()
    first_day: int = 6
    day_of_month: int = 0
    month: int = 0
    index: int = 1


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A pattern with its range, in local dates of `zone` (IANA).

    Ends at `until` (inclusive local date), after `count` occurrences, or never when both are None. `lines`, where
    there are any, are the iCalendar lines that hold (RRULE, RDATE, EXDATE); the pattern is then the nearest to them.
    """

    pattern: Pattern
    start: date
    zone: str
    until: date | None = None
    count: int | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OnlineMeeting:
    """The join data of an online meeting."""

    provider: str
    join_url: str
    conference_id: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a meeting says: immutable, and shared by all copies until one of them differs.

    `start` and `end` are aware UTC, half-open; for a series master they are the first occurrence's.
    `start_zone`/`end_zone` keep the zone's name as the client gave it, for answers only. `all_day` items span
    midnights of `start_zone`. `more` is what a face keeps of the meeting beyond that, by its own names, as JSON.
    """

    subject: str
    start: datetime
    end: datetime
    body: str = ""
    body_is_html: bool = False
    start_zone: str = "UTC"
    end_zone: str = "UTC"
    all_day: bool = False
    locations: tuple[Location, ...] = ()
    attendees: tuple[Attendee, ...] = ()
    show_as: ShowAs = ShowAs.BUSY
    sensitivity: Sensitivity = Sensitivity.NORMAL
    importance: str = "normal"
    categories: tuple[str, ...] = ()
    reminder_minutes: int = 15
    reminder_on: bool = True
    response_requested: bool = True
    allow_proposals: bool = True
    hide_attendees: bool = False
    recurrence: Recurrence | None = None
    online: OnlineMeeting | None = None
    more: Mapping[str, Any] | None = None  # JSON; its depth is open

    def attendee(self, address: str) -> Attendee | None:
        """The attendee with this address, whatever the case, or None."""
        return next((a for a in self.attendees if same_address(a.address, address)), None)


class ItemRef(NamedTuple):
    """An item within its mailbox: the stored item's number, and for an occurrence its original start.

    An exception is named like the occurrence it replaced, by its master's number and the original start,
    so that its identity does not change when an occurrence becomes an exception.
    """

    key: int
    occurrence: datetime | None = None


class Former(NamedTuple):
    """What a series said up to (and including) a version of its mailbox."""

    version: int
    content: Content


@dataclass(slots=True)
class SeriesState:
    """What differs from the pattern: exceptions (original start → stored key) and removed occurrences.

    `former`: earlier patterns, for readers who must be told which occurrences are gone (linked calendars only).
    """

    exceptions: dict[datetime, int]
    removed: set[datetime]
    former: list[Former] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Event:
    """One copy of an item in one mailbox. Read it freely; change it only through the world's verbs.

    `revision` grows with every change of this copy (a face renders its change key from it); `version` is the
    mailbox's change number of the last change. `sequence` is the organiser's update number that this copy has
    seen. `awaiting_decision`: a room's request that waits for a person. `properties`: extended properties by a
    face's own id. `own`: what a face keeps of this copy alone, as JSON. `cache`: a face's rendering, dropped at
    every change and never saved.
    """

    key: int
    mailbox_id: str
    calendar_id: str
    ical_uid: str
    kind: EventKind
    content: Content
    organizer: Person
    is_organizer: bool
    response: Answer
    responded_at: datetime
    created: datetime
    modified: datetime
    revision: int = 1
    version: int = 0
    sequence: int = 0
    cancelled: bool = False
    awaiting_decision: bool = False
    transaction_id: str | None = None
    properties: dict[str, str] | None = None
    series: SeriesState | None = None
    master_key: int | None = None
    original_start: datetime | None = None
    own: dict[str, Any] | None = None  # JSON; its depth is open
    cache: object = None

    @property
    def ref(self) -> ItemRef:
        """The item's identity within its mailbox."""
        if self.master_key is not None:
            return ItemRef(self.master_key, self.original_start)
        return ItemRef(self.key)

    @property
    def start(self) -> datetime:
        """Start, aware UTC."""
        return self.content.start

    @property
    def end(self) -> datetime:
        """End, aware UTC, exclusive."""
        return self.content.end

    @property
    def blocks_time(self) -> bool:
        """Whether others see this time as taken."""
        return not self.cancelled and self.content.show_as is not ShowAs.FREE


def same_address(left: str, right: str) -> bool:
    """Whether two mail addresses are the same one; case never matters in practice."""
    return left.casefold() == right.casefold()


def with_answer(content: Content, address: str, answer: Answer, at: datetime) -> Content:
    """The content with one attendee's answer stamped; unchanged when nobody has that address."""
    stamped = tuple(
        replace(a, answer=answer, answered_at=at) if same_address(a.address, address) else a for a in content.attendees
    )
    return content if stamped == content.attendees else replace(content, attendees=stamped)


def without_answers(content: Content) -> Content:
    """The content with every answer taken back to none."""
    cleared = tuple(replace(a, answer=Answer.NONE, answered_at=NEVER) for a in content.attendees)
    return content if cleared == content.attendees else replace(content, attendees=cleared)


def with_attendees(content: Content, people: tuple[Person, ...]) -> Content:
    """The content with these people added as required attendees, those already there left alone."""
    added = tuple(Attendee(p.address, p.name) for p in people if content.attendee(p.address) is None)
    return replace(content, attendees=content.attendees + added) if added else content
