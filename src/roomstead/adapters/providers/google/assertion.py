"""The signed statement by which a cloud identity asks for a token, for itself or in somebody's name.

RS256, at most an hour long, one to a token (Google identity docs: service accounts, JSON Web Tokens).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from roomstead.adapters.providers.google.scopes import full_name
from roomstead.domain.errors import CredentialRejected
from roomstead.domain.mailbox import Address

AUDIENCE = "https://oauth2.googleapis.com/token"
"""Of every assertion, wherever it is sent (Google identity docs: service accounts; their library sends no other)."""
LIFE = timedelta(minutes=60)


def claims(issuer: str, subject: Address | None, scope: str, now: datetime) -> Mapping[str, str | int]:
    """What is signed. Without a subject the token is the cloud identity's own."""
    issued = int(now.timestamp())
    told: dict[str, str | int] = {
        "iss": issuer,
        "aud": AUDIENCE,
        "scope": full_name(scope),
        "iat": issued,
        "exp": issued + int(LIFE.total_seconds()),
    }
    return told if subject is None else {**told, "sub": subject}


def sign(told: Mapping[str, str | int], private_key_pem: str, key_id: str) -> str:
    """A fresh assertion. Raises CredentialRejected when the key cannot be read."""
    # Loaded by those who sign with a key file: it takes as long as the rest of the adapter together.
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import RSAKey

    try:
        key = RSAKey.import_key(private_key_pem)
        return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": key_id}, dict(told), key, algorithms=["RS256"])
    except (ValueError, TypeError, JoseError) as error:
        raise CredentialRejected(
            "The key file's private key cannot be read.",
            remedy="Paste the whole JSON file that was downloaded when the key was made.",
        ) from error
