"""Read the audit trail."""

import re
from dataclasses import dataclass, field

from roomstead.application.paging import DEFAULT_LIMIT, Page, bad_cursor, checked_limit, decode_cursor, encode_cursor
from roomstead.application.ports.people import AuditEntry, AuditFilter
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.people import Actor, require_admin

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ReadAudit:
    """Which entries."""

    wanted: AuditFilter = field(default_factory=AuditFilter)
    cursor: str = ""
    limit: int = DEFAULT_LIMIT


async def read_audit(command: ReadAudit, actor: Actor, *, units: UnitsOfWork) -> Page[AuditEntry]:
    """Who did what, newest first. For Global Admins."""
    require_admin(actor)
    limit = checked_limit(command.limit)
    async with units.reading() as uow:
        found = await uow.audit.page(command.wanted, before=_mark(command.cursor), limit=limit + 1)
    shown = tuple(found[:limit])
    return Page(shown, encode_cursor(str(shown[-1].id)) if len(found) > limit else None)


def _mark(cursor: str) -> int | None:
    if not cursor:
        return None
    (mark,) = decode_cursor(cursor, count=1)
    if not re.fullmatch("[0-9]{1,19}", mark) or int(mark) > LARGEST_ID:
        raise bad_cursor()
    return int(mark)
