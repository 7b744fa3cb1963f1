"""Many reads in one call (Microsoft Graph docs: JSON batching): at most 20, each refused or throttled on its own."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from roomstead.adapters.http.transport import Answer
from roomstead.adapters.providers.microsoft.calls import CallKind, GraphCall
from roomstead.adapters.providers.microsoft.client import PREFER, GraphClient
from roomstead.adapters.providers.microsoft.mapping import Json, is_object
from roomstead.domain.errors import AppError, NeedsAdmin, UnreadableAnswer

LARGEST_BATCH = 20
_BATCHES_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Batched:
    """One read of a batch and the answer to it, of whatever status."""

    call: GraphCall
    answer: Answer


async def read_batch(client: GraphClient, calls: Sequence[GraphCall]) -> Sequence[Batched]:
    """Make up to 20 reads at once; answers in the order of the calls.

    The whole may be refused (throttled, no token) as any call; what each read was answered is left to the caller,
    since each has to be repeated alone (Microsoft Graph docs: throttling and batching).
    """
    requests = [
        {"id": str(number), "method": call.method, "url": call.relative_url(), "headers": {"Prefer": PREFER}}
        for number, call in enumerate(calls)
    ]
    body = json.dumps({"requests": requests}).encode()
    answer = await client.json(GraphCall("POST", "/$batch", CallKind.DIRECTORY, body=body, within=tuple(calls)))
    responses = answer.get("responses")
    if not isinstance(responses, list):
        raise UnreadableAnswer(details={"missing": "responses"})
    by_id = {str(one.get("id")): _as_answer(one) for one in responses if isinstance(one, dict)}
    missing = [number for number in range(len(calls)) if str(number) not in by_id]
    if missing:
        raise UnreadableAnswer(details={"missing": f"{len(missing)} of {len(calls)} responses"})
    return [Batched(call, by_id[str(number)]) for number, call in enumerate(calls)]


async def read_many(client: GraphClient, calls: Sequence[GraphCall]) -> Sequence[Json | AppError]:
    """Make any number of reads; what each answered, or the error that it met, in the order of the calls.

    A read that a batch did not answer well is repeated alone, where it is waited for as any other. Raises NeedsAdmin
    and what stops the whole.
    """
    places = asyncio.Semaphore(_BATCHES_AT_ONCE)

    async def one_batch(some: Sequence[GraphCall]) -> Sequence[Json | AppError]:
        async with places:
            return [await _settled(client, batched) for batched in await read_batch(client, some)]

    try:
        async with asyncio.TaskGroup() as group:
            chunks = [calls[first : first + LARGEST_BATCH] for first in range(0, len(calls), LARGEST_BATCH)]
            tasks = [group.create_task(one_batch(chunk)) for chunk in chunks]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return [found for task in tasks for found in task.result()]


async def _settled(client: GraphClient, batched: Batched) -> Json | AppError:
    body = batched.answer.json()
    if batched.answer.status == HTTPStatus.OK and is_object(body):
        return body
    return await _alone(client, batched.call)


async def _alone(client: GraphClient, call: GraphCall) -> Json | AppError:
    try:
        return await client.json(call)
    except NeedsAdmin:
        raise
    except AppError as error:
        return error


def _as_answer(response: Mapping[str, object]) -> Answer:
    status = response.get("status")
    if not isinstance(status, int):
        raise UnreadableAnswer(details={"missing": "status"})
    headers = response.get("headers")
    told = headers if isinstance(headers, dict) else {}
    content = json.dumps(response.get("body")).encode()
    return Answer(status, {str(name).lower(): str(value) for name, value in told.items()}, content)
