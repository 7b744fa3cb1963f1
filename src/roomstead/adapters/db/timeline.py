"""Rooms × hours in three statements, however many bookings there are."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Row,
    String,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.room_rows import to_room
from roomstead.adapters.db.tables import room, room_busy
from roomstead.application.ports.timeline import Choices, RoomsFound, RoomsWanted, TimelineRow
from roomstead.domain.booking import BookingId
from roomstead.domain.integration import RoomStatus
from roomstead.domain.masking import Relation
from roomstead.domain.people import PersonId
from roomstead.domain.timespan import Timespan

_LIVE = room.c.status == RoomStatus.LIVE.value
_STOREY = case(
    (room.c.floor.is_(None), 9_999),
    (room.c.floor.regexp_match("^-?[0-9]{1,3}$"), cast(room.c.floor, Integer)),
    else_=0,
)
"""Floors in the order of a lift: 10 comes after 2, and what has a name instead of a number is level with the street."""

_CHOICES = text(
    """
SELECT coalesce(building, '') AS building, coalesce(floor, '') AS floor, NULL AS equipment
FROM room WHERE status = 'live' GROUP BY 1, 2
UNION ALL
SELECT NULL, NULL, each.name FROM (
    SELECT DISTINCT unnest(equipment) AS name FROM room WHERE status = 'live' AND equipment <> '{}'
) AS each
"""
)

_ROWS = text(
    """
WITH busy AS (
    SELECT room_no, blocks_from, blocks_to, CASE WHEN kind = 'claim' THEN ref END AS request_id, false AS is_declined
    FROM room_busy
    WHERE room_no = ANY(:room_nos) AND blocks_to > :starts_at AND blocks_from < :ends_at
      AND blocks_from > CAST(:starts_at AS timestamptz) - interval '24 hours'
    UNION ALL
    SELECT room_no, blocks_from, blocks_to, CASE WHEN kind = 'claim' THEN ref END, false
    FROM room_busy
    WHERE room_no = ANY(:room_nos) AND blocks_to > :starts_at AND blocks_from < :ends_at
      AND blocks_to - blocks_from > interval '24 hours'
      AND blocks_from <= CAST(:starts_at AS timestamptz) - interval '24 hours'
    UNION ALL
    SELECT room.room_no, occurrence.starts_at, occurrence.ends_at, request.id, true
    FROM booking
    JOIN booking_occurrence AS occurrence ON occurrence.booking_id = booking.id
    JOIN occurrence_room AS request ON request.occurrence_id = occurrence.id
    JOIN room ON room.id = request.room_id
    WHERE (booking.organizer_id = :viewer OR booking.booked_by = :viewer) AND booking.cancelled_at IS NULL
      AND occurrence.starts_at < :ends_at AND occurrence.ends_at > :starts_at
      AND request.answer = 'declined' AND request.leaving_since IS NULL AND room.room_no = ANY(:room_nos)
)
SELECT busy.room_no, busy.blocks_from, busy.blocks_to, busy.is_declined,
       booking.id AS booking_id, booking.title, booking.is_private, organizer.name AS organizer,
       hosting.host_kind = 'service_account' AS by_service_account,
       CASE WHEN booking.organizer_id = :viewer THEN 'organizer'
            WHEN booking.booked_by = :viewer THEN 'booked_by'
            WHEN EXISTS (
                SELECT 1 FROM attendee WHERE attendee.booking_id = booking.id AND (
                    attendee.person_id = :viewer
                    OR attendee.address IN (SELECT address FROM person_address WHERE person_id = :viewer))
            ) THEN 'attendee'
            ELSE 'colleague' END AS relation,
       NOT EXISTS (
           SELECT 1 FROM intent WHERE intent.booking_id = booking.id AND intent.status NOT IN ('done', 'dropped')
       ) AND NOT EXISTS (
           SELECT 1 FROM occurrence_room AS other
           WHERE other.occurrence_id = request.occurrence_id
             AND (other.answer <> 'accepted' OR other.leaving_since IS NOT NULL)
       ) AS is_settled
