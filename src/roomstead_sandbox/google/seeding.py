"""What the face adds to a planted world: a cloud project with a service account, delegation, buildings, sharing."""

from roomstead_sandbox.google import scopes
from roomstead_sandbox.google.identity.cloud import OAuthClient
from roomstead_sandbox.google.identity.customers import RESOURCES, USERS, Building, ResourceFacts
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.world import seed_corp
from roomstead_sandbox.world.people import Tenant, User

CUSTOMER_ID = "C03corp7x"
PROJECT_ID, PROJECT_NUMBER = "roomstead-rehearsal", "417053920186"
ACCOUNT_NAME, ACCOUNT_CLIENT = "roomstead", "104617209384756102938"
WORKLOAD_NAME, WORKLOAD_CLIENT = "workload", "117380294756610293847"
OAUTH_CLIENT = f"{PROJECT_NUMBER}-rehearsal.apps.googleusercontent.com"
OAUTH_SECRET = "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"  # noqa: S105  (opens nothing but the rehearsal tenant)
UNSHARED_ROOM = "Tram"
MASKED_ROOM = "Miradouro"
DELEGATED = frozenset((*scopes.EVENTS_READ, *scopes.FREEBUSY, *scopes.CALENDARS_READ, *scopes.LIST_READ,
                       *scopes.ACL_READ, *scopes.SETTINGS_READ, *scopes.ROOMS_READ, *scopes.USERS_READ))  # fmt: skip


def seed(state: FaceState) -> None:
    """Make the identities of a planted Google tenant; nothing where there is none."""
    tenant = next(state.tenants(), None)
    if tenant is None:
        return
    _identities(state, tenant)
    if tenant.id == seed_corp.TENANT_ID:
        _buildings(state, tenant)
        _accounts(state, tenant)
        _sharing(state, tenant)


def _identities(state: FaceState, tenant: Tenant) -> None:
    project = state.cloud.add_project(PROJECT_ID, PROJECT_NUMBER)
    account = state.cloud.add_account(ACCOUNT_NAME, project, ACCOUNT_CLIENT)
    workload = state.cloud.add_account(WORKLOAD_NAME, project, WORKLOAD_CLIENT)
    account.token_creators.append(workload.email)
    state.cloud.clients[OAUTH_CLIENT] = OAuthClient(
        OAUTH_CLIENT, OAUTH_SECRET, project.number, "Roomstead", internal_to=tenant.id
    )
    customer = state.customer(tenant.id)
    customer.id = CUSTOMER_ID
    customer.delegate(account.client_id, DELEGATED, effective=state.world.now())


def _buildings(state: FaceState, tenant: Tenant) -> None:
    for site in seed_corp.SITES:
        state.buildings.append(
            Building(
                tenant.id, site.id, site.name, list(site.floors), site.street, site.city, site.country,
                site.latitude, site.longitude,
            )
        )  # fmt: skip
    for user, place in state.world.directory.rooms(tenant.id, state.world.now()):
        state.resources[user.id] = ResourceFacts(place.place_id, visible_description=f"{place.label}, ask Lucy Hart")


def _accounts(state: FaceState, tenant: Tenant) -> None:
    for user in state.world.directory.users_of(tenant.id):
        account = state.account(user)
        account.unit = f"/{user.department}" if user.department else "/"
        if user.mail == seed_corp.ADMIN:
            account.privileges |= {RESOURCES, USERS}


def _sharing(state: FaceState, tenant: Tenant) -> None:
    """The service user reads every room but two: one shows it free/busy only, one was never shared with it."""
    for user, _ in state.world.directory.rooms(tenant.id, state.world.now()):
        entry = state.entry(user)
        if user.display_name == seed_corp.RESTRICTED_ROOM:
            entry.share("user", f"dana.cole@{seed_corp.DOMAIN}", Role.WRITER)
            entry.withdraw(f"domain:{seed_corp.DOMAIN}")
        elif user.display_name == UNSHARED_ROOM:
            entry.withdraw(f"domain:{seed_corp.DOMAIN}")
            entry.share("group", f"engineering@{seed_corp.DOMAIN}", Role.READER)
        elif user.display_name != MASKED_ROOM:
            entry.share("user", seed_corp.SERVICE_USER, Role.WRITER)
    dana = _person(state, tenant, f"dana.cole@{seed_corp.DOMAIN}")
    state.entry(dana).withdraw(f"domain:{seed_corp.DOMAIN}")


def _person(state: FaceState, tenant: Tenant, address: str) -> User:
    user = state.world.directory.find(tenant.id, address)
    if user is None:
        raise LookupError(address)
    return user
