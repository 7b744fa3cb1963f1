"""The rehearsal Microsoft 365, as the calendar contract wants it; every call judged by Microsoft's own description.

The description is not part of this repository; where it is missing calls are not judged.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.contracts.rehearsal import Cast
from tests.contracts.sandbox_rehearsal import Judged, SandboxRehearsal, WorldClock
from tests.contracts_support.graph_description import load

from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.http.transport import HttpSettings
from roomstead.adapters.providers.registry import build_providers
from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.ports.providers import Connection
from roomstead.domain.mailbox import Address
from roomstead_sandbox.app import create_app
from roomstead_sandbox.running import RunningSandbox

_DESCRIPTION = load()


@dataclass(slots=True)
class MicrosoftRehearsal(SandboxRehearsal):
    """Contoso, with an app that a policy keeps to rooms, the service account and most of the staff."""

    cast: Cast = field(
        default_factory=lambda: Cast(
            service=Address("rooms@contoso.example"),
            organizer=Address("jane.doe@contoso.example"),
            organizer_alias=Address("jane@contoso.example"),
            guest=Address("tom.baker@contoso.example"),
            kept_out=Address("priya.shah@contoso.example"),
            no_mailbox=Address("sam.okafor@contoso.example"),
            nobody=Address("nobody@contoso.example"),
            outsider=Address("ada@fabrikam.example"),
            room=Address("oak@contoso.example"),
            other_room=Address("ash@contoso.example"),
            room_count=48,
            are_rooms_mailed=True,
        )
    )

    @property
    def app_id(self) -> str:
        return self.sandbox.endpoints["client_id"]

    def lose_answer(self, mailbox: Address) -> None:
        for method in ("POST", "PATCH", "DELETE"):
            self.fault(kind="drop", mailbox=mailbox, method=method, after_commit=True)

    def fail_writes(self, mailbox: Address, times: int) -> None:
        for method in ("POST", "PATCH", "DELETE"):
            self.fault(
                kind="answer", mailbox=mailbox, method=method, count=times, status=503, code="serviceNotAvailable"
            )

    def fail_reads(self, mailbox: Address, times: int) -> None:
        self.fault(kind="answer", mailbox=mailbox, method="GET", count=times, status=500, code="UnknownError")

    def throttle(self, mailbox: Address, times: int, seconds: int | None) -> None:
        self.throttle_with(mailbox, times, seconds, status=429, code="ApplicationThrottled")

    def race(self, mailbox: Address, times: int) -> None:
        self.fault(kind="stale_precondition", mailbox=mailbox, count=times)

    def expire_cursor(self, mailbox: Address) -> None:
        self.control("microsoft/expire-delta", mailbox=mailbox)

    def end_tokens(self) -> None:
        self.control("microsoft/revoke-tokens", client_id=self.app_id)
        self.sandbox.advance(2)  # a token issued in the same second would be worthless, too

    def lock_out(self, mailbox: Address) -> None:
        self.control("microsoft/revoke", client_id=self.app_id, mailbox=mailbox, propagation_seconds=0)
        self.sandbox.advance(1)


@pytest.fixture
def judged() -> Iterator[Judged]:
    """A sandbox whose every call must pass the judge."""
    made = Judged(create_app(), _DESCRIPTION, "/graph/v1.0", ("/",))
    yield made
    assert made.problems == []


@pytest.fixture
def sandbox(judged: Judged) -> Iterator[RunningSandbox]:
    with RunningSandbox(judged) as running:  # type: ignore[arg-type]  # stands in for the sandbox that it wraps
        yield running


@pytest.fixture
async def rehearsal(sandbox: RunningSandbox) -> AsyncIterator[MicrosoftRehearsal]:
    clock = WorldClock(sandbox)
    registry = build_providers(clock, LocalCallLimits(clock, sleep=clock.sleep), HttpSettings())
    found, made = sandbox.endpoints, []

    def connect(**changed: object) -> CalendarProvider:
        values: dict[str, Any] = {
            "provider": "microsoft",
            "tenant": found["tenant_id"],
            "endpoints": {"login": found["login_base"], "api": found["graph_base"]},
            "credential_kind": "secret",
            "settings": {"app_id": found["client_id"]},
            "secrets": {"client_secret": found["client_secret"]},
        }
        made.append(registry.connect(Connection(**{**values, **changed})))
        return made[-1]

    mails = sandbox.control.get("mail")
    sandbox.control.delete("requests")
    yield MicrosoftRehearsal(sandbox, connect, connect(), max((one["number"] for one in mails), default=0))
    closing: list[Awaitable[None]] = [provider.aclose() for provider in made]
    await asyncio.gather(*closing)
