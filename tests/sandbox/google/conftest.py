"""A rehearsal Workspace on loopback for every test, driven by Google's own client libraries."""

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from types import ModuleType
from typing import Any

import httpx2
import pytest
from google.auth.transport.requests import Request
from google.oauth2 import service_account
from googleapiclient import discovery
from googleapiclient.errors import HttpError
from tests.support.plain import PLAIN

from roomstead_sandbox.app import Receive, Sandbox, Scope, Send
from roomstead_sandbox.google.face import PREFIX, create_face
from roomstead_sandbox.google.identity.cloud import Key
from roomstead_sandbox.google.roles import Role
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


class JudgedSandbox(Sandbox):
    """A sandbox that shows every answer of a described API to the judge before it goes out."""

    def __init__(self, world: World, judge: Any) -> None:  # noqa: ANN401  (its module is loaded by its path)
        self.face = create_face(world)
        super().__init__(world, [self.face])
        self.judge = judge
        self.judged = 0
        self.problems: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, and listen to what is sent."""
        target = scope.get("raw_path", b"").decode().partition(PREFIX)[2] if scope["type"] == "http" else ""
        if not self.judge.covers(target):
            await super().__call__(scope, receive, send)
            return
        status, kind, parts = 0, "", []

        async def listening(message: Any) -> None:  # noqa: ANN401  (an ASGI event)
            nonlocal status, kind
            status = message.get("status", status)
            kind = dict(message.get("headers", ())).get(b"content-type", kind.encode()).decode()
            parts.append(message.get("body", b""))
            await send(message)

        await super().__call__(scope, receive, listening)
        if status and not kind.startswith("text/html"):
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            query = scope.get("query_string", b"").decode()
            self.judged += 1
            self.problems += self.judge.check_answer(
                scope["method"], f"{target}?{query}", status, b"".join(parts), headers
            )


class Rehearsal(RunningSandbox):
    """A running sandbox with what these tests ask of it most."""

    def __init__(self, judge: Any) -> None:  # noqa: ANN401  (as above)
        self.judged = JudgedSandbox(World(now=NOW), judge)
        self.face = self.judged.face
        super().__init__(self.judged, seed="corp")
        self.http = httpx2.Client(trust_env=False, verify=PLAIN, timeout=60)
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
        self.judged.problems.clear()
        self.world.clock.freeze()
        self.world.clock.set(NOW)
        self.sandbox.fill("corp")
        for email, keys in self._keys.items():
            self.state.cloud.accounts[email].keys = list(keys)
            self.state.cloud.accounts[email].had_key = True

    def credentials(
        self, subject: str | None = BOT, *scopes: str, info: Json | None = None
    ) -> service_account.Credentials:
        """The seeded service account's, or those of another key file, acting for somebody."""
        info = json.loads(self.endpoints["google_key_json"]) if info is None else info
        wanted = [AUTH + scope for scope in scopes or ("calendar",)]
        return service_account.Credentials.from_service_account_info(info, scopes=wanted, subject=subject)  # type: ignore[no-untyped-call,no-any-return]  # google-auth has no types

    def calendar(self, subject: str | None = BOT, *scopes: str, info: Json | None = None) -> Any:  # noqa: ANN401  (a discovered client)
        """Google's client of the Calendar API."""
        return self.built(self.credentials(subject, *scopes, info=info))

    def built(self, credentials: object) -> Any:  # noqa: ANN401  (as above)
        """Google's client of the Calendar API with any credentials."""
        return self._built("calendar", "v3", self.endpoints["google_calendar_base"] + "/", credentials)

    def bearer(self, subject: str | None = BOT, *scopes: str) -> dict[str, str]:
        """A header with a token, for calls made by hand."""
        credentials = self.credentials(subject, *scopes)
        request = Request()
        try:
            credentials.refresh(request)  # type: ignore[no-untyped-call]  # google-auth has no types
        finally:
            request.session.close()
        return {"Authorization": f"Bearer {credentials.token}"}

    def directory(self, subject: str | None = ADMIN, *scopes: str) -> Any:  # noqa: ANN401  (as above)
        """Google's client of the Directory API."""
        base = self.endpoints["google_directory_base"].removesuffix("admin/directory/v1")
        wanted = scopes or ("admin.directory.resource.calendar.readonly", "admin.directory.user.readonly")
        return self._built("admin", "directory_v1", base, self.credentials(subject, *wanted))

    def _built(self, api: str, version: str, base: str, credentials: object) -> Any:  # noqa: ANN401  (as above)
        service = discovery.build(api, version, credentials=credentials, client_options={"api_endpoint": base})
        self._services.append(service)
        return service

    def close_later(self, service: object) -> None:
        """Close a client when the test is over."""
        self._services.append(service)

    def close_services(self) -> None:
        """Close what the clients keep open."""
        while self._services:
            self._services.pop().close()

    def events(self, subject: str | None = BOT, *scopes: str) -> Any:  # noqa: ANN401  (as above)
        """The events of the Calendar API, as somebody."""
        return self.calendar(subject, *scopes).events()

    def settle(self) -> None:
        """Let all mail arrive and all rooms decide."""
        self.control.post("clock/settle", {})

    def refused(self, request: Any) -> tuple[int, str]:  # noqa: ANN401  (a discovered request)
        """The status and reason with which a request is refused."""
        with pytest.raises(HttpError) as caught:
            request.execute()
        return caught.value.status_code, caught.value.error_details[0]["reason"]

    def refused_status(self, request: Any) -> int:  # noqa: ANN401  (as above)
        """The status of an answer that the client takes for an error."""
        with pytest.raises(HttpError) as caught:
            request.execute()
        return int(caught.value.status_code)

    def share(self, calendar: str, with_whom: str, role: str) -> None:
        """Share somebody's calendar with somebody."""
        given = Role.of(role)
        assert given is not None
        self.call(lambda: self.state.entry(self.user(calendar)).share("user", with_whom, given))

    def wait_for_timer(self, kind: str) -> None:
        """Wait until the world's clock has something of this kind to do; fails after a minute."""
        deadline = monotonic() + 60
        while all(due["kind"] != kind for due in self.control.get("clock")["next"]):
            assert monotonic() < deadline, kind

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


