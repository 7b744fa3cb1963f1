"""The identity service: ``signJwt`` and ``generateAccessToken``, and the metadata server of a machine in the cloud.

(Google's pages "Create short-lived credentials" and "About VM metadata".)
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from roomstead_sandbox.google.identity.cloud import API_TITLES, IAM_API, ServiceAccount, system_key
from roomstead_sandbox.google.identity.tokens import Grant, Token
from roomstead_sandbox.google.scopes import CLOUD_PLATFORM, KNOWN
from roomstead_sandbox.google.state import FACE, FaceState
from roomstead_sandbox.wire import Answer, Dropped, Request, json_answer
from roomstead_sandbox.world.faults import Fault, FaultKind
from roomstead_sandbox.world.requests import Request as Line

ACCOUNTS = ("v1", "projects", "-", "serviceAccounts")
METADATA = ("computeMetadata", "v1", "instance", "service-accounts")
MACHINE = "/computeMetadata"
TEMPLATE = "/v1/projects/-/serviceAccounts/{account}:"
LONGEST_LIFE = 12 * 3600
Json = dict[str, Any]


@dataclass
class IamError(Exception):
    """An error answer of a newer API: code, status word, sentence."""

    code: int
    status: str
    message: str

    def answer(self) -> Answer:
        """As it goes back."""
        error = {"code": self.code, "message": self.message, "status": self.status}
        return json_answer({"error": error}, self.code)


class IamEdge:
    """Answers requests below the identity service and the metadata server."""

    def __init__(self, state: FaceState) -> None:
        self._state = state
        self._methods: Mapping[str, Callable[[ServiceAccount, Json], Json]] = {
            "signJwt": self._sign,
            "generateAccessToken": self._token,
        }

    async def respond(self, request: Request) -> Answer:
        """Answer one request. Raises Dropped when the connection is to be closed."""
        template = self._template(request)
        try:
            fault = await self._strike(request, template)
            if fault is not None and not fault.after_commit:
                raise _bad_luck(fault)
            answer = self._metadata(request) if template == MACHINE else json_answer(self._called(request))
            if fault is not None:
                raise _bad_luck(fault)
        except IamError as error:
            answer = error.answer()
        self._state.world.requests.record(Line(self._state.world.now(), FACE, request.method, template, answer.status))
        return answer

    def _template(self, request: Request) -> str:
        if request.segments[:4] == METADATA:
            return MACHINE
        method = request.segments[-1].rpartition(":")[2]
        return f"{TEMPLATE}{method}" if method in self._methods else "?"

    async def _strike(self, request: Request, template: str) -> Fault | None:
        faults = self._state.world.faults
        slow = faults.strike([FaultKind.SLOW], operation=template, method=request.method)
        if slow is not None:
            await asyncio.sleep(slow.seconds)
        return faults.strike([FaultKind.ANSWER, FaultKind.DROP], operation=template, method=request.method)

    def _called(self, request: Request) -> Json:
        email, _, method = request.segments[-1].rpartition(":")
        handler = self._methods.get(method)
        if request.method != "POST" or request.segments[:4] != ACCOUNTS or handler is None:
            raise IamError(404, "NOT_FOUND", "Method not found.")
        account = self._allowed(self._bearer(request), email, method)
        try:
            body = json.loads(request.body)
        except ValueError as error:
            raise _invalid("Invalid JSON payload received.") from error
        return handler(account, body if isinstance(body, dict) else {})

    def _bearer(self, request: Request) -> Token:
        scheme, _, text = (request.header("authorization") or "").partition(" ")
        token = self._state.tokens.read(text.strip(), self._state.world.now()) if scheme.lower() == "bearer" else None
        if token is None:
            raise IamError(
                401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token."
            )
        if not token.scopes & frozenset(CLOUD_PLATFORM):
            raise IamError(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.")
        project = self._state.cloud.projects.get(token.project)
        if project is not None and IAM_API not in project.apis:
            title = API_TITLES[IAM_API]
            raise IamError(403, "PERMISSION_DENIED", f"{title} has not been used in project {token.project} before.")
        return token

    def _allowed(self, token: Token, email: str, method: str) -> ServiceAccount:
        """The account, when the caller is one of those who may create tokens for it."""
        account = self._state.cloud.accounts.get(email)
        user = self._state.world.directory.users.get(token.user_id)
        caller = (user.mail or user.upn) if user is not None else ""
        if account is None or account.disabled or caller not in account.token_creators:
            permission = {"signJwt": "signJwt"}.get(method, "getAccessToken")
            raise IamError(
                403,
                "PERMISSION_DENIED",
                f"Permission 'iam.serviceAccounts.{permission}' denied on resource (or it may not exist).",
            )
        return account

    def _sign(self, account: ServiceAccount, body: Json) -> Json:
        from joserfc import jws
        from joserfc.jwk import RSAKey

        payload = body.get("payload")
        try:
            claims = json.loads(str(payload))
        except ValueError as error:
            raise _invalid("The JWT payload is not a JSON object.") from error
        expires = claims.get("exp") if isinstance(claims, dict) else None
        if not isinstance(expires, int | float) or expires > datetime.now(UTC).timestamp() + LONGEST_LIFE:
            raise _invalid("The claim exp must be set, and at most twelve hours ahead.")
        key = system_key(account)
        header = {"alg": "RS256", "typ": "JWT", "kid": key.id}
        signed = jws.serialize_compact(header, str(payload), RSAKey.import_key(key.private_pem or ""))
        return {"keyId": key.id, "signedJwt": signed}

    def _token(self, account: ServiceAccount, body: Json) -> Json:
        given = body.get("scope")
        scopes = frozenset(str(scope) for scope in given) if isinstance(given, list) else frozenset[str]()
        if not scopes or scopes - KNOWN:
            raise _invalid("Invalid scope.")
        token = self._issue(account, scopes)
        return {"accessToken": token.text, "expireTime": token.expires.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def _issue(self, account: ServiceAccount, scopes: frozenset[str]) -> Token:
        robot = self._state.robot(account)
        grant = Grant(
            user_id=robot.id, client_id=account.client_id, project=account.project, scopes=scopes, account=robot.id
        )
        return self._state.tokens.issue(grant, self._state.world.now())

    def _metadata(self, request: Request) -> Answer:
        """The machine on which the service runs has the identity that may sign for others."""
        if request.header("metadata-flavor") != "Google":
            return Answer(403, b"Missing Metadata-Flavor:Google header.", "text/plain")
        creators = {name for a in self._state.cloud.accounts.values() for name in a.token_creators}
        account = next((a for a in self._state.cloud.accounts.values() if a.email in creators), None)
        if account is None or request.segments[4:5] not in (("default",), (account.email,)):
            return Answer(404, b"Not found.", "text/plain")
        if request.segments[5:] == ("token",):
            token = self._issue(account, frozenset(CLOUD_PLATFORM[:1]))
            seconds = int((token.expires - token.issued).total_seconds())
            answer = json_answer({"access_token": token.text, "expires_in": seconds, "token_type": "Bearer"})
        elif request.segments[5:] == ("email",):
            answer = Answer(200, account.email.encode(), "text/plain")
        else:
            answer = json_answer({"aliases": ["default"], "email": account.email, "scopes": list(CLOUD_PLATFORM[:1])})
        answer.headers.append(("Metadata-Flavor", "Google"))
        return answer


def _bad_luck(fault: Fault) -> IamError | Dropped:
    if fault.kind is FaultKind.DROP:
        return Dropped()
    sentence = fault.message or "The service is currently unavailable."
    return IamError(fault.status or 503, fault.code or "UNAVAILABLE", sentence)


def _invalid(message: str) -> IamError:
    return IamError(400, "INVALID_ARGUMENT", message)
