"""What a refusal to issue a token means.

Google tells cases apart by ``error``, and within ``invalid_grant`` by the description alone; descriptions that are
not known are not believed but checked against a second sign-in (Google identity docs: service accounts, error codes;
other descriptions were seen by many).
"""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from roomstead.adapters.http.retry_after import parse_retry_after
from roomstead.adapters.http.transport import Answer
from roomstead.domain.access import AccessCause
from roomstead.domain.errors import (
    AppError,
    ConsentMissing,
    CredentialRejected,
    ProviderUnavailable,
    Throttled,
    UnreadableAnswer,
)
from roomstead.domain.mailbox import Address

_TRANSIENT = {"internal_failure", "server_error", "temporarily_unavailable"}
_NOT_DELEGATED = {"unauthorized_client", "access_denied"}
_APP_STATE: Mapping[str, tuple[str, str]] = {
    "invalid_client": ("Google does not know the OAuth client.", "Copy client ID and client secret again."),
    "deleted_client": ("The OAuth client was deleted.", "Make a new one in the Google Cloud project and enter it."),
    "disabled_client": ("The cloud service account or client is disabled.", "Enable it in the Google Cloud project."),
    "org_internal": (
        "The OAuth client only lets people of its own organisation in.",
        "Make the client in the organisation that the mailbox belongs to.",
    ),
    "admin_policy_enforced": (
        "The organisation's policy keeps the app out.",
        "In the Admin console, open Security → API controls and trust the app.",
    ),
}
_MISSING_SUBJECT: Mapping[str, AccessCause] = {
    "invalid email or user id": AccessCause.NOT_IN_DIRECTORY,
    "not a valid email": AccessCause.NOT_IN_DIRECTORY,
    "invalid impersonation": AccessCause.NOT_IN_DIRECTORY,
    "the account has been deleted": AccessCause.NO_MAILBOX,
}
_CLOCK = ("short-lived token", "reasonable timeframe", "'iat'")
DELEGATION_MISSING = (
    "The Admin console delegates nothing to this cloud service account, or not what was asked for.",
    (
        "In the Admin console of the mailbox's organisation, open Security → API controls → Domain-wide delegation "
        "and add the client ID with the scopes that are shown here. It takes minutes, sometimes a day."
    ),
)
_WITHDRAWN = (
    "The service account mailbox has withdrawn its consent, or its sign-in has ended.",
    "Open the consent page under Settings → Integrations and sign in as this mailbox again.",
)
_LAPSED = (
    "The sign-in of the service account mailbox has lapsed before Roomstead could use it.",
    _WITHDRAWN[1],
)


class SubjectRefused(Exception):
    """No token in this mailbox's name. ``cause`` NONE: whether the mailbox or the whole tenant is meant is not told."""

    def __init__(self, subject: Address, cause: AccessCause, code: str) -> None:
        """``code``: Google's word for it."""
        self.subject = subject
        self.cause = cause
        self.code = code
        super().__init__(code)


def token_error(answer: Answer, now: datetime, subject: Address | None) -> AppError | SubjectRefused:
    """The error that a refused assertion stands for; SubjectRefused where the mailbox named may be the reason."""
    body, code, description = _read(answer)
    details = {"code": code, "status": str(answer.status)}
    if (error := _general(answer, body, code, now)) is not None:
        return error
    if description.startswith("invalid jwt"):
        return _bad_assertion(description, details)
    if code == "invalid_scope":
        return ConsentMissing("Google does not know a scope that was asked for.", details=details)
    if subject is None:
        return _rejected("Google rejects the cloud service account.", "Enter a new key file.", details)
    cause = next((one for text, one in _MISSING_SUBJECT.items() if text in description), AccessCause.NONE)
    return SubjectRefused(subject, cause, code)


def refresh_error(answer: Answer, now: datetime) -> AppError:
    """The error that a refused refresh token stands for: the mailbox took its consent back, or the client is wrong."""
    body, code, _ = _read(answer)
    if (error := _general(answer, body, code, now)) is not None:
        return error
    return _rejected(*_WITHDRAWN, {"code": code, "status": str(answer.status)})


def code_error(answer: Answer, now: datetime) -> AppError:
    """The error that a refused code stands for: it is good for minutes and once."""
    body, code, _ = _read(answer)
    if (error := _general(answer, body, code, now)) is not None:
        return error
    return _rejected(*_LAPSED, {"code": code, "status": str(answer.status)})


def _general(answer: Answer, body: Mapping[str, object], code: str, now: datetime) -> AppError | None:
    """What says the same of every token request: pauses, faults of the service, the app's own state."""
    wait = parse_retry_after(answer.headers.get("retry-after"), now)
    details = {"code": code, "status": str(answer.status)}
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Throttled(after=wait, details=details)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in _TRANSIENT:
        return ProviderUnavailable("Signing in does not work at the moment.", after=wait, details=details)
    if "error" not in body:
        return UnreadableAnswer(details=details)
    return _rejected(*_APP_STATE[code], details) if code in _APP_STATE else None


def _bad_assertion(description: str, details: Mapping[str, str]) -> CredentialRejected:
    if any(mark in description for mark in _CLOCK):
        return CredentialRejected(
            "The sign-in came outside its time.",
            remedy="Set this machine's clock right, then sign in again.",
            details={**details, "concerns": "clock"},
        )
    return _rejected(
        "Google does not accept the key: it was deleted, or the cloud service account was.",
        "Make a new key for the cloud service account and enter the file here.",
        details,
    )


def _rejected(sentence: str, remedy: str, details: Mapping[str, str]) -> CredentialRejected:
    return CredentialRejected(sentence, remedy=remedy, details={**details, "concerns": "credential"})


def is_about_delegation(code: str) -> bool:
    """Whether a refusal speaks of what was delegated, rather than of a user."""
    return code in _NOT_DELEGATED


def _read(answer: Answer) -> tuple[Mapping[str, object], str, str]:
    try:
        body = answer.json()
    except ValueError:
        body = None
    told = body if isinstance(body, dict) else {}
    code, description = told.get("error"), told.get("error_description")
    return told, code if isinstance(code, str) else "", description.lower() if isinstance(description, str) else ""
