"""One notification, ready to be sent (Microsoft Graph docs: changeNotification, lifecycle notifications)."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from roomstead_sandbox.microsoft.names import etag, item_id
from roomstead_sandbox.microsoft.subscription_book import Subscription
from roomstead_sandbox.world import ids
from roomstead_sandbox.world.changes import ChangeKind
from roomstead_sandbox.world.clock import Arguments, Scalar
from roomstead_sandbox.world.mailbox import Mailbox
from roomstead_sandbox.world.stream import MailboxChanged

CHANGE_WORDS: dict[ChangeKind, str] = {
    ChangeKind.CREATED: "created",
    ChangeKind.UPDATED: "updated",
    ChangeKind.DELETED: "deleted",
}
LIFECYCLE_EVENTS = ("reauthorizationRequired", "subscriptionRemoved", "missed")


@dataclass(frozen=True, slots=True)
class Notice:
    """Where to, what (as JSON text), since when and how often it was tried."""

    url: str
    body: str
    first: datetime
    attempts: int = 0

    def once_more(self) -> "Notice":
        """The same after a failed try."""
        return replace(self, attempts=self.attempts + 1)

    def scalars(self) -> dict[str, Scalar]:
        """As a timer of the world's clock carries it."""
        return {"url": self.url, "body": self.body, "first": self.first.isoformat(), "attempts": self.attempts}

    @classmethod
    def from_scalars(cls, arguments: Arguments) -> "Notice":
        """What ``scalars`` gave."""
        return cls(
            str(arguments["url"]),
            str(arguments["body"]),
            datetime.fromisoformat(str(arguments["first"])),
            int(str(arguments["attempts"])),
        )


def change_notice(subscription: Subscription, change: MailboxChanged, mailbox: Mailbox, *, escaping: bool) -> Notice:
    """A change notification: which item of which mailbox, and nothing of its content."""
    form = ids.IdForm.IMMUTABLE if subscription.immutable_ids else ids.IdForm.MOVABLE
    item = item_id(mailbox, form, change.ref, escaping=escaping)
    path = f"Users/{subscription.mailbox_id}/Events/{item}"
    data: dict[str, Any] = {"@odata.type": "#Microsoft.Graph.Event", "@odata.id": path, "id": item}
    event = mailbox.get(change.ref)
    if event is not None:
        data["@odata.etag"] = etag(event, mailbox)
    body = {
        **_envelope(subscription),
        "changeType": CHANGE_WORDS[change.kind],
        "resource": path,
        "resourceData": data,
    }
    return Notice(subscription.notification_url, json.dumps(body), change.at)


def lifecycle_notice(subscription: Subscription, event: str, now: datetime) -> Notice:
    """A lifecycle notification."""
    body = {
        **_envelope(subscription),
        "lifecycleEvent": event,
        "organizationId": subscription.tenant_id,
        "resource": subscription.resource,
    }
    return Notice(subscription.lifecycle_url or "", json.dumps(body), now)


def _envelope(subscription: Subscription) -> dict[str, Any]:
    return {
        "subscriptionId": subscription.id,
        "subscriptionExpirationDateTime": subscription.expires.isoformat(),
        "clientState": subscription.client_state,
        "tenantId": subscription.tenant_id,
    }
