"""Settings → Webhooks: other programs that are told what happens, and what was sent to them."""

from uuid import UUID

from fastapi import APIRouter, Response

from roomstead.application.webhook_rules import EndpointWithSecret
from roomstead.application.webhooks.add_webhook import AddWebhook
from roomstead.application.webhooks.edit_webhook import EditWebhook
from roomstead.application.webhooks.list_deliveries import ListDeliveries
from roomstead.application.webhooks.remove_webhook import RemoveWebhook
from roomstead.domain.errors import AppError, Conflict, InvalidInput, StaleRevision
from roomstead.domain.webhook import SUBSCRIBABLE, DeliveryId, EndpointId, WebhookEndpoint
from roomstead.entrypoints.web.pages.forms import Asked, Fields, FilledForm
from roomstead.entrypoints.web.pages.once import once
from roomstead.entrypoints.web.pages.visits import UNPROCESSABLE, AdminVisit, Visit, trouble

router = APIRouter(include_in_schema=False)

WEBHOOKS = "/settings/webhooks"
ONE = f"{WEBHOOKS}/{{webhook_id}}"
EVENTS = tuple(each.value for each in SUBSCRIBABLE)


@router.get(WEBHOOKS)
async def list_webhooks(visit: AdminVisit) -> Response:
    """The list, the oldest first."""
    return visit.show("webhooks.html", found=await visit.cases.list_webhooks(visit.actor))


@router.get(f"{WEBHOOKS}/new")
async def show_new(visit: AdminVisit) -> Response:
    """The form for a new one, all events chosen."""
    return _new(visit, {"url": "", "description": "", "events": list(EVENTS), "version": ""})


@router.post(f"{WEBHOOKS}/new")
async def add(visit: AdminVisit, fields: Fields) -> Response:
    """Add one; its secret is shown this once."""
    command = AddWebhook(fields.text("url"), tuple(fields.texts("events")), fields.text("description"))

    async def work() -> Response:
        try:
            made = await visit.cases.add_webhook(command, visit.actor)
        except (InvalidInput, Conflict) as error:
            return _new(visit, _typed(fields), error)
        return await _one(visit, made.endpoint.id, made=made)

    return await once(visit.request, visit.actor, work)


@router.get(ONE)
async def show(visit: AdminVisit, webhook_id: UUID, asked: Asked) -> Response:
    """One, and what was sent to it."""
    return await _one(visit, EndpointId(webhook_id), cursor=asked.text("cursor"))


@router.post(ONE)
async def edit(visit: AdminVisit, webhook_id: UUID, fields: Fields) -> Response:
    """Change where to, which events, what for."""
    version = fields.text("version")
    command = EditWebhook(
        EndpointId(webhook_id),
        int(version) if version.isdecimal() and len(version) < len("999999999") else 0,
        fields.text("url"),
        fields.text("description"),
        fields.texts("events"),
    )
    try:
        await visit.cases.edit_webhook(command, visit.actor)
    except (InvalidInput, StaleRevision) as error:
        return await _one(visit, EndpointId(webhook_id), error=error, typed=_typed(fields))
    return visit.go(f"{WEBHOOKS}/{webhook_id}", "webhooks.saved")


@router.post(f"{ONE}/enabled")
async def set_enabled(visit: AdminVisit, webhook_id: UUID, fields: Fields) -> Response:
    """Tell it what happens, or nothing."""
    is_enabled = fields.text("enabled") == "yes"
    await visit.cases.edit_webhook(EditWebhook(EndpointId(webhook_id), is_enabled=is_enabled), visit.actor)
    return visit.go(f"{WEBHOOKS}/{webhook_id}", "webhooks.now_enabled" if is_enabled else "webhooks.now_disabled")


@router.post(f"{ONE}/secret")
async def rotate(visit: AdminVisit, webhook_id: UUID) -> Response:
    """A new secret, shown this once."""

    async def work() -> Response:
        made = await visit.cases.rotate_webhook_secret(EndpointId(webhook_id), visit.actor)
        return await _one(visit, made.endpoint.id, made=made)

    return await once(visit.request, visit.actor, work)


