"""Idempotency-Key: a repeated POST gets the first one's answer instead of doing it again."""

import asyncio
import hashlib
import re
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from roomstead.application.ports.idempotency import GoAhead, KeptAnswer, RequestKey, RequestUnderWay
from roomstead.bootstrap.service import Roomstead
from roomstead.domain.errors import InvalidInput
from roomstead.entrypoints.web.deps import actor_of, service_of

HEADER = "Idempotency-Key"
KEPT_HEADERS = ("content-type", "etag", "location")
SUCCESS = range(200, 300)

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_WAITS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5)
"""How long a repeat waits for the first one, in seconds, before it is sent away to come back."""

NAMESPACE = uuid.UUID("5f2f6a0e-3a57-4d0b-9d3a-7a1b6f0c2e11")
"""For ids that are made of a key."""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request with a key. ``id``: the same for every attempt; ``is_repeated``: an earlier one may have done it."""

    id: uuid.UUID
    is_repeated: bool


class ApiRoute(APIRoute):
    """A route whose POST honours the Idempotency-Key. Only successes are kept: a refusal changed nothing."""

    def get_route_handler(self) -> Handler:
        """The handler, wrapped where the method is POST."""
        handler = super().get_route_handler()
        if "POST" not in (self.methods or ()):
            return handler

        async def once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            return await handler(request) if key is None else await _once(request, key, handler)

        return once


async def _once(request: Request, key: str, handler: Handler) -> Response:
    if not _KEY.fullmatch(key):
        raise InvalidInput({HEADER: "Use 1 to 255 visible ASCII characters, such as a random UUID."})
    actor = await actor_of(request)
    asked = RequestKey(str(actor.person_id), key, await _digest(request))
    service = service_of(request)
    begun = await _begin(service, asked)
    if isinstance(begun, KeptAnswer):
        return _replay(begun)
    request.state.attempt = Attempt(
        uuid.uuid5(NAMESPACE, f"{asked.owner} {key} {asked.digest.hex()}"), is_repeated=begun is GoAhead.AGAIN
    )
    try:
        response = await handler(request)
    except BaseException:
        await asyncio.shield(service.answers.release(asked))
        raise
    if response.status_code in SUCCESS:
        await service.answers.keep(asked, _kept(response))
    else:
        await service.answers.release(asked)
    return response


async def _digest(request: Request) -> bytes:
    what = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(what + await request.body()).digest()


async def _begin(service: Roomstead, asked: RequestKey) -> KeptAnswer | GoAhead:
    for seconds in _WAITS:
        try:
            return await service.answers.begin(asked, service.clock.now())
        except RequestUnderWay:
            await asyncio.sleep(seconds)
    return await service.answers.begin(asked, service.clock.now())


def _kept(response: Response) -> KeptAnswer:
    headers = {name: value for name, value in response.headers.items() if name in KEPT_HEADERS}
    return KeptAnswer(response.status_code, headers, bytes(response.body))


def _replay(kept: KeptAnswer) -> Response:
    return Response(kept.body, kept.status, {**kept.headers, "Idempotency-Replayed": "true"})
