"""What an issuer says about itself: its endpoints and its keys (OpenID Connect Discovery 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from roomstead.adapters.http.transport import Answer, AnswerLost, AnswerTooLarge, CallNotSent, OutgoingCall, Transport
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.identities import IdentityProviderAway, IdentityProviderFaulty

WELL_KNOWN = "/.well-known/openid-configuration"
BELIEVED_FOR = timedelta(hours=1)
KEYS_READ_AGAIN_AFTER = timedelta(seconds=30)
"""A signature by an unknown key reads the keys again, but not for every forged one."""

SIGNATURES = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)
"""Only such as are made with a private key: ``none`` and shared secrets prove nothing here."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer's own words."""

    name: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    wants_secret_in_body: bool
    names_itself_in_answers: bool
    """Whether answers carry ``iss`` (RFC 9207)."""
    signatures: frozenset[str]
    read_at: datetime


@dataclass(frozen=True, slots=True)
class _Keys:
    keys: KeySet
    read_at: datetime


class Discovery:
    """Reads issuers and keeps what they say for an hour."""

    def __init__(self, transport: Transport, clock: Clock) -> None:
        """Nothing is read yet."""
        self._transport = transport
        self._clock = clock
        self._issuers: dict[str, Issuer] = {}
        self._keys: dict[str, _Keys] = {}

    async def issuer(self, name: str) -> Issuer:
        """What the issuer says, from memory where that is young enough."""
        known = self._issuers.get(name)
        if known is None or self._clock.now() - known.read_at > BELIEVED_FOR:
            known = self._issuers[name] = await self.read(name)
        return known

    async def read(self, name: str) -> Issuer:
        """Ask the issuer now. Raises IdentityProviderFaulty and IdentityProviderAway."""
        require_safe(name, name)
        said = await self._get(f"{name.rstrip('/')}{WELL_KNOWN}")
        found = str(said.get("issuer", ""))
        if "{" in found:  # Entra ID's address for all tenants, where anybody's tenant could speak for us
            raise IdentityProviderFaulty(
                "This is the address for the accounts of all organisations.",
                remedy="Enter the address of your own organisation: its tenant ID in place of the word before /v2.0.",
            )
        if found.rstrip("/") != name.rstrip("/"):
            raise IdentityProviderFaulty(
                "The address answers in the name of another issuer.",
                remedy=f"Enter the issuer exactly as it calls itself: {found[:200] or 'it gives no name'}.",
            )
        return _issuer(said, found, self._clock.now())

    async def keys(self, issuer: Issuer, *, but: KeySet | None = None) -> KeySet:
        """The issuer's keys; ``but`` did not have the right one, so newer ones are read if some time has passed."""
        known = self._keys.get(issuer.jwks_uri)
        now = self._clock.now()
        is_fresh = known is not None and now - known.read_at < BELIEVED_FOR
        may_ask = known is None or now - known.read_at >= KEYS_READ_AGAIN_AFTER
        if known is not None and is_fresh and (but is None or not may_ask):
            return known.keys
        return await self.read_keys(issuer)

    async def read_keys(self, issuer: Issuer) -> KeySet:
        """Ask for the issuer's keys now. Raises IdentityProviderFaulty and IdentityProviderAway."""
        said = await self._get(issuer.jwks_uri)
        try:
            keys = KeySet.import_key_set(said)  # type: ignore[arg-type]  # checked by the call itself
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise IdentityProviderFaulty("The issuer's keys cannot be read.") from error
        self._keys[issuer.jwks_uri] = _Keys(keys, self._clock.now())
        return keys

    async def _get(self, url: str) -> dict[str, object]:
        answer = await send(self._transport, OutgoingCall("GET", url, urlsplit(url).path))
        said = json_object(answer)
        if answer.status != HTTPStatus.OK or said is None:
            raise IdentityProviderFaulty(
                f"{url} does not answer as an OpenID provider does (status {answer.status}).",
                remedy="Check the issuer's address: its documentation names it, without what follows .well-known.",
            )
        return said


async def send(transport: Transport, call: OutgoingCall) -> Answer:
    """Send one call. Raises IdentityProviderAway."""
    try:
        return await transport.send(call)
    except (CallNotSent, AnswerLost, AnswerTooLarge) as error:
        raise IdentityProviderAway("The company's sign-in does not answer. Try again in a moment.") from error


def json_object(answer: Answer) -> dict[str, object] | None:
    """The answer's JSON object; None: it is none."""
    try:
        said = answer.json()
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def require_safe(url: str, issuer: str) -> None:
    """Raise IdentityProviderFaulty unless the address is https.

    Only an issuer on this very machine may send us to this machine, also without https: one from elsewhere would have
    us call what no outsider reaches.
    """
    parts = urlsplit(url)
    is_here = parts.hostname in _LOOPBACK
    if parts.scheme not in {"https", "http"} or (parts.scheme == "http" and not is_here):
        raise IdentityProviderFaulty("The issuer's addresses must begin with https://.")
    if is_here and urlsplit(issuer).hostname not in _LOOPBACK:
        raise IdentityProviderFaulty("The issuer leads to an address of this very machine, which is not called.")


def _issuer(said: Mapping[str, object], name: str, now: datetime) -> Issuer:
    def address(field: str) -> str:
        value = said.get(field)
        return value if isinstance(value, str) else ""

    for field in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not address(field):
            raise IdentityProviderFaulty(f"The issuer names no {field}.")
        require_safe(address(field), name)
    methods = said.get("token_endpoint_auth_methods_supported")
    signatures = said.get("id_token_signing_alg_values_supported")
    offered = frozenset(map(str, signatures)) & SIGNATURES if isinstance(signatures, list) else frozenset()
    return Issuer(
        name=name,
        authorization_endpoint=address("authorization_endpoint"),
        token_endpoint=address("token_endpoint"),
        jwks_uri=address("jwks_uri"),
        userinfo_endpoint=address("userinfo_endpoint"),
        wants_secret_in_body=isinstance(methods, list) and "client_secret_basic" not in methods,
        names_itself_in_answers=said.get("authorization_response_iss_parameter_supported") is True,
        signatures=offered or frozenset({"RS256"}),
        read_at=now,
    )
