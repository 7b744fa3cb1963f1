"""A rehearsal Workspace on loopback for every test, driven by Google's own client libraries."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from google.oauth2 import service_account
from googleapiclient import discovery

from roomstead_sandbox.app import Sandbox
from roomstead_sandbox.google.face import create_face
from roomstead_sandbox.google.identity.cloud import Key
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.running import RunningSandbox
from roomstead_sandbox.world.people import User
from roomstead_sandbox.world.world import World

NOW = datetime(2026, 11, 23, 10, 16, 20, tzinfo=UTC)
DOMAIN = "corp.example"
BOT = f"rooms-bot@{DOMAIN}"
JANE = f"jane.doe@{DOMAIN}"
ADMIN = f"olga.petrova@{DOMAIN}"
AUTH = "https://www.googleapis.com/auth/"
Json = dict[str, Any]


def room(name: str) -> str:
    """The calendar id of a room."""
    return f"c_1880{name}@resource.calendar.google.com"


class Rehearsal(RunningSandbox):
    """A running sandbox with what these tests ask of it most."""

    def __init__(self) -> None:
        world = World(now=NOW)
        self.face = create_face(world)
        super().__init__(Sandbox(world, [self.face]), seed="corp")
        self.http = httpx2.Client(trust_env=False, timeout=30)
        assert self.endpoints["google_key_json"]  # the keys are made when first told of
        self._services: list[Any] = []
        self._keys: dict[str, list[Key]] = {a.email: a.keys for a in self.state.cloud.accounts.values()}

    @property
    def state(self) -> FaceState:
        """The face's state."""
        return self.face.state

    def begin(self) -> None:
        """Plant the world anew.  Only the keys are kept: making one takes long."""
        self.call(self._begin)

    def _begin(self) -> None:
        self.world.clock.freeze()
        self.world.clock.set(NOW)
        self.sandbox.fill("corp")
        for email, keys in self._keys.items():
            self.state.cloud.accounts[email].keys = list(keys)

    def credentials(self, subject: str | None = BOT, *scopes: str) -> service_account.Credentials:
        """The seeded service account's, acting for somebody."""
        info = json.loads(self.endpoints["google_key_json"])
        wanted = [AUTH + scope for scope in scopes or ("calendar",)]
        return service_account.Credentials.from_service_account_info(info, scopes=wanted, subject=subject)  # type: ignore[no-untyped-call,no-any-return]  # google-auth has no types

    def calendar(self, subject: str | None = BOT, *scopes: str) -> Any:  # noqa: ANN401  (a discovered client)
        """Google's client of the Calendar API."""
        base = self.endpoints["google_calendar_base"] + "/"
        return self._built("calendar", "v3", base, self.credentials(subject, *scopes))

    def _built(self, api: str, version: str, base: str, credentials: object) -> Any:  # noqa: ANN401  (as above)
        service = discovery.build(api, version, credentials=credentials, client_options={"api_endpoint": base})
        self._services.append(service)
        return service

    def close_services(self) -> None:
        """Close what the clients keep open."""
        while self._services:
            self._services.pop().close()

    def user(self, address: str) -> User:
        """An account of the tenant."""
        found = self.state.user(address)
        assert found is not None
        return found

    def order(self, action: str, **body: object) -> Any:  # noqa: ANN401  (JSON)
        """One of the face's control actions."""
        return self.control.post(f"google/{action}", body)

    def fault(self, kind: str, **fields: object) -> None:
        """Bad luck."""
        self.control.post("faults", {"kind": kind, **fields})

    def switch(self, **switches: object) -> None:
        """Turn switches."""
        self.control.patch("switches", {"switches": switches})


@pytest.fixture(scope="session")
def server() -> Iterator[Rehearsal]:
    """One server for all tests; each gets a world of its own from `rehearsal`."""
    with Rehearsal() as running:
        yield running
        running.http.close()


@pytest.fixture
def rehearsal(server: Rehearsal) -> Iterator[Rehearsal]:
    """The tenant anew, its clock standing at ten past ten on a Monday."""
    server.begin()
    yield server
    server.close_services()