def refusal(work: Any) -> tuple[int, str]:  # noqa: ANN401  (a request of a discovered client)
    """Status and reason with which a request is refused."""
    with pytest.raises(HttpError) as refused:
        work.execute()
    return refused.value.status_code, json.loads(refused.value.content)["error"]["errors"][0]["reason"]


@pytest.fixture
def meeting() -> Callable[..., Json]:
    """Bodies of events: the first of December, ten to eleven in Amsterdam, unless said otherwise."""

    def build(*guests: str, **properties: object) -> Json:
        return {
            "summary": "Design review",
            "start": {"dateTime": "2026-12-01T10:00:00", "timeZone": "Europe/Amsterdam"},
            "end": {"dateTime": "2026-12-01T11:00:00", "timeZone": "Europe/Amsterdam"},
            "attendees": [{"email": guest} for guest in guests],
            **properties,
        }

    return build


@pytest.fixture
def hook() -> Iterator[Any]:
    """A channel's address on loopback."""
    listening = _support("channel_hook").ChannelHook()
    yield listening
    listening.close()


@pytest.fixture(scope="session")
def description() -> Any:  # noqa: ANN401  (as above)
    """Google's description of its APIs."""
    return _support("google_description").load()


@pytest.fixture(scope="session")
def server(description: Any) -> Iterator[Rehearsal]:  # noqa: ANN401  (as above)
    """One server for all tests; each gets a world of its own from `rehearsal`."""
    with Rehearsal(description) as running:
        yield running
        running.http.close()


@pytest.fixture
def rehearsal(server: Rehearsal) -> Iterator[Rehearsal]:
    """The tenant anew, its clock standing at ten past ten on a Monday; no answer may offend the description."""
    server.begin()
    yield server
    server.close_services()
    assert server.judged.problems == []
