"""What other programs are sent, as the `webhooks` of the API's description (OpenAPI 3.1)."""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from roomstead.domain.webhook import WebhookType
from roomstead.entrypoints.wire.base import Shape
from roomstead.entrypoints.wire.webhooks import MessageShape, ToldBookingShape, ToldIntegrationShape, ToldTestShape

TAG = "webhooks"
_SCHEMAS = "#/components/schemas/"
_WHEN: Mapping[WebhookType, str] = {
    WebhookType.BOOKING_REQUESTED: "somebody books",
    WebhookType.BOOKING_AWAITING_APPROVAL: "a person answers for the room",
    WebhookType.BOOKING_CONFIRMED: "the room accepted, also after a move",
    WebhookType.BOOKING_DECLINED: "the room declined, or was taken off in the calendar",
    WebhookType.BOOKING_CHANGED: "title, text, time, people or privacy changed, here or in the calendar",
    WebhookType.BOOKING_ROOM_SWAPPED: "another room is asked",
    WebhookType.BOOKING_ANSWERED: "somebody's answer to the invitation changed",
    WebhookType.BOOKING_CANCELLED: "it is cancelled, here or in the calendar",
    WebhookType.BOOKING_NOT_DELIVERED: "a change or cancellation did not reach the calendar",
    WebhookType.BOOKING_FAILED: "it could not be made",
    WebhookType.BOOKING_CHECKED_IN: "somebody checked in",
    WebhookType.BOOKING_RELEASED: "nobody came, and the room was given back",
    WebhookType.INTEGRATION_HEALTH_CHANGED: "it works, needs an admin, or was disabled",
    WebhookType.INTEGRATION_CREDENTIAL_EXPIRING: "60, 30, 14, 7, 3 and 1 days ahead, and at the end",
    WebhookType.TEST: "an admin asked for a test",
}
_HEADERS = {
    "webhook-id": "The same in every attempt, and for every endpoint: remember it, a message may come twice.",
    "webhook-timestamp": "Seconds since 1970. Refuse what is older than five minutes.",
    "webhook-signature": "One or several `v1,…`, separated by spaces, after the Standard Webhooks scheme.",
}
_ANSWERS = {
    "2XX": {"description": "Taken. Answer within ten seconds, and do the work afterwards."},
    "410": {"description": "The endpoint is gone: it is disabled at once."},
    "default": {"description": "Not taken: it is tried again for a day. `Retry-After` is honoured, up to an hour."},
}


def describe_webhooks(described: dict[str, Any]) -> None:
    """Add them, with the shapes that they are sent in."""
    _, found = models_json_schema([(MessageShape, "serialization")], ref_template=_SCHEMAS + "{model}")
    schemas = described["components"]["schemas"]
    for name, schema in found["$defs"].items():
        schemas.setdefault(name, schema)
    described["webhooks"] = {each.value: {"post": _operation(each)} for each in WebhookType}


def _operation(told: WebhookType) -> dict[str, Any]:
    data = {"$ref": _SCHEMAS + _data_of(told).__name__}
    narrowed = {"properties": {"type": {"const": told.value}, "data": data}}
    schema = {"allOf": [{"$ref": _SCHEMAS + MessageShape.__name__}, narrowed]}
    return {
        "operationId": f"told_{told.value.replace('.', '_')}",
        "tags": [TAG],
        "summary": told.value,
        "description": f"When {_WHEN[told]}.",
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
            for name, text in _HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": _ANSWERS,
        "security": [],
    }


def _data_of(told: WebhookType) -> type[Shape]:
    if told.is_about_a_booking:
        return ToldBookingShape
    return ToldIntegrationShape if told.is_about_an_integration else ToldTestShape
