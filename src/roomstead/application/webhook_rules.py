"""What holds for every webhook endpoint, whichever use case touches it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitOfWork
from roomstead.application.ports.webhooks import EndpointTally
from roomstead.domain.errors import Conflict, InvalidInput, NotFound, StaleRevision
from roomstead.domain.people import Actor
from roomstead.domain.webhook import SUBSCRIBABLE, EndpointId, WebhookEndpoint, WebhookType

LONGEST_DESCRIPTION = 200


@dataclass(frozen=True, slots=True)
class EndpointWithSecret:
    """An endpoint and its secret, which is shown this once."""

    endpoint: WebhookEndpoint
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SeenEndpoint:
    """An endpoint and how it is doing."""

    endpoint: WebhookEndpoint
    tally: EndpointTally


async def known_endpoint(uow: UnitOfWork, endpoint_id: EndpointId) -> WebhookEndpoint:
    """The endpoint. Raises NotFound."""
    held = await uow.endpoints.get(endpoint_id)
    if held is None:
        raise no_such_endpoint()
    return held


async def endpoint_for_change(uow: UnitOfWork, endpoint_id: EndpointId, expected: int | None = None) -> WebhookEndpoint:
    """The endpoint, locked. Raises NotFound, and StaleRevision when it is not the ``expected`` version any more."""
    held = await uow.endpoints.get_for_change(endpoint_id)
    if held is None:
        raise no_such_endpoint()
    if expected is not None and held.version != expected:
        raise StaleRevision(remedy="Read it again, then repeat your change if it still makes sense.")
    return held


def require_enabled(held: WebhookEndpoint) -> None:
    """Raise Conflict for an endpoint that is told nothing."""
    if not held.is_enabled:
        raise Conflict("This webhook is disabled.", remedy="Enable it first.")


async def record_webhook(
    uow: UnitOfWork, action: str, endpoint: WebhookEndpoint, actor: Actor, at: datetime, **detail: object
) -> None:
    """Append to the audit trail what was done to an endpoint; of its address the server alone."""
    shown = {"server": server_of(endpoint.url), **detail}
    await uow.audit.record(action, Subject("webhook", endpoint.id), actor, at=at, detail=shown)


def server_of(url: str) -> str:
    """The server that an address names; what follows may be a secret of its own."""
    return url.partition("://")[2].partition("/")[0].partition("?")[0]


def description_mistake(text: str) -> str:
    """What is wrong with a description; empty: nothing."""
    if len(text.strip()) > LONGEST_DESCRIPTION or not text.strip().isprintable():
        return f"Keep the description within {LONGEST_DESCRIPTION} characters, without control characters."
    return ""


def wanted_events(names: Sequence[str]) -> tuple[WebhookType, ...]:
    """The types that these names stand for, in our order. Raises InvalidInput for the field ``events``."""
    known = {each.value for each in SUBSCRIBABLE}
    unknown = sorted(set(names) - known)
    if unknown:
        raise InvalidInput({"events": f"There is no event “{unknown[0][:80]}”. Choose from the list."})
    if not names:
        raise InvalidInput({"events": "Choose at least one event."})
    return tuple(each for each in SUBSCRIBABLE if each.value in names)


def no_such_endpoint() -> NotFound:
    """What to raise when an endpoint is not there."""
    return NotFound("There is no such webhook.", remedy="Look the id up in the list of webhooks.")


def no_such_delivery() -> NotFound:
    """What to raise when a delivery is not there, or its log was cleared."""
    return NotFound("There is no such delivery.", remedy="Look the id up in the list of deliveries.")
