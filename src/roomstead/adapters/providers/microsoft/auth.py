"""Signing in as the app: one token per cloud, tenant, app and credential, renewed before it ends.

The client credentials flow has no refresh token; a token is asked for anew (Microsoft identity platform docs:
client credentials flow). Asking too often is answered by AADSTS50196, so all callers share one.
"""

import asyncio
import hashlib
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from json import loads
from urllib.parse import quote, urlencode, urlsplit

from roomstead.adapters.http.retry_after import parse_http_date
from roomstead.adapters.http.transport import Answer, AnswerLost, AnswerTooLarge, CallNotSent, OutgoingCall, Transport
from roomstead.adapters.providers.microsoft.assertion import client_assertion
from roomstead.adapters.providers.microsoft.token_errors import sign_in_error
from roomstead.application.ports.clock import Clock
from roomstead.domain.errors import CredentialMissing, ProviderUnavailable, UnreadableAnswer

_RENEW_BEFORE = timedelta(minutes=5)
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token, when to renew it, and how far the provider's clock is ahead of ours."""

    value: str = field(repr=False)
    renew_at: datetime
    clock_skew: timedelta


@dataclass(frozen=True, slots=True)
class AppIdentity:
    """Who signs in, where, and for what. ``scope`` names the cloud's Graph and ends in ``/.default``."""

    login_url: str
    tenant: str
    app_id: str
    scope: str
    credential_kind: str
    certificate: str = ""
    secret: str = field(default="", repr=False)
    """The client secret, or the certificate's private key."""

    @property
    def key(self) -> str:
        """Names app and credential without giving the credential away."""
        parts = (self.login_url, self.tenant, self.app_id, self.credential_kind, self.certificate, self.secret)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def token_url(self) -> str:
        """Where tokens are asked for; also the audience of assertions."""
        return f"{self.login_url}/{quote(self.tenant, safe='')}/oauth2/v2.0/token"


class TokenHolder:
    """Keeps one token; however many ask at once, one goes to fetch it."""

    def __init__(self, clock: Clock) -> None:
        """Holds nothing yet."""
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token: Token | None = None

    async def get(self, fetch: Callable[[], Awaitable[Token]], *, rejected: str | None = None) -> Token:
        """The held token, or a new one when there is none, it is about to end, or it is the ``rejected`` one."""
        async with self._lock:
            held = self._token
            if held is None or held.value == rejected or self._clock.now() >= held.renew_at:
                held = self._token = await fetch()
            return held

    async def renew(self, fetch: Callable[[], Awaitable[Token]]) -> Token:
        """A new token, whatever is held."""
        async with self._lock:
            self._token = await fetch()
            return self._token


class SignIn:
    """Asks for tokens."""

    def __init__(self, identity: AppIdentity, transport: Transport, clock: Clock) -> None:
        """No I/O yet."""
        self.identity = identity
        self._transport = transport
        self._clock = clock

    async def fetch_token(self) -> Token:
        """A new token. Raises CredentialRejected, ConsentMissing, RetryLater; CredentialMissing without a secret."""
        answer = await self._ask()
        now = self._clock.now()
        if answer.status != HTTPStatus.OK:
            raise sign_in_error(answer, now)
        value, life = _read_token(answer)
        server_time = parse_http_date(answer.headers.get("date"))
        skew = server_time - now if server_time else timedelta(0)
        return Token(value, now + life - min(_RENEW_BEFORE, life / 2), skew)

    async def _ask(self) -> Answer:
        form = self._form()
        call = OutgoingCall(
            "POST",
            self.identity.token_url,
            "/{tenant}/oauth2/v2.0/token",
            {"Content-Type": "application/x-www-form-urlencoded"},
            urlencode(form).encode(),
        )
        try:
            return await self._transport.send(call)
        except (CallNotSent, AnswerLost, AnswerTooLarge) as failure:
            details = {"host": urlsplit(call.url).netloc}
            raise ProviderUnavailable("Microsoft's sign-in service does not answer.", details=details) from failure

    def _form(self) -> Mapping[str, str]:
        identity = self.identity
        if not identity.secret:
            raise CredentialMissing(remedy="Enter the integration's credential again.")
        form = {"client_id": identity.app_id, "scope": identity.scope, "grant_type": "client_credentials"}
        if identity.credential_kind == "secret":
            return {**form, "client_secret": identity.secret}
        assertion = client_assertion(
            identity.app_id, identity.token_url, identity.secret, identity.certificate, self._clock.now()
        )
        return {**form, "client_assertion_type": _ASSERTION_TYPE, "client_assertion": assertion}


def _read_token(answer: Answer) -> tuple[str, timedelta]:
    try:
        body = answer.json()
    except ValueError as error:
        raise UnreadableAnswer(details={"call": "token"}) from error
    if not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
        raise UnreadableAnswer(details={"call": "token"})
    try:
        return body["access_token"], timedelta(seconds=max(0, int(body.get("expires_in", 0))))
    except (TypeError, ValueError) as error:
        raise UnreadableAnswer(details={"call": "token"}) from error


def token_claims(token: str) -> Mapping[str, object]:
    """What a token says of itself, unverified and for diagnosis only: it is Graph's to read, and may be opaque.

    No ``roles`` does not mean no permission: a tenant that grants Exchange access by RBAC for Applications issues
    tokens without them (Microsoft identity platform docs: tokens without the roles claim).
    """
    parts = token.split(".")
    if len(parts) < 2:  # noqa: PLR2004 - header and claims
        return {}
    try:
        claims = loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def roles_in(token: str) -> tuple[str, ...]:
    """The application permissions that a token names, sorted; maybe none."""
    roles = token_claims(token).get("roles")
    return tuple(sorted(role for role in roles if isinstance(role, str))) if isinstance(roles, list) else ()
