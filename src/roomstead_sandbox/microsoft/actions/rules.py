"""Actions on Exchange's policies: access policies, role assignments, and the reach they give."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from pydantic import Field

from roomstead_sandbox.microsoft.access import SETTINGS, WRITE
from roomstead_sandbox.microsoft.actions.named import (
    Body,
    OfTenantApp,
    app_named,
    group_named,
    principal_for,
    tenant_for,
    user_named,
)
from roomstead_sandbox.microsoft.policies import (
    ANY_APP,
    ROLE_PERMISSIONS,
    AccessPolicy,
    AccessRight,
    RoleAssignment,
    RoleScope,
    new_rule_id,
)
from roomstead_sandbox.microsoft.state import FaceState, recipient
from roomstead_sandbox.world.errors import Invalid, NotFound
from roomstead_sandbox.world.faces import Action, Json
from roomstead_sandbox.world.people import User


class AddPolicy(OfTenantApp):
    """New-ApplicationAccessPolicy; the client id may be ``*``."""

    right: Literal["RestrictAccess", "DenyAccess"] = "RestrictAccess"
    group: str = Field(description="A mail-enabled security group, by id, address or name.")
    description: str = ""
    propagation_seconds: float | None = Field(None, ge=0, description="For this change and those that follow.")


class AssignRole(OfTenantApp):
    """New-ManagementRoleAssignment -App."""

    role: str = Field(description="For example: Application Calendars.ReadWrite")
    scope: Literal["organization", "group", "recipient_type"] = "organization"
    value: str = Field("", description="The group, or the recipient type such as RoomMailbox.")
    propagation_seconds: float | None = Field(None, ge=0, description="For this change and those that follow.")


class RemoveRule(OfTenantApp):
    """Remove an access policy or a role assignment."""

    id: str
    propagation_seconds: float | None = Field(None, ge=0, description="For this change and those that follow.")


class Reach(OfTenantApp):
    """A mailbox to be put into, or taken out of, the app's reach."""

    mailbox: str
    group: str | None = Field(None, description="Which group: when left out, the policies decide.")
    propagation_seconds: float | None = Field(None, ge=0, description="For this change and those that follow.")


class Propagation(Body):
    """How long changes of policies and of their groups take from now on."""

    seconds: float = Field(ge=0)


class TestAccess(OfTenantApp):
    """Test-ApplicationAccessPolicy and Test-ServicePrincipalAuthorization."""

    mailbox: str


def actions(state: FaceState) -> Iterator[Action]:
    """The actions of this module."""
    yield Action("add-policy", "Add an application access policy.", AddPolicy, lambda body: _add_policy(state, body))
    yield Action("assign-role", "Assign an application role.", AssignRole, lambda body: _assign_role(state, body))
    yield Action("remove-rule", "Remove a policy or an assignment.", RemoveRule, lambda body: _remove(state, body))
    yield Action("rules", "Show a tenant's policies and assignments.", OfTenantApp, lambda body: _rules(state, body))
    yield Action("grant", "Put a mailbox into the app's reach.", Reach, lambda body: _grant(state, body))
    yield Action("revoke", "Take a mailbox out of the app's reach.", Reach, lambda body: _revoke(state, body))
    yield Action(
        "propagation", "Set how long policy changes take.", Propagation, lambda body: _propagation(state, body.seconds)
    )
    yield Action(
        "test-access", "Say what the policies will allow once everything has spread.", TestAccess,
        lambda body: _test_access(state, body),
    )  # fmt: skip


def _add_policy(state: FaceState, body: AddPolicy) -> Json:
    _propagation(state, body.propagation_seconds)
    if body.client_id != ANY_APP:
        app_named(state, body.client_id)
    tenant = tenant_for(state, body)
    group = group_named(state, tenant, body.group)
    if not (group.mail_enabled and group.security_enabled):
        raise Invalid("The scope of an access policy must be a mail-enabled security group.")
    policy = AccessPolicy(
        new_rule_id(), tenant.id, body.client_id.lower(), AccessRight(body.right), group.id, body.description
    )
    state.policies.add_policy(policy, state.world.now())
    state.check().observe_groups(state.world.now())
    return {"id": policy.id}


