"""One decision for every call that touches a mailbox: is there one, and may this app do this with it?"""

from collections.abc import Iterable

from roomstead_sandbox.microsoft.errors import DENIED, DENIED_BY_POLICY, GraphError
from roomstead_sandbox.microsoft.identity.tokens import Claims
from roomstead_sandbox.microsoft.policies import CONSTRAINED_BY_POLICY
from roomstead_sandbox.microsoft.state import FaceState, recipient
from roomstead_sandbox.world.faults import FaultKind
from roomstead_sandbox.world.people import MailboxKind, User, UserKind

READ_BASIC = ("Calendars.ReadBasic", "Calendars.ReadBasic.All")
READ = ("Calendars.Read", "Calendars.ReadWrite")
READ_ANY = (*READ, *READ_BASIC)
WRITE = ("Calendars.ReadWrite",)
SETTINGS = ("MailboxSettings.Read", "MailboxSettings.ReadWrite")
USERS = ("User.ReadBasic.All", "User.Read.All", "Directory.Read.All")
USERS_FULL = ("User.Read.All", "Directory.Read.All")
PLACES = ("Place.Read.All", "Place.ReadWrite.All")


def find_mailbox_user(state: FaceState, tenant_id: str, key: str) -> User | None:
    """Whose mailbox a path names: object id or user name, and by a switch any address that reaches it."""
    user = state.world.directory.find(tenant_id, key)
    if user is None or state.world.switches.primary_address_finds_mailbox:
        return user
    return user if key.lower() in (user.id.lower(), user.upn.lower()) else None


def require_mailbox(state: FaceState, tenant_id: str, key: str) -> User:
    """The user behind a mailbox path, whose mailbox lives in Exchange Online.

    GraphError with the code that the service gives for every kind of missing mailbox.
    """
    switches = state.world.switches
    user = find_mailbox_user(state, tenant_id, key)
    if user is None:
        raise _invalid_user(key)
    if user.mailbox is MailboxKind.STALE:
        raise GraphError(
            503,
            "MailboxInfoStale",
            f"Target resource '{user.id}' hosted on database '{user.tenant_id}' is currently on backend 'Unknown'.",
        )
    if user.mailbox is MailboxKind.ON_PREMISES and switches.on_premises_is_named:
        raise GraphError(404, "MailboxNotHostedInExchangeOnline", "The mailbox is not hosted in Exchange Online.")
    if user.kind is UserKind.GUEST or user.mailbox is not MailboxKind.CLOUD:
        if switches.unlicensed_looks_unknown and user.mailbox is not MailboxKind.ON_PREMISES:
            raise _invalid_user(key)
        raise GraphError(
            404,
            "MailboxNotEnabledForRESTAPI",
            "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        )
    return user


def granted(state: FaceState, claims: Claims, user: User, asked: Iterable[str]) -> frozenset[str]:
    """Which of the permissions asked for the app holds on a mailbox.

    Consent, as far as access policies let it through, and role assignments are a union.  GraphError 403 when none.
    """
    now = state.world.now()
    fault = state.world.faults.strike([FaultKind.BLOCKED_BY_POLICY], mailbox=user.id)
    if fault is not None:
        raise GraphError(403, "ErrorAccessDenied", DENIED_BY_POLICY)
    wanted = frozenset(asked)
    check = state.check()
    consented = wanted & claims.roles
    allowed = check.policy_allows(claims.tenant_id, claims.client_id, recipient(user), now)
    through = consented if allowed else consented - CONSTRAINED_BY_POLICY
    assigned = wanted & check.roles(claims.tenant_id, claims.client_id, recipient(user), now)
    if through | assigned:
        return through | assigned
    raise GraphError(403, "ErrorAccessDenied", DENIED_BY_POLICY if consented else DENIED)


def require_directory_permission(claims: Claims, asked: Iterable[str]) -> None:
    """Directory and places know no policies, only consent.  GraphError 403 when none was given."""
    if not claims.roles & frozenset(asked):
        raise GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def _invalid_user(key: str) -> GraphError:
    return GraphError(404, "ErrorInvalidUser", f"The requested user '{key}' is invalid.")
