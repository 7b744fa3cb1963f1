"""Remove an endpoint, and with it what was on its way there."""

from dataclasses import dataclass

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.webhook_rules import endpoint_for_change, record_webhook
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.webhook import EndpointId, WebhookEndpoint


@dataclass(frozen=True, slots=True)
class RemoveWebhook:
    """``version`` is the one that the removal was decided on; None: any."""

    endpoint_id: EndpointId
    version: int | None = None


async def remove_webhook(command: RemoveWebhook, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> WebhookEndpoint:
    """Forget it, its secret and its log; answers what was removed. For Global Admins.

    Raises NotFound, StaleRevision.
    """
    require_admin(actor)
    async with units() as uow:
        held = await endpoint_for_change(uow, command.endpoint_id, command.version)
        await uow.endpoints.remove(held.id)
        await record_webhook(uow, "webhook.removed", held, actor, clock.now())
        await uow.commit()
    return held
