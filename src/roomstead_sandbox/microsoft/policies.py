"""What Exchange lets an app do with which mailbox: access policies, and roles assigned to apps.

*Application Access Policies* narrow what a tenant consented to; *RBAC for Applications* grants by itself.  The two are
a union (Exchange Online docs: "Role Based Access Control for Applications" and "New-ApplicationAccessPolicy").  Both
reach the servers late, and so does membership of the groups they name.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol

from roomstead_sandbox.world.propagation import Propagating

ANY_APP = "*"
ROLE_PERMISSIONS: dict[str, str] = {
    "Application Calendars.Read": "Calendars.Read",
    "Application Calendars.ReadWrite": "Calendars.ReadWrite",
    "Application MailboxSettings.Read": "MailboxSettings.Read",
}
"""The application roles that matter here and the permission each one gives.  There is none for Calendars.ReadBasic."""

CONSTRAINED_BY_POLICY = frozenset({"Calendars.Read", "Calendars.ReadWrite", "MailboxSettings.Read"})
"""Consents that an access policy narrows.  Calendars.ReadBasic.All is not among them."""


class AccessRight(StrEnum):
    """The two kinds of access policy."""

    RESTRICT = "RestrictAccess"
    DENY = "DenyAccess"


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """One Application Access Policy: an app (or ``*``), a right, and a mail-enabled security group."""

    id: str
    tenant_id: str
    app_id: str
    right: AccessRight
    group_id: str
    description: str = ""

    def concerns(self, client_id: str) -> bool:
        """Whether the policy speaks of this app."""
        return self.app_id in (ANY_APP, client_id)


@dataclass(frozen=True, slots=True)
class RoleScope:
    """Which mailboxes a role assignment covers: all, the direct members of a group, or a recipient type."""

    kind: Literal["organization", "group", "recipient_type"] = "organization"
    value: str = ""


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """One management role assignment to an app."""

    id: str
    tenant_id: str
    client_id: str
    role: str
    scope: RoleScope


@dataclass(frozen=True, slots=True)
class Rules:
    """The access policies and role assignments of one tenant."""

    policies: tuple[AccessPolicy, ...] = ()
    assignments: tuple[RoleAssignment, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """A mailbox as Exchange's filters see it."""

    user_id: str
    recipient_type: str


@dataclass(slots=True)
class Membership:
    """Who is in a group, as it reaches the servers; ``mark`` tells whether the directory has changed since."""

    members: Propagating[frozenset[str]]
    mark: int | None = None


@dataclass(slots=True)
class ExchangePolicies:
    """All tenants' rules, each with its way to the servers still ahead of it.

    ``propagation`` is how long a change takes from now on; it may be set before each change.
    """

    propagation: timedelta = timedelta(0)
    rules: dict[str, Propagating[Rules]] = field(default_factory=dict)
    direct: dict[str, Membership] = field(default_factory=dict)
    nested: dict[str, Membership] = field(default_factory=dict)

    def of(self, tenant_id: str) -> Propagating[Rules]:
        """A tenant's rules."""
        return self.rules.setdefault(tenant_id, Propagating(Rules()))

    def add_policy(self, policy: AccessPolicy, now: datetime) -> AccessPolicy:
        """New-ApplicationAccessPolicy."""
        rules = self.of(policy.tenant_id)
        kept = rules.latest
        rules.change(Rules((*kept.policies, policy), kept.assignments), effective=now + self.propagation)
        return policy

    def add_assignment(self, assignment: RoleAssignment, now: datetime) -> RoleAssignment:
        """New-ManagementRoleAssignment."""
        rules = self.of(assignment.tenant_id)
        kept = rules.latest
        rules.change(Rules(kept.policies, (*kept.assignments, assignment)), effective=now + self.propagation)
        return assignment

    def remove(self, tenant_id: str, rule_id: str, now: datetime) -> bool:
        """Remove-ApplicationAccessPolicy or Remove-ManagementRoleAssignment; False when there is no such rule."""
        rules = self.of(tenant_id)
        kept = rules.latest
        fewer = Rules(
            tuple(policy for policy in kept.policies if policy.id != rule_id),
            tuple(assignment for assignment in kept.assignments if assignment.id != rule_id),
        )
        if fewer == kept:
            return False
        rules.change(fewer, effective=now + self.propagation)
        return True


class MembersOf(Protocol):
    """Reads a group's members from the directory."""

    def __call__(self, group_id: str, *, nested: bool) -> frozenset[str]:
        """User ids in the group; with ``nested``, also those of groups within it."""
        ...


