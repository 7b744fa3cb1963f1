"""Actions of a customer's admin: delegation, admin roles, what outsiders see."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from pydantic import Field

from roomstead_sandbox.google.actions.named import (
    Body,
    OfAccount,
    OfTenant,
    account_named,
    customer_named,
    scopes_named,
    user_named,
)
from roomstead_sandbox.google.identity.customers import PRIVILEGES, Building
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.google.seeding import DELEGATED
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.world.errors import Invalid, Taken
from roomstead_sandbox.world.faces import Action, Json
from roomstead_sandbox.world.people import User
from roomstead_sandbox.world.seed_corp import SERVICE_USER


class Delegate(OfAccount, OfTenant):
    """The admin's entry for a client: exactly these scopes."""

    scopes: list[str] | None = Field(None, description="All that the seed delegates when left out.")
    propagation_seconds: float = Field(0, ge=0)


class WithdrawDelegation(OfAccount, OfTenant):
    """Take scopes of a client away, or all."""

    scopes: list[str] | None = None
    propagation_seconds: float = Field(0, ge=0)


class AssignRole(OfTenant):
    """Admin roles of a person or of a service account: exactly these privileges."""

    to: str = Field(description="A person's or a service account's address.")
    privileges: list[Literal["resources", "users"]] = Field(default_factory=lambda: sorted(PRIVILEGES))  # type: ignore[arg-type]  # the same two words
    super_admin: bool = False


class RestrictUser(Body):
    """Scopes that delegation does not reach for one person, by a rule of the organisation."""

    user: str
    scopes: list[str] = Field(description="An empty list lifts the restriction.")
    propagation_seconds: float = Field(0, ge=0)


class Reach(Body):
    """A person, or a room, that comes into reach or leaves it.

    A person is in reach of the service account by delegation, a room in that of the service user by its sharing.
    """

    mailbox: str
    propagation_seconds: float = Field(0, ge=0, description="For people; sharing takes effect at once.")


class Sharing(OfTenant):
    """What the customer's settings say about sharing. Only what is given changes."""

    outsiders_see: Literal["none", "freeBusyReader", "reader", "writer"] | None = None
    rooms_shared: Literal["none", "freeBusyReader", "reader"] = "freeBusyReader"
    rooms_bookable: bool = True
    people_shared: Literal["none", "freeBusyReader", "reader"] = "freeBusyReader"


class NewBuilding(OfTenant):
    """A building of the directory; rooms whose place names it are in it."""

    id: str
    name: str
    floors: list[str] = Field(default_factory=list)
    city: str | None = None
    country: str | None = None


def actions(state: FaceState) -> Iterator[Action]:
    """The actions of this module."""
    yield Action("delegate", "Let a service account act for everybody.", Delegate, lambda body: _delegate(state, body))
    yield Action(
        "withdraw-delegation", "Take delegated scopes away.", WithdrawDelegation, lambda body: _withdraw(state, body)
    )
    yield Action("assign-role", "Give or take admin privileges.", AssignRole, lambda body: _assign(state, body))
    yield Action("restrict-user", "Keep delegation from one person.", RestrictUser, lambda body: _restrict(state, body))
    yield Action("grant", "Bring a person or room into reach.", Reach, lambda body: _reach(state, body, reached=True))
    yield Action(
        "revoke", "Take a person or room out of reach.", Reach, lambda body: _reach(state, body, reached=False)
    )
    yield Action("add-building", "Add a building.", NewBuilding, lambda body: _building(state, body))
    yield Action(
        "sharing-defaults", "Change what new calendars and outsiders get.", Sharing, lambda body: _sharing(state, body)
    )


def _delegate(state: FaceState, body: Delegate) -> Json:
    return _change(state, body, scopes_named(body.scopes), body.propagation_seconds)


def _withdraw(state: FaceState, body: WithdrawDelegation) -> Json:
    account, customer = account_named(state, body.account), customer_named(state, body.tenant)
    held = customer.delegations.get(account.client_id)
    scopes = held.latest if held is not None and body.scopes is not None else frozenset[str]()
    left = scopes - scopes_named(body.scopes) if body.scopes is not None else frozenset[str]()
    return _change(state, body, left, body.propagation_seconds)


def _change(
    state: FaceState, body: Delegate | WithdrawDelegation, scopes: frozenset[str], seconds: float
) -> Json:  # fmt: skip
    account, customer = account_named(state, body.account), customer_named(state, body.tenant)
    effective = state.world.now() + timedelta(seconds=seconds)
    customer.delegate(account.client_id, scopes, effective=effective)
    return {"client_id": account.client_id, "scopes": sorted(scopes), "effective": effective.isoformat()}


def _assign(state: FaceState, body: AssignRole) -> Json:
    customer = customer_named(state, body.tenant)
    robot = state.cloud.account(body.to)
    if robot is None:
        account = state.account(user_named(state, body.to))
        account.privileges, account.super_admin = set(body.privileges), body.super_admin
    elif body.super_admin:
        raise Invalid("A service account cannot be a super admin.")
    else:
        customer.robot_roles[robot.email] = set(body.privileges)
    return {"to": body.to, "privileges": sorted(body.privileges), "super_admin": body.super_admin}


def _restrict(state: FaceState, body: RestrictUser) -> Json:
    effective = _deny(state, user_named(state, body.user), scopes_named(body.scopes), body.propagation_seconds)
    return {"user": body.user, "effective": effective}


def _reach(state: FaceState, body: Reach, *, reached: bool) -> Json:
    user = user_named(state, body.mailbox)
    if not user.is_resource:
        denied = frozenset[str]() if reached else DELEGATED
        return {"mailbox": user.mail, "effective": _deny(state, user, denied, body.propagation_seconds)}
    entry = state.entry(user)
    if reached:
        entry.share("user", SERVICE_USER, Role.WRITER)
    else:
        entry.withdraw(f"user:{SERVICE_USER}")
    return {"mailbox": user.mail, "effective": state.world.now().isoformat()}


def _deny(state: FaceState, user: User, scopes: frozenset[str], seconds: float) -> str:
    effective = state.world.now() + timedelta(seconds=seconds)
    state.account(user).denied_from = (effective, scopes)
    return effective.isoformat()


def _building(state: FaceState, body: NewBuilding) -> Json:
    customer = customer_named(state, body.tenant)
    if any(body.id == held.id and held.tenant_id == customer.tenant_id for held in state.buildings):
        raise Taken(f"There is a building {body.id}.")
    building = Building(
        customer.tenant_id, body.id, body.name, body.floors, city=body.city, country=body.country
    )  # fmt: skip
    state.buildings.append(building)
    return {"id": building.id}


def _sharing(state: FaceState, body: Sharing) -> Json:
    customer = customer_named(state, body.tenant)
    for name in body.model_fields_set - {"tenant"}:
        setattr(customer, name, getattr(body, name))
    return {name: getattr(customer, name) for name in Sharing.model_fields if name != "tenant"}
