"""What the face adds to a planted world: an app registration with consent, and Contoso's access policies."""

from datetime import timedelta

from roomstead_sandbox.microsoft.identity.registrations import add_secret
from roomstead_sandbox.microsoft.policies import AccessPolicy, AccessRight, new_rule_id
from roomstead_sandbox.microsoft.state import FaceState

CLIENT_ID = "535fb089-9ff3-47b6-9bfb-4f1264799865"
CLIENT_SECRET = "rehearsal-secret-of-no-worth"  # noqa: S105  (opens nothing but the rehearsal tenant)
PERMISSIONS = ("Calendars.ReadWrite", "MailboxSettings.Read", "Place.Read.All", "User.ReadBasic.All")
REACHED_GROUPS = ("Roomstead Rooms", "Roomstead Organisers")
SECRET_LIFE = timedelta(days=365)


def seed(state: FaceState, name: str) -> None:
    """Register the app in the first Microsoft tenant of a planted world; in Contoso, keep it to two groups."""
    world = state.world
    tenant = next((t for t in world.directory.tenants.values() if t.face == "microsoft"), None)
    if tenant is None:
        return
    application = state.registrations.register(
        home_tenant=tenant.id, name="Roomstead", requested=list(PERMISSIONS), client_id=CLIENT_ID
    )
    add_secret(application, expires=world.now() + SECRET_LIFE, value=CLIENT_SECRET)
    state.registrations.consent(tenant.id, CLIENT_ID, frozenset(PERMISSIONS), effective=world.now())
    for group_name in REACHED_GROUPS if name in ("contoso", "both") else ():
        group = world.directory.find_group(tenant.id, group_name)
        if group is not None:
            policy = AccessPolicy(
                new_rule_id(), tenant.id, CLIENT_ID, AccessRight.RESTRICT, group.id, f"Reach of {group_name}"
            )
            state.policies.add_policy(policy, world.now())
    state.check().observe_groups(world.now())
