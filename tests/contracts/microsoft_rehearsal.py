"""The rehearsal Microsoft 365, as the calendar contract wants it; every call judged by Microsoft's own description.

The description is not part of this repository; where it is missing calls are not judged.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from tests.contracts.rehearsal import Cast, Mail
from tests.contracts_support.graph_description import GraphDescription, load

from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.http.transport import HttpSettings
from roomstead.adapters.providers.registry import build_providers
from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.ports.providers import Connection
from roomstead.domain.event import ResponseStatus
from roomstead.domain.mailbox import Address
from roomstead.domain.timespan import Timespan
from roomstead_sandbox.app import Sandbox, create_app
from roomstead_sandbox.running import RunningSandbox

GRAPH_PATH = "/graph/v1.0"
ANSWERS = ("response", "forward_notice")
_DESCRIPTION = load()


@dataclass(slots=True)
class Judged:
    """A sandbox that shows every Graph call, and its answer, to a judge."""

    inner: Sandbox
    judge: GraphDescription | None
    problems: list[str] = field(default_factory=list)
    seen: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        path = scope.get("raw_path", b"").decode().partition("?")[0] if scope["type"] == "http" else ""
        if self.judge is None or not path.startswith(GRAPH_PATH):
            await self.inner(scope, receive, send)
            return
        body, answer, status = bytearray(), bytearray(), [0]

        async def recorded_receive() -> Any:  # noqa: ANN401 - ASGI
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        async def recorded_send(message: Any) -> None:  # noqa: ANN401 - ASGI
            status[0] = message.get("status", status[0])
            answer.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._show(scope, bytes(body), status[0], bytes(answer))  # before the client can go on
            await send(message)

        await self.inner(scope, recorded_receive, recorded_send)
        if not status[0]:  # the connection was cut
            self._show(scope, bytes(body), 0, b"")

    def _show(self, scope: Any, body: bytes, status: int, answer: bytes) -> None:  # noqa: ANN401 - ASGI
        assert self.judge is not None
        query = scope["query_string"].decode()
        path = scope["raw_path"].decode().partition("?")[0]
        target = path.removeprefix(GRAPH_PATH) + (f"?{query}" if query else "")
        self.seen += 1
        self.problems += self.judge.check_request(scope["method"], target, body)
        if status:
            self.problems += self.judge.check_answer(scope["method"], target, status, answer)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the sandbox has
        return getattr(self.inner, name)


@dataclass(frozen=True, slots=True)
class WorldClock:
    """The tenant's time; waiting moves it."""

    sandbox: RunningSandbox

    def now(self) -> datetime:
        return self.sandbox.call(self.sandbox.world.now)

    async def sleep(self, seconds: float) -> None:
        await asyncio.to_thread(self.sandbox.advance, seconds)


@dataclass(slots=True)
class MicrosoftRehearsal:
    """Contoso, with an app that a policy keeps to rooms, the service account and most of the staff."""

    sandbox: RunningSandbox
    connect: Callable[..., CalendarProvider]
    provider: CalendarProvider
    first_mail: int = 0
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
        )
    )

    @property
    def app_id(self) -> str:
        return self.sandbox.endpoints["client_id"]

    def now(self) -> datetime:
        return self.sandbox.call(self.sandbox.world.now)

    def settle(self) -> None:
        self.control("clock/settle", within_seconds=600)

    def mails(self) -> Sequence[Mail]:
        found = self.sandbox.control.get("mail", since=self.first_mail)
        return [
            Mail(one["kind"], tuple(one["recipients"]), one["comment"] or "")
            for one in found
            if one["kind"] not in ANSWERS
        ]

    def calendar(self, mailbox: Address, span: Timespan) -> Sequence[Mapping[str, object]]:
        window = {"start": span.start.isoformat(), "end": span.end.isoformat()}
        items: list[Mapping[str, object]] = self.sandbox.control.get(f"calendars/{mailbox}", **window)["items"]
        return items

    def book(self, organizer: Address, title: str, span: Timespan, *, rooms: Sequence[Address] = ()) -> None:
        times = {"start": span.start.isoformat(), "end": span.end.isoformat()}
        self.control("act/create", who=organizer, subject=title, rooms=list(rooms), **times)

    def edit(self, organizer: Address, title: str, *, new_title: str = "", add: Sequence[Address] = ()) -> None:
        self.control("act/edit", who=organizer, meeting=title, subject=new_title or None, add=list(add))

    def move(self, organizer: Address, title: str, start: datetime) -> None:
        self.control("act/move", who=organizer, meeting=title, start=start.isoformat())

    def delete(self, mailbox: Address, title: str) -> None:
        self.control("act/delete", who=mailbox, meeting=title)

    def respond(self, attendee: Address, title: str, answer: ResponseStatus) -> None:
        self.control("act/respond", who=attendee, meeting=title, answer=answer.value)

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
        headers = {} if seconds is None else {"Retry-After": str(seconds)}
        code = "ApplicationThrottled"
        self.fault(kind="answer", mailbox=mailbox, count=times, status=429, code=code, headers=headers)

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

    def fault(self, **told: object) -> None:
        """Order bad luck, in the sandbox' own words."""
        self.control("faults", **told)

    def switch(self, **told: object) -> None:
        """Decide a doubt about the real service."""
        self.sandbox.control.patch("switches", {"switches": told})

    def control(self, path: str, **body: object) -> Any:  # noqa: ANN401 - JSON
        """Order anything of the sandbox."""
        return self.sandbox.control.post(path, body)

    def calls(self) -> Sequence[Mapping[str, Any]]:
        """Graph and sign-in calls since the beginning of the test."""
        found: list[Mapping[str, Any]] = self.sandbox.control.get("requests")
        return found


@pytest.fixture
def judged() -> Iterator[Judged]:
    """A sandbox whose every call must pass the judge."""
    made = Judged(create_app(), _DESCRIPTION)
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
