"""Answers that go on: server-sent events, and how many of them one may hold open at a time.

Whoever opens one more closes their oldest. A browser comes back by itself (HTML Living Standard, 9.2.3), after as long
as the closed one was told, so that tabs beyond the limit take turns calmly and all are brought up to date.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from roomstead.domain.people import Actor
from roomstead.domain.sessions import SignedIn

PER_SESSION = 30
PER_PERSON = 60
COME_BACK_SOON, COME_BACK_LATER = "retry: 3000\n\n", "retry: 60000\n\n"
"""What browsers go by when a stream ends; they remember it."""


@dataclass(eq=False, slots=True)
class _Stream:
    session: str
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Streams:
    """What is open in this process, by person, the oldest first."""

    def __init__(self) -> None:
        """Nothing is open yet."""
        self._open: dict[str, list[_Stream]] = {}

    @contextmanager
    def place(self, person: str, session: str) -> Iterator[asyncio.Event]:
        """Hold a place as long as the block runs. The event is set when somebody younger needs it."""
        mine = _Stream(session)
        held = self._open.setdefault(person, [])
        held.append(mine)
        _make_room([each for each in held if each.session == session], held, PER_SESSION)
        _make_room(held, held, PER_PERSON)
        try:
            yield mine.over
        finally:
            if mine in held:
                held.remove(mine)
            if not held and self._open.get(person) is held:
                del self._open[person]


def _make_room(among: list[_Stream], held: list[_Stream], at_most: int) -> None:
    if len(among) > at_most:
        oldest = among[0]
        held.remove(oldest)
        oldest.over.set()


class LiveResponse(Response):
    """Server-sent events, as long as there are any, somebody listens, and nobody younger needs the place."""

    media_type = "text/event-stream"

    def __init__(self, request: Request, actor: Actor, chunks: AsyncGenerator[str]) -> None:
        """``chunks`` are not asked for before the answer begins."""
        super().__init__(headers={"X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._streams: Streams = request.app.state.streams
        self._session = _session_of(request)
        self._person = str(actor.person_id)
        self._chunks = chunks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI calls it
        """Speak until it is over."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        with self._streams.place(self._person, self._session) as over:
            speaking = asyncio.create_task(self._speak(send))
            waiting = {speaking, asyncio.create_task(_gone(receive)), asyncio.create_task(_is_set(over))}
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                has_ended = speaking.done()
            finally:
                for each in waiting:
                    each.cancel()
                await asyncio.wait(waiting)
        if has_ended:
            await speaking  # raises what went wrong
        farewell = COME_BACK_LATER if over.is_set() else ""
        await send({"type": "http.response.body", "body": farewell.encode(), "more_body": False})

    async def _speak(self, send: Send) -> None:
        async with aclosing(self._chunks) as chunks:
            async for chunk in chunks:
                await send(_part(chunk))


def _session_of(request: Request) -> str:
    """The browser's session, or the token, by its digest."""
    signed_in: SignedIn | None = getattr(request.state, "signed_in", None)
    if signed_in is not None:
        return str(signed_in.session.id)
    return hashlib.sha256(request.headers.get("authorization", "").encode()).hexdigest()


def _part(chunk: str) -> dict[str, object]:
    return {"type": "http.response.body", "body": chunk.encode(), "more_body": True}


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _is_set(over: asyncio.Event) -> None:
    await over.wait()
