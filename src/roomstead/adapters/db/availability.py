"""Free and busy by the time index.

Busy rooms are found by time, not room by room: with a look back of a day the index over ``blocks_from`` answers in one
short range scan, and what blocks for longer than that lies in a small partial index of its own.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import ARRAY, Integer, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.room_rows import to_room
from roomstead.application.ports.availability import BusyBlock, BusyKind, FreeFilter, FreeMark, FreeRoom
from roomstead.domain.integration import RoomId
from roomstead.domain.timespan import Timespan

_FREE = text(
    """
WITH own AS MATERIALIZED (
    SELECT request.id FROM occurrence_room AS request
    JOIN booking_occurrence AS occurrence ON occurrence.id = request.occurrence_id
    WHERE occurrence.booking_id = :apart_from
), busy AS (
    SELECT room_no, ref FROM room_busy
    WHERE blocks_from > CAST(:starts_at AS timestamptz) - interval '24 hours'
      AND blocks_from < :ends_at AND blocks_to > :starts_at
    UNION ALL
    SELECT room_no, ref FROM room_busy
    WHERE blocks_to - blocks_from > interval '24 hours' AND blocks_to > :starts_at AND blocks_from < :ends_at
), best AS (
    SELECT room.*,
           CASE WHEN room.floor = :floor THEN 0 ELSE 1 END AS off_floor,
           coalesce(room.capacity, 2147483647) AS fits
    FROM room
    WHERE room.status = 'live'
      AND (:building IS NULL OR room.building = :building)
      AND (:min_capacity IS NULL OR room.capacity >= :min_capacity OR room.capacity IS NULL)
      AND room.equipment @> :equipment
      AND (:integration_id IS NULL OR room.integration_id = :integration_id)
      AND NOT EXISTS (
          SELECT 1 FROM busy WHERE busy.room_no = room.room_no AND busy.ref NOT IN (SELECT id FROM own)
      )
      AND (:after_fits IS NULL
           OR (CASE WHEN room.floor = :floor THEN 0 ELSE 1 END, coalesce(room.capacity, 2147483647), room.name,
               room.room_no) > (:after_off_floor, :after_fits, :after_name, :after_room_no))
    ORDER BY off_floor, fits, room.name, room.room_no
    LIMIT :limit
)
SELECT best.*, next.blocks_from AS free_until
FROM best
LEFT JOIN LATERAL (
    SELECT busy.blocks_from FROM room_busy AS busy
    WHERE busy.room_no = best.room_no AND busy.blocks_from >= :ends_at
    ORDER BY busy.blocks_from LIMIT 1
) AS next ON true
ORDER BY best.off_floor, best.fits, best.name, best.room_no
"""
).bindparams(
    bindparam("apart_from", type_=Uuid),
    bindparam("integration_id", type_=Uuid),
    bindparam("building", type_=Text),
    bindparam("floor", type_=Text),
    bindparam("min_capacity", type_=Integer),
    bindparam("equipment", type_=ARRAY(Text)),
    bindparam("after_off_floor", type_=Integer),
    bindparam("after_fits", type_=Integer),
    bindparam("after_name", type_=Text),
    bindparam("after_room_no", type_=Integer),
)

_BLOCKS = text(
    """
SELECT room.id AS room_id, busy.kind, busy.blocks_from, busy.blocks_to, occurrence.booking_id
FROM room
LEFT JOIN LATERAL (
    SELECT * FROM room_busy AS recent
    WHERE recent.room_no = room.room_no AND recent.blocks_to > :starts_at
      AND recent.blocks_from > CAST(:starts_at AS timestamptz) - interval '24 hours' AND recent.blocks_from < :ends_at
    UNION
    SELECT * FROM room_busy AS long
    WHERE long.room_no = room.room_no AND long.blocks_to > :starts_at AND long.blocks_from < :ends_at
      AND long.blocks_to - long.blocks_from > interval '24 hours'
) AS busy ON true
LEFT JOIN occurrence_room AS request ON request.id = busy.ref AND busy.kind = 'claim'
LEFT JOIN booking_occurrence AS occurrence ON occurrence.id = request.occurrence_id
WHERE room.id = ANY(:room_ids)
ORDER BY busy.blocks_from, busy.blocks_to
"""
).bindparams(bindparam("room_ids", type_=ARRAY(Uuid)))


class AvailabilityStore:
    """Implements ``AvailabilityRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def free(
        self, span: Timespan, wanted: FreeFilter, *, after: FreeMark | None, limit: int
    ) -> Sequence[FreeRoom]:
        """Live rooms that nothing keeps busy, best first."""
        rows = await self._connection.execute(
            _FREE,
            {
                "starts_at": span.start,
                "ends_at": span.end,
                "building": wanted.building,
                "floor": wanted.floor,
                "min_capacity": wanted.min_capacity,
                "equipment": list(wanted.equipment),
                "integration_id": wanted.integration_id,
                "apart_from": wanted.apart_from,
                "after_off_floor": after.off_floor if after else None,
                "after_fits": after.capacity if after else None,
                "after_name": after.name if after else None,
                "after_room_no": after.room_no if after else None,
                "limit": limit,
            },
        )
        return [
            FreeRoom(to_room(row), row.free_until, FreeMark(row.off_floor, row.fits, row.name, row.room_no))
            for row in rows
        ]

    async def blocks(self, room_ids: Sequence[RoomId], span: Timespan) -> Mapping[RoomId, tuple[BusyBlock, ...]]:
        """What keeps rooms busy, by start."""
        rows = await self._connection.execute(
            _BLOCKS, {"room_ids": list(room_ids), "starts_at": span.start, "ends_at": span.end}
        )
        found: defaultdict[RoomId, list[BusyBlock]] = defaultdict(list)
        for row in rows:
            blocks = found[RoomId(row.room_id)]
            if row.kind is not None:
                kind = BusyKind.BOOKING if row.kind == "claim" else BusyKind.CALENDAR
                span = Timespan(row.blocks_from, row.blocks_to)
                blocks.append(BusyBlock(RoomId(row.room_id), span, kind, row.booking_id))
        return {room_id: tuple(blocks) for room_id, blocks in found.items()}
