"""The conversation: authorization code with PKCE, then an ID token whose every claim is checked.

OpenID Connect Core 1.0, 3.1 · RFC 7636 (PKCE) · RFC 9207 (who answers) · RFC 9700 (what else to mind).
"""

import base64
import secrets
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote, urlencode, urlsplit

import structlog
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from roomstead.adapters.http.transport import OutgoingCall, Transport
from roomstead.adapters.oidc.discovery import Discovery, Issuer, json_object, require_safe, send
from roomstead.adapters.oidc.vouching import is_vouched_for
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.identities import IdentityProviderFaulty, IdentityRefused, Journey, Return
from roomstead.domain.identity import Claims, IdentityProvider

log = structlog.get_logger("roomstead.oidc")

SCOPE = "openid email profile"
CLOCKS_MAY_DIFFER = timedelta(minutes=2)

LONGEST_SUBJECT = 255
"""OpenID Connect Core 1.0, 2."""

_BYTES = 32
_AGAIN = "Sign in again. If it stays so, tell your Global Admin what stands here."


class OpenIdProviders:
    """Implements ``IdentityProviders``."""

    def __init__(self, transport: Transport, clock: Clock) -> None:
        """``transport`` is not used before somebody signs in."""
        self._transport = transport
        self._clock = clock
        self._discovery = Discovery(transport, clock)

    async def check(self, provider: IdentityProvider) -> str:
        """Read what the issuer says about itself; answers how it spells its own name."""
        issuer = await self._discovery.read(provider.issuer)
        await self._discovery.read_keys(issuer)
        return issuer.name

    async def begin(self, provider: IdentityProvider, redirect_uri: str) -> Journey:
        """Where to send the browser."""
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # heavy, and not needed to serve pages

        issuer = await self._discovery.issuer(provider.issuer)
        state, nonce, verifier = (secrets.token_urlsafe(_BYTES) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        joint = "&" if urlsplit(issuer.authorization_endpoint).query else "?"
        return Journey(f"{issuer.authorization_endpoint}{joint}{urlencode(asked)}", state, nonce, verifier)

    async def finish(self, provider: IdentityProvider, secret: str, came_back: Return) -> Claims:
        """Trade the code for checked claims."""
        issuer = await self._discovery.issuer(provider.issuer)
        if came_back.issuer != issuer.name and (came_back.issuer or issuer.names_itself_in_answers):
            raise IdentityRefused("The answer comes from another issuer than the one that was asked.", remedy=_AGAIN)
        answered = await self._trade(issuer, provider, secret, came_back)
        access_token = str(answered.get("access_token") or "")
        claims = await self._checked(issuer, provider, str(answered.get("id_token") or ""), came_back.nonce)
        if "email" not in claims and issuer.userinfo_endpoint and access_token:
            claims = {**await self._userinfo(issuer, access_token, str(claims["sub"])), **claims}
        return _claims(issuer, claims, provider)

    async def _trade(
        self, issuer: Issuer, provider: IdentityProvider, secret: str, came_back: Return
    ) -> Mapping[str, object]:
        form = {
            "grant_type": "authorization_code",
            "code": came_back.code,
            "redirect_uri": came_back.redirect_uri,
            "code_verifier": came_back.verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if secret and not issuer.wants_secret_in_body:
            pair = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}"  # RFC 6749, 2.3.1
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": provider.client_id} | ({"client_secret": secret} if secret else {})
        content = urlencode(form).encode()
        path = urlsplit(issuer.token_endpoint).path
        answer = await send(self._transport, OutgoingCall("POST", issuer.token_endpoint, path, headers, content))
        said = json_object(answer)
        if answer.status == HTTPStatus.OK and said is not None and said.get("id_token"):
            return said
        raise _refusal(answer.status, str((said or {}).get("error", ""))[:80])

    async def _checked(
        self, issuer: Issuer, provider: IdentityProvider, id_token: str, nonce: str
    ) -> Mapping[str, object]:
        from authlib.oidc.core import CodeIDToken  # heavy, and not needed to serve pages

        try:
            token = await self._decoded(issuer, id_token)
            checked = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": issuer.name},
                    "aud": {"essential": True, "value": provider.client_id},
                },
                params={"nonce": nonce, "client_id": provider.client_id},
            )
            checked.validate(now=int(self._clock.now().timestamp()), leeway=int(CLOCKS_MAY_DIFFER.total_seconds()))
        except ExpiredTokenError as error:
            raise IdentityRefused(
                "The company's sign-in is not valid at this time: its clock and ours may differ.", remedy=_AGAIN
            ) from error
        except (JoseError, ValueError) as error:
            log.warning("id_token_refused", failure=type(error).__name__, code=getattr(error, "error", ""))
            raise IdentityRefused("The company's sign-in could not be verified.", remedy=_AGAIN) from error
        return dict(checked)

    async def _decoded(self, issuer: Issuer, id_token: str) -> jwt.Token:
        keys = await self._discovery.keys(issuer)
        try:
            return _decode(id_token, keys, issuer)
        except (InvalidKeyIdError, ValueError):  # signed with a key that is newer than what we know
            return _decode(id_token, await self._discovery.keys(issuer, but=keys), issuer)

    async def _userinfo(self, issuer: Issuer, access_token: str, subject: str) -> Mapping[str, object]:
        require_safe(issuer.userinfo_endpoint, issuer.name)
        headers = {"Authorization": f"Bearer {access_token}"}
        path = urlsplit(issuer.userinfo_endpoint).path
        said = json_object(await send(self._transport, OutgoingCall("GET", issuer.userinfo_endpoint, path, headers)))
        if said is None or said.get("sub") != subject:  # OpenID Connect Core 1.0, 5.3.2
            return {}
        return said


def _decode(id_token: str, keys: KeySet, issuer: Issuer) -> jwt.Token:
    return jwt.decode(id_token, keys, algorithms=sorted(issuer.signatures))


def _refusal(status: int, code: str) -> IdentityRefused | IdentityProviderFaulty:
    if code in {"invalid_client", "unauthorized_client"} or status == HTTPStatus.UNAUTHORIZED:
        return IdentityProviderFaulty(
            "The company's sign-in does not accept Roomstead's client id or secret.",
            remedy="A Global Admin enters them again under Settings → Sign-in.",
            details={"code": code},
        )
    return IdentityRefused(
        "The company's sign-in took too long, or was answered before.", remedy=_AGAIN, details={"code": code}
    )


def _claims(issuer: Issuer, said: Mapping[str, object], provider: IdentityProvider) -> Claims:
    def text(name: str) -> str:
        value = said.get(name)
        return value if isinstance(value, str) else ""

    subject = text("sub")
    if not subject or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        raise IdentityRefused("The company's sign-in does not say who you are.", remedy=_AGAIN)
    return Claims(
        issuer=issuer.name,
        subject=subject,
        email=text("email"),
        is_email_verified=is_vouched_for(issuer.name, said, provider),
        name=text("name") or " ".join(part for part in (text("given_name"), text("family_name")) if part),
        all=dict(said),
    )
