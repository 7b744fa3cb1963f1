"""Subscriptions: create with the handshake, list, renew, reauthorize, end (Microsoft Graph docs: subscription)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from roomstead_sandbox.microsoft.access import READ, granted, require_mailbox
from roomstead_sandbox.microsoft.errors import DENIED_BY_POLICY, GraphError, bad_request, unreadable
from roomstead_sandbox.microsoft.graph.answers import collection, empty, resource
from roomstead_sandbox.microsoft.graph.call import Call, calendar_id, member
from roomstead_sandbox.microsoft.graph.paging import cut, page_size
from roomstead_sandbox.microsoft.graph.words import Json
from roomstead_sandbox.microsoft.notifications.sender import Notifier
from roomstead_sandbox.microsoft.subscription_book import PER_MAILBOX_LIMIT, Subscription, new_subscription_id
from roomstead_sandbox.microsoft.zones import parse_instant
from roomstead_sandbox.wire import Answer
from roomstead_sandbox.world.people import User

LONGEST_MINUTES = 10_080
SHORTEST_MINUTES = 45
LONGEST_CLIENT_STATE = 128
DEFAULT_PAGE = 100
_RESOURCE = re.compile(r"^/?users/(?P<user>[^/]+)(?:/calendars/(?P<calendar>[^/]+))?/events/?$", re.IGNORECASE)
_CHANGES = frozenset({"created", "updated", "deleted"})


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """The handlers; they need somebody who can call back."""

    notifier: Notifier

    async def create(self, call: Call) -> Answer:
        """POST /subscriptions: 201 once both addresses have echoed their validation token."""
        body = call.json_body()
        wanted = _parsed(call, body)
        user, calendar = _target(call, wanted.resource)
        wanted.mailbox_id, wanted.calendar_id = user.id, calendar
        _refuse_too_many(call, wanted)
        for url in (wanted.notification_url, wanted.lifecycle_url):
            if url:
                await self.notifier.validate(url)
        call.state.subscriptions.add(wanted)
        return resource(call, "subscriptions/$entity", subscription_json(call, wanted), 201)

    def list(self, call: Call) -> Answer:
        """GET /subscriptions: the app's own."""
        own = call.state.subscriptions.of_app(call.claims.tenant_id, call.claims.client_id, call.now)
        page = cut(call, own, page_size(call, DEFAULT_PAGE))
        return collection(call, "subscriptions", [subscription_json(call, s) for s in page.items], page.next_link)

    def read(self, call: Call) -> Answer:
        """GET /subscriptions/{id}."""
        return resource(call, "subscriptions/$entity", subscription_json(call, _own(call)))

    async def renew(self, call: Call) -> Answer:
        """PATCH /subscriptions/{id}: a later expiry under the same limit, a new address after the handshake."""
        subscription = _own(call)
        body = call.json_body()
        expiry, url = member(body, "expirationDateTime"), member(body, "notificationUrl")
        expires = subscription.expires if expiry is None else _expiry(call, expiry)
        if url is not None:
            await self.notifier.validate(_url(str(url)))
            subscription.notification_url = str(url)
        subscription.expires, subscription.reauthorization_asked = expires, False
        return resource(call, "subscriptions/$entity", subscription_json(call, subscription))

    def reauthorize(self, call: Call) -> Answer:
        """POST /subscriptions/{id}/reauthorize: 204; the lifetime stays as it is."""
        _own(call).reauthorization_asked = False
        return empty(204)

    def delete(self, call: Call) -> Answer:
        """DELETE /subscriptions/{id}: 204."""
        call.state.subscriptions.remove(_own(call).id)
        return empty(204)


def subscription_json(call: Call, subscription: Subscription) -> Json:
    """A subscription; whether the client state is given back is a switch."""
    echoed = call.world.switches.client_state_echoed
    return {
        "id": subscription.id,
        "resource": subscription.resource,
        "applicationId": subscription.client_id,
        "changeType": subscription.change_type,
        "clientState": subscription.client_state if echoed else None,
        "notificationUrl": subscription.notification_url,
        "notificationQueryOptions": None,
        "lifecycleNotificationUrl": subscription.lifecycle_url,
        "expirationDateTime": subscription.expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "creatorId": subscription.creator_id,
        "includeResourceData": None,
        "latestSupportedTlsVersion": subscription.tls,
        "encryptionCertificate": None,
        "encryptionCertificateId": None,
        "notificationUrlAppId": None,
    }


