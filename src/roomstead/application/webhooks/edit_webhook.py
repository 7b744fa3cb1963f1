"""Change an endpoint: where to, which events, whether it is told anything."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.ports.webhook_sending import WebhookAddresses
from roomstead.application.webhook_rules import (
    description_mistake,
    endpoint_for_change,
    record_webhook,
    wanted_events,
)
from roomstead.domain.errors import InvalidInput
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.webhook import DisabledFor, EndpointId, WebhookEndpoint


@dataclass(frozen=True, slots=True)
class EditWebhook:
    """What shall change; None stays as it is. ``version`` is the one that the change was decided on; None: any."""

    endpoint_id: EndpointId
    version: int | None = None
    url: str | None = None
    description: str | None = None
    events: Sequence[str] | None = None
    is_enabled: bool | None = None


async def edit_webhook(
    command: EditWebhook, actor: Actor, *, units: UnitsOfWork, clock: Clock, addresses: WebhookAddresses
) -> WebhookEndpoint:
    """Store the change. Enabled again, it is told at once what waited. For Global Admins.

    Raises NotFound, StaleRevision, InvalidInput.
    """
    require_admin(actor)
    now = clock.now()
    async with units() as uow:
        held = await endpoint_for_change(uow, command.endpoint_id, command.version)
        changed = _switched(_edited(held, command, addresses), command, now)
        if changed == held:
            return held
        changed = replace(changed, version=held.version + 1)
        await uow.endpoints.save(changed)
        await record_webhook(uow, _action(held, changed), changed, actor, now, fields=_fields(held, changed))
        await uow.commit()
    return changed


def _edited(held: WebhookEndpoint, command: EditWebhook, addresses: WebhookAddresses) -> WebhookEndpoint:
    changed = held
    if command.url is not None and command.url.strip() != held.url:
        url = addresses.checked(command.url)
        changed = replace(changed, url=url, failing_since=None, failures=0, paused_until=None)
    if command.description is not None:
        if mistake := description_mistake(command.description):
            raise InvalidInput({"description": mistake})
        changed = replace(changed, description=command.description.strip())
    if command.events is not None:
        changed = replace(changed, events=wanted_events(command.events))
    return changed


def _switched(held: WebhookEndpoint, command: EditWebhook, now: datetime) -> WebhookEndpoint:
    if command.is_enabled is None or command.is_enabled is held.is_enabled:
        return held
    cause = None if command.is_enabled else DisabledFor.BY_HAND
    return replace(
        held,
        is_enabled=command.is_enabled,
        disabled_for=cause,
        disabled_at=None if command.is_enabled else now,
        failing_since=None,
        failures=0,
        paused_until=None,
    )


def _action(held: WebhookEndpoint, changed: WebhookEndpoint) -> str:
    if held.is_enabled is changed.is_enabled:
        return "webhook.edited"
    return "webhook.enabled" if changed.is_enabled else "webhook.disabled"


def _fields(held: WebhookEndpoint, changed: WebhookEndpoint) -> list[str]:
    names = ("url", "description", "events", "is_enabled")
    return [name for name in names if getattr(held, name) != getattr(changed, name)]
