"""Free and busy by the time index.

Busy rooms are found by time, not room by room: with a look back of a day the index over ``blocks_from`` answers in one
short range scan, and what blocks for longer than that lies in a small partial index of its own.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, Integer, Text, TextClause, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from roomstead.adapters.db.room_rows import to_room
from roomstead.application.ports.availability import BusyBlock, BusyKind, FreeFilter, FreeMark, FreeRoom
from roomstead.domain.integration import RoomId
from roomstead.domain.timespan import Timespan

_OWN = """WITH own AS MATERIALIZED (
    SELECT request.id FROM occurrence_room AS request
    JOIN booking_occurrence AS occurrence ON occurrence.id = request.occurrence_id
    WHERE occurrence.booking_id = :apart_from
)
"""
_BUSY = """
    SELECT room_no FROM room_busy
    WHERE blocks_from > CAST(:starts_at AS timestamptz) - interval '24 hours'
      AND blocks_from < :ends_at AND blocks_to > :starts_at {apart}
    UNION ALL
    SELECT room_no FROM room_busy
    WHERE blocks_to - blocks_from > interval '24 hours' AND blocks_to > :starts_at AND blocks_from < :ends_at {apart}
"""
_FREE = """
SELECT best.*, next.blocks_from AS free_until
FROM (
    SELECT room.id, room.room_no, room.integration_id, room.address, room.object_id, room.name, room.status,
           room.building, room.floor, room.capacity, room.equipment, room.zone, room.overrides, room.version,
           {off_floor} AS off_floor, coalesce(room.capacity, 2147483647) AS fits
    FROM room
    WHERE room.status = 'live' AND room.room_no NOT IN ({busy}) {conditions}
    ORDER BY off_floor, fits, room.name, room.room_no
    LIMIT :limit
) AS best
LEFT JOIN LATERAL (
    SELECT busy.blocks_from FROM room_busy AS busy
    WHERE busy.room_no = best.room_no AND busy.blocks_from >= :ends_at
    ORDER BY busy.blocks_from LIMIT 1
) AS next ON true
ORDER BY best.off_floor, best.fits, best.name, best.room_no
"""
_OFF_FLOOR = "CASE WHEN room.floor = :floor THEN 0 ELSE 1 END"
_CONDITIONS = {
    "building": "room.building = :building",
    "min_capacity": "(room.capacity >= :min_capacity OR room.capacity IS NULL)",
    "equipment": "room.equipment @> :equipment",
    "integration_id": "room.integration_id = :integration_id",
}
_AFTER = (
    "({off_floor}, coalesce(room.capacity, 2147483647), room.name, room.room_no)"
    " > (:after_off_floor, :after_fits, :after_name, :after_room_no)"
)
_TYPES: dict[str, TypeEngine[Any] | type[TypeEngine[Any]]] = {
    "apart_from": Uuid,
    "integration_id": Uuid,
    "building": Text,
    "floor": Text,
    "min_capacity": Integer,
    "equipment": ARRAY(Text),
    "after_off_floor": Integer,
    "after_fits": Integer,
    "after_name": Text,
    "after_room_no": Integer,
}


@cache
def _free_query(names: frozenset[str]) -> TextClause:
    """The query for these parameters: a condition that nobody asked for costs nothing, whatever the planner knows."""
    off_floor = _OFF_FLOOR if "floor" in names else "1"
    conditions = [condition for name, condition in _CONDITIONS.items() if name in names]
    if "after_fits" in names:
        conditions.append(_AFTER.format(off_floor=off_floor))
    is_apart = "apart_from" in names
    busy = _BUSY.format(apart="AND ref NOT IN (SELECT own.id FROM own)" if is_apart else "")
    query = _FREE.format(
        off_floor=off_floor, busy=busy, conditions="".join(f" AND {condition}" for condition in conditions)
    )
    types = [bindparam(name, type_=_TYPES[name]) for name in sorted(names & set(_TYPES))]
    return text((_OWN if is_apart else "") + query).bindparams(*types)


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
        values = {
            "building": wanted.building,
            "floor": wanted.floor,
            "min_capacity": wanted.min_capacity,
            "equipment": list(wanted.equipment) or None,
            "integration_id": wanted.integration_id,
            "apart_from": wanted.apart_from,
            "after_off_floor": after.off_floor if after else None,
            "after_fits": after.capacity if after else None,
            "after_name": after.name if after else None,
            "after_room_no": after.room_no if after else None,
        }
        given = {name: value for name, value in values.items() if value is not None}
        rows = await self._connection.execute(
            _free_query(frozenset(given)), {**given, "starts_at": span.start, "ends_at": span.end, "limit": limit}
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