@router.post(f"{ONE}/test")
async def send_test(visit: AdminVisit, webhook_id: UUID) -> Response:
    """Send a test, and go where its outcome will stand."""

    async def work() -> Response:
        try:
            written = await visit.cases.send_test_event(EndpointId(webhook_id), visit.actor)
        except Conflict as error:
            return await _one(visit, EndpointId(webhook_id), error=error)
        return visit.go(f"{WEBHOOKS}/{webhook_id}/deliveries/{written.delivery.id}", "webhooks.test_left", kind="info")

    return await once(visit.request, visit.actor, work)


@router.post(f"{ONE}/remove")
async def remove(visit: AdminVisit, webhook_id: UUID) -> Response:
    """Forget it."""
    await visit.cases.remove_webhook(RemoveWebhook(EndpointId(webhook_id)), visit.actor)
    return visit.go(WEBHOOKS, "webhooks.removed")


@router.get(f"{ONE}/deliveries/{{delivery_id}}")
async def show_delivery(visit: AdminVisit, webhook_id: UUID, delivery_id: UUID) -> Response:
    """What is sent, and every attempt."""
    return await _delivery(visit, EndpointId(webhook_id), DeliveryId(delivery_id))


@router.post(f"{ONE}/deliveries/{{delivery_id}}")
async def redeliver(visit: AdminVisit, webhook_id: UUID, delivery_id: UUID) -> Response:
    """Send it again."""

    async def work() -> Response:
        try:
            await visit.cases.redeliver(EndpointId(webhook_id), DeliveryId(delivery_id), visit.actor)
        except Conflict as error:
            return await _delivery(visit, EndpointId(webhook_id), DeliveryId(delivery_id), error)
        return visit.go(f"{WEBHOOKS}/{webhook_id}/deliveries/{delivery_id}", "webhooks.again_left", kind="info")

    return await once(visit.request, visit.actor, work)


def _typed(fields: FilledForm) -> dict[str, object]:
    texts = {name: fields.text(name) for name in ("url", "description", "version")}
    return {**texts, "events": fields.texts("events")}


def _stored(endpoint: WebhookEndpoint) -> dict[str, object]:
    return {
        "url": endpoint.url,
        "description": endpoint.description,
        "events": [each.value for each in endpoint.events],
        "version": str(endpoint.version),
    }


def _new(visit: Visit, typed: dict[str, object], error: AppError | None = None) -> Response:
    return visit.show(
        "webhook_new.html",
        status=UNPROCESSABLE if error is not None else 200,
        typed=typed,
        events=EVENTS,
        **trouble(error),
    )


async def _one(
    visit: Visit,
    endpoint_id: EndpointId,
    *,
    error: AppError | None = None,
    typed: dict[str, object] | None = None,
    made: EndpointWithSecret | None = None,
    cursor: str = "",
) -> Response:
    seen = await visit.cases.read_webhook(endpoint_id, visit.actor)
    return visit.show(
        "webhook.html",
        status=UNPROCESSABLE if error is not None else 200,
        endpoint=seen.endpoint,
        tally=seen.tally,
        deliveries=await visit.cases.list_deliveries(ListDeliveries(endpoint_id, cursor), visit.actor),
        is_first=not cursor,
        typed=_stored(seen.endpoint) if typed is None else typed,
        events=EVENTS,
        made=made,
        **trouble(error),
    )


async def _delivery(
    visit: Visit, endpoint_id: EndpointId, delivery_id: DeliveryId, error: AppError | None = None
) -> Response:
    written = await visit.cases.read_delivery(endpoint_id, delivery_id, visit.actor)
    seen = await visit.cases.read_webhook(endpoint_id, visit.actor)
    return visit.show(
        "webhook_delivery.html",
        status=UNPROCESSABLE if error is not None else 200,
        written=written,
        endpoint=seen.endpoint,
        **trouble(error),
    )
