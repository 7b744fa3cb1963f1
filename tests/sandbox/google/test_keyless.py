"""Signing in without a key file: the identity service signs for a machine of the cloud."""

import json
import os
import subprocess
import sys
import time
from typing import Any

import google.auth.transport.requests
import pytest
import requests
from google.auth import impersonated_credentials
from google.auth.exceptions import RefreshError
from tests.sandbox.google.conftest import AUTH, BOT, Json, Rehearsal

CLOUD = f"{AUTH}cloud-platform"


def _machine(rehearsal: Rehearsal) -> str:
    """The token of the machine's own identity."""
    host = rehearsal.endpoints["google_metadata_host"]
    answer = rehearsal.http.get(
        f"http://{host}/computeMetadata/v1/instance/service-accounts/default/token",
        headers={"Metadata-Flavor": "Google"},
    )
    assert answer.headers["metadata-flavor"] == "Google"
    return str(answer.json()["access_token"])


def _sign(rehearsal: Rehearsal, token: str, **claims: object) -> Any:  # noqa: ANN401  (an answer of httpx2)
    email = rehearsal.endpoints["google_service_account"]
    now = int(time.time())
    payload = {
        "iss": email, "sub": BOT, "scope": f"{AUTH}calendar", "aud": "https://oauth2.googleapis.com/token",
        "iat": now, "exp": now + 3600, **claims,
    }  # fmt: skip
    return rehearsal.http.post(
        f"{rehearsal.endpoints['google_iam_base']}/projects/-/serviceAccounts/{email}:signJwt",
        json={"delegates": [], "payload": json.dumps(payload)},
        headers={"Authorization": f"Bearer {token}"},
    )


def test_a_signed_assertion_buys_a_token(rehearsal: Rehearsal) -> None:
    rehearsal.order("delete-keys")
    signed = _sign(rehearsal, _machine(rehearsal)).json()
    answer = rehearsal.http.post(
        rehearsal.endpoints["google_token_uri"],
        data={"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": signed["signedJwt"]},
    )
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    primary = rehearsal.http.get(f"{rehearsal.endpoints['google_calendar_base']}/calendars/primary", headers=bearer)
    assert primary.json()["id"] == BOT


def test_who_may_not_sign(rehearsal: Rehearsal) -> None:
    machine = _machine(rehearsal)
    rehearsal.order("token-creator", identity=_workload(rehearsal)["client_email"], allowed=False)
    refused = _sign(rehearsal, machine)
    assert (refused.status_code, refused.json()["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert "iam.serviceAccounts.signJwt" in refused.json()["error"]["message"]
    assert _sign(rehearsal, "nonsense").status_code == 401


def test_what_is_not_signed(rehearsal: Rehearsal) -> None:
    machine = _machine(rehearsal)
    assert _sign(rehearsal, machine, exp=int(time.time()) + 50_000).status_code == 400
    assert _sign(rehearsal, machine, exp=None).status_code == 400
    rehearsal.order("enable-api", api="iam", enabled=False)
    assert _sign(rehearsal, machine).json()["error"]["status"] == "PERMISSION_DENIED"


def test_the_metadata_server_asks_for_its_header(rehearsal: Rehearsal) -> None:
    base = f"http://{rehearsal.endpoints['google_metadata_host']}/computeMetadata/v1/instance/service-accounts/"
    assert rehearsal.http.get(f"{base}default/token").status_code == 403
    named = {"Metadata-Flavor": "Google"}
    assert rehearsal.http.get(f"{base}default/email", headers=named).text == _workload(rehearsal)["client_email"]
    assert rehearsal.http.get(f"{base}other/token", headers=named).status_code == 404


def test_googles_library_finds_the_machine(rehearsal: Rehearsal) -> None:
    program = (
        "from google.auth import compute_engine\n"
        "from google.auth.transport.requests import Request\n"
        "found = compute_engine.Credentials()\n"
        "found.refresh(Request())\n"
        "print(found.service_account_email)\n"
    )
    env = {**os.environ, "GCE_METADATA_HOST": rehearsal.endpoints["google_metadata_host"]}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == _workload(rehearsal)["client_email"]


def test_bad_luck_with_signing(rehearsal: Rehearsal) -> None:
    machine = _machine(rehearsal)
    rehearsal.fault("answer", operation="/v1/projects/-/serviceAccounts/{account}:signJwt", status=503)
    assert _sign(rehearsal, machine).json()["error"]["status"] == "UNAVAILABLE"
    assert _sign(rehearsal, machine).status_code == 200
    rehearsal.fault("answer", operation="/computeMetadata", status=500)
    host = rehearsal.endpoints["google_metadata_host"]
    assert rehearsal.http.get(f"http://{host}/computeMetadata/v1/instance/service-accounts/").status_code == 500


def test_impersonation_by_googles_library(rehearsal: Rehearsal) -> None:
    source = rehearsal.credentials(None, "cloud-platform", info=_workload(rehearsal))
    email = rehearsal.endpoints["google_service_account"]
    base = f"{rehearsal.endpoints['google_iam_base']}/projects/-/serviceAccounts"
    credentials = impersonated_credentials.Credentials(  # type: ignore[no-untyped-call]  # google-auth has no types
        source, email, [f"{AUTH}calendar"], iam_endpoint_override=f"{base}/{email}:generateAccessToken"
    )
    with requests.Session() as session:
        session.trust_env = False
        credentials.refresh(google.auth.transport.requests.Request(session))  # type: ignore[no-untyped-call]  # as above
        headers = {"Authorization": f"Bearer {credentials.token}"}
        primary = session.get(f"{rehearsal.endpoints['google_calendar_base']}/calendars/primary", headers=headers)
        assert primary.json()["id"] == email
        rehearsal.order("token-creator", identity=source.service_account_email, allowed=False)
        with pytest.raises(RefreshError, match="getAccessToken"):
            credentials.refresh(google.auth.transport.requests.Request(session))  # type: ignore[no-untyped-call]  # as above


def _workload(rehearsal: Rehearsal) -> Json:
    info: Json = json.loads(rehearsal.endpoints["google_workload_key_json"])
    return info
