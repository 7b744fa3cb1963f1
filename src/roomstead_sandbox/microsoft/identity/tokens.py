"""Access tokens: minted at the token endpoint, read at every call to Graph.

The claims are those of an app-only token (Microsoft Entra docs: "Access token claims reference"); ``roles`` is
left out when the tenant granted none, as in tenants that grant Exchange access by role assignment alone.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from roomstead_sandbox.microsoft.errors import invalid_token
from roomstead_sandbox.microsoft.identity.registrations import ServicePrincipal

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

AUDIENCE = "https://graph.microsoft.com"
GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
CACHE_SIZE = 4096


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says about its bearer."""

    tenant_id: str
    client_id: str
    object_id: str
    roles: frozenset[str]
    issued: float
    expires: float
    token_id: str


@dataclass(slots=True)
class TokenMint:
    """Signs and reads tokens with one key, which is made at first need and kept with the world."""

    private_pem: str | None = None
    _key: "RSAKey | None" = field(default=None, repr=False)
    _read: dict[str, Claims] = field(default_factory=dict, repr=False)

    def key(self) -> "RSAKey":
        """The signing key with its key id."""
        from joserfc.jwk import RSAKey

        if self._key is None:
            if self.private_pem is None:
                self.private_pem = RSAKey.generate_key(2048).as_pem(private=True).decode()
            self._key = RSAKey.import_key(self.private_pem, {"use": "sig", "alg": "RS256"})
            self._key.ensure_kid()
        return self._key

    def issue(
        self, principal: ServicePrincipal, roles: frozenset[str], *, now: datetime, seconds: int, issuer: str
    ) -> str:
        """A token for a service principal, valid for ``seconds`` of the world's time."""
        from joserfc import jwt

        issued = int(now.timestamp())
        claims: dict[str, Any] = {
            "aud": AUDIENCE,
            "iss": issuer,
            "iat": issued,
            "nbf": issued,
            "exp": issued + seconds,
            "app_displayname": "",
            "appid": principal.client_id,
            "appidacr": "1",
            "idtyp": "app",
            "oid": principal.object_id,
            "sub": principal.object_id,
            "tid": principal.tenant_id,
            "uti": uuid.uuid4().hex,
            "ver": "1.0",
        }
        if roles:
            claims["roles"] = sorted(roles)
        return jwt.encode({"alg": "RS256", "kid": self.key().kid}, claims, self.key())

    def read(self, token: str, now: datetime) -> Claims:
        """The claims of a token that this mint signed and whose time is not over.  GraphError 401 otherwise."""
        claims = self._read.get(token)
        if claims is None:
            claims = self._verify(token)
            if len(self._read) >= CACHE_SIZE:
                self._read.clear()
            self._read[token] = claims
        if not claims.issued - 300 <= now.timestamp() < claims.expires:
            raise invalid_token("Lifetime validation failed, the token is expired.")
        return claims

    def _verify(self, token: str) -> Claims:
        from joserfc import jws
        from joserfc.errors import JoseError

        if token.count(".") != 2:  # noqa: PLR2004  (the three parts of a compact JWS)
            raise invalid_token("IDX14100: JWT is not well formed, there are no dots (.).")
        try:
            content: Mapping[str, Any] = json.loads(
                jws.deserialize_compact(token, self.key(), algorithms=["RS256"]).payload
            )
            return Claims(
                tenant_id=content["tid"],
                client_id=content["appid"],
                object_id=content["oid"],
                roles=frozenset(content.get("roles", ())),
                issued=content["iat"],
                expires=content["exp"],
                token_id=content["uti"],
            )
        except (JoseError, ValueError, KeyError) as error:
            raise invalid_token("Invalid token, signature validation failed.") from error

    def public_keys(self) -> dict[str, Any]:
        """The key set that ``jwks_uri`` serves."""
        return {"keys": [dict(self.key().as_dict(private=False))]}
