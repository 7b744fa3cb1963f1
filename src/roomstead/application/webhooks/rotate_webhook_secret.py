"""Give an endpoint a new secret, without an outage."""

import secrets
from dataclasses import replace

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.ports.webhooks import SealedSecrets
from roomstead.application.webhook_rules import (
    EndpointWithSecret,
    endpoint_for_change,
    no_such_endpoint,
    record_webhook,
)
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.webhook import OLD_SECRET_FOR, SECRET_BYTES, EndpointId, secret_text


async def rotate_webhook_secret(
    endpoint_id: EndpointId, actor: Actor, *, units: UnitsOfWork, clock: Clock, sealer: Sealer
) -> EndpointWithSecret:
    """Both secrets sign for a day, then the new one alone; of two rotations in a day the older secret is dropped.

    For Global Admins. Raises NotFound.
    """
    require_admin(actor)
    now, secret = clock.now(), secret_text(secrets.token_bytes(SECRET_BYTES))
    async with units() as uow:
        held = await endpoint_for_change(uow, endpoint_id)
        present = await uow.endpoints.secrets(endpoint_id)
        if present is None:
            raise no_such_endpoint()
        await uow.endpoints.put_secrets(endpoint_id, SealedSecrets(sealer.seal(secret.encode()), present.current))
        changed = replace(held, old_secret_until=now + OLD_SECRET_FOR, version=held.version + 1)
        await uow.endpoints.save(changed)
        await record_webhook(uow, "webhook.secret_rotated", changed, actor, now)
        await uow.commit()
    return EndpointWithSecret(changed, secret)
