"""The mirror's rows as the domain's words, and back."""

from typing import Any

from sqlalchemy import Row

from roomstead.application.ports.calendar import SyncCursor
from roomstead.application.ports.mirror import FollowedId, FollowedMailbox
from roomstead.domain.event import EventId, ICalUid, ResponseStatus, Revision
from roomstead.domain.integration import RoomId
from roomstead.domain.mailbox import Address, IntegrationId, MailboxRef
from roomstead.domain.reconcile import HeldCopy, MailboxKind, OwnBooking, SeenCopy
from roomstead.domain.timespan import Timespan


def to_followed(row: Row[Any]) -> FollowedMailbox:
    """A row of ``mailbox`` with its room's number."""
    return FollowedMailbox(
        id=FollowedId(row.id),
        integration_id=IntegrationId(row.integration_id),
        kind=MailboxKind(row.kind),
        ref=MailboxRef(Address(row.address), row.object_id),
        room_id=None if row.room_id is None else RoomId(row.room_id),
        room_no=row.room_no,
        cursor=None if row.cursor is None else SyncCursor(row.cursor),
        cursor_version=row.cursor_version,
        window=None if row.window_from is None else Timespan(row.window_from, row.window_to),
        generation=row.generation,
        next_round_at=row.next_pull_at,
        pulled_at=row.last_pulled_at,
        failures=row.failures,
        error_code=row.error_code or "",
    )


def to_held(row: Row[Any]) -> HeldCopy:
    """A row of ``event_time``."""
    return HeldCopy(
        event_id=EventId(row.event_id),
        ical_uid=None if row.ical_uid is None else ICalUid(row.ical_uid),
        span=Timespan(row.starts_at, row.ends_at),
        is_busy=row.is_busy,
        is_cancelled=row.is_cancelled,
        own_response=None if row.own_response is None else ResponseStatus(row.own_response),
        revision=None if row.revision is None else Revision(row.revision),
        booking_id=row.booking_id,
    )


def to_own(row: Row[Any]) -> OwnBooking:
    """A booking with its current hosting and what is under way."""
    return OwnBooking(
        booking_id=row.booking_id,
        event_id=None if row.event_id is None else EventId(row.event_id),
        ical_uid=None if row.ical_uid is None else ICalUid(row.ical_uid),
        span=Timespan(row.starts_at, row.ends_at),
        revision=None if row.revision is None else Revision(row.revision),
        written_at=row.written_at,
        is_in_flight=row.is_in_flight,
        is_cancelled=row.is_cancelled,
    )


COLUMNS: dict[str, str] = {
    "event_id": "text",
    "ical_uid": "text",
    "kind": "text",
    "series_master_id": "text",
    "original_start": "timestamptz",
    "starts_at": "timestamptz",
    "ends_at": "timestamptz",
    "is_all_day": "boolean",
    "is_busy": "boolean",
    "is_cancelled": "boolean",
    "is_host_copy": "boolean",
    "is_private": "boolean",
    "organizer_address": "text",
    "own_response": "text",
    "revision": "text",
    "booking_id": "uuid",
}
"""The columns of ``event_time`` that a copy fills, with their types in PostgreSQL."""


def to_columns(copies: list[SeenCopy]) -> dict[str, list[object]]:
    """Copies as one list a column, in the order of ``COLUMNS``: thousands of rows go over as few arrays."""
    rows = [_values(copy) for copy in copies]
    return dict(zip(COLUMNS, (list(column) for column in zip(*rows, strict=True)), strict=True))


def _values(copy: SeenCopy) -> tuple[object, ...]:
    event = copy.event
    return (
        event.event_id,
        event.ical_uid,
        event.kind.value,
        event.series_master_id,
        event.original_start,
        copy.span.start,
        copy.span.end,
        event.is_all_day,
        copy.is_busy,
        event.is_cancelled,
        event.is_host_copy,
        event.is_private,
        event.organizer,
        None if event.own_response is None else event.own_response.value,
        event.revision,
        copy.booking_id,
    )
