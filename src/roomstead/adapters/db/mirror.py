"""The mirror: copies of events as last seen, page by page."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import text

from roomstead.adapters.db.mirror_follow import FollowStore
from roomstead.adapters.db.mirror_rows import COLUMNS, blocks_to_json, to_held, to_json, to_own
from roomstead.application.ports.mirror import FollowedId, FollowedMailbox, Progress, RoundCount
from roomstead.domain.booking import BookingId
from roomstead.domain.event import EventId, ICalUid
from roomstead.domain.mailbox import Address, IntegrationId
from roomstead.domain.reconcile import HeldCopy, MailboxKind, OwnBooking, Plan, SeenCopy

_HELD = text(
    """
    SELECT event_id, ical_uid, starts_at, ends_at, is_busy, is_cancelled, own_response, revision, booking_id
      FROM event_time WHERE mailbox_id = :mailbox_id AND event_id = ANY(:event_ids)
    """
)

_OWN = """
    SELECT h.booking_id, h.event_id, h.ical_uid, h.revision,
           coalesce(o.observed_starts_at, o.starts_at) AS starts_at,
           coalesce(o.observed_ends_at, o.ends_at) AS ends_at,
           b.cancelled_at IS NOT NULL AS is_cancelled,
           (SELECT max(i.done_at) FROM intent i WHERE i.booking_id = b.id AND i.sent_at IS NOT NULL) AS written_at,
           EXISTS (SELECT FROM intent i WHERE i.booking_id = b.id
                      AND (i.status = 'unknown' OR i.status = 'held' AND i.request IS NOT NULL)) AS is_in_flight
      FROM hosting h
      JOIN booking b ON b.id = h.booking_id
      JOIN booking_occurrence o ON o.booking_id = b.id
     WHERE b.integration_id = :integration_id AND h.valid_to IS NULL AND {named}
