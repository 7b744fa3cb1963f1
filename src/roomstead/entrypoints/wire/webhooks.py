"""Webhooks, as the API and the commands show them, and what endpoints are sent."""

from typing import Any
from uuid import UUID

from pydantic import Field

from roomstead.application.booking_view import BookingView
from roomstead.application.ports.webhooks import WrittenDelivery
from roomstead.application.webhook_rules import EndpointWithSecret, SeenEndpoint
from roomstead.application.webhooks.add_webhook import AddWebhook
from roomstead.domain.integration import Integration, IntegrationStatus
from roomstead.domain.webhook import (
    LONGEST_BODY,
    Attempt,
    Delivery,
    DisabledFor,
    EndpointId,
    WebhookEndpoint,
    WebhookEvent,
    WebhookType,
    message_id,
)
from roomstead.entrypoints.wire.base import Moment, Request, Shape, Text
from roomstead.entrypoints.wire.bookings import BookingShape
from roomstead.entrypoints.wire.integrations import AttentionShape


class NewWebhook(Request):
    """An endpoint to be told what happens."""

    url: Text = Field(max_length=4000, examples=["https://example.com/hooks/roomstead"])
    events: list[Text] = Field(max_length=100, examples=[["booking.confirmed", "booking.cancelled"]])
    description: Text = Field(default="", max_length=2000, examples=["Door signs"])

    def command(self) -> AddWebhook:
        """As the use case wants it."""
        return AddWebhook(self.url, tuple(self.events), self.description)


class WebhookChange(Request):
    """What shall change; what is left out, or null, stays."""

    url: Text | None = Field(default=None, max_length=4000)
    events: list[Text] | None = Field(default=None, max_length=100, description="The whole list.")
    description: Text | None = Field(default=None, max_length=2000)
    is_enabled: bool | None = None


class WebhookShape(Shape):
    """An endpoint. Its secret is shown when it is made, and never again."""

    id: UUID
    url: str
    description: str
    events: list[WebhookType]
    is_enabled: bool
    disabled_for: DisabledFor | None = Field(description="Why it is told nothing; `by_hand`: somebody disabled it.")
    disabled_at: Moment | None
    failing_since: Moment | None = Field(description="Since then it took nothing.")
    old_secret_until: Moment | None = Field(description="Until then the secret before the last rotation signs as well.")
    created_at: Moment
    version: int = Field(description="Counts changes; also the ETag.")

    @classmethod
    def of(cls, endpoint: WebhookEndpoint) -> "WebhookShape":
        """The shape of an endpoint."""
        return cls(**_fields(endpoint))


class SeenWebhookShape(WebhookShape):
    """An endpoint and how it is doing."""

    waiting: int = Field(description="Messages that are still to be sent.")
    oldest_waiting: Moment | None
    last_taken_at: Moment | None

    @classmethod
    def seen(cls, seen: SeenEndpoint) -> "SeenWebhookShape":
        """The shape of it."""
        tally = seen.tally
        return cls(
            **_fields(seen.endpoint),
            waiting=tally.waiting,
            oldest_waiting=tally.oldest_waiting,
            last_taken_at=tally.last_taken_at,
        )


class WebhookSecretShape(WebhookShape):
    """An endpoint with its new secret."""

    secret: str = Field(description="Shown this once.", examples=["whsec_…"])

    @classmethod
    def made(cls, made: EndpointWithSecret) -> "WebhookSecretShape":
        """The shape of it."""
        return cls(**_fields(made.endpoint), secret=made.secret)


def _fields(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "description": endpoint.description,
        "events": list(endpoint.events),
        "is_enabled": endpoint.is_enabled,
        "disabled_for": endpoint.disabled_for,
        "disabled_at": endpoint.disabled_at,
        "failing_since": endpoint.failing_since,
        "old_secret_until": endpoint.old_secret_until,
        "created_at": endpoint.created_at,
        "version": endpoint.version,
    }


class AttemptShape(Shape):
    """One try to deliver."""

    at: Moment
    status: int | None = Field(description="Null: no answer came.")
    ms: int
    failure: str = Field(description="Empty: it was taken.")
    excerpt: str = Field(description="The beginning of the answer.")

    @classmethod
    def of(cls, attempt: Attempt) -> "AttemptShape":
        """The shape of an attempt."""
        return cls(
            at=attempt.at, status=attempt.status, ms=attempt.ms, failure=attempt.failure, excerpt=attempt.excerpt
        )


