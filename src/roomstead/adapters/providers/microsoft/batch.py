"""Many reads in one call (Microsoft Graph docs: JSON batching): at most 20, each refused or throttled on its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from roomstead.adapters.http.transport import Answer
from roomstead.adapters.providers.microsoft.calls import CallKind, GraphCall
from roomstead.adapters.providers.microsoft.client import PREFER, GraphClient
from roomstead.domain.errors import UnreadableAnswer

LARGEST_BATCH = 20


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
    answer = await client.json(GraphCall("POST", "/$batch", CallKind.DIRECTORY, body=body))
    responses = answer.get("responses")
    if not isinstance(responses, list):
        raise UnreadableAnswer(details={"missing": "responses"})
    by_id = {str(one.get("id")): _as_answer(one) for one in responses if isinstance(one, dict)}
    missing = [number for number in range(len(calls)) if str(number) not in by_id]
    if missing:
        raise UnreadableAnswer(details={"missing": f"{len(missing)} of {len(calls)} responses"})
    return [Batched(call, by_id[str(number)]) for number, call in enumerate(calls)]


def _as_answer(response: Mapping[str, object]) -> Answer:
    status = response.get("status")
    if not isinstance(status, int):
        raise UnreadableAnswer(details={"missing": "status"})
    headers = response.get("headers")
    told = headers if isinstance(headers, dict) else {}
    content = json.dumps(response.get("body")).encode()
    return Answer(status, {str(name).lower(): str(value) for name, value in told.items()}, content)
