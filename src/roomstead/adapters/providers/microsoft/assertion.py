"""The signed statement by which an app proves that it holds a certificate's key.

Header PS256 with the certificate's SHA-256 thumbprint, at most ten minutes long, a new ``jti`` each time (Microsoft
identity platform docs: certificate credentials).
"""

import hashlib
import ssl
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from uuid import uuid4

from roomstead.domain.errors import CredentialRejected

LIFE = timedelta(minutes=5)
_PEM_BEGIN = "-----BEGIN CERTIFICATE-----"
_PEM_END = "-----END CERTIFICATE-----"


def thumbprint(certificate_pem: str) -> str:
    """base64url(SHA-256) of the first certificate in a PEM text. Raises ValueError when there is none."""
    begin, end = certificate_pem.find(_PEM_BEGIN), certificate_pem.find(_PEM_END)
    if begin < 0 or end < begin:
        raise ValueError("There is no certificate in this text.")
    der = ssl.PEM_cert_to_DER_cert(certificate_pem[begin : end + len(_PEM_END)])
    return urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()


def client_assertion(app_id: str, audience: str, private_key_pem: str, certificate_pem: str, now: datetime) -> str:
    """A fresh assertion for one token request. Raises CredentialRejected when key or certificate cannot be read."""
    # Loaded by those who sign in with a certificate: it takes as long as the rest of the adapter together.
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import RSAKey

    issued = int(now.timestamp())
    claims: dict[str, object] = {
        "aud": audience,
        "iss": app_id,
        "sub": app_id,
        "jti": str(uuid4()),
        "nbf": issued,
        "iat": issued,
        "exp": issued + int(LIFE.total_seconds()),
    }
    try:
        header = {"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint(certificate_pem)}
        return jwt.encode(header, claims, RSAKey.import_key(private_key_pem), algorithms=["PS256"])
    except (ValueError, TypeError, JoseError) as error:
        raise CredentialRejected(
            "The certificate or its private key cannot be read.",
            remedy="Enter both in PEM form: the certificate and its unencrypted RSA key.",
        ) from error
