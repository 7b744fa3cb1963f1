"""All of Google's hosts behind one path: sign-in, the identity service, the APIs, told apart as Google's paths are."""

from collections.abc import Awaitable, Callable

from roomstead_sandbox.google.edge.api import ApiEdge
from roomstead_sandbox.google.iam.endpoint import IamEdge
from roomstead_sandbox.google.sign_in.endpoint import SignIn
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.wire import (
    Answer,
    Dropped,
    Receive,
    Request,
    Scope,
    Send,
    close_connection,
    parse_request,
    read_body,
    send_answer,
)

LARGEST_BODY = 4 * 1024 * 1024
Respond = Callable[[Request], Awaitable[Answer]]


class Front:
    """The ASGI app."""

    def __init__(self, state: FaceState, prefix: str) -> None:
        self._prefix = prefix
        sign_in, api, iam = SignIn(state), ApiEdge(state), IamEdge(state)
        self._hosts: dict[str, Respond] = {
            "token": sign_in.respond,
            "revoke": sign_in.respond,
            "o": sign_in.respond,
            "calendar": api.respond,
            "admin": api.respond,
            "batch": api.respond,
            "v1": iam.respond,
            "computeMetadata": iam.respond,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        body = await read_body(receive, LARGEST_BODY)
        request = parse_request(scope, body or b"", self._prefix)
        respond = self._hosts.get(request.segments[0]) if request.segments else None
        if body is None or respond is None:
            await send_answer(send, _refused(large=body is None))
            return
        try:
            answer = await respond(request)
        except Dropped:
            await close_connection(receive, send)
            return
        await send_answer(send, answer)


def _refused(*, large: bool) -> Answer:
    if large:
        return Answer(413, b"Your client issued a request that was too large.", "text/html; charset=UTF-8")
    return Answer(404, b"The requested URL was not found on this server.", "text/html; charset=UTF-8")
