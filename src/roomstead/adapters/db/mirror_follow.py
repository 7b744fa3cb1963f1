"""Whom we follow, and when to look again."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Uuid, column, text
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.mirror_rows import to_followed
from roomstead.application.ports.calendar import EventRef
from roomstead.application.ports.mirror import DueLook, FollowedId, FollowedMailbox, SeenInRoom
from roomstead.domain.booking import BookingId, Placement
from roomstead.domain.event import EventId, ICalUid, ResponseStatus, Revision
from roomstead.domain.integration import RoomId
from roomstead.domain.mailbox import Address, MailboxRef
from roomstead.domain.timespan import Timespan

_GET = text("SELECT m.*, r.room_no FROM mailbox m LEFT JOIN room r ON r.id = m.room_id WHERE m.id = :mailbox_id")

_ROUND_DONE = text(
    """
    UPDATE mailbox
       SET last_pulled_at = :began_at, next_pull_at = :next_round_at, failures = 0, error_code = nullif(:doubt, ''),
           cursor = CASE WHEN :doubt = '' THEN cursor END
     WHERE id = :mailbox_id
    """
)
_ROUND_FAILED = text(
    """
    UPDATE mailbox
       SET next_pull_at = CASE WHEN kind = 'organizer' THEN NULL ELSE :next_round_at END, failures = failures + 1,
           error_code = :error_code, cursor = CASE WHEN :forget_cursor THEN NULL ELSE cursor END
     WHERE id = :mailbox_id
    """
)

_MAY_BE_ASKED = """(i.status <> 'disabled' AND coalesce(i.attention ->> 'code', '')
            NOT IN ('credential_rejected', 'credential_missing', 'consent_missing'))"""
DUE_MAILBOXES = text(
    f"""
    SELECT id FROM (
        SELECT m.id, m.next_pull_at AS due_at
          FROM mailbox m JOIN integration i ON i.id = m.integration_id
         WHERE m.next_pull_at <= :now AND {_MAY_BE_ASKED}
        UNION ALL
        SELECT m.id, h.look_at
          FROM hosting h JOIN booking b ON b.id = h.booking_id
          JOIN mailbox m ON m.integration_id = b.integration_id AND m.address = h.mailbox_address
          JOIN integration i ON i.id = m.integration_id
         WHERE h.look_at <= :now AND h.valid_to IS NULL AND b.cancelled_at IS NULL AND {_MAY_BE_ASKED}
    ) AS due
    GROUP BY id ORDER BY min(due_at) LIMIT :mailboxes
    """  # noqa: S608 - built from the constant above
).columns(column("id", Uuid()))
"""Rounds and looks that are due, as mailboxes by id."""

_FOLLOW = text(
    """
    INSERT INTO mailbox (id, integration_id, kind, address, object_id, room_id, next_pull_at)
    SELECT gen_random_uuid(), w.integration_id, w.kind, w.address, w.object_id, w.room_id, :now
      FROM (
        SELECT integration_id, 'service' AS kind, address, object_id, CAST(NULL AS uuid) AS room_id
          FROM service_mailbox WHERE status IN ('active', 'retiring')
        UNION
        SELECT integration_id, 'room', address, object_id, id FROM room WHERE status = 'live'
      ) AS w
     WHERE NOT EXISTS (
        SELECT FROM mailbox m
         WHERE m.integration_id = w.integration_id AND m.address = w.address AND m.kind = w.kind
           AND m.next_pull_at IS NOT NULL AND m.room_id IS NOT DISTINCT FROM w.room_id)
    ON CONFLICT (integration_id, address) DO UPDATE
       SET kind = excluded.kind, room_id = excluded.room_id, object_id = excluded.object_id, cursor = NULL,
           next_pull_at = excluded.next_pull_at
    """
)
_UNFOLLOW = text(
    """
    UPDATE mailbox m SET next_pull_at = NULL
     WHERE m.next_pull_at IS NOT NULL AND CASE m.kind
           WHEN 'room' THEN NOT EXISTS (SELECT FROM room r WHERE r.id = m.room_id AND r.status = 'live')
           WHEN 'service' THEN NOT EXISTS (
                SELECT FROM service_mailbox s
                 WHERE s.integration_id = m.integration_id AND s.address = m.address
                   AND s.status IN ('active', 'retiring'))
           ELSE true END
    """
)
_REMEMBER_ORGANIZERS = text(
    """
    UPDATE hosting h SET look_at = :now
      FROM booking b JOIN booking_occurrence o ON o.booking_id = b.id
     WHERE b.id = h.booking_id AND h.host_kind = 'organizer' AND h.look_at IS NULL AND h.valid_to IS NULL
       AND h.event_id IS NOT NULL AND b.cancelled_at IS NULL AND o.ends_at > :now
    """
)

_LOOKS_DUE = text(
    """
    SELECT h.booking_id, h.event_id, h.ical_uid, h.revision, h.mailbox_address, h.mailbox_object_id, h.look_at
      FROM mailbox m
      JOIN hosting h ON h.mailbox_address = m.address
      JOIN booking b ON b.id = h.booking_id AND b.integration_id = m.integration_id
     WHERE m.id = :mailbox_id AND h.look_at <= :now AND h.valid_to IS NULL AND h.event_id IS NOT NULL
       AND b.cancelled_at IS NULL
     ORDER BY h.look_at LIMIT :limit
    """
)
_LOOK_AGAIN = text(
    """
    UPDATE hosting SET look_at = least(look_at, :at)
     WHERE booking_id = ANY(:booking_ids) AND valid_to IS NULL AND event_id IS NOT NULL
    """
)
_FOLLOW_HOSTS = text(
    """
    INSERT INTO mailbox (id, integration_id, kind, address, object_id, next_pull_at)
    SELECT DISTINCT ON (b.integration_id, h.mailbox_address)
           gen_random_uuid(), b.integration_id,
           CASE h.host_kind WHEN 'organizer' THEN 'organizer' ELSE 'service' END,
           h.mailbox_address, h.mailbox_object_id, CASE WHEN h.host_kind <> 'organizer' THEN now() END
      FROM hosting h JOIN booking b ON b.id = h.booking_id
     WHERE h.booking_id = ANY(:booking_ids) AND h.valid_to IS NULL
    ON CONFLICT (integration_id, address) DO NOTHING
    """
)
_HOSTS = text(
    """
    SELECT DISTINCT m.id
      FROM hosting h JOIN booking b ON b.id = h.booking_id
      JOIN mailbox m ON m.integration_id = b.integration_id AND m.address = h.mailbox_address
     WHERE h.booking_id = ANY(:booking_ids) AND h.valid_to IS NULL AND h.look_at IS NOT NULL
    """
)
_LOOKED = text(
    """
    UPDATE hosting
       SET look_at = CASE WHEN look_at > :seen_at THEN least(look_at, :at) ELSE CAST(:at AS timestamptz) END
     WHERE booking_id = :booking_id AND valid_to IS NULL
    """
)
_POSTPONE = text(
    """
    UPDATE hosting h SET look_at = :at
      FROM booking b, mailbox m
     WHERE m.id = :mailbox_id AND h.mailbox_address = m.address AND b.id = h.booking_id
       AND b.integration_id = m.integration_id AND h.valid_to IS NULL AND h.look_at < :at
    """
)

_SEEN_IN_ROOM = text(
    """
    SELECT e.ical_uid, e.own_response
      FROM room r JOIN mailbox m ON m.room_id = r.id JOIN event_time e ON e.mailbox_id = m.id
     WHERE r.room_no = :room_no AND e.starts_at = :start AND e.ends_at = :end AND e.organizer_address = :organizer
       AND NOT e.is_cancelled AND e.ical_uid IS NOT NULL AND (e.booking_id IS NULL OR e.booking_id = :booking_id)
     ORDER BY e.seen_at LIMIT 1
    """
)
_HAS_READ = text(
    """
    SELECT FROM mailbox
     WHERE room_id = :room_id AND last_pulled_at >= :since AND error_code IS NULL
       AND window_from <= :start AND window_to >= :end
    """
)
_ADOPT = text(
    """
    WITH adopted AS (
        UPDATE event_time e SET booking_id = :booking_id
          FROM mailbox m, booking b
         WHERE e.ical_uid = :ical_uid AND m.id = e.mailbox_id AND b.id = :booking_id
           AND m.integration_id = b.integration_id
        RETURNING e.id
    )
    DELETE FROM room_busy USING adopted WHERE room_busy.ref = adopted.id AND room_busy.kind = 'mirror'
    """
)


class FollowStore:
    """The part of the mirror that knows whom to follow and when to look."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def get(self, mailbox_id: FollowedId) -> FollowedMailbox | None:
        """One mailbox with its room's number."""
        row = (await self._connection.execute(_GET, {"mailbox_id": mailbox_id})).first()
        return None if row is None else to_followed(row)

    async def round_done(
        self, mailbox_id: FollowedId, *, began_at: datetime, next_round_at: datetime, doubt: str = ""
    ) -> None:
        """No failures any more; a doubted round forgets its place."""
        await self._connection.execute(
            _ROUND_DONE,
            {"mailbox_id": mailbox_id, "began_at": began_at, "next_round_at": next_round_at, "doubt": doubt},
        )

    async def round_failed(
        self, mailbox_id: FollowedId, *, error_code: str, next_round_at: datetime, forget_cursor: bool
    ) -> None:
        """One failure more."""
        await self._connection.execute(
            _ROUND_FAILED,
            {
                "mailbox_id": mailbox_id,
                "error_code": error_code,
                "next_round_at": next_round_at,
                "forget_cursor": forget_cursor,
            },
        )

    async def follow(self, now: datetime) -> int:
        """Bring the list of followed mailboxes up to date."""
        followed = await self._connection.execute(_FOLLOW, {"now": now})
        await self._connection.execute(_UNFOLLOW)
        await self._connection.execute(_REMEMBER_ORGANIZERS, {"now": now})
        return followed.rowcount

    async def looks_due(self, mailbox_id: FollowedId, now: datetime, limit: int) -> Sequence[DueLook]:
        """Current hostings in that mailbox, by when they were due."""
        found = await self._connection.execute(_LOOKS_DUE, {"mailbox_id": mailbox_id, "now": now, "limit": limit})
        return [
            DueLook(
                booking_id=BookingId(row.booking_id),
                ref=EventRef(
                    mailbox=MailboxRef(Address(row.mailbox_address), row.mailbox_object_id),
                    event_id=EventId(row.event_id),
                    ical_uid=None if row.ical_uid is None else ICalUid(row.ical_uid),
                    revision=None if row.revision is None else Revision(row.revision),
                ),
                look_at=row.look_at,
            )
            for row in found
        ]

    async def look_again(self, booking_ids: Iterable[BookingId], at: datetime) -> Sequence[FollowedId]:
        """Mark, follow the hosts, and name them."""
        ids = sorted(booking_ids)
        if not ids:
            return []
        await self._connection.execute(_LOOK_AGAIN, {"booking_ids": ids, "at": at})
        await self._connection.execute(_FOLLOW_HOSTS, {"booking_ids": ids})
        hosts = await self._connection.execute(_HOSTS, {"booking_ids": ids})
        return [FollowedId(row.id) for row in hosts]

    async def looked(self, booking_id: BookingId, next_look_at: datetime | None, *, seen_at: datetime) -> None:
        """Set or forget the time of the next look."""
        await self._connection.execute(_LOOKED, {"booking_id": booking_id, "at": next_look_at, "seen_at": seen_at})

    async def postpone_looks(self, mailbox_id: FollowedId, at: datetime) -> None:
        """Move times that come too early."""
        await self._connection.execute(_POSTPONE, {"mailbox_id": mailbox_id, "at": at})

    async def seen_in_room(self, place: Placement, organizer: Address, booking_id: BookingId) -> SeenInRoom | None:
        """By room, time and organiser: nothing else of a meeting is the same in all its copies."""
        named = {"room_no": place.room_no, "organizer": organizer, "booking_id": booking_id}
        span = {"start": place.span.start, "end": place.span.end}
        found = await self._connection.execute(_SEEN_IN_ROOM, {**named, **span})
        row = found.first()
        if row is None:
            return None
        answer = None if row.own_response is None else ResponseStatus(row.own_response)
        return SeenInRoom(ICalUid(row.ical_uid), answer)

    async def has_read(self, room_id: RoomId, span: Timespan, *, since: datetime) -> bool:
        """By the start of the last whole round, and the window that it was about."""
        within = {"room_id": room_id, "since": since, "start": span.start, "end": span.end}
        return (await self._connection.execute(_HAS_READ, within)).first() is not None

    async def adopt(self, booking_id: BookingId, ical_uid: ICalUid) -> None:
        """Give copies seen earlier to their booking."""
        await self._connection.execute(_ADOPT, {"booking_id": booking_id, "ical_uid": ical_uid})
