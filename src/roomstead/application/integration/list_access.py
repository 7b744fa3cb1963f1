"""The access report: what is known of mailboxes, per capability (B3)."""

from dataclasses import dataclass, field

from roomstead.application.integration_rules import known_integration
from roomstead.application.paging import DEFAULT_LIMIT, Page, checked_limit, decode_cursor, encode_cursor
from roomstead.application.ports.access import AccessFilter, AccessMark, ListedAccess
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin


@dataclass(frozen=True, slots=True)
class ListAccess:
    """Which findings of which integration."""

    integration_id: IntegrationId
    wanted: AccessFilter = field(default_factory=AccessFilter)
    cursor: str = ""
    limit: int = DEFAULT_LIMIT


async def list_access(command: ListAccess, actor: Actor, *, units: UnitsOfWork) -> Page[ListedAccess]:
    """Findings by address and capability. For Global Admins. Raises NotFound."""
    require_admin(actor)
    limit = checked_limit(command.limit)
    async with units.reading() as uow:
        await known_integration(uow, command.integration_id)
        found = await uow.access.page(
            command.integration_id, command.wanted, after=_mark(command.cursor), limit=limit + 1
        )
    shown = tuple(found[:limit])
    if len(found) <= limit:
        return Page(shown)
    last = shown[-1].access
    return Page(shown, encode_cursor(last.address, last.capability.value))


def _mark(cursor: str) -> AccessMark | None:
    if not cursor:
        return None
    address, capability = decode_cursor(cursor, count=2)
    return AccessMark(address, capability)
