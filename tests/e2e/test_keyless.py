"""Google without a key file, with real processes: a machine of the cloud has Google sign, and a worker books."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from roomstead_sandbox.app import create_app
from roomstead_sandbox.google.identity.customers import RESOURCES, USERS
from roomstead_sandbox.running import RunningSandbox
from roomstead_sandbox.world.world import World

if TYPE_CHECKING:
    from tests.e2e.conftest import Helpers, Installation

DOMAIN = "corp.example"
SERVICE, JANE = f"rooms-bot@{DOMAIN}", f"jane.doe@{DOMAIN}"
METADATA, SIGNING = "/computeMetadata", "/v1/projects/-/serviceAccounts/{account}:signJwt"

pytestmark = pytest.mark.timeout(400)  # each command is a process that loads the whole program


@pytest.fixture(scope="module")
def workspace() -> Iterator[RunningSandbox]:
    """Corp, whose cloud service account has no key any more, and a machine that may have Google sign for it."""
    world = World(now=datetime.now(UTC).replace(microsecond=0))
    with RunningSandbox(create_app(world), seed="corp") as running:
        running.control.post("google/delete-keys", {})
        running.control.post("google/assign-role", {"to": SERVICE, "privileges": [RESOURCES, USERS]})
        yield running


@pytest.fixture(scope="module")
def admin(installation: "Installation", helpers: "Helpers") -> Iterator[httpx2.Client]:
    """Mei, over the API of a Roomstead in processes of its own."""
    url = installation.serve().ready()["url"]
    token = installation.person("Mei Tan", f"mei.tan@{DOMAIN}", admin=True)
    with helpers.client(url, token) as client:
        yield client


def connection(found: dict[str, str]) -> dict[str, Any]:
    """The form: no secret in it."""
    base = found["google_token_uri"].removesuffix("/token")
    metadata = f"http://{found['google_metadata_host']}"
    return {
        "provider": "google",
        "name": "Corp",
        "tenant": found["google_customer_id"],
        "endpoints": {
            **dict.fromkeys(("oauth", "calendar", "directory", "iam", "accounts"), base),
            "metadata": metadata,
        },
        "tier": 3,
        "credential": {
            "kind": "keyless",
            "fields": {"account": found["google_service_account"], "app_id": found["google_client_id"]},
        },
        "address": SERVICE,
        "use_as_service_account": True,
        "domains": [DOMAIN],
    }


def verified(admin: httpx2.Client, helpers: "Helpers", verification: str) -> dict[str, Any]:
    """A verification at its end, its checks by key."""
    found: dict[str, Any] = helpers.eventually(
        lambda: admin.get(f"/verifications/{verification}").json(), lambda seen: seen["finished_at"] is not None
    )
    return {check["key"]: check for check in found["checks"]}


def test_without_a_key_rooms_are_read_and_meetings_booked(
    workspace: RunningSandbox, admin: httpx2.Client, helpers: "Helpers"
) -> None:
    added = admin.post("/integrations", json=connection(workspace.endpoints))
    assert added.status_code == 201, added.text
    checks = verified(admin, helpers, added.json()["verification"]["id"])
    for key in ("credential", "permissions", "concurrent_bookings"):
        assert checks[key]["status"] == "passed", checks[key]
    asked = {each["template"] for each in workspace.control.get("requests")}
    assert {METADATA, SIGNING} <= asked

    person = admin.post("/people", json={"name": "Jane Doe", "addresses": [JANE]}).json()
    day = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=7)
    room = next(each for each in admin.get("/rooms").json()["items"] if each["status"] == "live")
    wanted = {
        "title": "Kick-off",
        "room_id": room["id"],
        "organizer_id": person["id"],
        "start": day.isoformat(),
        "end": (day + timedelta(minutes=30)).isoformat(),
    }
    made = admin.post("/bookings", json=wanted)
    assert made.status_code == 201, made.text
    place = f"/bookings/{made.json()['id']}"
    helpers.eventually(lambda: admin.get(place).json(), lambda seen: seen["state"] == "awaiting_room")
    workspace.advance(5)  # the rehearsed world's time stands still; now the room answers
    booking = helpers.eventually(lambda: admin.get(place).json(), lambda seen: seen["state"] == "confirmed")
    assert (booking["host"]["address"], booking["label"]) == (JANE, None)


def test_a_machine_that_may_no_longer_sign_is_named_with_what_mends_it(
    workspace: RunningSandbox, admin: httpx2.Client, helpers: "Helpers"
) -> None:
    workspace.control.post("google/enable-api", {"api": "iam", "enabled": False})
    (integration,) = admin.get("/integrations").json()["items"]
    asked = admin.post(f"/integrations/{integration['id']}/verify", json={}).json()
    checks = verified(admin, helpers, asked["id"])
    assert checks["credential"]["status"] == "failed"
    assert "does not sign" in checks["credential"]["sentence"]
    assert "Service Account Token Creator" in str(checks["credential"]["remedy"])
