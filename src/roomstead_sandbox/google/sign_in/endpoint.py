"""The sign-in host: the token endpoint, revocation, and the consent page."""

import asyncio
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from roomstead_sandbox.google.sign_in import assertion, clients, consent, delegation
from roomstead_sandbox.google.sign_in.clients import Signed
from roomstead_sandbox.google.sign_in.errors import SignInError, missing
from roomstead_sandbox.google.state import FACE, FaceState
from roomstead_sandbox.wire import Answer, Dropped, Request, json_answer
from roomstead_sandbox.world.faults import Fault, FaultKind
from roomstead_sandbox.world.requests import Request as Line

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN, REVOKE = "/token", "/revoke"
Form = Mapping[str, str]


class SignIn:
    """Answers requests below the sign-in hosts."""

    def __init__(self, state: FaceState) -> None:
        self._state = state
        self._handlers: dict[tuple[str, str], Callable[[Request], Answer]] = {
            ("POST", TOKEN): self._token,
            ("POST", REVOKE): self._revoke,
            ("GET", consent.PATH): lambda request: consent.show(state, request),
            ("POST", consent.PATH): lambda request: consent.decide(state, request),
        }
        self._grants: dict[str, Callable[[Request, Form], Signed]] = {
            JWT_BEARER: self._asserted,
            "authorization_code": lambda r, form: clients.redeem_code(state, form, r.header("authorization")),
            "refresh_token": lambda r, form: clients.refresh(state, form, r.header("authorization")),
        }

    async def respond(self, request: Request) -> Answer:
        """Answer one request. Raises Dropped when the connection is to be closed."""
        path = "/" + "/".join(request.segments)
        handler = self._handlers.get((request.method, path))
        error: str | None = None
        try:
            answer = Answer(404, b"Not found.", "text/plain") if handler is None else await self._lucky(request, path)
        except SignInError as refused:
            answer, error = refused.answer(), refused.error
        except consent.PageError as refused:
            answer, error = refused.answer(), refused.code
        except Dropped:
            self._record(request, path, 0, None)
            raise
        answer.headers += [("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate"), ("Pragma", "no-cache")]
        self._record(request, path if handler is not None else "?", answer.status, error)
        return answer

    async def _lucky(self, request: Request, path: str) -> Answer:
        faults, where = self._state.world.faults, {"operation": path, "method": request.method}
        slow = faults.strike([FaultKind.SLOW], **where)
        if slow is not None:
            await asyncio.sleep(slow.seconds)
        fault = faults.strike([FaultKind.ANSWER, FaultKind.DROP], **where)
        if fault is not None and not fault.after_commit:
            raise _bad_luck(fault)
        answer = self._handlers[request.method, path](request)
        if fault is not None:
            raise _bad_luck(fault)
        return answer

    def _token(self, request: Request) -> Answer:
        form = _form(request)
        kind = form.get("grant_type")
        if not kind:
            raise missing("grant_type")
        grant = self._grants.get(kind)
        if grant is None:
            raise SignInError("unsupported_grant_type", f"Invalid grant_type: {kind}")
        return _answer(grant(request, form))

    def _asserted(self, request: Request, form: Form) -> Signed:
        if not form.get("assertion"):
            raise missing("assertion")
        asked = assertion.read(
            form["assertion"],
            self._state.cloud,
            own_audience=f"{request.base}{TOKEN}",
            world_now=self._state.world.now(),
            skew_seconds=self._state.login_skew_seconds,
        )
        return Signed(delegation.grant(self._state, asked))

    def _revoke(self, request: Request) -> Answer:
        given = _form(request).get("token") or dict(request.query).get("token")
        if not given:
            raise missing("token")
        clients.revoke(self._state, given)
        return json_answer({})

    def _record(self, request: Request, template: str, status: int, error: str | None) -> None:
        now = self._state.world.now()
        self._state.world.requests.record(Line(now, FACE, request.method, template, status, code=error))


def _form(request: Request) -> Form:
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _answer(signed: Signed) -> Answer:
    token = signed.token
    seconds = int((token.expires - token.issued).total_seconds())
    shown: dict[str, str | int] = {"access_token": token.text, "expires_in": seconds, "token_type": "Bearer"}
    if token.account is None:
        shown["scope"] = " ".join(sorted(token.scopes))
    if signed.refresh_token is not None:
        shown["refresh_token"] = signed.refresh_token
    if signed.id_token is not None:
        shown["id_token"] = signed.id_token
    return json_answer(shown)


def _bad_luck(fault: Fault) -> SignInError | Dropped:
    if fault.kind is FaultKind.DROP:
        return Dropped()
    status = fault.status or 503
    sentence = fault.message or "Backend Error"
    return SignInError(fault.code or "internal_failure", sentence, status, tuple(fault.headers.items()))
