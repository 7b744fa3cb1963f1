"""Send an endpoint a test, to see whether it takes it."""

import uuid
from dataclasses import replace

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.jobs import DeliverWebhooks
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.ports.webhooks import WrittenDelivery
from roomstead.application.webhook_rules import endpoint_for_change, no_such_delivery, record_webhook, require_enabled
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.webhook import EndpointId, WebhookEvent, WebhookType, event_id


async def send_test_event(
    endpoint_id: EndpointId, actor: Actor, *, units: UnitsOfWork, clock: Clock
) -> WrittenDelivery:
    """Leave it to the worker; what comes of it stands in the log. For Global Admins. Raises NotFound, Conflict."""
    require_admin(actor)
    now = clock.now()
    async with units() as uow:
        held = await endpoint_for_change(uow, endpoint_id)
        require_enabled(held)
        await uow.endpoints.save(replace(held, paused_until=None))
        event = WebhookEvent(event_id(uuid.uuid4()), WebhookType.TEST, endpoint_id, now)
        delivery_id = await uow.deliveries.record_for(event, endpoint_id)
        await record_webhook(uow, "webhook.tested", held, actor, now)
        await uow.jobs.defer(DeliverWebhooks(endpoint_id))
        found = await uow.deliveries.get(endpoint_id, delivery_id)
        await uow.commit()
    if found is None:
        raise no_such_delivery()
    return found
