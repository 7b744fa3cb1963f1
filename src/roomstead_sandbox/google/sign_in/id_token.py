"""Who signed in, as a signed statement beside the tokens, for a client that asked for ``openid``.

(Google's page "OpenID Connect".)
"""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from roomstead_sandbox.google.identity import keys
from roomstead_sandbox.google.identity.tokens import Token
from roomstead_sandbox.google.state import FaceState, number_of

ISSUER = "https://accounts.google.com"
OPENID = "openid"
EMAIL = frozenset(("email", "https://www.googleapis.com/auth/userinfo.email"))


def id_token(state: FaceState, token: Token) -> str | None:
    """The statement; None for a client that did not ask who it is. The address is there only if asked for, too."""
    if OPENID not in token.scopes:
        return None
    from joserfc import jwt

    user = state.world.directory.users[token.user_id]
    address = user.mail or user.upn
    now = int(datetime.now(UTC).timestamp())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "azp": token.client_id,
        "aud": token.client_id,
        "sub": number_of(user),
        "hd": address.rpartition("@")[2],
        "iat": now,
        "exp": now + state.tokens.seconds,
    }
    if token.scopes & EMAIL:
        claims |= {"email": address, "email_verified": True}
    return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": "rehearsal"}, claims, _key(), algorithms=["RS256"])


@cache
def _key() -> Any:  # noqa: ANN401 - a key of a library that is loaded when one is first needed
    from joserfc.jwk import RSAKey

    return RSAKey.import_key(keys.generate())
