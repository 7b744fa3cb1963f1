"""List endpoints."""

from collections.abc import Sequence

from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.webhook_rules import SeenEndpoint
from roomstead.domain.people import Actor, require_admin


async def list_webhooks(actor: Actor, *, units: UnitsOfWork) -> Sequence[SeenEndpoint]:
    """Every one, the oldest first, and how it is doing. For Global Admins."""
    require_admin(actor)
    async with units() as uow:
        found = await uow.endpoints.all()
        tallies = await uow.endpoints.tally([each.id for each in found])
    return [SeenEndpoint(each, tallies[each.id]) for each in found]
