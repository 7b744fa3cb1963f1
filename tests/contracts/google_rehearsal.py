"""The rehearsal Google Workspace, as the calendar contract wants it; every call judged by Google's own description."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.contracts.rehearsal import Cast
from tests.contracts.sandbox_rehearsal import Judged, SandboxRehearsal, WorldClock
from tests.contracts_support.google_description import DOCUMENTS, GoogleDescription

from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.http.transport import HttpSettings
from roomstead.adapters.providers.registry import build_providers
from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.ports.providers import Connection
from roomstead.domain.mailbox import Address
from roomstead_sandbox.app import create_app
from roomstead_sandbox.google import scopes
from roomstead_sandbox.google.face import GoogleFace
from roomstead_sandbox.google.identity.customers import RESOURCES, USERS
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.running import RunningSandbox
from roomstead_sandbox.world.people import User

WRITES = ("POST", "PUT", "PATCH", "DELETE")
_DESCRIPTION = GoogleDescription()


@dataclass(slots=True)
class GoogleRehearsal(SandboxRehearsal):
    """Corp, with a cloud service account to which the admin has delegated all scopes that are asked for."""

    cast: Cast = field(
        default_factory=lambda: Cast(
            service=Address("rooms-bot@corp.example"),
            organizer=Address("jane.doe@corp.example"),
            organizer_alias=Address("jdoe@corp.example"),
            guest=Address("marcus.lee@corp.example"),
            kept_out=Address("dana.cole@corp.example"),
            no_mailbox=Address("pieter.vos@corp.example"),
            nobody=Address("nobody@corp.example"),
            outsider=Address("ada@fabrikam.example"),
            room=Address("c_1880tulip@resource.calendar.google.com"),
            other_room=Address("c_1880canal@resource.calendar.google.com"),
            room_count=12,
            are_rooms_mailed=False,
        )
    )

    def lose_answer(self, mailbox: Address) -> None:
        for method in WRITES:
            self.fault(kind="drop", mailbox=mailbox, method=method, after_commit=True)

    def fail_writes(self, mailbox: Address, times: int) -> None:
        for method in WRITES:
            self.fault(kind="answer", mailbox=mailbox, method=method, count=times, status=503)

    def fail_reads(self, mailbox: Address, times: int) -> None:
        self.fault(kind="answer", mailbox=mailbox, method="GET", count=times, status=500)

    def throttle(self, mailbox: Address, times: int, seconds: int | None) -> None:
        self.throttle_with(mailbox, times, seconds, status=403, code="rateLimitExceeded")

    def race(self, mailbox: Address, times: int) -> None:
        self.fault(kind="stale_precondition", mailbox=mailbox, count=times)

    def expire_cursor(self, mailbox: Address) -> None:
        self.fault(kind="cursor_expired", mailbox=mailbox)

    def end_tokens(self) -> None:
        self.sandbox.call(self.face.tokens.by_text.clear)

    def lock_out(self, mailbox: Address) -> None:
        """Nobody but its owner sees the calendar any more, and the service account is no admin."""
        self.sandbox.call(self.face.account(self.user(self.cast.service)).privileges.clear)
        self.sandbox.call(self.face.entry(self.user(mailbox)).rules.clear)

    @property
    def face(self) -> FaceState:
        """Google's side of the sandbox; to be touched on its own thread."""
        (state,) = (face.state for face in self.sandbox.sandbox.faces if isinstance(face, GoogleFace))
        return state

    def user(self, address: Address) -> User:
        found = self.face.user(address)
        assert found is not None
        return found

    def arrange(self) -> None:
        """The service account may read the directory, Dana's unit lets no app in."""
        self.face.account(self.user(self.cast.service)).privileges |= {RESOURCES, USERS}
        self.face.account(self.user(self.cast.kept_out)).denied_scopes |= scopes.KNOWN


@pytest.fixture
def judged() -> Iterator[Judged]:
    """A sandbox whose every call must pass the judge."""
    made = Judged(create_app(), _DESCRIPTION, "/google", tuple(DOCUMENTS))
    yield made
    assert made.problems == []


@pytest.fixture
def sandbox(judged: Judged) -> Iterator[RunningSandbox]:
    with RunningSandbox(judged, seed="corp") as running:  # type: ignore[arg-type]  # stands in for what it wraps
        yield running


@pytest.fixture
async def rehearsal(sandbox: RunningSandbox) -> AsyncIterator[GoogleRehearsal]:
    clock = WorldClock(sandbox)
    registry = build_providers(clock, LocalCallLimits(clock, sleep=clock.sleep), HttpSettings())
    found, made = sandbox.endpoints, []
    base = found["google_token_uri"].removesuffix("/token")

    def connect(**changed: object) -> CalendarProvider:
        values: dict[str, Any] = {
            "provider": "google",
            "tenant": found["google_customer_id"],
            "endpoints": dict.fromkeys(("oauth", "calendar", "directory", "iam", "accounts", "metadata"), base),
            "credential_kind": "key_file",
            "secrets": {"key_file": found["google_key_json"]},
            "acting": Address(found["google_service_user"]),
        }
        made.append(registry.connect(Connection(**{**values, **changed})))
        return made[-1]

    mails = sandbox.control.get("mail")
    sandbox.control.delete("requests")
    ready = GoogleRehearsal(sandbox, connect, connect(), max((one["number"] for one in mails), default=0))
    sandbox.call(ready.arrange)
    sandbox.control.patch(f"users/{ready.cast.organizer}", {"proxy_addresses": [ready.cast.organizer_alias]})
    yield ready
    closing: list[Awaitable[None]] = [provider.aclose() for provider in made]
    await asyncio.gather(*closing)
