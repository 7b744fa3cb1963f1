"""Subscriptions as the service keeps them (Microsoft Graph docs: subscription resource type)."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

PER_MAILBOX_LIMIT = 1000


@dataclass(slots=True)
class Subscription:
    """An app's standing request to be told of changes in one mailbox; ``resource`` as the app wrote it."""

    id: str
    tenant_id: str
    client_id: str
    creator_id: str
    mailbox_id: str
    resource: str
    change_types: frozenset[str]
    change_type: str
    notification_url: str
    expires: datetime
    calendar_id: str | None = None
    lifecycle_url: str | None = None
    client_state: str | None = None
    tls: str = "v1_2"
    immutable_ids: bool = False
    reauthorization_asked: bool = False

    def equals(self, other: "Subscription") -> bool:
        """Whether two subscriptions ask for the same (the service refuses the second)."""
        mine = (self.client_id, self.mailbox_id, self.calendar_id, self.change_types, self.notification_url)
        return mine == (
            other.client_id,
            other.mailbox_id,
            other.calendar_id,
            other.change_types,
            other.notification_url,
        )


@dataclass(slots=True)
class SubscriptionBook:
    """All live subscriptions, by id and by mailbox."""

    by_id: dict[str, Subscription] = field(default_factory=dict)
    by_mailbox: dict[str, set[str]] = field(default_factory=dict)

    def add(self, subscription: Subscription) -> None:
        """Take one in."""
        self.by_id[subscription.id] = subscription
        self.by_mailbox.setdefault(subscription.mailbox_id, set()).add(subscription.id)

    def remove(self, subscription_id: str) -> Subscription | None:
        """Take one out; None when there is none of that id."""
        subscription = self.by_id.pop(subscription_id, None)
        if subscription is not None:
            self.by_mailbox.get(subscription.mailbox_id, set()).discard(subscription_id)
        return subscription

    def clear(self) -> None:
        """Forget all."""
        self.by_id.clear()
        self.by_mailbox.clear()

    def of_mailbox(self, mailbox_id: str, now: datetime) -> list[Subscription]:
        """Live subscriptions on a mailbox; what has run out is forgotten on the way."""
        ids = self.by_mailbox.get(mailbox_id)
        if not ids:
            return []
        for gone in [key for key in ids if self.by_id[key].expires <= now]:
            self.remove(gone)
        return [self.by_id[key] for key in sorted(ids)]

    def of_app(self, tenant_id: str, client_id: str, now: datetime) -> list[Subscription]:
        """Live subscriptions of one app in one tenant, in order of creation."""
        return [
            subscription
            for subscription in self.by_id.values()
            if (subscription.tenant_id, subscription.client_id) == (tenant_id, client_id) and subscription.expires > now
        ]


def new_subscription_id() -> str:
    """An identity for a subscription."""
    return str(uuid.uuid4())
