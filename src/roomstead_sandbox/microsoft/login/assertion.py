"""Client assertions: a JWT that the app signs with the key of its certificate.

(Microsoft Entra docs: "Microsoft identity platform application authentication certificate credentials".)  Both forms
are accepted: RS256 with ``x5t`` and PS256 with ``x5t#S256``.  Times are judged by the machine's clock, as the callers'
own clocks are, shifted by a settable skew; the world's clock may stand on any day.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from roomstead_sandbox.microsoft.identity.registrations import Application, Certificate
from roomstead_sandbox.microsoft.identity.seen import TOLERANCE_SECONDS, SeenAssertions
from roomstead_sandbox.microsoft.login.errors import (
    SignInError,
    assertion_not_verified,
    assertion_out_of_time,
)

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFE_SECONDS = 600
LONGEST_HEADER = 16 * 1024
"""Some clients send the whole certificate along (``x5c``)."""


def check_assertion(
    assertion: str,
    application: Application,
    *,
    audiences: frozenset[str],
    skew_seconds: float,
    seen: SeenAssertions,
) -> None:
    """Accept an assertion or raise the SignInError that Entra would answer."""
    claims = _verified_claims(assertion, application)
    if claims.get("iss") != claims.get("sub") or str(claims.get("sub", "")).lower() != application.client_id:
        raise SignInError(
            700021, "invalid_client", "Client assertion application identifier doesn't match 'client_id' parameter."
        )
    if str(claims.get("aud", "")).rstrip("/").lower() not in audiences:
        raise SignInError(
            700023,
            "invalid_client",
            "Client assertion audience claim does not match Realm issuer. Review the documentation at "
            "https://learn.microsoft.com/entra/identity-platform/certificate-credentials.",
        )
    now = datetime.now(UTC).timestamp() + skew_seconds
    expires = _check_times(claims, now)
    if not claims.get("jti") or not seen.claim(str(claims["jti"]), expires, now):
        raise SignInError(50012, "invalid_client", "Authentication failed. The client assertion was used before.")


def _check_times(claims: Mapping[str, Any], now: float) -> float:
    begins, expires = claims.get("nbf", claims.get("iat")), claims.get("exp")
    if not isinstance(begins, int | float) or not isinstance(expires, int | float):
        raise assertion_out_of_time()
    too_long = expires - begins > LONGEST_LIFE_SECONDS
    if too_long or begins > now + TOLERANCE_SECONDS or expires < now - TOLERANCE_SECONDS:
        raise assertion_out_of_time()
    return float(expires)


def _verified_claims(assertion: str, application: Application) -> Mapping[str, Any]:
    from joserfc import jws
    from joserfc.errors import JoseError
    from joserfc.jwk import RSAKey

    registry = jws.JWSRegistry(algorithms=["RS256", "PS256"])
    registry.max_header_length = LONGEST_HEADER
    try:
        unverified = jws.extract_compact(assertion.encode(), registry=registry)
        header = unverified.headers()
        certificate = _named_certificate(header, application)
        key = RSAKey.import_key(_public_key_pem(certificate))
        verified = jws.deserialize_compact(assertion, key, registry=registry)
        claims = json.loads(verified.payload)
    except (JoseError, ValueError) as error:
        raise assertion_not_verified("The key was not found or the signature does not match.") from error
    if not isinstance(claims, dict):
        raise assertion_not_verified("The assertion carries no claims.")
    return claims


def _named_certificate(header: Mapping[str, Any], application: Application) -> Certificate:
    for certificate in application.certificates:
        named = (header.get("x5t"), header.get("x5t#S256"))
        if certificate.sha1 == _unpadded(named[0]) or certificate.sha256 == _unpadded(named[1]):
            return certificate
    raise assertion_not_verified("The key was not found. Thumbprint of key used by client is not registered.")


def _unpadded(thumbprint: object) -> str:
    return str(thumbprint or "").rstrip("=")


def _public_key_pem(certificate: Certificate) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = x509.load_pem_x509_certificate(certificate.pem.encode()).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
