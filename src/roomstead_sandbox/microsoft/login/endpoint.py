"""The sign-in host as an ASGI app: tokens, admin consent, and the discovery documents."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from roomstead_sandbox.microsoft.login.errors import SignInError
from roomstead_sandbox.microsoft.login.grants import SHARED_ENDPOINTS, find_tenant, grant_token
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
from roomstead_sandbox.world.faults import Fault, FaultKind
from roomstead_sandbox.world.people import Tenant
from roomstead_sandbox.world.requests import Request as Line

FACE = "microsoft"
LARGEST_BODY = 64 * 1024
JSON = "application/json; charset=utf-8"
TOKEN = "/{tenant}/oauth2/v2.0/token"  # noqa: S105  (a path)
CONSENT = "/{tenant}/adminconsent"
CONSENT_2 = "/{tenant}/v2.0/adminconsent"
CONFIGURATION = "/{tenant}/v2.0/.well-known/openid-configuration"
KEYS = "/{tenant}/discovery/v2.0/keys"
NUMBER_UNAVAILABLE = 90033
Handler = Callable[[Request], Answer]


class LoginEdge:
    """The ASGI app."""

    def __init__(self, state: FaceState, prefix: str) -> None:
        self._state = state
        self._prefix = prefix
        self._handlers: dict[tuple[str, str], Handler] = {
            ("POST", TOKEN): self._token,
            ("GET", CONSENT): self._consent,
            ("GET", CONSENT_2): self._consent,
            ("GET", CONFIGURATION): self._configuration,
            ("GET", KEYS): self._keys,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        body = await read_body(receive, LARGEST_BODY)
        request = parse_request(scope, body or b"", self._prefix)
        template = "/" + "/".join(("{tenant}", *request.segments[1:]))
        try:
            answer = await self._answer(request, template)
        except Dropped:
            await close_connection(receive, send)
            return
        answer.headers += [("Cache-Control", "no-store, no-cache"), ("Pragma", "no-cache")]
        self._record(request, template, answer.status)
        await send_answer(send, answer)

    async def _answer(self, request: Request, template: str) -> Answer:
        handler = self._handlers.get((request.method, template))
        if handler is None:
            return Answer(404, b"Not found.", "text/plain")
        try:
            fault = await self._strike(request, template)
            if fault is not None and not fault.after_commit:
                raise _bad_luck(fault)
            answer = handler(request)
            if fault is not None:
                raise _bad_luck(fault)
        except SignInError as error:
            body = error.body(now=self._state.world.now(), login_base=request.base)
            answer = json_answer(body, error.http_status, JSON)
            answer.headers.extend(error.headers)
        return answer

    async def _strike(self, request: Request, template: str) -> Fault | None:
        faults = self._state.world.faults
        slow = faults.strike([FaultKind.SLOW], operation=template, method=request.method)
        if slow is not None:
            await asyncio.sleep(slow.seconds)
        return faults.strike([FaultKind.ANSWER, FaultKind.DROP], operation=template, method=request.method)

    def _token(self, request: Request) -> Answer:
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        return json_answer(grant_token(self._state, request.base, request.segments[0], form), 200, JSON)

    def _consent(self, request: Request) -> Answer:
        """Admin consent: the admin's answer comes back in the query of ``redirect_uri``."""
        query = {name.lower(): value for name, value in request.query}
        application = self._state.registrations.application(query.get("client_id", ""))
        redirect = query.get("redirect_uri", "")
        if application is None or urlsplit(redirect).scheme not in ("http", "https"):
            raise SignInError(700016, "unauthorized_client", "The application or its redirect address is not known.")
        if self._state.admin_refuses_consent:
            outcome = {
                "error": "permission_denied",
                "error_description": "The admin canceled the request",
            }
        else:
            tenant = self._consenting_tenant(request.segments[0], application.home_tenant)
            self._state.registrations.consent(
                tenant.id,
                application.client_id,
                frozenset(application.requested),
                effective=self._state.world.now() + timedelta(seconds=self._state.consent_propagation_seconds),
            )
            outcome = {"admin_consent": "True", "tenant": tenant.id}
        if "state" in query:
            outcome["state"] = query["state"]
        return Answer(302, headers=[("Location", _with_query(redirect, outcome))])

    def _consenting_tenant(self, key: str, home: str) -> Tenant:
        return find_tenant(self._state, home if key.lower() in SHARED_ENDPOINTS else key)

    def _configuration(self, request: Request) -> Answer:
        tenant = self._tenant_or_shared(request.segments[0])
        root = f"{request.base}/{tenant}"
        return json_answer(
            {
                "token_endpoint": f"{root}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
                "jwks_uri": f"{root}/discovery/v2.0/keys",
                "response_modes_supported": ["query", "fragment", "form_post"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code", "id_token", "code id_token"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "issuer": f"{root}/v2.0",
                "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
                "tenant_region_scope": "EU",
                "cloud_instance_name": "microsoftonline.com",
            },
            200,
            JSON,
        )

    def _keys(self, request: Request) -> Answer:
        self._tenant_or_shared(request.segments[0])
        return json_answer(self._state.mint.public_keys(), 200, JSON)

    def _tenant_or_shared(self, key: str) -> str:
        if key.lower() in SHARED_ENDPOINTS:
            return key.lower()
        return find_tenant(self._state, key).id

    def _record(self, request: Request, template: str, status: int) -> None:
        known = template if (request.method, template) in self._handlers else "?"
        self._state.world.requests.record(Line(self._state.world.now(), FACE, request.method, known, status))


def _bad_luck(fault: Fault) -> SignInError | Dropped:
    if fault.kind is FaultKind.DROP:
        return Dropped()
    code = (fault.code or "").upper().removeprefix("AADSTS")
    number = int(code) if code.isdigit() else NUMBER_UNAVAILABLE
    sentence = fault.message or "A transient error has occurred. Please try again."
    error = str(fault.parameters.get("error") or "temporarily_unavailable")
    return SignInError(number, error, sentence, fault.status or 503, tuple(fault.headers.items()))


def _with_query(address: str, more: dict[str, str]) -> str:
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query), *more.items()])
    return urlunsplit(parts._replace(query=query))
