"""``$batch``: up to twenty requests in one, each with its own fate (Microsoft Graph docs: "Combine requests").

At most four of one mailbox run at a time; each is throttled by itself and must be tried again by itself.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from roomstead_sandbox.microsoft.errors import bad_request
from roomstead_sandbox.microsoft.graph.call import Call
from roomstead_sandbox.microsoft.graph.words import Json
from roomstead_sandbox.microsoft.http import graph_answer
from roomstead_sandbox.microsoft.identity.tokens import Claims
from roomstead_sandbox.wire import Answer, Request, encode, split_path

MOST_REQUESTS = 20
AT_A_TIME = 4
FAILED = 400
Dispatch = Callable[[Request, Claims], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a batch."""

    id: str
    request: Request
    depends_on: frozenset[str]

    @property
    def mailbox(self) -> str:
        """What the four-at-a-time rule counts by."""
        return self.request.segments[1].lower() if len(self.request.segments) > 1 else ""


@dataclass(frozen=True, slots=True)
class Batch:
    """The handler; ``dispatch`` answers one request as if it had come alone."""

    dispatch: Dispatch

    async def run(self, call: Call) -> Answer:
        """POST /$batch: 200 with all answers, in any order."""
        waiting = _parts(call)
        _refuse_tangles(waiting)
        done: dict[str, Answer] = {}
        while waiting:
            ready = [part for part in waiting if part.depends_on <= done.keys()]
            waiting = [part for part in waiting if part not in ready]
            gates = {part.mailbox: asyncio.Semaphore(AT_A_TIME) for part in ready}
            answers = await asyncio.gather(*(self._one(call, part, done, gates[part.mailbox]) for part in ready))
            done.update(zip((part.id for part in ready), answers, strict=True))
        return graph_answer({"responses": [_shown(key, answer) for key, answer in done.items()]})

    async def _one(self, call: Call, part: Part, done: Mapping[str, Answer], gate: asyncio.Semaphore) -> Answer:
        if any(done[key].status >= FAILED for key in part.depends_on):
            error = {"code": "FailedDependency", "message": "A request that this one depends on has failed."}
            return graph_answer({"error": error}, 424)
        async with gate:
            return await self.dispatch(part.request, call.claims)


def _parts(call: Call) -> list[Part]:
    requests = call.json_body().get("requests")
    if not isinstance(requests, list) or not requests:
        raise bad_request("Batch request must contain at least one request.")
    if len(requests) > MOST_REQUESTS:
        raise bad_request(f"Number of batch request steps exceeds the maximum value of {MOST_REQUESTS}.")
    parts = [_part(call, item) for item in requests]
    if len({part.id for part in parts}) < len(parts):
        raise bad_request("Request Ids should be unique within a batch.")
    return parts


def _part(call: Call, item: object) -> Part:
    if not isinstance(item, Mapping) or not all(isinstance(item.get(k), str) for k in ("id", "method", "url")):
        raise bad_request("A batched request needs id, method and url.")
    headers = {str(name).lower(): (str(value),) for name, value in (item.get("headers") or {}).items()}
    body = item.get("body")
    if body is not None and "content-type" not in headers:
        raise bad_request(f"Write request id : {item['id']} does not contain Content-Type header or body.")
    path, _, query = str(item["url"]).partition("?")
    request = Request(
        method=str(item["method"]).upper(),
        segments=split_path(path),
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        headers=headers,
        body=b"" if body is None else encode(body),
        base=call.request.base,
    )
    return Part(str(item["id"]), request, frozenset(str(key) for key in item.get("dependsOn") or ()))


def _refuse_tangles(parts: list[Part]) -> None:
    """Dependencies must name requests that stand before.  GraphError 400 otherwise, which also excludes circles."""
    seen: set[str] = set()
    for part in parts:
        if not part.depends_on <= seen:
            raise bad_request(f"Request Id {part.id} depends on requests that do not stand before it.")
        seen.add(part.id)


def _shown(key: str, answer: Answer) -> Json:
    headers: dict[str, Any] = dict(answer.headers)
    shown: Json = {"id": key, "status": answer.status, "headers": headers}
    if answer.body:
        headers["Content-Type"] = "application/json"
        shown["body"] = json.loads(answer.body)
    return shown
