"""A form that is sent twice is done once: the second gets the first one's answer.

Somebody who goes back and sends the form with something else in it means something else: that is done. Forms carry a
key that was made with them (``macros.once``); answers are kept as the API keeps them.
"""

import asyncio
import hashlib
import json
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus

from fastapi import Request, Response

from roomstead.application.ports.idempotency import Answers, GoAhead, KeptAnswer, RequestKey, RequestUnderWay
from roomstead.domain.people import Actor
from roomstead.entrypoints.web.deps import service_of

FIELD = "once"
KEPT_HEADERS = ("content-type", "location", "content-security-policy", "referrer-policy")

_WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5)
_DONE = (HTTPStatus.OK, HTTPStatus.SEE_OTHER)


async def once(request: Request, actor: Actor, work: Callable[[], Awaitable[Response]]) -> Response:
    """Do the work of a form, unless this very form was done before. Refusals are not kept."""
    form = await request.form()
    key = form.get(FIELD)
    if not isinstance(key, str) or not _is_key(key):
        return await work()
    service = service_of(request)
    said = json.dumps([request.url.path, *((name, str(value)) for name, value in form.multi_items())])
    digest = hashlib.sha256(said.encode()).digest()
    asked = RequestKey(f"page {actor.person_id}", f"{key} {digest.hex()}", digest)
    begun = await _begin(service.answers, asked, service.clock.now)
    if isinstance(begun, KeptAnswer):
        return Response(begun.body, begun.status, dict(begun.headers))
    try:
        response = await work()
    except BaseException:
        await asyncio.shield(service.answers.release(asked))
        raise
    if response.status_code in _DONE:
        headers = {name: value for name, value in response.headers.items() if name in KEPT_HEADERS}
        await service.answers.keep(asked, KeptAnswer(response.status_code, headers, bytes(response.body)))
    else:
        await service.answers.release(asked)
    return response


def new_key() -> str:
    """A key for one form."""
    return str(uuid.uuid4())


async def _begin(answers: Answers, asked: RequestKey, now: Callable[[], datetime]) -> KeptAnswer | GoAhead:
    for seconds in _WAITS:
        try:
            return await answers.begin(asked, now())
        except RequestUnderWay:
            await asyncio.sleep(seconds)
    return await answers.begin(asked, now())


def _is_key(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
