"""Read an endpoint."""

from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.webhook_rules import SeenEndpoint, known_endpoint
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.webhook import EndpointId


async def read_webhook(endpoint_id: EndpointId, actor: Actor, *, units: UnitsOfWork) -> SeenEndpoint:
    """One, and how it is doing. For Global Admins. Raises NotFound."""
    require_admin(actor)
    async with units() as uow:
        held = await known_endpoint(uow, endpoint_id)
        tallies = await uow.endpoints.tally([held.id])
    return SeenEndpoint(held, tallies[held.id])