class PolicyCheck:
    """The verdicts, asked at one moment; ``mark`` changes when any group of the directory does."""

    def __init__(
        self,
        policies: ExchangePolicies,
        members_of: MembersOf,
        mark: Callable[[], int],
        *,
        nested_groups_count: bool,
    ) -> None:
        self._policies = policies
        self._members_of = members_of
        self._mark = mark
        self._nested = nested_groups_count

    def observe_groups(self, now: datetime) -> None:
        """Notice changed memberships of every group in use; they take effect after the propagation time."""
        for rules in self._policies.rules.values():
            for policy in rules.latest.policies:
                self._members(policy.group_id, now=now)
            for assignment in rules.latest.assignments:
                if assignment.scope.kind == "group":
                    self._members(assignment.scope.value, nested=False, now=now)

    def policy_allows(self, tenant_id: str, client_id: str, recipient: Recipient, now: datetime) -> bool:
        """Whether the access policies in force let an app's consents through to a mailbox."""
        in_force = self._policies.of(tenant_id).at(now).policies
        return _allows(in_force, client_id, lambda group: recipient.user_id in self._members(group, now=now))

    def policy_allows_once_spread(self, tenant_id: str, client_id: str, recipient: Recipient) -> bool:
        """The same from the newest rules and groups, as the Test- cmdlet answers."""
        newest = self._policies.of(tenant_id).latest.policies
        return _allows(
            newest, client_id, lambda group: recipient.user_id in self._members_of(group, nested=self._nested)
        )

    def roles(self, tenant_id: str, client_id: str, recipient: Recipient, now: datetime) -> frozenset[str]:
        """The permissions that role assignments in force give an app on a mailbox."""
        in_force = self._policies.of(tenant_id).at(now).assignments
        return _assigned(
            in_force,
            client_id,
            recipient,
            lambda group: recipient.user_id in self._members(group, nested=False, now=now),
        )

    def roles_once_spread(self, tenant_id: str, client_id: str, recipient: Recipient) -> frozenset[str]:
        """The same from the newest assignments and groups, as the Test- cmdlet answers."""
        newest = self._policies.of(tenant_id).latest.assignments
        return _assigned(
            newest, client_id, recipient, lambda group: recipient.user_id in self._members_of(group, nested=False)
        )

    def _members(self, group_id: str, *, now: datetime, nested: bool | None = None) -> frozenset[str]:
        nested = self._nested if nested is None else nested
        known = self._policies.nested if nested else self._policies.direct
        membership = known.get(group_id)
        mark = self._mark()
        if membership is None:
            membership = Membership(Propagating(self._members_of(group_id, nested=nested)), mark)
            known[group_id] = membership
        elif membership.mark != mark:
            membership.mark = mark
            members = self._members_of(group_id, nested=nested)
            if members != membership.members.latest:
                membership.members.change(members, effective=now + self._policies.propagation)
        return membership.members.at(now)


def _allows(policies: Iterable[AccessPolicy], client_id: str, inside: Callable[[str], bool]) -> bool:
    """The verdict of access policies (Exchange Online docs: New-ApplicationAccessPolicy).

    Any matching DenyAccess denies; membership in a RestrictAccess group allows; being in none of the app's
    RestrictAccess groups denies; no policy allows.
    """
    restricted, allowed = False, False
    for policy in policies:
        if not policy.concerns(client_id):
            continue
        if policy.right is AccessRight.RESTRICT:
            restricted, allowed = True, allowed or inside(policy.group_id)
        elif inside(policy.group_id):
            return False
    return allowed or not restricted


def _assigned(
    assignments: Iterable[RoleAssignment],
    client_id: str,
    recipient: Recipient,
    inside: Callable[[str], bool],
) -> frozenset[str]:
    """The permissions that assignments give an app on a mailbox within their scopes."""
    return frozenset(
        ROLE_PERMISSIONS[assignment.role]
        for assignment in assignments
        if assignment.client_id == client_id and _covers(assignment.scope, recipient, inside)
    )


def _covers(scope: RoleScope, recipient: Recipient, inside: Callable[[str], bool]) -> bool:
    if scope.kind == "group":
        return inside(scope.value)
    return scope.kind == "organization" or scope.value.lower() == recipient.recipient_type.lower()


def new_rule_id() -> str:
    """An identity for a policy or an assignment."""
    return str(uuid.uuid4())
