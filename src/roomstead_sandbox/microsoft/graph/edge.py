"""Graph's front door: who calls, how often, with what luck; then the handler; then the headers of every answer."""

import asyncio
import uuid
from dataclasses import dataclass
from datetime import datetime

from roomstead_sandbox.microsoft.access import find_mailbox_user, granted, require_directory_permission, require_mailbox
from roomstead_sandbox.microsoft.errors import GraphError, bad_request, invalid_property, invalid_token, item_not_found
from roomstead_sandbox.microsoft.graph.batch import Batch
from roomstead_sandbox.microsoft.graph.call import Call, Route, Subject
from roomstead_sandbox.microsoft.graph.routes import RouteTable, all_routes, plain_segments
from roomstead_sandbox.microsoft.graph.subscriptions import Subscriptions
from roomstead_sandbox.microsoft.identity.tokens import Claims
from roomstead_sandbox.microsoft.notifications.sender import Notifier
from roomstead_sandbox.microsoft.odata.prefer import parse_preferences
from roomstead_sandbox.microsoft.odata.query import parse_query
from roomstead_sandbox.microsoft.state import FaceState
from roomstead_sandbox.wire import (
    Answer,
    Dropped,
    Receive,
    Request,
    Scope,
    Send,
    close_connection,
    json_answer,
    parse_request,
    read_body,
    send_answer,
)
from roomstead_sandbox.world.errors import CrossesNeighbour, IsOrganizer, NotFound, NotOrganizer, WorldError
from roomstead_sandbox.world.faults import Fault, FaultKind
from roomstead_sandbox.world.people import User
from roomstead_sandbox.world.requests import Request as Line

FACE = "microsoft"
VERSION = "v1.0"
LARGEST_BODY = 4 * 1024 * 1024
DIAGNOSTIC = '{"ServerInfo":{"DataCenter":"Rehearsal","Slice":"E","Ring":"1","ScaleUnit":"001","RoleInstance":"R1"}}'
INNER_FAULTS = (FaultKind.ANSWER, FaultKind.DROP)


@dataclass(slots=True)
class Trace:
    """What is known of a call from outside: for headers, error bodies and the request log."""

    now: datetime
    request_id: str
    client_request_id: str
    method: str
    template: str = "?"
    mailbox: str | None = None
    code: str | None = None
    app: str | None = None
    applied: tuple[str, ...] = ()


