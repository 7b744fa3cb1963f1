"""Access tokens: a cloud identity's own, one in somebody's name, or a mailbox's that signed in once.

Two ways to sign an assertion: with the key of a key file, or by asking Google's IAM to sign, which a machine in the
cloud may do without holding any key (Google Cloud docs: IAM credentials, signJwt).
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote, urlencode, urlsplit

from roomstead.adapters.http.retry_after import parse_http_date
from roomstead.adapters.http.transport import Answer, AnswerLost, AnswerTooLarge, CallNotSent, OutgoingCall, Transport
from roomstead.adapters.providers.google.assertion import claims, sign
from roomstead.adapters.providers.google.grant import read_grant
from roomstead.adapters.providers.google.scopes import short_names
from roomstead.adapters.providers.google.token_errors import refresh_error, token_error
from roomstead.application.ports.clock import Clock
from roomstead.domain.errors import CredentialMissing, CredentialRejected, ProviderUnavailable, UnreadableAnswer
from roomstead.domain.mailbox import Address

_RENEW_BEFORE = timedelta(minutes=5)
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_SWEEP_EVERY = 500


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token, since when and until when to use it, and how far the provider's clock is ahead of ours."""

    value: str = field(repr=False)
    issued_at: datetime
    renew_at: datetime
    clock_skew: timedelta
    scopes: tuple[str, ...] = ()
    """What the answer itself names; may be empty."""


class TokenSource(Protocol):
    """Where tokens come from."""

    async def fetch(self, subject: Address | None, scope: str) -> Token:
        """A new token. Raises SubjectRefused, CredentialRejected, RetryLater, CredentialMissing."""
        ...


class TokenVault:
    """Keeps a token for every asker and scope; however many ask for the same at once, one goes to fetch it."""

    def __init__(self, clock: Clock) -> None:
        """Holds nothing yet."""
        self._clock = clock
        self._locks: dict[Hashable, asyncio.Lock] = {}
        self._tokens: dict[Hashable, Token] = {}

    async def get(
        self,
        key: Hashable,
        fetch: Callable[[], Awaitable[Token]],
        *,
        rejected: str | None = None,
        not_before: datetime | None = None,
    ) -> Token:
        """The held token, or a new one when there is none, it ends soon, it is ``rejected`` or older than asked for."""
        async with self._lock(key):
            held = self._tokens.get(key)
            is_good = held is not None and held.value != rejected and self._clock.now() < held.renew_at
            if held is None or not is_good or (not_before is not None and held.issued_at < not_before):
                held = self._tokens[key] = await fetch()
            return held

    async def renew(self, key: Hashable, fetch: Callable[[], Awaitable[Token]]) -> Token:
        """A new token, whatever is held."""
        async with self._lock(key):
            held = self._tokens[key] = await fetch()
            return held

    def _lock(self, key: Hashable) -> asyncio.Lock:
        if key not in self._locks:
            if len(self._locks) % _SWEEP_EVERY == 0:
                self._forget_ended()
            self._locks[key] = asyncio.Lock()
        return self._locks[key]

    def _forget_ended(self) -> None:
        """Keep no memory of thousands that were probed once."""
        now = self._clock.now()
        for key, lock in list(self._locks.items()):
            held = self._tokens.get(key)
            if not lock.locked() and (held is None or now >= held.renew_at):
                del self._locks[key]
                self._tokens.pop(key, None)


class Signer(Protocol):
    """Signs what a cloud identity states."""

    async def sign(self, told: Mapping[str, str | int]) -> str:
        """The assertion. Raises CredentialRejected, RetryLater."""
        ...


@dataclass(frozen=True, slots=True)
class KeySigner:
    """Signs with the key of a key file."""

    key_id: str
    private_key: str = field(repr=False)

    async def sign(self, told: Mapping[str, str | int]) -> str:
        """The assertion."""
        return sign(told, self.private_key, self.key_id)


class IamSigner:
    """Has Google sign, in the name of the machine that this runs on."""

    def __init__(self, transport: Transport, clock: Clock, *, account: str, iam_url: str, metadata_url: str) -> None:
        """No I/O yet."""
        self._transport = transport
        self._clock = clock
        self._account = account
        self._iam_url = iam_url
        self._metadata_url = metadata_url
        self._own = TokenVault(clock)

    async def sign(self, told: Mapping[str, str | int]) -> str:
        """The assertion."""
        own = await self._own.get("machine", self._machine_token)
        account = quote(self._account, safe="@")
        call = OutgoingCall(
            "POST",
            f"{self._iam_url}/projects/-/serviceAccounts/{account}:signJwt",
            "/projects/-/serviceAccounts/{account}:signJwt",
            {"Authorization": f"Bearer {own.value}", "Content-Type": "application/json"},
            json.dumps({"delegates": [], "payload": json.dumps(dict(told))}).encode(),
        )
        answer = await ask(self._transport, call)
        if answer.status != HTTPStatus.OK:
            raise _signing_refused(answer)
        signed = object_in(answer).get("signedJwt")
        if not isinstance(signed, str):
            raise UnreadableAnswer(details={"call": "signJwt"})
        return signed

    async def _machine_token(self) -> Token:
        call = OutgoingCall(
            "GET",
            f"{self._metadata_url}/instance/service-accounts/default/token",
            "/instance/service-accounts/default/token",
            {"Metadata-Flavor": "Google"},
        )
        try:
            answer = await self._transport.send(call)
        except (CallNotSent, AnswerLost, AnswerTooLarge) as failure:
            raise _no_machine_identity() from failure
        if answer.status != HTTPStatus.OK:
            raise _no_machine_identity()
        return read_token(answer, self._clock.now())


