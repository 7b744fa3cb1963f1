"""The mirror's rows as the domain's words, and back."""

import json
from collections.abc import Iterable
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


def to_json(copies: Iterable[SeenCopy]) -> str:
    """Copies as JSON objects by column: hundreds of rows go over as one parameter, and quickly."""
    return json.dumps([_values(copy) for copy in copies])


def _values(copy: SeenCopy) -> dict[str, object]:
    event = copy.event
    return {
        "event_id": event.event_id,
        "ical_uid": event.ical_uid,
        "kind": event.kind.value,
        "series_master_id": event.series_master_id,
        "original_start": None if event.original_start is None else event.original_start.isoformat(),
        "starts_at": copy.span.start.isoformat(),
        "ends_at": copy.span.end.isoformat(),
        "is_all_day": event.is_all_day,
        "is_busy": copy.is_busy,
        "is_cancelled": event.is_cancelled,
        "is_host_copy": event.is_host_copy,
        "is_private": event.is_private,
        "organizer_address": event.organizer,
        "own_response": None if event.own_response is None else event.own_response.value,
        "revision": event.revision,
        "booking_id": None if copy.booking_id is None else str(copy.booking_id),
    }


def blocks_to_json(copies: Iterable[SeenCopy]) -> str:
    """When copies make their room busy, by event id."""
    return json.dumps(
        [
            {
                "event_id": copy.event.event_id,
                "blocks_from": copy.blocks.start.isoformat(),
                "blocks_to": copy.blocks.end.isoformat(),
            }
            for copy in copies
            if copy.blocks is not None
        ]
    )
