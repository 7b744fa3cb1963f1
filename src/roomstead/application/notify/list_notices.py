"""List what became of the latest mails."""

from collections.abc import Sequence

from roomstead.application.ports.notices import ListedNotice
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.people import Actor, require_admin

SHOWN = 50


async def list_notices(actor: Actor, *, units: UnitsOfWork) -> Sequence[ListedNotice]:
    """The newest first: to whom, of which kind, and what became of it; never what it said. For Global Admins."""
    require_admin(actor)
    async with units.reading() as uow:
        return await uow.notices.latest(SHOWN)