class DeliveryShape(Shape):
    """One event on its way to one endpoint."""

    id: UUID
    message_id: str = Field(description="The header `webhook-id`, the same in every attempt.")
    type: WebhookType
    subject_id: UUID = Field(description="The booking or integration that it is about.")
    occurred_at: Moment
    attempts: int
    due_at: Moment | None = Field(description="When it is tried next; null: it is over.")
    was_taken: bool
    last: AttemptShape | None

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryShape":
        """The shape of a delivery."""
        return cls(**_delivery_fields(delivery))


class DeliveryDetailShape(DeliveryShape):
    """A delivery with what is sent and every attempt."""

    body: str = Field(description="What is sent; empty until the first attempt.")
    log: list[AttemptShape] = Field(description="The newest first.")

    @classmethod
    def written(cls, written: WrittenDelivery) -> "DeliveryDetailShape":
        """The shape of it."""
        return cls(
            **_delivery_fields(written.delivery),
            body=written.body,
            log=[AttemptShape.of(each) for each in written.attempts],
        )


def _delivery_fields(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "message_id": message_id(delivery.event.id),
        "type": delivery.event.type,
        "subject_id": delivery.event.subject_id,
        "occurred_at": delivery.event.occurred_at,
        "attempts": delivery.attempts,
        "due_at": None if delivery.done_at is not None else delivery.due_at,
        "was_taken": delivery.was_taken,
        "last": None if delivery.last is None else AttemptShape.of(delivery.last),
    }


class ToldBookingShape(Shape):
    """`data` of events about bookings."""

    booking: BookingShape = Field(
        description="As a Global Admin sees it who does not take part: without people's answers. "
        "Private meetings as any colleague sees them."
    )
    changed: list[str] = Field(default=[], description="Of `booking.changed`: which fields.")
    rooms_before: list[UUID] = Field(default=[], description="Of `booking.room_swapped`: the rooms before.")
    left_out: list[str] = Field(default=[], description="Fields of the booking that were too long to be sent.")


class ToldIntegrationStateShape(Shape):
    """How an integration is doing."""

    id: UUID
    name: str
    provider: str
    status: IntegrationStatus
    attention: AttentionShape | None


class ToldIntegrationShape(Shape):
    """`data` of events about integrations."""

    integration: ToldIntegrationStateShape
    was: IntegrationStatus | None = Field(
        default=None, description="Of `integration.health_changed`: the status before."
    )
    ends_at: Moment | None = Field(default=None, description="Of `integration.credential_expiring`: when it ends.")


class ToldTestShape(Shape):
    """`data` of a test."""

    webhook_id: UUID
    sentence: str


class MessageShape(Shape):
    """What an endpoint is sent."""

    type: WebhookType
    timestamp: Moment = Field(description="When it happened.")
    sequence: int = Field(description="Grows with every event about the same subject.")
    data: ToldBookingShape | ToldIntegrationShape | ToldTestShape


class JsonPayloads:
    """Implements ``Payloads``."""

    def booking(self, event: WebhookEvent, view: BookingView) -> str:
        """The booking in the shape of the API; without description and people where that would be too long."""
        shape = BookingShape.of(view)
        whole = self._told_booking(event, shape, [])
        if len(whole.encode()) <= LONGEST_BODY:
            return whole
        return self._told_booking(
            event, shape.model_copy(update={"description": "", "attendees": []}), ["description", "attendees"]
        )

    def integration(self, event: WebhookEvent, integration: Integration) -> str:
        """How the integration is doing."""
        state = ToldIntegrationStateShape(
            id=integration.id,
            name=integration.name,
            provider=integration.provider,
            status=integration.status,
            attention=AttentionShape.of(integration.attention),
        )
        facts = event.facts
        return _message(
            event,
            ToldIntegrationShape.model_validate(
                {"integration": state, "was": facts.get("was"), "ends_at": facts.get("ends_at")}
            ),
        )

    def test(self, event: WebhookEvent, endpoint_id: EndpointId) -> str:
        """A test."""
        return _message(event, ToldTestShape(webhook_id=endpoint_id, sentence="A test, asked for by a Global Admin."))

    def _told_booking(self, event: WebhookEvent, shape: BookingShape, left_out: list[str]) -> str:
        facts = event.facts
        told = ToldBookingShape.model_validate(
            {
                "booking": shape,
                "changed": facts.get("changed", []),
                "rooms_before": facts.get("rooms_before", []),
                "left_out": left_out,
            }
        )
        return _message(event, told)


def _message(event: WebhookEvent, data: ToldBookingShape | ToldIntegrationShape | ToldTestShape) -> str:
    return MessageShape(
        type=event.type, timestamp=event.occurred_at, sequence=event.sequence, data=data
    ).model_dump_json()
