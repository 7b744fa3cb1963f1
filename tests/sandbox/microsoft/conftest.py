"""A rehearsal tenant on loopback for every test, every answer of its Graph judged by Microsoft's own description."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest
from joserfc.jwk import RSAKey
from tests.support.plain import PLAIN

from roomstead_sandbox.app import Receive, Sandbox, Scope, Send
from roomstead_sandbox.microsoft.face import create_face
from roomstead_sandbox.running import RunningSandbox
from roomstead_sandbox.world.people import User
from roomstead_sandbox.world.world import World

NOW = datetime(2026, 11, 23, 10, 16, 20, tzinfo=UTC)
TENANT = "contoso.example"
JANE = f"jane.doe@{TENANT}"
PRIYA = f"priya.shah@{TENANT}"  # out of the app's reach
SERVICE = f"rooms@{TENANT}"
OAK = f"oak@{TENANT}"
Json = dict[str, Any]


def _support(name: str) -> ModuleType:
    """A module of tests/contracts_support, loaded by its path."""
    path = Path(__file__).resolve().parents[2] / "contracts_support" / f"{name}.py"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def description() -> Any:  # noqa: ANN401  (the module is loaded by its path)
    """Microsoft's description of Graph, or None on a bare clone."""
    return _support("graph_description").load()


