"""Outgoing webhooks: endpoints, and what is on its way to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from roomstead.domain.webhook import (
    Attempt,
    Delivery,
    DeliveryId,
    EndpointId,
    EventId,
    WebhookEndpoint,
    WebhookEvent,
)


@dataclass(frozen=True, slots=True)
class SealedSecrets:
    """An endpoint's secret, and the one before it while both are in force."""

    current: bytes = field(repr=False)
    old: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class EndpointTally:
    """How an endpoint is doing: deliveries that wait, and when it last took one."""

    waiting: int = 0
    oldest_waiting: datetime | None = None
    last_taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WrittenDelivery:
    """A delivery with what was, or will be, sent; empty: not written yet."""

    delivery: Delivery
    body: str = field(repr=False)
    attempts: tuple[Attempt, ...] = ()


class EndpointRepository(Protocol):
    """Endpoints and their secrets."""

    async def lock_all(self) -> int:
        """Let nobody else add one meanwhile; how many there are."""
        ...

    async def add(self, new: WebhookEndpoint, secrets: SealedSecrets) -> None:
        """Store a new one."""
        ...

    async def get(self, endpoint_id: EndpointId) -> WebhookEndpoint | None:
        """One."""
        ...

    async def get_for_change(self, endpoint_id: EndpointId) -> WebhookEndpoint | None:
        """One, locked."""
        ...

    async def all(self) -> Sequence[WebhookEndpoint]:
        """Every one, the oldest first."""
        ...

    async def tally(self, ids: Sequence[EndpointId]) -> Mapping[EndpointId, EndpointTally]:
        """How they are doing."""
        ...

    async def save(self, changed: WebhookEndpoint) -> None:
        """Store a changed one; the caller holds its lock."""
        ...

    async def remove(self, endpoint_id: EndpointId) -> None:
        """Forget one with all that was on its way to it."""
        ...

    async def secrets(self, endpoint_id: EndpointId) -> SealedSecrets | None:
        """What signs for it."""
        ...

    async def put_secrets(self, endpoint_id: EndpointId, secrets: SealedSecrets) -> None:
        """Replace them."""
        ...


class DeliveryRepository(Protocol):
    """Events, and their way to the endpoints."""

    async def record(self, events: Sequence[WebhookEvent]) -> None:
        """Leave each to every enabled endpoint that wants its type; known ids and unwanted events are let go."""
        ...

    async def record_for(self, event: WebhookEvent, endpoint_id: EndpointId) -> DeliveryId:
        """Leave one to one endpoint."""
        ...

    async def due(self, endpoint_id: EndpointId, now: datetime, limit: int) -> Sequence[WrittenDelivery]:
        """What is to be sent to it now, in the order in which it happened."""
        ...

    async def write(self, event_id: EventId, body: str) -> None:
        """Keep what is sent for an event, the same in every attempt."""
        ...

    async def put_off(self, ids: Sequence[DeliveryId], until: datetime) -> None:
        """An attempt is about to be made; should its outcome never be stored, the next one is due then."""
        ...

    async def attempted(self, delivery: Delivery, attempt: Attempt, *, again_at: datetime | None) -> None:
        """Store what came of an attempt; ``again_at`` None: this delivery is over."""
        ...

    async def page(self, endpoint_id: EndpointId, *, before: int | None, limit: int) -> Sequence[Delivery]:
        """Deliveries of events before that sequence, the newest first."""
        ...

    async def get(self, endpoint_id: EndpointId, delivery_id: DeliveryId) -> WrittenDelivery | None:
        """One, with every attempt."""
        ...

    async def again(self, delivery_id: DeliveryId, now: datetime, give_up_at: datetime) -> None:
        """Due now, once more for a day."""
        ...

    async def forget_before(self, at: datetime, *, warnings_before: datetime) -> int:
        """Remove events of before with all about them; warnings that must not be told twice are kept longer."""
        ...
