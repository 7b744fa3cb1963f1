"""The sign-in host: the token endpoint."""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from roomstead_sandbox.google.identity.tokens import Token
from roomstead_sandbox.google.sign_in import assertion, delegation
from roomstead_sandbox.google.sign_in.errors import SignInError, missing
from roomstead_sandbox.google.state import FACE, FaceState
from roomstead_sandbox.wire import Answer, Request, json_answer
from roomstead_sandbox.world.requests import Request as Line

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
Form = Mapping[str, str]


class SignIn:
    """Answers requests below the sign-in hosts."""

    def __init__(self, state: FaceState) -> None:
        self._state = state
        self._handlers: dict[tuple[str, str], Callable[[Request], Answer]] = {("POST", "/token"): self._token}

    async def respond(self, request: Request) -> Answer:
        """Answer one request."""
        path = "/" + "/".join(request.segments)
        handler = self._handlers.get((request.method, path))
        try:
            answer = Answer(404, b"Not found.", "text/plain") if handler is None else handler(request)
        except SignInError as error:
            answer = error.answer()
        answer.headers += [("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate"), ("Pragma", "no-cache")]
        template = path if handler is not None else "?"
        self._state.world.requests.record(Line(self._state.world.now(), FACE, request.method, template, answer.status))
        return answer

    def _token(self, request: Request) -> Answer:
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        kind = form.get("grant_type")
        if not kind:
            raise missing("grant_type")
        if kind == JWT_BEARER:
            return _answer(self._asserted(request, form))
        raise SignInError("unsupported_grant_type", f"Invalid grant_type: {kind}")

    def _asserted(self, request: Request, form: Form) -> Token:
        if not form.get("assertion"):
            raise missing("assertion")
        asked = assertion.read(
            form["assertion"],
            self._state.cloud,
            own_audience=f"{request.base}/token",
            skew_seconds=self._state.login_skew_seconds,
        )
        return delegation.grant(self._state, asked)


def _answer(token: Token) -> Answer:
    seconds = int((token.expires - token.issued).total_seconds())
    return json_answer({"access_token": token.text, "expires_in": seconds, "token_type": "Bearer"})
