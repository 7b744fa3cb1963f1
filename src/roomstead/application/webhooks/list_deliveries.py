"""List what was sent to an endpoint, and what is still to be."""

from dataclasses import dataclass

from roomstead.application.paging import DEFAULT_LIMIT, Page, bad_cursor, checked_limit, decode_cursor, encode_cursor
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.webhook_rules import known_endpoint
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.webhook import Delivery, EndpointId


@dataclass(frozen=True, slots=True)
class ListDeliveries:
    """Of which endpoint, and which part of the list."""

    endpoint_id: EndpointId
    cursor: str = ""
    limit: int = DEFAULT_LIMIT


async def list_deliveries(command: ListDeliveries, actor: Actor, *, units: UnitsOfWork) -> Page[Delivery]:
    """The newest event first, each with its last attempt. For Global Admins. Raises NotFound, InvalidInput."""
    require_admin(actor)
    limit, before = checked_limit(command.limit), _mark(command.cursor)
    async with units() as uow:
        await known_endpoint(uow, command.endpoint_id)
        found = await uow.deliveries.page(command.endpoint_id, before=before, limit=limit + 1)
    items = tuple(found[:limit])
    return Page(items, encode_cursor(str(items[-1].event.sequence)) if len(found) > limit else None)


def _mark(cursor: str) -> int | None:
    if not cursor:
        return None
    (mark,) = decode_cursor(cursor, count=1)
    if not mark.isascii() or not mark.isdecimal() or len(mark) > len(str(2**62)):
        raise bad_cursor()
    return int(mark)
