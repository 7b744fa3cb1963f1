"""Bookings, as the API and the commands show them."""

from typing import Any
from uuid import UUID

from pydantic import Field

from roomstead.application.booking_request import BookingRequest
from roomstead.application.booking_view import AttendeeView, BookingView, HistoryEntry, HostView, PersonView, RoomView
from roomstead.domain.booking import BookingState
from roomstead.domain.booking_input import TypedAttendee
from roomstead.domain.event import AttendeeRole, ResponseStatus
from roomstead.domain.hosting import HostKind
from roomstead.domain.integration import RoomId
from roomstead.domain.people import PersonId
from roomstead.domain.timespan import Timespan
from roomstead.entrypoints.wire.base import Moment, Request, Shape, Text

MOST_TYPED = 1000
"""Attendees that are looked at at all; how many may be invited is said by the use case."""


class NewAttendee(Request):
    """Somebody to invite."""

    address: Text = Field(max_length=400, examples=["john.roe@contoso.example"])
    name: Text = Field(default="", max_length=400)
    role: AttendeeRole = AttendeeRole.REQUIRED

    def typed(self) -> TypedAttendee:
        """As the use case wants it."""
        return TypedAttendee(self.address, self.name, self.role)


class NewBooking(Request):
    """What to book."""

    start: Moment
    end: Moment
    title: Text = Field(examples=["Budget review"])
    room_id: UUID | None = Field(default=None, description="Null: the room is the one among the attendees.")
    description: Text = Field(default="", description="Plain text.")
    zone: Text = Field(
        default="",
        description="IANA name of the zone to show the meeting in; empty: the room's.",
        examples=["Europe/Berlin"],
    )
    is_private: bool = False
    attendees: list[NewAttendee] = Field(default=[], max_length=MOST_TYPED)
    organizer_id: UUID | None = Field(
        default=None, description="For whom; null: for oneself. Somebody else only by Global Admins."
    )

    def request(self) -> BookingRequest:
        """As the use case wants it."""
        return BookingRequest(
            start=self.start,
            end=self.end,
            title=self.title,
            room_id=None if self.room_id is None else RoomId(self.room_id),
            description=self.description,
            zone=self.zone,
            is_private=self.is_private,
            attendees=tuple(attendee.typed() for attendee in self.attendees),
            organizer_id=None if self.organizer_id is None else PersonId(self.organizer_id),
        )


class BookingChange(Request):
    """What shall be different; what is left out, or null, stays. A new start alone moves, a new end alone resizes."""

    title: Text | None = None
    description: Text | None = None
    is_private: bool | None = None
    start: Moment | None = None
    end: Moment | None = None
    zone: Text | None = None
    room_id: UUID | None = None
    attendees: list[NewAttendee] | None = Field(default=None, max_length=MOST_TYPED, description="The whole list.")


class Cancellation(Request):
    """How to cancel."""

    comment: Text = Field(default="", description="Goes out with the cancellation.")


class SpanShape(Shape):
    """A time, the end not included."""

    start: Moment
    end: Moment

    @classmethod
    def of(cls, span: Timespan) -> "SpanShape":
        """The shape of a span."""
        return cls(start=span.start, end=span.end)


class BookingPersonShape(Shape):
    """Somebody who takes part."""

    id: UUID | None
    name: str
    address: str | None

    @classmethod
    def of(cls, person: PersonView | None) -> "BookingPersonShape | None":
        """The shape of a person, if there is one to show."""
        return None if person is None else cls(id=person.person_id, name=person.name, address=person.address)


class BookedRoomShape(Shape):
    """The room and its own answer."""

    id: UUID
    name: str
    address: str
    answer: ResponseStatus
    answered_at: Moment | None
    deadline_at: Moment | None = Field(description="Until when the room is expected to answer.")

    @classmethod
    def of(cls, room: RoomView) -> "BookedRoomShape":
        """The shape of a room."""
        return cls(
            id=room.room_id,
            name=room.name,
            address=room.address,
            answer=room.answer,
            answered_at=room.answered_at,
            deadline_at=room.deadline_at,
        )