class GraphEdge:
    """The ASGI app of Graph, and the way for a request inside a batch."""

    def __init__(self, state: FaceState, notifier: Notifier, prefix: str) -> None:
        self._state = state
        self._prefix = prefix
        self._table = RouteTable(all_routes(Batch(self.respond), Subscriptions(notifier)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        body = await read_body(receive, LARGEST_BODY)
        request = parse_request(scope, body or b"", self._prefix)
        try:
            if body is None:
                answer = self._refused(request, _too_large())
            else:
                answer = await self._versioned(request)
        except Dropped:
            await close_connection(receive, send)
            return
        await send_answer(send, answer)

    async def _versioned(self, request: Request) -> Answer:
        version = request.segments[0] if request.segments else ""
        if version.lower() != VERSION:
            return self._refused(request, bad_request(f"Invalid version: {version}."))
        inner = Request(
            request.method,
            request.segments[1:],
            request.query,
            request.headers,
            request.body,
            f"{request.base}/{VERSION}",
        )
        return await self.respond(inner)

    def _refused(self, request: Request, error: GraphError) -> Answer:
        trace = self._trace(request)
        return self._finished(self._error(error, trace), trace)

    async def respond(self, request: Request, claims: Claims | None = None) -> Answer:
        """Answer one request below the version; ``claims`` when its bearer is known already."""
        trace = self._trace(request)
        try:
            answer = await self._served(request, trace, claims)
        except GraphError as error:
            answer = self._error(error, trace)
        except WorldError as error:
            answer = self._error(_from_world(error), trace)
        except Dropped:
            self._record(trace, 0)
            raise
        return self._finished(answer, trace)

    async def _served(self, request: Request, trace: Trace, claims: Claims | None) -> Answer:
        segments = plain_segments(request.segments)
        if segments[:1] == ["me"]:
            raise _without_user()
        bearer = claims or self._bearer(request)
        trace.app = bearer.client_id
        route, names = self._table.find(request.method, segments)
        trace.template = route.template
        user = find_mailbox_user(self._state, bearer.tenant_id, names["user"]) if "user" in names else None
        trace.mailbox = user.id if user else None
        if user is None:
            return await self._lucky(request, trace, route, names, bearer)
        self._state.throttle.count(bearer.client_id, user.id, trace.now)
        with self._state.throttle.flight(bearer.client_id, user.id, self._state.world.switches):
            if self._state.throttle.limits.latency_seconds:
                await asyncio.sleep(self._state.throttle.limits.latency_seconds)
            return await self._lucky(request, trace, route, names, bearer)

    async def _lucky(
        self, request: Request, trace: Trace, route: Route, names: dict[str, str], claims: Claims
    ) -> Answer:
        """The handler's answer, unless bad luck was ordered before or after its work."""
        slow, fault = await self._strike(trace)
        if fault is not None and not fault.after_commit:
            raise _bad_luck(fault)
        answer = await self._handled(request, trace, route, names, claims)
        if slow is not None and slow.after_commit:
            await asyncio.sleep(slow.seconds)
        if fault is not None:
            raise _bad_luck(fault)
        return answer

    async def _strike(self, trace: Trace) -> tuple[Fault | None, Fault | None]:
        """What makes this call slow, and what makes it fail."""
        faults, where = self._state.world.faults, (trace.mailbox, trace.template, trace.method)
        slow = faults.strike([FaultKind.SLOW], mailbox=where[0], operation=where[1], method=where[2])
        if slow is not None and not slow.after_commit:
            await asyncio.sleep(slow.seconds)
        expired = faults.strike([FaultKind.EXPIRED_TOKEN], mailbox=where[0], operation=where[1], method=where[2])
        if expired is not None:
            raise invalid_token("Lifetime validation failed, the token is expired.")
        return slow, faults.strike(INNER_FAULTS, mailbox=where[0], operation=where[1], method=where[2])

    async def _handled(
        self, request: Request, trace: Trace, route: Route, names: dict[str, str], claims: Claims
    ) -> Answer:
        prefer = parse_preferences(request.headers.get("prefer", ()))
        trace.applied = prefer.applied
        call = Call(self._state, request, claims, names, parse_query(request.query), prefer, trace.now)
        if route.subject is Subject.DIRECTORY:
            require_directory_permission(claims, route.permissions)
        elif route.subject is Subject.MAILBOX:
            call.user = require_mailbox(self._state, claims.tenant_id, names["user"])
            call.grants = self._grants(call.user, claims, route)
        answer = route.handler(call)
        return answer if isinstance(answer, Answer) else await answer

    def _grants(self, user: User, claims: Claims, route: Route) -> frozenset[str]:
        return granted(self._state, claims, user, route.permissions)

    def _bearer(self, request: Request) -> Claims:
        scheme, _, token = (request.header("authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise invalid_token("Access token is empty.")
        claims = self._state.mint.read(token.strip(), self._state.world.now())
        principal = self._state.registrations.principal(claims.tenant_id, claims.client_id)
        valid_from = principal.tokens_valid_from if principal else None
        if valid_from is not None and claims.issued < valid_from.timestamp():
            raise invalid_token("Continuous access evaluation resulted in challenge: the token was revoked.")
        return claims

    def _trace(self, request: Request) -> Trace:
        request_id = str(uuid.uuid4())
        client_id = request.header("client-request-id") or request_id
        return Trace(self._state.world.now(), request_id, client_id, request.method)

    def _error(self, error: GraphError, trace: Trace) -> Answer:
        trace.code = error.code
        body = error.body(now=trace.now, request_id=trace.request_id, client_request_id=trace.client_request_id)
        answer = json_answer(body, error.status, "application/json")
        answer.headers.extend(error.headers)
        return answer

    def _finished(self, answer: Answer, trace: Trace) -> Answer:
        answer.headers += [
            ("request-id", trace.request_id),
            ("client-request-id", trace.client_request_id),
            ("x-ms-ags-diagnostic", DIAGNOSTIC),
            ("OData-Version", "4.0"),
        ]
        if trace.applied:
            answer.headers.append(("Preference-Applied", ", ".join(trace.applied)))
        self._record(trace, answer.status)
        return answer

    def _record(self, trace: Trace, status: int) -> None:
        self._state.world.requests.record(
            Line(
                trace.now,
                FACE,
                trace.method,
                trace.template,
                status,
                mailbox=trace.mailbox,
                code=trace.code,
                request_id=trace.request_id,
                app=trace.app,
            )
        )


def _bad_luck(fault: Fault) -> GraphError | Dropped:
    if fault.kind is FaultKind.DROP:
        return Dropped()
    status = fault.status or 503
    code = fault.code or {429: "ApplicationThrottled", 503: "serviceNotAvailable"}.get(status, "generalException")
    message = fault.message or "The request could not be completed."
    return GraphError(status, code, message, headers=tuple(fault.headers.items()))


def _from_world(error: WorldError) -> GraphError:
    if isinstance(error, NotFound):
        return item_not_found()
    if isinstance(error, CrossesNeighbour):
        return bad_request(str(error), "ErrorOccurrenceCrossingBoundary")
    if isinstance(error, NotOrganizer | IsOrganizer):
        return bad_request(f"Your request can't be completed. {error}", "ErrorInvalidRequest")
    return invalid_property(str(error))


def _too_large() -> GraphError:
    return GraphError(413, "RequestEntityTooLarge", "The request body is larger than 4 MB.")


def _without_user() -> GraphError:
    return GraphError(
        400,
        "NoPermissionsInAccessToken",
        "The token contains no permissions, or permissions can not be understood.",
    )
