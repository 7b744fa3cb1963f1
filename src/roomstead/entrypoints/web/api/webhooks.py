"""Webhooks: other programs that are told what happens. For Global Admins."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response, status

from roomstead.application.webhooks.edit_webhook import EditWebhook
from roomstead.application.webhooks.list_deliveries import ListDeliveries
from roomstead.application.webhooks.remove_webhook import RemoveWebhook
from roomstead.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleRevision
from roomstead.domain.webhook import DeliveryId, EndpointId
from roomstead.entrypoints.web.api.router import api_router
from roomstead.entrypoints.web.deps import Cases, CurrentActor, ExpectedVersion, set_location, set_version
from roomstead.entrypoints.web.errors import VersionRequired
from roomstead.entrypoints.web.problems import documented
from roomstead.entrypoints.wire.base import Listing, PageQuery
from roomstead.entrypoints.wire.webhooks import (
    DeliveryDetailShape,
    DeliveryShape,
    NewWebhook,
    SeenWebhookShape,
    WebhookChange,
    WebhookSecretShape,
    WebhookShape,
)

router = api_router("webhooks", "/webhooks")

ONE = (Forbidden, NotFound, InvalidInput)


@router.get("", summary="List webhooks", responses=documented(Forbidden))
async def list_webhooks(cases: Cases, actor: CurrentActor) -> Listing[SeenWebhookShape]:
    """All on one page, the oldest first, and how each is doing."""
    found = await cases.list_webhooks(actor)
    return Listing(items=[SeenWebhookShape.seen(each) for each in found])


@router.post(
    "",
    summary="Add a webhook",
    status_code=status.HTTP_201_CREATED,
    responses=documented(Forbidden, InvalidInput, Conflict),
)
async def add_webhook(
    new: NewWebhook, request: Request, response: Response, cases: Cases, actor: CurrentActor
) -> WebhookSecretShape:
    """The secret that signs its messages is answered this once."""
    made = await cases.add_webhook(new.command(), actor)
    set_version(response, made.endpoint.version)
    set_location(request, response, f"/webhooks/{made.endpoint.id}")
    return WebhookSecretShape.made(made)


@router.get("/{webhook_id}", summary="Read a webhook", responses=documented(*ONE))
async def read_webhook(webhook_id: UUID, response: Response, cases: Cases, actor: CurrentActor) -> SeenWebhookShape:
    """Without its secret."""
    seen = await cases.read_webhook(EndpointId(webhook_id), actor)
    set_version(response, seen.endpoint.version)
    return SeenWebhookShape.seen(seen)


@router.patch("/{webhook_id}", summary="Change a webhook", responses=documented(*ONE, StaleRevision, VersionRequired))
async def edit_webhook(
    webhook_id: UUID,
    change: WebhookChange,
    version: ExpectedVersion,
    response: Response,
    cases: Cases,
    actor: CurrentActor,
) -> WebhookShape:
    """Enabled again, it is told at once what waited."""
    command = EditWebhook(
        EndpointId(webhook_id), version, change.url, change.description, change.events, change.is_enabled
    )
    changed = await cases.edit_webhook(command, actor)
    set_version(response, changed.version)
    return WebhookShape.of(changed)


@router.delete(
    "/{webhook_id}",
    summary="Remove a webhook",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(*ONE, StaleRevision, VersionRequired),
)
async def remove_webhook(webhook_id: UUID, version: ExpectedVersion, cases: Cases, actor: CurrentActor) -> Response:
    """With its secret, its log and what was still to be sent."""
    await cases.remove_webhook(RemoveWebhook(EndpointId(webhook_id), version), actor)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/{webhook_id}/rotate-secret", summary="Make a new secret", responses=documented(*ONE))
async def rotate_webhook_secret(
    webhook_id: UUID, response: Response, cases: Cases, actor: CurrentActor
) -> WebhookSecretShape:
    """Answered this once. For a day messages are signed with the old secret as well."""
    made = await cases.rotate_webhook_secret(EndpointId(webhook_id), actor)
    set_version(response, made.endpoint.version)
    return WebhookSecretShape.made(made)


@router.post(
    "/{webhook_id}/test",
    summary="Send a test",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(*ONE, Conflict),
)
async def send_test_event(
    webhook_id: UUID, request: Request, response: Response, cases: Cases, actor: CurrentActor
) -> DeliveryDetailShape:
    """A worker sends it; read the delivery to see what came of it."""
    written = await cases.send_test_event(EndpointId(webhook_id), actor)
    set_location(request, response, f"/webhooks/{webhook_id}/deliveries/{written.delivery.id}")
    return DeliveryDetailShape.written(written)


@router.get("/{webhook_id}/deliveries", summary="List deliveries", responses=documented(*ONE))
async def list_deliveries(
    webhook_id: UUID, query: Annotated[PageQuery, Query()], cases: Cases, actor: CurrentActor
) -> Listing[DeliveryShape]:
    """What was sent and what is still to be, the newest event first."""
    page = await cases.list_deliveries(ListDeliveries(EndpointId(webhook_id), query.cursor, query.limit), actor)
    return Listing(items=[DeliveryShape.of(each) for each in page.items], next_cursor=page.next_cursor)


@router.get("/{webhook_id}/deliveries/{delivery_id}", summary="Read a delivery", responses=documented(*ONE))
async def read_delivery(webhook_id: UUID, delivery_id: UUID, cases: Cases, actor: CurrentActor) -> DeliveryDetailShape:
    """What is sent, and every attempt."""
    written = await cases.read_delivery(EndpointId(webhook_id), DeliveryId(delivery_id), actor)
    return DeliveryDetailShape.written(written)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/redeliver",
    summary="Send a delivery again",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(*ONE, Conflict),
)
async def redeliver(webhook_id: UUID, delivery_id: UUID, cases: Cases, actor: CurrentActor) -> DeliveryDetailShape:
    """The same message under the same id, tried for another day."""
    written = await cases.redeliver(EndpointId(webhook_id), DeliveryId(delivery_id), actor)
    return DeliveryDetailShape.written(written)
