"""What a worker needs to send webhooks, and how much of it webhooks may take."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from roomstead.adapters.http.transport import make_tls_context
from roomstead.adapters.webhooks.addresses import AddressRules
from roomstead.adapters.webhooks.sender import HttpWebhookSender
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.jobs import DeliverWebhooks
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.ports.webhook_sending import WebhookSender
from roomstead.application.webhook_writing import Payloads
from roomstead.application.webhooks.deliver_webhooks import deliver_webhooks
from roomstead.bootstrap.parts import sealer_of
from roomstead.config import Settings
from roomstead.domain.webhook import EndpointId


@dataclass(frozen=True, slots=True)
class Hooks:
    """``places``: how many endpoints a worker sends to at a time; slow ones leave the rest of its hands to bookings."""

    sealer: Sealer
    sender: WebhookSender
    payloads: Payloads
    log_kept: timedelta
    places: int = 4

    def handler(self, units: UnitsOfWork, clock: Clock) -> Callable[[DeliverWebhooks], Awaitable[None]]:
        """Sends to one endpoint; without a place it leaves that to the next sweep."""
        places = asyncio.Semaphore(self.places)
        deliver = partial(
            deliver_webhooks,
            units=units,
            clock=clock,
            sealer=self.sealer,
            sender=self.sender,
            payloads=self.payloads,
        )

        async def handle(job: DeliverWebhooks) -> None:
            if not places.locked():
                async with places:
                    await deliver(EndpointId(job.endpoint_id))

        return handle


def hooks_of(settings: Settings, payloads: Payloads) -> Hooks:
    """As the settings say."""
    sender = HttpWebhookSender(AddressRules(settings.webhook_networks), make_tls_context(None))
    return Hooks(
        sealer=sealer_of(settings),
        sender=sender,
        payloads=payloads,
        log_kept=timedelta(days=settings.webhook_log_days),
        places=max(settings.worker_concurrency // 2, 1),
    )
