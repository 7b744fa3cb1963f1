"""Users of a customer (Google's page "Manage user accounts"). No field says whether the calendar service is on."""

from typing import Any

from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.directory import pages, user_query
from roomstead_sandbox.google.directory.admins import require_admin
from roomstead_sandbox.google.errors import bad_request, forbidden, not_authorized, resource_not_found
from roomstead_sandbox.google.identity.customers import USERS
from roomstead_sandbox.google.state import FACE, FaceState, number_of
from roomstead_sandbox.wire import Answer
from roomstead_sandbox.world.people import MailboxKind, User, UserKind

Json = dict[str, Any]
KIND, LIST_KIND = "admin#directory#user", "admin#directory#users"
DEFAULT_PAGE = 100
PUBLIC_FIELDS = ("kind", "id", "etag", "primaryEmail", "name")


def get_user(call: Call) -> Answer:
    """users.get, by primary address, alias or number."""
    key = call.names["user"].casefold()
    public = call.query.get("viewType") == "domain_public"
    tenant_id = _tenant_of(call, public=public)
    user = _found(call.state, tenant_id, key)
    if user is None:
        raise _nobody(call, tenant_id, key)
    shown = user_json(call.state, user)
    if public:
        shown = {name: shown[name] for name in PUBLIC_FIELDS}
    return call.answer(shown, etag=shown["etag"])


def list_users(call: Call) -> Answer:
    """users.list: of a customer or one of its domains; deleted ones on demand."""
    customer, domain = call.query.get("customer"), call.query.get("domain")
    if customer is None and domain is None:
        raise bad_request("Bad Request")
    held = require_admin(call, USERS, customer)
    deleted = call.query.get("showDeleted") == "true"
    condition = user_query.parse(call.query.get("query") or "")
    shown = [
        user_json(call.state, user)
        for user in call.world.directory.users_of(held.tenant_id)
        if is_account(user) and (user.mailbox is MailboxKind.SOFT_DELETED) is deleted
    ]
    found = [item for item in shown if _in_domain(item, domain) and condition(item)]
    user_query.order(found, call.query.get("orderBy"), call.query.get("sortOrder"))
    items, token = pages.page(call, found, default=DEFAULT_PAGE)
    answer: Json = {"kind": LIST_KIND, "etag": pages.etag(items)}
    if token:
        answer["nextPageToken"] = token
    if items:
        answer["users"] = items
    return call.answer(answer)


def is_account(user: User) -> bool:
    """Rooms are resources, not users; guests belong elsewhere."""
    return not user.is_resource and user.kind is UserKind.MEMBER


def user_json(state: FaceState, user: User) -> Json:
    """A user as the API shows it to an admin."""
    account = state.account(user)
    given = user.given_name or user.display_name.partition(" ")[0]
    family = user.surname or user.display_name.partition(" ")[2] or given
    primary = user.mail or user.upn
    shown: Json = {
        "id": number_of(user),
        "primaryEmail": primary,
        "name": {"givenName": given, "familyName": family, "fullName": user.display_name},
        "isAdmin": account.super_admin,
        "isDelegatedAdmin": bool(account.privileges),
        "suspended": not user.account_enabled,
        "archived": account.archived,
        "isMailboxSetup": True,
        "orgUnitPath": account.unit,
        "customerId": state.customer(user.tenant_id).id,
    }
    if not user.account_enabled:
        shown["suspensionReason"] = "ADMIN"
    if aliases := [address for address in user.addresses if address != primary]:
        shown["aliases"] = aliases
    return {"kind": KIND, "etag": pages.etag(shown), **shown}


def _tenant_of(call: Call, *, public: bool) -> str:
    """Whose directory a caller reads. Everybody reads the public view of their own."""
    if public and not call.caller.is_robot:
        return call.caller.user.tenant_id
    return require_admin(call, USERS, None).tenant_id


def _found(state: FaceState, tenant_id: str, key: str) -> User | None:
    user = state.world.directory.find(tenant_id, key)
    if user is None and key.isdigit():
        own = state.world.directory.users_of(tenant_id)
        user = next((one for one in own if number_of(one) == key), None)
    return user if user is not None and is_account(user) and user.mailbox is not MailboxKind.SOFT_DELETED else None


def _nobody(call: Call, tenant_id: str, key: str) -> Exception:
    """Nobody of ours is not found; somebody of another customer's is forbidden."""
    domain = key.rpartition("@")[2]
    own = call.world.directory.tenants[tenant_id].domains
    elsewhere = call.world.directory.find_tenant(domain)
    if domain in own or "@" not in key:
        return resource_not_found("userKey")
    return not_authorized() if elsewhere is not None and elsewhere.face == FACE else forbidden("Domain not found.")


def _in_domain(item: Json, domain: str | None) -> bool:
    return domain is None or str(item["primaryEmail"]).endswith(f"@{domain}")
