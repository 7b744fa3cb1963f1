"""How people name things to the face's actions: an app by its client id, a mailbox by any address, a group by name."""

from pydantic import BaseModel, ConfigDict, Field

from roomstead_sandbox.microsoft.identity.registrations import Application, ServicePrincipal
from roomstead_sandbox.microsoft.seeding import CLIENT_ID
from roomstead_sandbox.microsoft.state import FaceState
from roomstead_sandbox.world.errors import Invalid, NotFound
from roomstead_sandbox.world.people import Group, Tenant, User


class Body(BaseModel):
    """A request: unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid")


class OfApp(Body):
    """A request about one app."""

    client_id: str = Field(CLIENT_ID, description="The app's client id; the seeded app when left out.")


class OfTenantApp(OfApp):
    """A request about one app in one tenant."""

    tenant: str | None = Field(None, description="Tenant id or domain; the app's home tenant when left out.")


def app_named(state: FaceState, client_id: str) -> Application:
    """An app by client id.  Raises NotFound."""
    application = state.registrations.application(client_id)
    if application is None:
        raise NotFound(f"There is no app {client_id}.")
    return application


def tenant_for(state: FaceState, body: OfTenantApp) -> Tenant:
    """The tenant that a request is about.  Raises NotFound."""
    key = body.tenant or app_named(state, body.client_id).home_tenant
    tenant = state.world.directory.find_tenant(key)
    if tenant is None:
        raise NotFound(f"There is no tenant {key}.")
    return tenant


def tenant_named(state: FaceState, key: str | None) -> Tenant:
    """A tenant by id or domain; the only one of Microsoft's when none is named.  Raises NotFound, Invalid."""
    if key is None:
        own = [tenant for tenant in state.world.directory.tenants.values() if tenant.face == "microsoft"]
        if len(own) != 1:
            raise Invalid("Say which tenant: there is not exactly one.")
        return own[0]
    tenant = state.world.directory.find_tenant(key)
    if tenant is None:
        raise NotFound(f"There is no tenant {key}.")
    return tenant


def principal_for(state: FaceState, body: OfTenantApp) -> ServicePrincipal:
    """The service principal that a request is about.  Raises NotFound."""
    tenant = tenant_for(state, body)
    principal = state.registrations.principal(tenant.id, body.client_id)
    if principal is None:
        raise NotFound(f"{tenant.name} has never consented to the app {body.client_id}.")
    return principal


def group_named(state: FaceState, tenant: Tenant, name: str) -> Group:
    """A group by id, address or name.  Raises NotFound."""
    group = state.world.directory.find_group(tenant.id, name)
    if group is None:
        raise NotFound(f"{tenant.name} has no group {name}.")
    return group


def user_named(state: FaceState, tenant: Tenant, address: str) -> User:
    """An account by id or any address.  Raises NotFound."""
    user = state.world.directory.find(tenant.id, address)
    if user is None:
        raise NotFound(f"{tenant.name} has nobody called {address}.")
    return user