class JudgedSandbox(Sandbox):
    """A sandbox that shows every answer of Graph to the judge before it goes out."""

    def __init__(self, world: World, judge: Any) -> None:  # noqa: ANN401  (as above)
        self.face = create_face(world)
        super().__init__(world, [self.face])
        self.judge = judge
        self.judged = 0
        self.problems: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, and listen to what is sent."""
        marker = "/graph/v1.0"
        if self.judge is None or scope["type"] != "http" or not scope["path"].startswith(marker):
            await super().__call__(scope, receive, send)
            return
        target = scope["raw_path"].decode().partition(marker)[2]
        status, parts = 0, []

        async def listening(message: Any) -> None:  # noqa: ANN401  (an ASGI event)
            nonlocal status
            status = message.get("status", status)
            parts.append(message.get("body", b""))
            await send(message)

        await super().__call__(scope, receive, listening)
        if status and scope["method"] in ("GET", "POST", "PATCH", "DELETE"):
            self.judged += 1
            self.problems += self.judge.check_answer(scope["method"], target, status, b"".join(parts))


@dataclass
class Graph:
    """A bare client of one app: no retries, no opinions."""

    base: str
    http: httpx2.Client
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: object = None, **headers: str) -> httpx2.Response:
        """One request below the version; header names in keywords with underscores for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = path if path.startswith("http") else f"{self.base}{path}"
        return self.http.request(method, url, json=body, headers={**self.headers, **named})

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """GET."""
        return self.call("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> httpx2.Response:
        """POST."""
        return self.call("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: object, **headers: str) -> httpx2.Response:
        """PATCH."""
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> httpx2.Response:
        """DELETE."""
        return self.call("DELETE", path, **headers)

    def pages(self, path: str, **headers: str) -> Iterator[Json]:
        """Every page of a list, following the links as they are."""
        url: str | None = path
        while url is not None:
            page = self.get(url, **headers)
            assert page.status_code == 200, page.text
            yield page.json()
            url = page.json().get("@odata.nextLink")

    def all(self, path: str, **headers: str) -> list[Json]:
        """Every item of a list."""
        return [item for page in self.pages(path, **headers) for item in page["value"]]


class Rehearsal(RunningSandbox):
    """A running sandbox with what these tests ask of it most."""

    def __init__(self, judge: Any) -> None:  # noqa: ANN401  (as above)
        self.judged = JudgedSandbox(World(now=NOW), judge)
        super().__init__(self.judged)
        self.http = httpx2.Client(trust_env=False, verify=PLAIN, timeout=60)
        self.face = self.judged.face
        self.signing_key = RSAKey.generate_key(2048).as_pem(private=True).decode()

    def begin(self) -> None:
        """Plant the world anew.  Only the signing key is kept: making one takes long."""
        self.call(self._begin)

    def _begin(self) -> None:
        self.judged.problems.clear()
        self.world.clock.freeze()
        self.world.clock.set(NOW)
        self.judged.fill("contoso")
        self.face.state.mint.private_pem = self.signing_key

    @property
    def login(self) -> str:
        """The sign-in host."""
        return self.endpoints["login_base"]

    def token(self, tenant: str = TENANT, /, **fields: str | None) -> httpx2.Response:
        """A token request with the seeded app's secret, some fields replaced or (None) left out."""
        form: dict[str, str | None] = {
            "grant_type": "client_credentials",
            "client_id": self.endpoints.get("client_id"),
            "client_secret": self.endpoints.get("client_secret"),
            "scope": "https://graph.microsoft.com/.default",
            **fields,
        }
        sent = {name: value for name, value in form.items() if value is not None}
        return self.http.post(f"{self.login}/{tenant}/oauth2/v2.0/token", data=sent)

    def graph(self, tenant: str = TENANT, /, **fields: str | None) -> Graph:
        """A client of Graph with a fresh token."""
        answer = self.token(tenant, **fields)
        assert answer.status_code == 200, answer.text
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        return Graph(f"{self.endpoints['graph_base']}/v1.0", self.http, bearer)

    def order(self, action: str, **body: object) -> Any:  # noqa: ANN401  (JSON)
        """One of the face's control actions."""
        return self.control.post(f"microsoft/{action}", body)

    def fault(self, kind: str, **fields: object) -> None:
        """Bad luck."""
        self.control.post("faults", {"kind": kind, **fields})

    def switch(self, **switches: object) -> None:
        """Turn switches."""
        self.control.patch("switches", {"switches": switches})

    def user(self, address: str) -> User:
        """An account of Contoso."""
        tenant = self.endpoints["tenant_id"]
        found = self.world.directory.find(tenant, address)
        assert found is not None
        return found

    def requests(self) -> list[Json]:
        """The request log."""
        logged: list[Json] = self.control.get("requests")
        return logged


@pytest.fixture
def judged(description: Any) -> JudgedSandbox:  # noqa: ANN401  (as above)
    """A sandbox of its own, not yet running, its clock standing as in `rehearsal`."""
    return JudgedSandbox(World(now=NOW), description)


@pytest.fixture(scope="session")
def server(description: Any) -> Iterator[Rehearsal]:  # noqa: ANN401  (as above)
    """One server for all tests; each gets a world of its own from `rehearsal`."""
    with Rehearsal(description) as running:
        yield running
        running.http.close()


@pytest.fixture
def rehearsal(server: Rehearsal) -> Iterator[Rehearsal]:
    """Contoso anew, its clock standing at ten past ten on a Monday; no answer may offend the description."""
    server.begin()
    yield server
    assert server.judged.problems == []


@pytest.fixture
def graph(rehearsal: Rehearsal) -> Graph:
    """A client of Graph as the seeded app."""
    return rehearsal.graph()


@pytest.fixture
def hook() -> Iterator[Any]:
    """An app's notification endpoint on loopback."""
    listening = _support("notification_hook").Hook()
    yield listening
    listening.close()


@pytest.fixture
def meeting() -> Callable[..., Json]:
    """Bodies of events: the day after tomorrow, eleven to twelve in Berlin, unless said otherwise."""

    def build(*attendees: str, **properties: object) -> Json:
        return {
            "subject": "Kick-off",
            "start": {"dateTime": "2026-11-25T11:00:00", "timeZone": "W. Europe Standard Time"},
            "end": {"dateTime": "2026-11-25T12:00:00", "timeZone": "W. Europe Standard Time"},
            "attendees": [
                {
                    "type": "resource" if address.split("@")[0] in ("oak", "elm", "ash", "quartz") else "required",
                    "emailAddress": {"address": address, "name": address.split("@")[0]},
                }
                for address in attendees
            ],
            **properties,
        }

    return build
