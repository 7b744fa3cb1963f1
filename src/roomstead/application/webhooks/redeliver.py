"""Send a delivery again."""

from dataclasses import replace

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.jobs import DeliverWebhooks
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.ports.webhooks import WrittenDelivery
from roomstead.application.webhook_rules import endpoint_for_change, no_such_delivery, record_webhook, require_enabled
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.webhook import TRIED_FOR, DeliveryId, EndpointId


async def redeliver(
    endpoint_id: EndpointId, delivery_id: DeliveryId, actor: Actor, *, units: UnitsOfWork, clock: Clock
) -> WrittenDelivery:
    """The same message under the same id, due at once and tried for a day again. For Global Admins.

    Raises NotFound, and Conflict for an endpoint that is disabled.
    """
    require_admin(actor)
    now = clock.now()
    async with units() as uow:
        held = await endpoint_for_change(uow, endpoint_id)
        require_enabled(held)
        await uow.endpoints.save(replace(held, paused_until=None))
        if await uow.deliveries.get(endpoint_id, delivery_id) is None:
            raise no_such_delivery()
        await uow.deliveries.again(delivery_id, now, now + TRIED_FOR)
        await record_webhook(uow, "webhook.redelivered", held, actor, now, delivery=str(delivery_id))
        await uow.jobs.defer(DeliverWebhooks(endpoint_id))
        found = await uow.deliveries.get(endpoint_id, delivery_id)
        await uow.commit()
    if found is None:
        raise no_such_delivery()
    return found
