"""Who may do what with a calendar: the effective role of a caller, from the rules of sharing.

(Google's page "Calendar sharing".)  A calendar on which somebody has no role looks to them as if it did not exist.
"""

from dataclasses import dataclass

from roomstead_sandbox.google.calendar_book import CalendarEntry, Rule
from roomstead_sandbox.google.errors import insufficient_scopes, required_access_level
from roomstead_sandbox.google.identity.customers import RESOURCES
from roomstead_sandbox.google.identity.tokens import Token
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.google.scopes import FREE_BUSY_ONLY, OWNED_ONLY, PUBLIC_ONLY
from roomstead_sandbox.google.state import FACE, FaceState
from roomstead_sandbox.world.mailbox import DEFAULT_CALENDAR, Mailbox
from roomstead_sandbox.world.people import MailboxKind, User

SECONDARY = "@group.calendar.google.com"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: ``user`` acts (a person, or a service account by itself) with a token."""

    user: User
    token: Token

    @property
    def address(self) -> str:
        """The caller's own address, which is also the id of the primary calendar."""
        return self.user.mail or self.user.upn

    @property
    def is_robot(self) -> bool:
        """Whether a service account calls that acts for nobody."""
        return self.token.account == self.user.id

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes of the token."""
        return self.token.scopes


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar that a call is about: whose it is, and what Google keeps of it."""

    owner: User
    entry: CalendarEntry
    mailbox: Mailbox

    @property
    def id(self) -> str:
        """The calendar's id."""
        return self.entry.address or self.owner.mail or self.owner.upn

    @property
    def is_room(self) -> bool:
        """Whether this is a resource's calendar."""
        return self.owner.is_resource

    @property
    def is_primary(self) -> bool:
        """Whether this is the main calendar of a person."""
        return not self.is_room and self.entry.address is None

    @property
    def time_zone(self) -> str:
        """The calendar's zone."""
        return self.entry.time_zone or self.owner.time_zone


def find_calendar(state: FaceState, caller: Caller | None, key: str) -> Calendar | None:
    """The calendar of an id, whoever may see it; ``primary`` is the caller's own. None when there is none."""
    if caller is not None and key in ("primary", caller.address):
        return _opened(state, caller.user, state.entry(caller.user))
    secondary = state.book.by_address(key) if key.casefold().endswith(SECONDARY) else None
    if secondary is not None:
        return _opened(state, state.world.directory.user(secondary.owner_id), secondary)
    owner = state.user(key)
    if owner is None or key.casefold() == owner.id:
        return None
    return _opened(state, owner, state.entry(owner, DEFAULT_CALENDAR))


def _opened(state: FaceState, owner: User, entry: CalendarEntry) -> Calendar | None:
    if owner.mailbox is not MailboxKind.CLOUD:
        return None
    mailbox_id = owner.id if entry.address is None else entry.calendar_id
    return Calendar(owner, entry, state.world.mailboxes.of(mailbox_id))


def role_of(state: FaceState, user: User | None, address: str, calendar: Calendar) -> Role:
    """The role of somebody on a calendar: the greatest that any rule gives. ``user`` is None for outsiders."""
    if user is not None and user.id == calendar.owner.id and not calendar.is_room:
        return Role.OWNER
    if user is not None and calendar.is_room and _administers(state, user, calendar.owner):
        return Role.OWNER
    given = [rule.role for rule in calendar.entry.rules.values() if _names(state, rule, user, address)]
    return _capped(state, max(given, default=Role.NONE), user, calendar)


def caller_role(state: FaceState, caller: Caller, calendar: Calendar) -> Role:
    """The role of a caller, as far as the scopes of the token let it through."""
    role = role_of(state, caller.user, caller.address, calendar)
    held = caller.scopes
    if held and held <= PUBLIC_ONLY:
        public = calendar.entry.rules.get("default")
        role = public.role if public is not None else Role.NONE
    return min(role, Role.FREE_BUSY_READER) if held and held <= FREE_BUSY_ONLY else role


def require_owned(state: FaceState, caller: Caller, calendar: Calendar, accepted: frozenset[str], method: str) -> None:
    """Scopes for owned calendars reach no other. GoogleError 403 when the token has nothing wider."""
    useful = caller.scopes & accepted
    if not useful or not useful <= OWNED_ONLY or not state.world.switches.owned_scope_needs_owner:
        return
    if role_of(state, caller.user, caller.address, calendar) < Role.OWNER:
        raise insufficient_scopes(method)


def require_role(role: Role, needed: Role) -> None:
    """GoogleError 403 when a role that sees the calendar is too small for what is asked."""
    if role < needed:
        word = {Role.READER: "reader", Role.OWNER: "owner"}.get(needed, "writer")
        raise required_access_level(word)


def may_book(state: FaceState, room: User, address: str) -> bool:
    """Whether a room takes invitations from this organiser, or declines them always.

    Details visible, or free/busy with booking allowed: one of them must be shared with the organiser. A secondary
    calendar may what its owner may.
    """
    secondary = state.book.by_address(address)
    if secondary is not None:
        owner = state.world.directory.user(secondary.owner_id)
        address = owner.mail or owner.upn
    calendar = Calendar(room, state.entry(room), state.world.mailboxes.of(room.id))
    role = role_of(state, state.user(address), address, calendar)
    return role >= Role.READER or (role is Role.FREE_BUSY_READER and calendar.entry.bookable)


def _administers(state: FaceState, user: User, room: User) -> bool:
    account = state.accounts.get(user.id)
    return (
        account is not None
        and user.tenant_id == room.tenant_id
        and (account.super_admin or RESOURCES in account.privileges)
    )


def _names(state: FaceState, rule: Rule, user: User | None, address: str) -> bool:
    if rule.scope == "default":
        return True
    if rule.scope == "user":
        own = [*(user.addresses if user is not None else ()), address]
        return rule.value in (known.casefold() for known in own)
    if rule.scope == "group":
        return user is not None and _in_group(state, rule.value, user)
    return user is not None and _in_domain(state, rule.value, user)


def _in_group(state: FaceState, address: str, user: User) -> bool:
    directory = state.world.directory
    group = directory.find_group(user.tenant_id, address)
    return group is not None and user.id in directory.members(group.id)


def _in_domain(state: FaceState, domain: str, user: User) -> bool:
    tenant = state.world.directory.tenants.get(user.tenant_id)
    return tenant is not None and tenant.face == FACE and domain in (d.casefold() for d in tenant.domains)


def _capped(state: FaceState, role: Role, user: User | None, calendar: Calendar) -> Role:
    """A customer may let outsiders see free/busy only, whatever the rules say."""
    if user is not None and user.tenant_id == calendar.owner.tenant_id:
        return role
    customer = state.customers.get(calendar.owner.tenant_id)
    cap = Role.of(customer.outsiders_see) if customer is not None and customer.outsiders_see else None
    return role if cap is None else min(role, cap)
