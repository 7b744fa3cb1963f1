"""Two providers in one world: each keeps to its own tenants, and a room to its own people."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from google.oauth2 import service_account
from googleapiclient import discovery
from tests.sandbox.google.conftest import AUTH, NOW, room
from tests.support.plain import PLAIN

from roomstead_sandbox.app import create_app
from roomstead_sandbox.running import RunningSandbox
from roomstead_sandbox.world.world import World

TOM = "tom.baker@contoso.example"
YUKI = "yuki.tanaka@corp.example"
DAY = "2026-11-26"


@pytest.fixture(scope="module")
def world() -> Iterator[RunningSandbox]:
    """Contoso and Corp, side by side."""
    with RunningSandbox(create_app(World(now=NOW)), seed="both") as running:
        yield running


@pytest.fixture
def http() -> Iterator[httpx2.Client]:
    """A client that knows nothing."""
    with httpx2.Client(trust_env=False, verify=PLAIN, timeout=60) as client:
        yield client


@pytest.fixture
def calendar(world: RunningSandbox) -> Iterator[Any]:
    """Yuki's calendar with Google's client."""
    credentials = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]  # google-auth has no types
        json.loads(world.endpoints["google_key_json"]), scopes=[f"{AUTH}calendar"], subject=YUKI
    )
    base = world.endpoints["google_calendar_base"] + "/"
    service = discovery.build("calendar", "v3", credentials=credentials, client_options={"api_endpoint": base})
    yield service
    service.close()


def _entra(world: RunningSandbox, http: httpx2.Client, tenant: str) -> Any:  # noqa: ANN401  (JSON)
    form = {
        "grant_type": "client_credentials",
        "client_id": world.endpoints["client_id"],
        "client_secret": world.endpoints["client_secret"],
        "scope": "https://graph.microsoft.com/.default",
    }
    return http.post(f"{world.endpoints['login_base']}/{tenant}/oauth2/v2.0/token", data=form).json()


def _graph(world: RunningSandbox, http: httpx2.Client, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401  (JSON)
    token = _entra(world, http, "contoso.example")["access_token"]
    answer = http.request(
        method, f"{world.endpoints['graph_base']}/v1.0{path}", json=body, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def _settle(world: RunningSandbox) -> None:
    world.call(lambda: world.world.clock.settle(600))


def test_entra_knows_no_tenant_of_googles(world: RunningSandbox, http: httpx2.Client) -> None:
    assert "AADSTS90002" in _entra(world, http, "corp.example")["error_description"]
    assert "access_token" in _entra(world, http, "contoso.example")


def test_a_room_of_google_is_for_its_own_people(
    world: RunningSandbox, http: httpx2.Client, calendar: Any  # noqa: ANN401  (a discovered client)
) -> None:  # fmt: skip
    body = {
        "subject": "Across",
        "start": {"dateTime": f"{DAY}T09:00:00", "timeZone": "UTC"},
        "end": {"dateTime": f"{DAY}T10:00:00", "timeZone": "UTC"},
        "attendees": [
            {"type": "required", "emailAddress": {"address": YUKI, "name": "Yuki Tanaka"}},
            {"type": "resource", "emailAddress": {"address": room("tulip"), "name": "Tulip"}},
        ],
    }
    made = _graph(world, http, "POST", f"/users/{TOM}/events", body)
    _settle(world)
    found = calendar.events().list(calendarId="primary", q="Across").execute()["items"]
    assert [item["organizer"]["email"] for item in found] == [TOM]
    answers = _graph(world, http, "GET", f"/users/{TOM}/events/{made['id']}")["attendees"]
    told = {one["emailAddress"]["address"]: one["status"]["response"] for one in answers}
    assert told[room("tulip")] == "declined"  # nobody from elsewhere books this room
