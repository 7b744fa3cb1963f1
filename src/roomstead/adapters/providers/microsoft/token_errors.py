"""What a refusal to sign in means, and who mends it.

Decided by ``error`` and the numbers in ``error_codes``, never by the description (Microsoft identity platform docs:
client credentials flow; AADSTS error codes). Numbers that the documentation does not list were seen by many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from roomstead.adapters.http.retry_after import parse_retry_after
from roomstead.adapters.http.transport import Answer
from roomstead.domain.errors import (
    AppError,
    ConsentMissing,
    CredentialRejected,
    ProviderUnavailable,
    Throttled,
    UnreadableAnswer,
)


@dataclass(frozen=True, slots=True)
class _Finding:
    """One number's meaning: a sentence, what mends it, and what it concerns: credential, tenant or clock."""

    sentence: str
    remedy: str
    is_consent: bool = False
    concerns: str = "credential"


_WRONG_TENANT = "Copy the tenant id from the overview page of the app registration; the directory id is a GUID."
_WRONG_APP_OR_TENANT = (
    "Compare the app id and the tenant id with the overview page of the app registration. If both are right, grant "
    "admin consent."
)
_OTHER_CLOUD = "Add the integration again with the cloud in which the tenant lies, and remove this one."
_UPLOAD = "Upload the certificate to the app registration, and check that this machine's clock is right."
_ENABLE = "In Enterprise applications, open the app, and under Properties let users sign in."
_FINDINGS: Mapping[int, _Finding] = {
    7000215: _Finding(
        "The client secret is wrong.",
        "Paste the secret's Value, shown once when it is made, not its ID. If it is lost, make a new one.",
    ),
    7000222: _Finding(
        "The client secret has expired.", "Make a new client secret, and enter its Value as the new credential."
    ),
    700016: _Finding("The app is not known in this tenant.", _WRONG_APP_OR_TENANT, concerns="tenant"),
    700011: _Finding("The app is not known in this tenant.", _WRONG_APP_OR_TENANT, concerns="tenant"),
    700027: _Finding("The certificate's signature was not accepted.", _UPLOAD),
    700024: _Finding(
        "The sign-in came outside its time.", "Set this machine's clock right, then sign in again.", concerns="clock"
    ),
    700025: _Finding(
        "The app is registered as a public client.",
        "Under Authentication, do not allow public client flows; then make a secret or upload a certificate.",
    ),
    70002: _Finding("The credential was not accepted.", "Make a new secret, or upload the certificate again."),
    50012: _Finding("The credential was not accepted.", "Make a new secret, or upload the certificate again."),
    90002: _Finding(
        "There is no such tenant in this cloud.", f"{_WRONG_TENANT} Check the cloud, too.", concerns="tenant"
    ),
    900023: _Finding("The tenant id is malformed.", _WRONG_TENANT, concerns="tenant"),
    50194: _Finding("The app belongs to one tenant.", _WRONG_TENANT, concerns="tenant"),
    90038: _Finding("The tenant lies in a national cloud.", _OTHER_CLOUD, concerns="tenant"),
    70011: _Finding(
        "The cloud does not know what we ask access to.",
        _OTHER_CLOUD,
        concerns="tenant",
    ),
    500011: _Finding(
        "The cloud does not know what we ask access to.",
        _OTHER_CLOUD,
        concerns="tenant",
    ),
    70001: _Finding("The app is disabled or was deleted.", _ENABLE),
    7000112: _Finding("The app is disabled in this tenant.", _ENABLE),
    53003: _Finding(
        "A Conditional Access policy keeps the app out.",
        "Exclude the app from the policy for workload identities, or add this machine's address to it.",
    ),
    65001: _Finding("Admin consent is missing.", "Open the consent page as a Global Administrator.", is_consent=True),
    650052: _Finding("The tenant lacks what the app asks for.", "Grant admin consent again.", is_consent=True),
    650056: _Finding("The app's permissions are misconfigured.", "Grant admin consent again.", is_consent=True),
}
_SLOW_DOWN = {90055, 50196}
_TRANSIENT = {90006, 90024, 90033, 90090}
_GENERAL = _Finding(
    "Microsoft rejects the credential.", "Check tenant id, app id and credential, and enter them again."
)


def sign_in_error(answer: Answer, now: datetime) -> AppError:
    """The error that a refused token request stands for."""
    body = _read(answer)
    numbers = _numbers(body)
    details = {"code": f"AADSTS{numbers[0]}" if numbers else str(body.get("error", "")), "status": str(answer.status)}
    trace = body.get("trace_id")
    if isinstance(trace, str):
        details["request_id"] = trace
    wait = parse_retry_after(answer.headers.get("retry-after"), now)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or _SLOW_DOWN & set(numbers):
        return Throttled(after=wait, details=details)
    if _is_transient(answer, body, numbers):
        return ProviderUnavailable("Signing in does not work at the moment.", after=wait, details=details)
    if "error" not in body:
        return UnreadableAnswer(details=details)
    finding = next((_FINDINGS[number] for number in numbers if number in _FINDINGS), _GENERAL)
    kind = ConsentMissing if finding.is_consent else CredentialRejected
    details["concerns"] = finding.concerns
    return kind(finding.sentence, remedy=finding.remedy, details=details)


def _is_transient(answer: Answer, body: Mapping[str, object], numbers: Sequence[int]) -> bool:
    unavailable = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return unavailable or body.get("error") == "temporarily_unavailable" or bool(_TRANSIENT & set(numbers))


def _read(answer: Answer) -> Mapping[str, object]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _numbers(body: Mapping[str, object]) -> list[int]:
    codes = body.get("error_codes")
    return [code for code in codes if isinstance(code, int)] if isinstance(codes, list) else []
