"""How people name things to the face's actions: anybody by an address, a calendar by its id, a client by its number."""

from pydantic import BaseModel, ConfigDict, Field

from roomstead_sandbox.google.access import Calendar, find_calendar
from roomstead_sandbox.google.identity.cloud import Project, ServiceAccount
from roomstead_sandbox.google.identity.customers import Customer
from roomstead_sandbox.google.scopes import KNOWN
from roomstead_sandbox.google.seeding import ACCOUNT_CLIENT, DELEGATED
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.world.errors import Invalid, NotFound
from roomstead_sandbox.world.people import User

_AUTH = "https://www.googleapis.com/auth/"


class Body(BaseModel):
    """A request: unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Body):
    """No parameters."""


class OfAccount(Body):
    """A request about one service account."""

    account: str = Field(ACCOUNT_CLIENT, description="Address or number; the seeded one when left out.")


class OfUser(Body):
    """A request about one person."""

    user: str = Field(description="Any address of the person.")


class OfTenant(Body):
    """A request about one customer."""

    tenant: str | None = Field(None, description="Tenant id or domain; the only one of Google's when left out.")


class OfCalendar(Body):
    """A request about one calendar."""

    calendar: str = Field(description="The calendar's id: a person's or a room's address.")


def account_named(state: FaceState, name: str) -> ServiceAccount:
    """A service account. Raises NotFound."""
    account = state.cloud.account(name)
    if account is None:
        raise NotFound(f"There is no service account {name}.")
    return account


def project_of(state: FaceState, account: ServiceAccount) -> Project:
    """The project of a service account."""
    return state.cloud.projects[account.project]


def user_named(state: FaceState, address: str) -> User:
    """A person or room of any customer. Raises NotFound."""
    user = state.user(address)
    if user is None:
        raise NotFound(f"No customer of Google's has anybody called {address}.")
    return user


def customer_named(state: FaceState, key: str | None) -> Customer:
    """A customer by tenant id or domain; the only one when none is named. Raises NotFound, Invalid."""
    found = list(state.tenants())
    if key is not None:
        tenant = state.world.directory.find_tenant(key)
        found = [tenant] if tenant is not None and tenant in found else []
        if not found:
            raise NotFound(f"Google has no customer {key}.")
    if len(found) != 1:
        raise Invalid("Say which tenant: there is not exactly one of Google's.")
    return state.customer(found[0].id)


def calendar_named(state: FaceState, key: str) -> Calendar:
    """A calendar by its id. Raises NotFound."""
    calendar = find_calendar(state, None, key)
    if calendar is None:
        raise NotFound(f"There is no calendar {key}.")
    return calendar


def scopes_named(names: list[str] | None) -> frozenset[str]:
    """Scopes, with or without the common beginning; all that the seed delegates when none is named. Raises Invalid."""
    if names is None:
        return DELEGATED
    known = {scope.removeprefix(_AUTH): scope for scope in KNOWN}
    found = [known.get(name.removeprefix(_AUTH)) for name in names]
    if None in found:
        raise Invalid(f"Unknown scope among {', '.join(names)}. There are {', '.join(sorted(known))}.")
    return frozenset(scope for scope in found if scope is not None)