def _assign_role(state: FaceState, body: AssignRole) -> Json:
    _propagation(state, body.propagation_seconds)
    if body.role not in ROLE_PERMISSIONS:
        raise Invalid(f"There is no role {body.role!r} here; there are {', '.join(ROLE_PERMISSIONS)}.")
    principal = principal_for(state, body)
    value = body.value
    if body.scope == "group":
        value = group_named(state, tenant_for(state, body), body.value).id
    assignment = RoleAssignment(
        new_rule_id(), principal.tenant_id, principal.client_id, body.role, RoleScope(body.scope, value)
    )
    state.policies.add_assignment(assignment, state.world.now())
    state.check().observe_groups(state.world.now())
    return {"id": assignment.id}


def _remove(state: FaceState, body: RemoveRule) -> Json:
    _propagation(state, body.propagation_seconds)
    if not state.policies.remove(tenant_for(state, body).id, body.id, state.world.now()):
        raise NotFound(f"There is no rule {body.id}.")
    return {}


def _rules(state: FaceState, body: OfTenantApp) -> Json:
    rules = state.policies.of(tenant_for(state, body).id)
    settled = rules.settled_at
    return {
        "policies": [
            {"id": p.id, "app": p.app_id, "right": p.right, "group": p.group_id, "description": p.description}
            for p in rules.latest.policies
        ],
        "assignments": [
            {"id": a.id, "app": a.client_id, "role": a.role, "scope": a.scope.kind, "value": a.scope.value}
            for a in rules.latest.assignments
        ],
        "propagation_seconds": state.policies.propagation.total_seconds(),
        "settled_at": settled.isoformat() if settled else None,
    }


def _grant(state: FaceState, body: Reach) -> Json:
    user, groups = _reached(state, body)
    members = state.world.directory.groups[groups[-1]].members
    if user.id not in members:
        members.append(user.id)
    return _spread(state)


def _revoke(state: FaceState, body: Reach) -> Json:
    user, groups = _reached(state, body)
    for group_id in groups:
        members = state.world.directory.groups[group_id].members
        if user.id in members:
            members.remove(user.id)
        if user.id in state.world.directory.members(group_id):
            raise Invalid("The mailbox is in the group through a group within it.")
    return _spread(state)


def _reached(state: FaceState, body: Reach) -> tuple[User, list[str]]:
    """The user, and the groups that restrict the app; who is in them so far is noted before anything changes."""
    _propagation(state, body.propagation_seconds)
    tenant = tenant_for(state, body)
    user = user_named(state, tenant, body.mailbox)
    state.check().observe_groups(state.world.now())
    if body.group is not None:
        return user, [group_named(state, tenant, body.group).id]
    groups = [
        policy.group_id
        for policy in state.policies.of(tenant.id).latest.policies
        if policy.right is AccessRight.RESTRICT and policy.concerns(body.client_id.lower())
    ]
    if not groups:
        raise Invalid("No access policy restricts this app: add one first.")
    return user, groups


def _spread(state: FaceState) -> Json:
    now = state.world.now()
    state.check().observe_groups(now)
    return {"effective": (now + state.policies.propagation).isoformat()}


def _propagation(state: FaceState, seconds: float | None) -> Json:
    if seconds is not None:
        state.policies.propagation = timedelta(seconds=seconds)
    return {"propagation_seconds": state.policies.propagation.total_seconds()}


def _test_access(state: FaceState, body: TestAccess) -> Json:
    """The cmdlets answer from the newest state, so they say yes before Graph does."""
    principal = principal_for(state, body)
    user = user_named(state, tenant_for(state, body), body.mailbox)
    check, target = state.check(), recipient(user)
    roles = check.roles_once_spread(principal.tenant_id, principal.client_id, target)
    allowed = check.policy_allows_once_spread(principal.tenant_id, principal.client_id, target)
    consented = sorted(principal.roles.latest & {*WRITE, *SETTINGS})
    return {
        "policy": "Granted" if allowed else "Denied",
        "roles": sorted(roles),
        "consented": consented,
        "write": bool(set(WRITE) & roles) or (allowed and bool(set(WRITE) & set(consented))),
    }
