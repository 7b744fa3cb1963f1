"""What Exchange lets an app do with which mailbox: access policies, and roles assigned to apps.

*Application Access Policies* narrow what a tenant consented to; *RBAC for Applications* grants by itself.  The two are
a union (Exchange Online docs: "Role Based Access Control for Applications" and "New-ApplicationAccessPolicy").  Both
reach the servers late, and so does membership of the groups they name.
"""

import uuid
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from roomstead_sandbox.microsoft.propagation import Propagating

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
    mark: Hashable = None


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


class PolicyCheck:
    """The verdicts, asked at one moment; ``members_of`` reads a group's members from the directory."""

    def __init__(
        self,
        policies: ExchangePolicies,
        members_of: Callable[[str, bool], frozenset[str]],
        mark: Callable[[], Hashable],
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
                self._members(policy.group_id, nested=self._nested, now=now)
            for assignment in rules.latest.assignments:
                if assignment.scope.kind == "group":
                    self._members(assignment.scope.value, nested=False, now=now)

    def policy_allows(self, tenant_id: str, client_id: str, recipient: Recipient, now: datetime) -> bool:
        """Whether the access policies let an app's consents through to a mailbox.

        Any matching DenyAccess denies; membership in a RestrictAccess group allows; being in none of the app's
        RestrictAccess groups denies; no policy allows (Exchange Online docs: New-ApplicationAccessPolicy).
        """
        restricted, inside = False, False
        for policy in self._policies.of(tenant_id).at(now).policies:
            if not policy.concerns(client_id):
                continue
            member = recipient.user_id in self._members(policy.group_id, nested=self._nested, now=now)
            if policy.right is AccessRight.DENY and member:
                return False
            if policy.right is AccessRight.RESTRICT:
                restricted, inside = True, inside or member
        return inside or not restricted

    def roles(self, tenant_id: str, client_id: str, recipient: Recipient, now: datetime) -> frozenset[str]:
        """The permissions that role assignments give an app on a mailbox."""
        return frozenset(
            ROLE_PERMISSIONS[assignment.role]
            for assignment in self._policies.of(tenant_id).at(now).assignments
            if assignment.client_id == client_id
            and assignment.role in ROLE_PERMISSIONS
            and self._in_scope(assignment.scope, recipient, now)
        )

    def _in_scope(self, scope: RoleScope, recipient: Recipient, now: datetime) -> bool:
        if scope.kind == "group":
            return recipient.user_id in self._members(scope.value, nested=False, now=now)
        return scope.kind == "organization" or scope.value.lower() == recipient.recipient_type.lower()

    def _members(self, group_id: str, *, nested: bool, now: datetime) -> frozenset[str]:
        known = self._policies.nested if nested else self._policies.direct
        membership = known.get(group_id)
        mark = self._mark()
        if membership is None:
            membership = Membership(Propagating(self._members_of(group_id, nested)), mark)
            known[group_id] = membership
        elif membership.mark != mark:
            membership.mark = mark
            members = self._members_of(group_id, nested)
            if members != membership.members.latest:
                membership.members.change(members, effective=now + self._policies.propagation)
        return membership.members.at(now)


def new_rule_id() -> str:
    """An identity for a policy or an assignment."""
    return str(uuid.uuid4())