class AttendeeShape(Shape):
    """Somebody invited, and the answer."""

    address: str
    name: str
    role: AttendeeRole
    response: ResponseStatus | None = Field(description="Null: you may not see answers.")
    answered_at: Moment | None
    added_by_provider: bool = Field(description="Invited in the calendar, not here.")

    @classmethod
    def of(cls, attendee: AttendeeView) -> "AttendeeShape":
        """The shape of an attendee."""
        return cls(
            address=attendee.address,
            name=attendee.name,
            role=attendee.role,
            response=attendee.response,
            answered_at=attendee.answered_at,
            added_by_provider=attendee.added_by_provider,
        )


class HostShape(Shape):
    """Whose calendar holds the event, and why."""

    kind: HostKind
    address: str
    sentence: str
    known_at: Moment | None = Field(description="When it was found out whether the organiser's mailbox is in reach.")
    cause: str | None = Field(description="For Global Admins.")
    code: str | None = Field(description="The provider's own word for it. For Global Admins.")

    @classmethod
    def of(cls, host: HostView | None) -> "HostShape | None":
        """The shape of a host, if there is one."""
        if host is None:
            return None
        return cls(
            kind=host.kind,
            address=host.address,
            sentence=host.sentence,
            known_at=host.known_at,
            cause=host.cause,
            code=host.code,
        )


class HistoryShape(Shape):
    """What was done."""

    at: Moment
    who: str
    action: str
    detail: dict[str, Any] = Field(description="For Global Admins.")

    @classmethod
    def of(cls, entry: HistoryEntry) -> "HistoryShape":
        """The shape of an entry."""
        return cls(at=entry.at, who=entry.who, action=entry.action, detail=dict(entry.detail))


class BookingShape(Shape):
    """A booking as you may see it."""

    id: UUID
    integration_id: UUID
    state: BookingState = Field(description="Never `confirmed` before the room itself said so.")
    reason: str = Field(description="Stable name of why it is in this state.")
    sentence: str = Field(description="The same for people.")
    title: str = Field(description="`Busy` where you may not see it.")
    description: str
    is_private: bool
    is_masked: bool
    zone: str
    intended: SpanShape = Field(description="What people asked for.")
    observed: SpanShape | None = Field(description="What the calendar shows.")
    host: HostShape | None
    label: str | None = Field(
        description="Set on bookings that the service account hosts.",
        examples=["This booking has been made via a service account"],
    )
    organizer: BookingPersonShape | None
    booked_by: BookingPersonShape | None = Field(description="Set when somebody else booked it.")
    rooms: list[BookedRoomShape]
    attendees: list[AttendeeShape]
    may_edit: bool
    version: int = Field(description="Counts changes; also the ETag.")
    created_at: Moment
    updated_at: Moment
    history: list[HistoryShape] = Field(description="Newest first; only where one booking is read.")

    @classmethod
    def of(cls, view: BookingView) -> "BookingShape":
        """The shape of what a viewer sees."""
        return cls(
            id=view.id,
            integration_id=view.integration_id,
            state=view.state,
            reason=view.reason,
            sentence=view.sentence,
            title=view.title,
            description=view.description,
            is_private=view.is_private,
            is_masked=view.is_masked,
            zone=view.zone,
            intended=SpanShape.of(view.intended),
            observed=None if view.observed is None else SpanShape.of(view.observed),
            host=HostShape.of(view.host),
            label=view.label,
            organizer=BookingPersonShape.of(view.organizer),
            booked_by=BookingPersonShape.of(view.booked_by),
            rooms=[BookedRoomShape.of(room) for room in view.rooms],
            attendees=[AttendeeShape.of(attendee) for attendee in view.attendees],
            may_edit=view.may_edit,
            version=view.version,
            created_at=view.created_at,
            updated_at=view.updated_at,
            history=[HistoryShape.of(entry) for entry in view.history],
        )