class CloudIdentity:
    """Tokens of a cloud identity, for itself or in somebody's name."""

    def __init__(self, transport: Transport, clock: Clock, *, account: str, token_url: str, signer: Signer) -> None:
        """No I/O yet."""
        self._transport = transport
        self._clock = clock
        self._account = account
        self._token_url = token_url
        self._signer = signer

    async def fetch(self, subject: Address | None, scope: str) -> Token:
        """A new token for one scope. Raises as the protocol says."""
        now = self._clock.now()
        assertion = await self._signer.sign(claims(self._account, subject, scope, now))
        form = urlencode({"grant_type": _GRANT, "assertion": assertion}).encode()
        answer = await ask(self._transport, OutgoingCall("POST", self._token_url, "/token", _FORM, form))
        now = self._clock.now()
        if answer.status != HTTPStatus.OK:
            raise token_error(answer, now, subject)
        return read_token(answer, now)


class SignedInMailbox:
    """Tokens of a mailbox that signed in once and left a refresh token; it answers for itself alone."""

    def __init__(
        self, transport: Transport, clock: Clock, *, token_url: str, client_id: str, client_secret: str, refresh: str
    ) -> None:
        """No I/O yet."""
        self._transport = transport
        self._clock = clock
        self._token_url = token_url
        self._form = {"grant_type": "refresh_token", "client_id": client_id, "client_secret": client_secret}
        self._refresh = refresh

    async def fetch(self, subject: Address | None, scope: str) -> Token:  # noqa: ARG002 - its consent is one for all
        """A new token. Raises CredentialRejected once the consent is withdrawn."""
        if not self._refresh or read_grant(self._refresh) is not None:
            raise CredentialMissing(
                "The service account mailbox has not signed in yet.",
                remedy="Open the consent page under Settings → Integrations and sign in as this mailbox.",
            )
        form = urlencode({**self._form, "refresh_token": self._refresh}).encode()
        answer = await ask(self._transport, OutgoingCall("POST", self._token_url, "/token", _FORM, form))
        now = self._clock.now()
        if answer.status != HTTPStatus.OK:
            raise refresh_error(answer, now)
        return read_token(answer, now)


def read_token(answer: Answer, now: datetime) -> Token:
    """The token in an answer. Raises UnreadableAnswer."""
    body = object_in(answer)
    value, life, scopes = body.get("access_token"), body.get("expires_in", 0), body.get("scope")
    if not isinstance(value, str) or isinstance(life, bool) or not isinstance(life, int | str):
        raise UnreadableAnswer(details={"call": "token"})
    try:
        length = timedelta(seconds=max(0, int(life)))
    except ValueError as error:
        raise UnreadableAnswer(details={"call": "token"}) from error
    server_time = parse_http_date(answer.headers.get("date"))
    return Token(
        value,
        issued_at=now,
        renew_at=now + length - min(_RENEW_BEFORE, length / 2),
        clock_skew=server_time - now if server_time else timedelta(0),
        scopes=short_names(scopes) if isinstance(scopes, str) else (),
    )


async def ask(transport: Transport, call: OutgoingCall) -> Answer:
    """A call to the sign-in service. Raises ProviderUnavailable when there is no answer."""
    try:
        return await transport.send(call)
    except (CallNotSent, AnswerLost, AnswerTooLarge) as failure:
        details = {"host": urlsplit(call.url).netloc}
        raise ProviderUnavailable("Google's sign-in service does not answer.", details=details) from failure


def object_in(answer: Answer) -> Mapping[str, object]:
    """The JSON object of an answer. Raises UnreadableAnswer."""
    try:
        body = answer.json()
    except ValueError as error:
        raise UnreadableAnswer(details={"call": "token"}) from error
    if not isinstance(body, dict):
        raise UnreadableAnswer(details={"call": "token"})
    return body


def _signing_refused(answer: Answer) -> CredentialRejected | ProviderUnavailable:
    details = {"code": "signJwt", "status": str(answer.status)}
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ProviderUnavailable("Google's signing service does not answer.", details=details)
    return CredentialRejected(
        "Google does not sign for the cloud service account.",
        remedy="Give this machine's own identity the role Service Account Token Creator on the cloud service account, "
        "and enable the IAM Service Account Credentials API.",
        details={**details, "concerns": "credential"},
    )


def _no_machine_identity() -> CredentialRejected:
    return CredentialRejected(
        "This machine has no identity of its own in Google Cloud.",
        remedy="Run Roomstead on a machine in Google Cloud that has a service account, or use a key file.",
        details={"code": "metadata", "concerns": "credential"},
    )