FROM busy
LEFT JOIN occurrence_room AS request ON request.id = busy.request_id
LEFT JOIN booking_occurrence AS occurrence ON occurrence.id = request.occurrence_id
LEFT JOIN booking ON booking.id = occurrence.booking_id
LEFT JOIN person AS organizer ON organizer.id = booking.organizer_id
LEFT JOIN hosting ON hosting.booking_id = booking.id AND hosting.valid_to IS NULL
ORDER BY busy.room_no, busy.blocks_from, busy.blocks_to
"""
).bindparams(bindparam("room_nos", type_=ARRAY(Integer)), bindparam("viewer", type_=Uuid))


class TimelineStore:
    """Implements ``TimelineRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def rooms(self, wanted: RoomsWanted, *, offset: int, limit: int) -> RoomsFound:
        """Live rooms by building, floor and name."""
        conditions = _conditions(wanted)
        query = (
            select(room, func.count().over().label("total"))
            .where(*conditions)
            .order_by(room.c.building.nulls_last(), _STOREY, room.c.floor, room.c.name, room.c.room_no)
            .offset(offset)
            .limit(limit)
        )
        rows = (await self._connection.execute(query)).all()
        if rows or not offset:
            return RoomsFound(tuple(to_room(row) for row in rows), rows[0].total if rows else 0)
        total = await self._connection.scalar(select(func.count()).select_from(room).where(*conditions))
        return RoomsFound((), total or 0)

    async def choices(self) -> Choices:
        """What the filters offer."""
        rows = (await self._connection.execute(_CHOICES)).all()
        return Choices(
            tuple(sorted((row.building, row.floor) for row in rows if row.building is not None)),
            tuple(sorted(row.equipment for row in rows if row.equipment is not None)),
        )

    async def rows(self, room_nos: Sequence[int], span: Timespan, viewer: PersonId | None) -> Sequence[TimelineRow]:
        """What keeps these rooms busy."""
        rows = await self._connection.execute(
            _ROWS, {"room_nos": list(room_nos), "starts_at": span.start, "ends_at": span.end, "viewer": viewer}
        )
        return [_row(row) for row in rows]


def _row(row: Row[Any]) -> TimelineRow:
    is_ours = row.booking_id is not None
    return TimelineRow(
        room_no=row.room_no,
        start=row.blocks_from,
        end=row.blocks_to,
        booking_id=BookingId(row.booking_id) if is_ours else None,
        title=row.title or "",
        organizer=row.organizer or "",
        is_private=bool(row.is_private),
        relation=Relation(row.relation),
        by_service_account=bool(row.by_service_account),
        is_settled=is_ours and row.is_settled,
        is_declined=row.is_declined,
    )


def _conditions(wanted: RoomsWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_LIVE]
    equal = {"id": wanted.room_id, "building": wanted.building, "floor": wanted.floor}
    found += [room.c[name] == value for name, value in equal.items() if value is not None]
    if wanted.room_nos:
        found.append(room.c.room_no.in_(wanted.room_nos))
    if wanted.min_capacity is not None:
        found.append(or_(room.c.capacity.is_(None), room.c.capacity >= wanted.min_capacity))
    if wanted.equipment:
        found.append(room.c.equipment.contains(list(wanted.equipment)))
    for word in wanted.named.split():
        found.append(func.strpos(_folded(room.c.name), _folded(bindparam(None, word, String))) > 0)
    if wanted.free_at is not None:
        at = wanted.free_at
        is_busy = and_(room_busy.c.room_no == room.c.room_no, room_busy.c.blocks_from <= at, room_busy.c.blocks_to > at)
        found.append(~exists().where(is_busy))
    return found


def _folded(words: ColumnElement[str]) -> ColumnElement[str]:
    """Without case, accents and ligatures: what people type for “Zürich” on a keyboard that has no ü."""
    bare = func.regexp_replace(func.normalize(words, literal_column("NFKD")), "[\u0300-\u036f]", "", "g")
    plain = func.translate(func.lower(bare), "øłđħı", "oldhi")
    for ligature, letters in (("ß", "ss"), ("æ", "ae"), ("œ", "oe")):
        plain = func.replace(plain, ligature, letters)
    return plain
