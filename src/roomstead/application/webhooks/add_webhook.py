"""Register an endpoint that is told what happens."""

import secrets
import uuid
from dataclasses import dataclass

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.ports.webhook_sending import WebhookAddresses
from roomstead.application.ports.webhooks import SealedSecrets
from roomstead.application.webhook_rules import (
    EndpointWithSecret,
    description_mistake,
    record_webhook,
    wanted_events,
)
from roomstead.domain.errors import Conflict, InvalidInput
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.webhook import MOST_ENDPOINTS, SECRET_BYTES, EndpointId, WebhookEndpoint, WebhookType, secret_text


@dataclass(frozen=True, slots=True)
class AddWebhook:
    """Where to, which events, and what for."""

    url: str
    events: tuple[str, ...]
    description: str = ""


async def add_webhook(
    command: AddWebhook, actor: Actor, *, units: UnitsOfWork, clock: Clock, sealer: Sealer, addresses: WebhookAddresses
) -> EndpointWithSecret:
    """Store it, enabled. For Global Admins. Raises InvalidInput, and Conflict when there are too many."""
    require_admin(actor)
    url, events = _checked(command, addresses)
    now, secret = clock.now(), secret_text(secrets.token_bytes(SECRET_BYTES))
    endpoint = WebhookEndpoint(
        id=EndpointId(uuid.uuid4()),
        url=url,
        description=command.description.strip(),
        events=events,
        is_enabled=True,
        created_at=now,
        created_by=actor.person_id,
    )
    async with units() as uow:
        if await uow.endpoints.lock_all() >= MOST_ENDPOINTS:
            raise Conflict(
                f"There are {MOST_ENDPOINTS} webhooks already, which is as many as there may be.",
                remedy="Remove one that is not used any more.",
            )
        await uow.endpoints.add(endpoint, SealedSecrets(sealer.seal(secret.encode())))
        await record_webhook(uow, "webhook.added", endpoint, actor, now, events=[each.value for each in events])
        await uow.commit()
    return EndpointWithSecret(endpoint, secret)


def _checked(command: AddWebhook, addresses: WebhookAddresses) -> tuple[str, tuple[WebhookType, ...]]:
    """All mistakes at once."""
    mistakes: dict[str, str] = {}
    url, events = "", tuple[WebhookType, ...]()
    try:
        url = addresses.checked(command.url)
    except InvalidInput as error:
        mistakes |= error.mistakes
    try:
        events = wanted_events(command.events)
    except InvalidInput as error:
        mistakes |= error.mistakes
    if mistake := description_mistake(command.description):
        mistakes["description"] = mistake
    if mistakes:
        raise InvalidInput(mistakes)
    return url, events
