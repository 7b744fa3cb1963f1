"""Actions on throttling, delta tokens, subscriptions and clocks."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from roomstead_sandbox.microsoft.actions.named import Body, tenant_named, user_named
from roomstead_sandbox.microsoft.notifications.health import HostState
from roomstead_sandbox.microsoft.notifications.sender import Notifier
from roomstead_sandbox.microsoft.state import FaceState
from roomstead_sandbox.microsoft.subscription_book import Subscription
from roomstead_sandbox.world.errors import Invalid, NotFound
from roomstead_sandbox.world.faces import Action, Json


class Throttling(Body):
    """Limits per app and mailbox.  Only what is given changes; ``null`` takes a limit away."""

    requests: int | None = Field(10_000, ge=0)
    window_seconds: float = Field(600, gt=0)
    concurrent: int | None = Field(4, ge=0)
    latency_seconds: float = Field(0, ge=0, description="Real time that every mailbox call takes.")


class OfMailbox(Body):
    """A mailbox by id or address."""

    mailbox: str
    tenant: str | None = None


class Lifecycle(Body):
    """A lifecycle notification for one subscription, or for all of a mailbox."""

    event: Literal["reauthorizationRequired", "subscriptionRemoved", "missed"]
    subscription: str | None = None
    mailbox: str | None = None
    tenant: str | None = None


class WebhookHost(Body):
    """How a host that is told of changes is judged for the next ten minutes."""

    host: str = Field(description="Host and port, as in the notification address.")
    state: HostState = Field(description="slow: put off by ten minutes; drop: discarded; good: delivered.")


class Skew(Body):
    """How far the sign-in host's clock is ahead of the machine's."""

    seconds: float


class Nothing(Body):
    """No parameters."""


def actions(state: FaceState, notifier: Notifier) -> Iterator[Action]:
    """The actions of this module."""
    yield Action("throttling", "Set the throttling limits.", Throttling, lambda body: _throttling(state, body))
    yield Action("peaks", "Show how many calls ran at one time.", Nothing, lambda _: _peaks(state))
    yield Action("expire-delta", "End a mailbox's delta tokens.", OfMailbox, lambda body: _expire_delta(state, body))
    yield Action("subscriptions", "Show all live subscriptions.", Nothing, lambda _: _subscriptions(state))
    yield Action(
        "lifecycle", "Send lifecycle notifications; subscriptionRemoved also ends the subscription.", Lifecycle,
        lambda body: _lifecycle(state, notifier, body),
    )  # fmt: skip
    yield Action(
        "webhook-host", "Judge a host that answers notifications slowly.", WebhookHost,
        lambda body: _webhook_host(state, notifier, body),
    )  # fmt: skip
    yield Action("login-skew", "Shift the sign-in host's clock.", Skew, lambda body: _skew(state, body))


def _throttling(state: FaceState, body: Throttling) -> Json:
    for name in body.model_fields_set:
        setattr(state.throttle.limits, name, getattr(body, name))
    state.throttle.clear()
    limits = state.throttle.limits
    return {
        "requests": limits.requests,
        "window_seconds": limits.window_seconds,
        "concurrent": limits.concurrent,
        "latency_seconds": limits.latency_seconds,
    }


def _peaks(state: FaceState) -> Json:
    return [{"app": app, "mailbox": mailbox, "peak": n} for (app, mailbox), n in state.throttle.peaks.items()]


def _expire_delta(state: FaceState, body: OfMailbox) -> Json:
    user = user_named(state, tenant_named(state, body.tenant), body.mailbox)
    state.delta_epochs[user.id] = state.delta_epochs.get(user.id, 0) + 1
    return {"epoch": state.delta_epochs[user.id]}


def _subscriptions(state: FaceState) -> Json:
    now = state.world.now()
    return [
        {
            "id": s.id,
            "app": s.client_id,
            "mailbox": s.mailbox_id,
            "resource": s.resource,
            "notification_url": s.notification_url,
            "lifecycle_url": s.lifecycle_url,
            "expires": s.expires.isoformat(),
        }
        for s in state.subscriptions.by_id.values()
        if s.expires > now
    ]


def _lifecycle(state: FaceState, notifier: Notifier, body: Lifecycle) -> Json:
    told = 0
    for subscription in _chosen(state, body):
        told += notifier.tell_lifecycle(subscription, body.event)
        if body.event == "subscriptionRemoved":
            state.subscriptions.remove(subscription.id)
        elif body.event == "reauthorizationRequired":
            subscription.reauthorization_asked = True
    return {"told": told}


def _chosen(state: FaceState, body: Lifecycle) -> list[Subscription]:
    if body.subscription is not None:
        found = state.subscriptions.by_id.get(body.subscription)
        if found is None:
            raise NotFound(f"There is no subscription {body.subscription}.")
        return [found]
    if body.mailbox is None:
        raise Invalid("Say which subscription, or which mailbox.")
    user = user_named(state, tenant_named(state, body.tenant), body.mailbox)
    return state.subscriptions.of_mailbox(user.id, state.world.now())


def _webhook_host(state: FaceState, notifier: Notifier, body: WebhookHost) -> Json:
    now = state.world.now()
    notifier.health.put(body.host, body.state, now)
    return {"host": body.host, "state": notifier.health.state(body.host, now)}


def _skew(state: FaceState, body: Skew) -> Json:
    state.login_skew_seconds = body.seconds
    return {"seconds": body.seconds}
