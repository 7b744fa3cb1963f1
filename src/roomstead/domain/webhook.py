"""Outgoing webhooks: what other programs may be told, how it is signed, and when it is tried again. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID, uuid5

from roomstead.domain.people import PersonId

EndpointId = NewType("EndpointId", UUID)
EventId = NewType("EventId", UUID)
DeliveryId = NewType("DeliveryId", UUID)

_NAMESPACE = UUID("0d1d6a0a-52a0-4b4e-8d52-6b3d1a6c6a27")
MOST_ENDPOINTS = 20
LONGEST_BODY = 256 * 1024
"""In bytes; what is longer goes out without what makes it long."""
TRIED_FOR = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(days=3)
"""An endpoint that took nothing for so long is disabled."""
OLD_SECRET_FOR = timedelta(hours=24)
"""So long both secrets sign after a rotation."""

SECRET_BYTES = 32
_SECRET_PREFIX = "whsec_"  # noqa: S105 - how secrets of the Standard Webhooks scheme begin
_WAITS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
)
_LONGEST_PAUSE = timedelta(minutes=5)
_LONGEST_ASKED = timedelta(hours=1)


class WebhookType(StrEnum):
    """What other programs may be told."""

    BOOKING_REQUESTED = "booking.requested"
    BOOKING_AWAITING_APPROVAL = "booking.awaiting_approval"
    BOOKING_CONFIRMED = "booking.confirmed"
    BOOKING_DECLINED = "booking.declined"
    BOOKING_CHANGED = "booking.changed"
    BOOKING_ROOM_SWAPPED = "booking.room_swapped"
    BOOKING_ANSWERED = "booking.answered"
    BOOKING_CANCELLED = "booking.cancelled"
    BOOKING_NOT_DELIVERED = "booking.not_delivered"
    BOOKING_FAILED = "booking.failed"
    BOOKING_CHECKED_IN = "booking.checked_in"
    BOOKING_RELEASED = "booking.released"
    INTEGRATION_HEALTH_CHANGED = "integration.health_changed"
    INTEGRATION_CREDENTIAL_EXPIRING = "integration.credential_expiring"
    TEST = "webhook.test"
    """Asked for by an admin; nobody subscribes to it."""

    @property
    def is_about_a_booking(self) -> bool:
        """Whether its subject is a booking."""
        return self.value.startswith("booking.")

    @property
    def is_about_an_integration(self) -> bool:
        """Whether its subject is an integration."""
        return self.value.startswith("integration.")


SUBSCRIBABLE = tuple(each for each in WebhookType if each is not WebhookType.TEST)


class DisabledFor(StrEnum):
    """Why an endpoint is told nothing."""

    BY_HAND = "by_hand"
    GONE = "gone"
    """It answered 410: it asks to be left alone."""
    FAILING = "failing"
    SECRET_LOST = "secret_lost"  # noqa: S105 - a cause, not a secret
    """The sealing key that opens its secret is not here any more."""


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """A program of somebody else's that is told what happens. ``failures``: in a row."""

    id: EndpointId
    url: str
    description: str
    events: tuple[WebhookType, ...]
    is_enabled: bool
    created_at: datetime
    created_by: PersonId | None = None
    disabled_for: DisabledFor | None = None
    disabled_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    paused_until: datetime | None = None
    old_secret_until: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """Something that happened. ``facts``: what cannot be read again when it is written down for sending.

    ``sequence`` grows with every event about the same subject; 0: not stored yet.
    """

    id: EventId
    type: WebhookType
    subject_id: UUID
    occurred_at: datetime
    facts: Mapping[str, object] = field(default_factory=dict)
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver. ``status`` None: no answer came. ``failure``: a sentence; empty: it was taken."""

    at: datetime
    number: int
    status: int | None
    ms: int
    failure: str = ""
    excerpt: str = ""
    retry_after: timedelta | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the endpoint took it."""
        return not self.failure


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one endpoint."""

    id: DeliveryId
    endpoint_id: EndpointId
    event: WebhookEvent
    created_at: datetime
    due_at: datetime
    give_up_at: datetime
    attempts: int = 0
    done_at: datetime | None = None
    was_taken: bool = False
    last: Attempt | None = None


def event_id(*what: object) -> EventId:
    """The same for the same news, so that nothing is told twice."""
    return EventId(uuid5(_NAMESPACE, "\n".join(str(each) for each in what)))


def wait_after(attempts: int) -> timedelta:
    """How long a delivery waits after so many failed attempts: over a day, ever longer."""
    return _WAITS[min(max(attempts, 1), len(_WAITS)) - 1]


def pause_after(failures: int, asked: timedelta | None = None) -> timedelta:
    """How long an endpoint is left alone after so many failures in a row, or as long as it ``asked`` to be."""
    if asked is not None:
        return min(asked, _LONGEST_ASKED)
    return min(timedelta(seconds=2 ** min(failures, 10)), _LONGEST_PAUSE)


def secret_text(key: bytes) -> str:
    """A secret as people copy it."""
    return _SECRET_PREFIX + base64.b64encode(key).decode()


def message_id(event_id: EventId) -> str:
    """The id of a message, the same in every attempt and for every endpoint."""
    return f"msg_{event_id.hex}"


def signature(secret: str, message: str, at: datetime, body: bytes) -> str:
    """One signature after the Standard Webhooks scheme. Raises ValueError for what is no secret."""
    try:
        key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except ValueError as error:
        raise ValueError("not a secret") from error
    signed = f"{message}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def signed_headers(secrets: Sequence[str], event_id: EventId, at: datetime, body: bytes) -> dict[str, str]:
    """What says that a message comes from here: one signature for each secret that is in force."""
    message = message_id(event_id)
    return {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signature(each, message, at, body) for each in secrets),
    }
