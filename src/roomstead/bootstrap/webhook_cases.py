"""The use cases of outgoing webhooks, bound to their ports. One line each."""

from functools import partial

from roomstead.application.webhooks.add_webhook import add_webhook
from roomstead.application.webhooks.edit_webhook import edit_webhook
from roomstead.application.webhooks.list_deliveries import list_deliveries
from roomstead.application.webhooks.list_webhooks import list_webhooks
from roomstead.application.webhooks.read_delivery import read_delivery
from roomstead.application.webhooks.read_webhook import read_webhook
from roomstead.application.webhooks.redeliver import redeliver
from roomstead.application.webhooks.remove_webhook import remove_webhook
from roomstead.application.webhooks.rotate_webhook_secret import rotate_webhook_secret
from roomstead.application.webhooks.send_test_event import send_test_event
from roomstead.bootstrap.ports import Ports


class WebhookCases:
    """Endpoints of other programs, and what was sent to them."""

    def __init__(self, ports: Ports) -> None:
        units, clock, sealer, addresses = ports.units, ports.clock, ports.sealer, ports.webhook_addresses
        self.add_webhook = partial(add_webhook, units=units, clock=clock, sealer=sealer, addresses=addresses)
        self.list_webhooks = partial(list_webhooks, units=units)
        self.read_webhook = partial(read_webhook, units=units)
        self.edit_webhook = partial(edit_webhook, units=units, clock=clock, addresses=addresses)
        self.remove_webhook = partial(remove_webhook, units=units, clock=clock)
        self.rotate_webhook_secret = partial(rotate_webhook_secret, units=units, clock=clock, sealer=sealer)
        self.send_test_event = partial(send_test_event, units=units, clock=clock)
        self.list_deliveries = partial(list_deliveries, units=units)
        self.read_delivery = partial(read_delivery, units=units)
        self.redeliver = partial(redeliver, units=units, clock=clock)
