"""Control routes for the directory: tenants, people, groups."""

from datetime import time
from typing import Any, Literal

from pydantic import Field

from roomstead_sandbox.control.context import Context
from roomstead_sandbox.control.naming import customers, tenant_named, user_named
from roomstead_sandbox.control.routes import Body, Json, Nothing, Order, Route
from roomstead_sandbox.world.errors import NotFound
from roomstead_sandbox.world.people import Group, MailboxKind, Purpose, Tenant, User, UserKind, WorkingHours
from roomstead_sandbox.world.world import World

_TENANT_QUERY = (("tenant", "Id or domain. Left out: every tenant in a list, else the only one."),)


class NewTenant(Body):
    """A further customer's directory."""

    name: str
    domains: list[str] = Field(min_length=1)
    id: str | None = None
    face: Literal["microsoft", "google"] = Field(default="microsoft", description="Who keeps the directory.")


class Hours(Body):
    """Weekly working hours; days from 0 (Monday)."""

    days: list[int] = Field(default=[0, 1, 2, 3, 4])
    start: time = time(8)
    end: time = time(17)
    zone: str = "Europe/Berlin"


class UserChange(Body):
    """Facts of an account; only those given are changed."""

    upn: str | None = None
    display_name: str | None = None
    mail: str | None = None
    proxy_addresses: list[str] | None = None
    kind: UserKind | None = None
    account_enabled: bool | None = None
    mailbox: MailboxKind | None = None
    purpose: Purpose | None = None
    time_zone: str | None = None
    working_hours: Hours | None = None
    job_title: str | None = None
    department: str | None = None
    office: str | None = None
    teams_licensed: bool | None = None


class NewUser(UserChange):
    """A new account; `mail` becomes `upn` when it is not given."""

    upn: str
    display_name: str
    tenant: str | None = None


class NewGroup(Body):
    """A new group with its first members (addresses or ids of people, rooms and groups)."""

    name: str
    mail: str | None = None
    tenant: str | None = None
    members: list[str] = Field(default_factory=list)


class Members(Body):
    """Who joins and who leaves a group."""

    add: list[str] = Field(default_factory=list)
    remove: list[str] = Field(default_factory=list)


def routes(context: Context) -> list[Route]:
    """The routes of this area."""
    world = context.world
    return [
        Route("POST", "/tenants", "Add a tenant.", lambda o: _add_tenant(world, o), NewTenant),
        Route("GET", "/users", "The accounts of a tenant.", lambda o: _users(world, o), query=_TENANT_QUERY),
        Route("POST", "/users", "Add an account.", lambda o: _add_user(world, o), NewUser),
        Route("GET", "/users/{user}", "One account.", lambda o: user_named(world, o.values["user"])),
        Route("PATCH", "/users/{user}", "Change an account.", lambda o: _change_user(world, o), UserChange),
        Route("DELETE", "/users/{user}", "Remove an account.", lambda o: _remove_user(world, o)),
        Route(
            "POST",
            "/users/{user}/move-mailbox",
            "Move a mailbox to another server: ids change, cursors die.",
            lambda o: _move(world, o),
            Nothing,
        ),
        Route("GET", "/groups", "The groups of a tenant.", lambda o: _groups(world, o), query=_TENANT_QUERY),
        Route("POST", "/groups", "Add a group.", lambda o: _add_group(world, o), NewGroup),
        Route(
            "PATCH",
            "/groups/{group}",
            "Add and remove members.",
            lambda o: _members(world, o),
            Members,
            query=_TENANT_QUERY,
        ),
    ]


def _add_tenant(world: World, order: Order) -> Json:
    body: NewTenant = order.body
    return world.directory.add_tenant(Tenant(body.id or world.new_id(), body.name, list(body.domains), body.face))


def _users(world: World, order: Order) -> Json:
    return [u for t in customers(world, order.values.get("tenant")) for u in world.directory.users_of(t.id)]


def _add_user(world: World, order: Order) -> Json:
    body: NewUser = order.body
    facts = facts_of(body)
    facts.setdefault("mail", body.upn)
    tenant = tenant_named(world, facts.pop("tenant", None))
    return world.directory.add_user(User(id=world.new_id(), tenant_id=tenant.id, **facts))


def _change_user(world: World, order: Order) -> Json:
    user = user_named(world, order.values["user"])
    return world.directory.change_user(user.id, **facts_of(order.body))


def facts_of(body: Body) -> dict[str, Any]:
    """The fields that the caller gave, as the directory's records take them."""
    facts = body.model_dump(exclude_unset=True)
    hours = facts.get("working_hours")
    if hours is not None:
        facts["working_hours"] = WorkingHours(tuple(hours.pop("days")), **hours)
    return facts


def _remove_user(world: World, order: Order) -> Json:
    user = user_named(world, order.values["user"])
    world.directory.remove_user(user.id)
    return {"removed": user.id}


def _move(world: World, order: Order) -> Json:
    mailbox = world.mailboxes.move(user_named(world, order.values["user"]).id)
    return {"generation": mailbox.generation}


def _groups(world: World, order: Order) -> Json:
    known = {tenant.id for tenant in customers(world, order.values.get("tenant"))}
    return [group for group in world.directory.groups.values() if group.tenant_id in known]


def _add_group(world: World, order: Order) -> Json:
    body: NewGroup = order.body
    tenant = tenant_named(world, body.tenant)
    members = [_member(world, tenant.id, name) for name in body.members]
    return world.directory.add_group(Group(world.new_id(), tenant.id, body.name, body.mail, members=members))


def _members(world: World, order: Order) -> Json:
    body: Members = order.body
    tenant = tenant_named(world, order.values.get("tenant"))
    group = world.directory.find_group(tenant.id, order.values["group"])
    if group is None:
        raise NotFound(f"There is no group {order.values['group']}.")
    joining = [_member(world, tenant.id, name) for name in body.add]
    leaving = {_member(world, tenant.id, name) for name in body.remove}
    group.members[:] = [m for m in dict.fromkeys(group.members + joining) if m not in leaving]
    return group


def _member(world: World, tenant_id: str, name: str) -> str:
    group = world.directory.find_group(tenant_id, name)
    return group.id if group is not None else user_named(world, name).id