def _own(call: Call) -> Subscription:
    subscription = call.state.subscriptions.by_id.get(call.names["subscription"])
    mine = (call.claims.tenant_id, call.claims.client_id)
    if (
        subscription is None
        or (subscription.tenant_id, subscription.client_id) != mine
        or subscription.expires <= call.now
    ):
        raise GraphError(404, "ResourceNotFound", "The object was not found.")
    return subscription


def _parsed(call: Call, body: Mapping[str, Any]) -> Subscription:
    change_type = _text(body, "changeType")
    kinds = frozenset(part.strip().lower() for part in change_type.split(","))
    if not kinds or not kinds <= _CHANGES:
        raise bad_request(f"Invalid 'changeType' attribute: '{change_type}'.", "InvalidRequest")
    if member(body, "includeResourceData"):
        raise bad_request("Resource data in notifications is not offered by this tenant.", "InvalidRequest")
    state = member(body, "clientState")
    if state is not None and (not isinstance(state, str) or len(state) > LONGEST_CLIENT_STATE):
        raise bad_request("The clientState must be a string of at most 128 characters.", "InvalidRequest")
    lifecycle = member(body, "lifecycleNotificationUrl")
    return Subscription(
        id=new_subscription_id(),
        tenant_id=call.claims.tenant_id,
        client_id=call.claims.client_id,
        creator_id=call.claims.object_id,
        mailbox_id="",
        resource=_text(body, "resource"),
        change_types=kinds,
        change_type=change_type,
        notification_url=_url(_text(body, "notificationUrl")),
        expires=_expiry(call, member(body, "expirationDateTime")),
        lifecycle_url=_url(str(lifecycle)) if lifecycle else None,
        client_state=state,
        tls=str(member(body, "latestSupportedTlsVersion") or "v1_2"),
        immutable_ids=call.prefer.immutable_ids,
    )


def _target(call: Call, path: str) -> tuple[User, str | None]:
    """The mailbox, and calendar, of a resource string.  No access is told in the wrapping of an inner call."""
    match = _RESOURCE.match(path)
    if match is None:
        raise GraphError(400, "ExtensionError", f"Operation: Create; Exception: [Resource '{path}' is not supported.]")
    try:
        user = require_mailbox(call.state, call.claims.tenant_id, match["user"])
        granted(call.state, call.claims, user, READ)
    except GraphError as error:
        raise _wrapped(error) from error
    if match["calendar"] is None:
        return user, None
    mailbox = call.world.mailboxes.of(user.id)
    for calendar in mailbox.calendars.values():
        if calendar_id(mailbox, calendar) == match["calendar"]:
            return user, calendar.id
    raise GraphError(404, "ExtensionError", "Operation: Create; Exception: [Status Code: NotFound; Reason: Not Found]")


def _wrapped(error: GraphError) -> GraphError:
    phrase = HTTPStatus(error.status).phrase
    reason = "Access to OData is disabled." if error.message == DENIED_BY_POLICY else phrase
    if error.status not in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
        reason = error.message
    return GraphError(
        error.status,
        "ExtensionError",
        f"Operation: Create; Exception: [Status Code: {phrase.replace(' ', '')}; Reason: {reason}]",
    )


def _refuse_too_many(call: Call, wanted: Subscription) -> None:
    others = call.state.subscriptions.of_mailbox(wanted.mailbox_id, call.now)
    if len(others) >= PER_MAILBOX_LIMIT:
        raise GraphError(
            403, "Forbidden", f"The mailbox has reached its limit of {PER_MAILBOX_LIMIT} active subscriptions."
        )
    if call.world.switches.duplicate_subscription_refused and any(wanted.equals(other) for other in others):
        raise GraphError(409, "Conflict", "A subscription with the same application, resource and changes exists.")


def _expiry(call: Call, value: object) -> datetime:
    try:
        expires = parse_instant(str(value))
    except ValueError as error:
        raise bad_request("The expirationDateTime is not a valid time.", "InvalidRequest") from error
    if expires <= call.now:
        raise bad_request("Subscription expiration must be in the future.", "InvalidRequest")
    if expires > call.now + timedelta(minutes=LONGEST_MINUTES):
        raise GraphError(
            400,
            "ExtensionError",
            f"Subscription expiration can only be {LONGEST_MINUTES} minutes in the future.",
        )
    return max(expires, call.now + timedelta(minutes=SHORTEST_MINUTES))


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad_request("The notification URL is not valid.", "InvalidRequest")
    return text


def _text(body: Mapping[str, Any], name: str) -> str:
    value = member(body, name)
    if not isinstance(value, str) or not value:
        raise unreadable(f"The property '{name}' is required.")
    return value
