"""What every rehearsal tenant has in common: its clock, the control API, people who act, bad luck."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from tests.contracts.rehearsal import Mail

from roomstead.application.ports.calendar import CalendarProvider
from roomstead.domain.event import ResponseStatus
from roomstead.domain.mailbox import Address
from roomstead.domain.timespan import Timespan
from roomstead_sandbox.app import Sandbox
from roomstead_sandbox.running import RunningSandbox

ANSWERS = ("response", "forward_notice")


class Judge(Protocol):
    """A vendor's own description of its interface."""

    def check_request(self, method: str, target: str, body: bytes) -> list[str]: ...

    def check_answer(self, method: str, target: str, status: int, body: bytes) -> list[str]: ...


@dataclass(slots=True)
class Judged:
    """A sandbox that shows every call below ``base`` that starts with one of ``parts``, and its answer, to a judge."""

    inner: Sandbox
    judge: Judge | None
    base: str
    parts: tuple[str, ...]
    problems: list[str] = field(default_factory=list)
    seen: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        path = scope.get("raw_path", b"").decode().partition("?")[0] if scope["type"] == "http" else ""
        if self.judge is None or not path.startswith(tuple(self.base + part for part in self.parts)):
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
        target = path.removeprefix(self.base) + (f"?{query}" if query else "")
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
class SandboxRehearsal:
    """A tenant of the sandbox. ``cast`` and what the vendor calls bad luck come from its subclasses."""

    sandbox: RunningSandbox
    connect: Callable[..., CalendarProvider]
    provider: CalendarProvider
    first_mail: int = 0

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

    def fault(self, **told: object) -> None:
        """Order bad luck, in the sandbox' own words."""
        self.control("faults", **told)

    def switch(self, **told: object) -> None:
        """Decide a doubt about the real service."""
        self.sandbox.control.patch("switches", {"switches": told})

    def show_aliases_as_primary(self) -> None:
        self.switch(aliases_become_primary=True)

    def throttle_with(self, mailbox: Address, times: int, seconds: int | None, **told: object) -> None:
        """The next calls to a mailbox are told to slow down, in the vendor's words."""
        headers = {} if seconds is None else {"Retry-After": str(seconds)}
        self.fault(kind="answer", mailbox=mailbox, count=times, headers=headers, **told)

    def control(self, path: str, **body: object) -> Any:  # noqa: ANN401 - JSON
        """Order anything of the sandbox."""
        return self.sandbox.control.post(path, body)

    def calls(self) -> Sequence[Mapping[str, Any]]:
        """Calls and sign-ins since the beginning of the test."""
        found: list[Mapping[str, Any]] = self.sandbox.control.get("requests")
        return found
