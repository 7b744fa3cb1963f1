"""List rooms."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from roomstead.application.paging import DEFAULT_LIMIT, Page, bad_cursor, checked_limit, decode_cursor, encode_cursor
from roomstead.application.ports.rooms import RoomFilter, RoomMark
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.integration import Room, RoomId, RoomStatus
from roomstead.domain.people import Actor


@dataclass(frozen=True, slots=True)
class ListRooms:
    """Which rooms; an empty filter: all that the actor may see."""

    wanted: RoomFilter = field(default_factory=RoomFilter)
    cursor: str = ""
    limit: int = DEFAULT_LIMIT


async def list_rooms(command: ListRooms, actor: Actor, *, units: UnitsOfWork) -> Page[Room]:
    """Rooms by name. Members see live rooms only, Global Admins all."""
    limit = checked_limit(command.limit)
    wanted = replace(command.wanted, search=command.wanted.search.strip())
    if not actor.is_admin:
        wanted = replace(wanted, statuses=(RoomStatus.LIVE,))
    async with units.reading() as uow:
        found = await uow.rooms.page(wanted, after=_mark(command.cursor), limit=limit + 1)
    shown = tuple(found[:limit])
    more = len(found) > limit
    return Page(shown, encode_cursor(shown[-1].name, str(shown[-1].id)) if more else None)


def _mark(cursor: str) -> RoomMark | None:
    if not cursor:
        return None
    name, room_id = decode_cursor(cursor, count=2)
    try:
        return RoomMark(name, RoomId(UUID(room_id)))
    except ValueError as error:
        raise bad_cursor() from error