"""
_OWN_BY_UID = text(_OWN.format(named="h.ical_uid = ANY(:names)"))
_OWN_BY_EVENT = text(_OWN.format(named="h.mailbox_address = :host AND h.event_id = ANY(:names)"))

_ADVANCE = text(
    """
    UPDATE mailbox
       SET cursor = :cursor, cursor_version = :cursor_version, generation = :generation,
           window_from = :window_from, window_to = :window_to
     WHERE id = :mailbox_id AND generation = :generation_before AND cursor IS NOT DISTINCT FROM :cursor_before
    """
)

_NOTHING_NEW = text(
    """
    UPDATE mailbox
       SET cursor = :cursor, cursor_version = :cursor_version, last_pulled_at = :began_at,
           next_pull_at = :next_round_at, failures = 0, error_code = NULL
     WHERE id = :mailbox_id AND generation = :generation_before AND cursor IS NOT DISTINCT FROM :cursor_before
    """
)

_TYPED = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
_NAMES = ", ".join(COLUMNS)
_UPSERT = text(
    f"""
    INSERT INTO event_time (id, mailbox_id, generation, seen_at, {_NAMES})
    SELECT gen_random_uuid(), :mailbox_id, :generation, :seen_at, {_NAMES}
      FROM json_to_recordset(CAST(:copies AS json)) AS seen ({_TYPED})
    ON CONFLICT (mailbox_id, event_id) DO UPDATE
       SET generation = excluded.generation, seen_at = excluded.seen_at,
           {", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "event_id")}
    """  # noqa: S608 - built from the constant column names above
)

_FREE = text(
    """
    DELETE FROM room_busy USING event_time e
     WHERE e.mailbox_id = :mailbox_id AND e.event_id = ANY(:event_ids)
       AND room_busy.ref = e.id AND room_busy.kind = 'mirror'
    """
)
_BLOCK = text(
    """
    INSERT INTO room_busy (room_no, blocks_from, blocks_to, kind, ref)
    SELECT :room_no, b.blocks_from, b.blocks_to, 'mirror', e.id
      FROM json_to_recordset(CAST(:blocks AS json))
           AS b (event_id text, blocks_from timestamptz, blocks_to timestamptz)
      JOIN event_time e ON e.mailbox_id = :mailbox_id AND e.event_id = b.event_id
    """
)
_REMOVE = text("DELETE FROM event_time WHERE mailbox_id = :mailbox_id AND event_id = ANY(:event_ids)")
_MARK_SEEN = text(
    "UPDATE event_time SET generation = :generation, seen_at = :seen_at"
    " WHERE mailbox_id = :mailbox_id AND event_id = ANY(:event_ids) AND generation <> :generation"
)

_COUNT = text(
    """
    SELECT count(*) FILTER (WHERE generation < :generation) AS unseen,
           count(*) FILTER (WHERE generation >= :generation) AS shown
      FROM event_time WHERE mailbox_id = :mailbox_id
    """
)
_DROP_UNSEEN = text(
    """
    WITH gone AS (
        DELETE FROM event_time WHERE mailbox_id = :mailbox_id AND generation < :generation RETURNING id, booking_id
    ), freed AS (
        DELETE FROM room_busy USING gone WHERE room_busy.ref = gone.id AND room_busy.kind = 'mirror'
    )
    SELECT DISTINCT gone.booking_id
      FROM gone JOIN booking b ON b.id = gone.booking_id JOIN booking_occurrence o ON o.booking_id = b.id
     WHERE b.cancelled_at IS NULL AND o.ends_at > :window_from AND o.starts_at < :window_to
    """
)
_UNSEEN_HOSTED = text(
    """
    SELECT h.booking_id
      FROM hosting h JOIN booking b ON b.id = h.booking_id JOIN booking_occurrence o ON o.booking_id = b.id
     WHERE b.integration_id = :integration_id AND h.mailbox_address = :host AND h.valid_to IS NULL
       AND h.event_id IS NOT NULL AND b.cancelled_at IS NULL
       AND o.ends_at > :window_from AND o.starts_at < :window_to
       AND NOT EXISTS (SELECT FROM event_time e WHERE e.mailbox_id = :mailbox_id AND e.event_id = h.event_id)
    """
)


class MirrorStore(FollowStore):
    """Implements ``MirrorRepository``: this class the pages, its base whom we follow and when."""

    async def held(self, mailbox_id: FollowedId, event_ids: Sequence[EventId]) -> Mapping[EventId, HeldCopy]:
        """Rows by event id."""
        found = await self._connection.execute(_HELD, {"mailbox_id": mailbox_id, "event_ids": list(event_ids)})
        return {held.event_id: held for held in map(to_held, found)}

    async def own_by_uid(self, integration_id: IntegrationId, uids: Sequence[ICalUid]) -> Mapping[ICalUid, OwnBooking]:
        """Our bookings by iCalUID."""
        found = await self._connection.execute(_OWN_BY_UID, {"integration_id": integration_id, "names": list(uids)})
        return {own.ical_uid: own for own in map(to_own, found) if own.ical_uid is not None}

    async def own_by_event(
        self, integration_id: IntegrationId, host: Address, event_ids: Sequence[EventId]
    ) -> Mapping[EventId, OwnBooking]:
        """Our bookings by the id of the host's copy."""
        found = await self._connection.execute(
            _OWN_BY_EVENT, {"integration_id": integration_id, "host": host, "names": list(event_ids)}
        )
        return {own.event_id: own for own in map(to_own, found) if own.event_id is not None}

    async def store_page(self, mailbox: FollowedMailbox, plan: Plan, progress: Progress) -> bool:
        """Compare the place and set it, then the rows."""
        advanced = await self._connection.execute(_ADVANCE, _place(mailbox, progress))
        if advanced.rowcount == 0:
            return False
        touched = list(plan.replaced | plan.removed)
        if touched and mailbox.room_no is not None:
            await self._connection.execute(_FREE, {"mailbox_id": mailbox.id, "event_ids": touched})
        if plan.removed:
            await self._connection.execute(_REMOVE, {"mailbox_id": mailbox.id, "event_ids": list(plan.removed)})
        if plan.upserts:
            await self._upsert(mailbox, list(plan.upserts.values()), progress)
        if plan.seen:
            marked = {"generation": progress.generation, "seen_at": progress.seen_at}
            await self._connection.execute(
                _MARK_SEEN, {"mailbox_id": mailbox.id, "event_ids": list(plan.seen), **marked}
            )
        return True

    async def nothing_new(
        self, mailbox: FollowedMailbox, progress: Progress, *, began_at: datetime, next_round_at: datetime
    ) -> None:
        """One statement for what is by far the most frequent round."""
        round_ = {"began_at": began_at, "next_round_at": next_round_at}
        await self._connection.execute(_NOTHING_NEW, {**_place(mailbox, progress), **round_})

    async def _upsert(self, mailbox: FollowedMailbox, copies: list[SeenCopy], progress: Progress) -> None:
        await self._connection.execute(
            _UPSERT,
            {
                "mailbox_id": mailbox.id,
                "generation": progress.generation,
                "seen_at": progress.seen_at,
                "copies": to_json(copies),
            },
        )
        blocking = [copy for copy in copies if copy.blocks is not None]
        if blocking and mailbox.room_no is not None:
            place = {"room_no": mailbox.room_no, "mailbox_id": mailbox.id}
            await self._connection.execute(_BLOCK, {**place, "blocks": blocks_to_json(blocking)})

    async def count_round(self, mailbox_id: FollowedId, generation: int) -> RoundCount:
        """Rows of older generations, and of this one."""
        row = (await self._connection.execute(_COUNT, {"mailbox_id": mailbox_id, "generation": generation})).one()
        return RoundCount(unseen=row.unseen, shown=row.shown)

    async def remove_unseen(self, mailbox: FollowedMailbox, generation: int) -> Sequence[BookingId]:
        """Delete rows of older generations with what they blocked."""
        if mailbox.window is None:
            return []
        span = {"window_from": mailbox.window.start, "window_to": mailbox.window.end}
        place = {"mailbox_id": mailbox.id, **span}
        gone = await self._connection.execute(_DROP_UNSEEN, {**place, "generation": generation})
        bookings = {BookingId(row.booking_id) for row in gone}
        if mailbox.kind is not MailboxKind.ROOM:
            host = {"integration_id": mailbox.integration_id, "host": mailbox.ref.address}
            missing = await self._connection.execute(_UNSEEN_HOSTED, {**place, **host})
            bookings |= {BookingId(row.booking_id) for row in missing}
        return sorted(bookings)


def _place(mailbox: FollowedMailbox, progress: Progress) -> dict[str, object]:
    return {
        "mailbox_id": mailbox.id,
        "cursor": progress.cursor,
        "cursor_before": progress.cursor_before,
        "cursor_version": progress.cursor_version,
        "generation": progress.generation,
        "generation_before": progress.generation_before,
        "window_from": progress.window.start,
        "window_to": progress.window.end,
    }
