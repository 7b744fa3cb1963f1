"""Signed assertions of service accounts: from the text to its claims, or to the error that Google answers.

(Google's page "Using OAuth 2.0 for Server to Server Applications", RFC 7523.)  Times are judged by the machine's clock
or by the world's, which may stand on any day: by the nearer, since callers live by either.  A skew shifts both.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from roomstead_sandbox.google.identity.cloud import Cloud, ServiceAccount
from roomstead_sandbox.google.sign_in.errors import (
    bad_signature,
    invalid_assertion,
    invalid_scope,
    invalid_subject,
    out_of_time,
    unknown_issuer,
)

REAL_AUDIENCES = frozenset(
    {
        "https://oauth2.googleapis.com/token",
        "https://www.googleapis.com/oauth2/v4/token",
        "https://accounts.google.com/o/oauth2/token",
    }
)
"""Clients go on naming the real host, also when they are sent elsewhere."""
LONGEST_LIFE = 65 * 60
TOLERANCE = 300


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a service account asks for."""

    account: ServiceAccount
    scopes: frozenset[str]
    subject: str | None


def read(text: str, cloud: Cloud, *, own_audience: str, world_now: datetime, skew_seconds: float) -> Assertion:
    """The request behind an assertion. SignInError for every flaw."""
    claims, account = _verified(text, cloud)
    if str(claims.get("aud")) not in REAL_AUDIENCES | {own_audience}:
        raise invalid_assertion("Invalid audience.")
    _check_times(claims, _nearer(claims, datetime.now(UTC), world_now) + skew_seconds)
    scopes = frozenset(str(claims.get("scope") or "").split())
    if not scopes:
        raise invalid_scope()
    subject = claims.get("sub") or claims.get("prn")
    if subject is not None and (not isinstance(subject, str) or "@" not in subject):
        raise invalid_subject()
    return Assertion(account, scopes, subject)


def _nearer(claims: Mapping[str, Any], *clocks: datetime) -> float:
    """The clock by which the caller seems to live."""
    issued, times = claims.get("iat"), [int(clock.timestamp()) for clock in clocks]
    return min(times, key=lambda time: abs(time - issued)) if isinstance(issued, int | float) else times[0]


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int | float) or not isinstance(expires, int | float):
        raise out_of_time()
    if not (isfinite(issued) and isfinite(expires)):
        raise out_of_time()
    if expires - issued > LONGEST_LIFE or expires > now + LONGEST_LIFE:
        raise out_of_time()
    if issued > now + TOLERANCE or expires < now - TOLERANCE:
        raise out_of_time()


def _verified(text: str, cloud: Cloud) -> tuple[Mapping[str, Any], ServiceAccount]:
    from joserfc import jws
    from joserfc.errors import JoseError
    from joserfc.jwk import RSAKey

    try:
        unverified = jws.extract_compact(text.encode())
        claims = json.loads(unverified.payload)
        key_id = unverified.headers().get("kid")
    except (JoseError, ValueError) as error:
        raise invalid_assertion("Failed to parse the assertion.") from error
    account = cloud.accounts.get(str(claims.get("iss"))) if isinstance(claims, dict) else None
    if account is None or account.disabled:
        raise unknown_issuer()
    system = [account.system_key] if account.system_key is not None else []
    tried = [key for key in (*account.keys, *system) if key_id in (None, key.id)]
    for key in tried:
        try:
            jws.deserialize_compact(text, RSAKey.import_key(key.public_pem), algorithms=["RS256"])
        except (JoseError, ValueError):
            continue
        return claims, account
    raise bad_signature()
