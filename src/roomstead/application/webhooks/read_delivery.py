"""Read one delivery with all of its attempts."""

from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.ports.webhooks import WrittenDelivery
from roomstead.application.webhook_rules import known_endpoint, no_such_delivery
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.webhook import DeliveryId, EndpointId


async def read_delivery(
    endpoint_id: EndpointId, delivery_id: DeliveryId, actor: Actor, *, units: UnitsOfWork
) -> WrittenDelivery:
    """What was sent, and what came of every attempt, the newest first. For Global Admins. Raises NotFound."""
    require_admin(actor)
    async with units() as uow:
        await known_endpoint(uow, endpoint_id)
        found = await uow.deliveries.get(endpoint_id, delivery_id)
    if found is None:
        raise no_such_delivery()
    return found
