"""What a client must be told: where Google's hosts are here, and which identities were planted."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from roomstead_sandbox.google import seeding
from roomstead_sandbox.google.identity.cloud import Key, ServiceAccount, make_key
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.world import seed_corp


def endpoints(state: FaceState, base: str) -> Mapping[str, str]:
    """Addresses and identities by setting's name; only the addresses when no Google tenant was planted."""
    found = {
        "google_base": base,
        "google_token_uri": f"{base}/token",
        "google_revoke_uri": f"{base}/revoke",
        "google_authorize_uri": f"{base}/o/oauth2/v2/auth",
        "google_calendar_base": f"{base}/calendar/v3",
        "google_batch_uri": f"{base}/batch/calendar/v3",
        "google_directory_base": f"{base}/admin/directory/v1",
        "google_iam_base": f"{base}/v1",
        "google_metadata_host": urlsplit(base).netloc,
    }
    tenant = next(state.tenants(), None)
    account = next((a for a in state.cloud.accounts.values() if a.client_id == seeding.ACCOUNT_CLIENT), None)
    if tenant is None or account is None:
        return found
    workload = state.cloud.account(seeding.WORKLOAD_CLIENT)
    client = state.cloud.clients.get(seeding.OAUTH_CLIENT)
    found |= {
        "google_customer_id": state.customer(tenant.id).id,
        "google_domain": tenant.domains[0],
        "google_admin": seed_corp.ADMIN,
        "google_service_user": seed_corp.SERVICE_USER,
        "google_service_account": account.email,
        "google_client_id": account.client_id,
    }
    for name, robot in (("google_key_json", account), ("google_workload_key_json", workload)):
        key = _known_key(robot) if robot is not None else None
        if robot is not None and key is not None:
            found[name] = key_json(state, robot, found["google_token_uri"], key)
    if client is not None:
        found |= {"google_oauth_client_id": client.client_id, "google_oauth_client_secret": client.secret}
    return found


def _known_key(account: ServiceAccount) -> Key | None:
    """The newest key whose private half is known; the first one is made when it is asked for."""
    if not account.had_key:
        return make_key(account)
    return next((key for key in reversed(account.keys) if key.private_pem), None)


def key_json(state: FaceState, account: ServiceAccount, token_uri: str, key: Key) -> str:
    """The file that the console hands out with a key."""
    project = state.cloud.projects[account.project]
    return json.dumps(
        {
            "type": "service_account",
            "project_id": project.id,
            "private_key_id": key.id,
            "private_key": key.private_pem,
            "client_email": account.email,
            "client_id": account.client_id,
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": token_uri,
            "universe_domain": "googleapis.com",
        }
    )
