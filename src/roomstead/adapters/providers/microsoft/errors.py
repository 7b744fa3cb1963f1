"""What Graph's refusals mean: the only place where status and vendor code become our errors.

Decided by status, code and which call it was, never by a message's text (Microsoft Graph docs: errors). The three
codes for *no mailbox* come with different statuses, so the code counts whatever the 4xx.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from roomstead.adapters.http.retry_after import parse_retry_after
from roomstead.adapters.http.transport import Answer
from roomstead.adapters.providers.microsoft.calls import CallKind, GraphCall
from roomstead.domain.access import AccessCause
from roomstead.domain.errors import (
    AppError,
    Broken,
    ConsentMissing,
    CredentialRejected,
    CursorExpired,
    EventGone,
    InvalidInput,
    NotFound,
    OutcomeUnknown,
    OutOfReach,
    ProviderUnavailable,
    StaleRevision,
    Throttled,
    UnreadableAnswer,
)

_NO_MAILBOX: Mapping[str, AccessCause] = {
    "errorinvaliduser": AccessCause.NO_MAILBOX,
    "mailboxnotenabledforrestapi": AccessCause.NO_MAILBOX,
    "mailboxnotsupportedforrestapi": AccessCause.NO_MAILBOX,
    "restapinotenabledforuser": AccessCause.NO_MAILBOX,
    "errornonexistentmailbox": AccessCause.NO_MAILBOX,
    "resourcenotfound": AccessCause.NO_MAILBOX,
    "mailboxnothostedinexchangeonline": AccessCause.ON_PREMISES,
    "request_resourcenotfound": AccessCause.NOT_IN_DIRECTORY,
}
_NO_ACCESS = {"erroraccessdenied", "extensionerror"}
_NO_PERMISSION = {"authorization_requestdenied", "nopermissionsinaccesstoken"}
_PLACE_LOST = {"syncstatenotfound", "syncstateinvalid", "resyncrequired", "fullsyncrequired"}
_SLOW_DOWN = {"applicationthrottled", "toomanyrequests", "activitylimitreached", "errorserverbusy"}
_BAD_INPUT = {"errorpropertyvalidationfailure", "erroroccurrencecrossingboundary", "errorinvalidrecipients"}
_TOO_LARGE = {"errormessagesizeexceeded", "requestentitytoolarge", "maximumrequestlengthexceeded"}
_MAILBOX_FULL = {"quotalimitreached", "errorquotaexceeded"}
_DUPLICATE = "errorduplicatetransactionid"
_CHANGED_MEANWHILE = "errorirresolvableconflict"
_EVENT_MISSING = "erroritemnotfound"

_DEEPEST = 8
_ANSWERED_BY_A_PROXY = {
    HTTPStatus.NOT_FOUND,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
    HTTPStatus.REQUEST_TIMEOUT,
}


class DuplicateWrite(Broken):
    """A create was repeated whose key Graph knows with other content; whoever sends creates must settle this."""

    def __init__(self, existing_event_id: str | None) -> None:
        """``existing_event_id``: the event that holds the key, where Graph names it."""
        self.existing_event_id = existing_event_id
        super().__init__()


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal taken apart. ``codes`` go from the outermost to the most precise, in lower case."""

    status: int
    code: str
    codes: frozenset[str]
    existing_event_id: str | None
    request_id: str
    wait: timedelta | None

    def has(self, codes: set[str] | frozenset[str]) -> bool:
        """Whether any of its codes is among these."""
        return bool(self.codes & codes)

    @property
    def details(self) -> Mapping[str, str]:
        """Names and ids for an admin, no contents."""
        return {"status": str(self.status), "code": self.code, "request_id": self.request_id}


def error_for(answer: Answer, call: GraphCall, now: datetime) -> AppError:
    """The error that an answer with a status of 400 or more stands for, to this call."""
    problem = read_problem(answer, now)
    for judge in _JUDGES:
        if (error := judge(problem, call)) is not None:
            return error
    return Broken("Graph refused a call that should not have been made.", details=problem.details)


def read_problem(answer: Answer, now: datetime) -> Problem:
    """Take a refusal apart; a body that is not Graph's (a proxy's page) leaves the status alone to speak."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    error = body.get("error") if isinstance(body, dict) else None
    outer = error if isinstance(error, dict) else {}
    codes = _walk_codes(outer)
    existing = outer.get("@event.existingEventId")
    return Problem(
        status=answer.status,
        code=codes[-1] if codes else "",
        codes=frozenset(code.lower() for code in codes),
        existing_event_id=existing if isinstance(existing, str) and existing else None,
        request_id=answer.request_id,
        wait=parse_retry_after(answer.headers.get("retry-after"), now),
    )


def _walk_codes(error: Mapping[str, object]) -> list[str]:
    """Codes from outside in. The inner object is spelled two ways, may nest and may carry a more precise code."""
    codes: list[str] = []
    level: object = error
    for _ in range(_DEEPEST):
        if not isinstance(level, dict):
            break
        code = level.get("code")
        if isinstance(code, str) and code:
            codes.append(code)
        level = level.get("innerError", level.get("innererror"))
    return codes


def _throttling(problem: Problem, call: GraphCall) -> AppError | None:
    """429 is a refusal before any work. A 503 says the same, but of a write it is not believed."""
    if problem.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Throttled(after=problem.wait, details=problem.details)
    if (
        problem.status == HTTPStatus.SERVICE_UNAVAILABLE
        and not call.is_write
        and (problem.wait or problem.has(_SLOW_DOWN))
    ):
        return Throttled(after=problem.wait, details=problem.details)
    return None


def _server_fault(problem: Problem, call: GraphCall) -> AppError | None:
    if problem.has(_MAILBOX_FULL):
        return ProviderUnavailable("The mailbox is full.", details=problem.details)
    if problem.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    kind = OutcomeUnknown if call.is_write else ProviderUnavailable
    return kind(after=problem.wait, details=problem.details)


def _lost_place(problem: Problem, call: GraphCall) -> AppError | None:
    """Expired tokens answer 410 or another 4xx with a code of its own (Microsoft Graph docs: delta query)."""
    if call.kind is CallKind.CHANGES and (problem.status == HTTPStatus.GONE or problem.has(_PLACE_LOST)):
        return CursorExpired(details=problem.details)
    return None


def _missing_permission(problem: Problem, call: GraphCall) -> AppError | None:
    lacks = problem.has(_NO_PERMISSION) or (problem.status == HTTPStatus.FORBIDDEN and call.mailbox is None)
    return ConsentMissing(details=problem.details) if lacks else None


def _out_of_reach(problem: Problem, call: GraphCall) -> AppError | None:
    if call.mailbox is None:
        return None
    cause = next((_NO_MAILBOX[code] for code in sorted(problem.codes) if code in _NO_MAILBOX), None)
    if cause is None and (
        (problem.status == HTTPStatus.FORBIDDEN and problem.has(_NO_ACCESS)) or _backend_refuses(problem)
    ):
        cause = AccessCause.REFUSED
    if cause is None:
        return None
    return OutOfReach(call.mailbox.address, cause, provider_code=problem.code, request_id=problem.request_id)


def _backend_refuses(problem: Problem) -> bool:
    """A 401 that a fresh token did not mend and that finds no fault with it: this mailbox' back end refuses."""
    return problem.status == HTTPStatus.UNAUTHORIZED and problem.has({"unknownerror"})


def _rejected_token(problem: Problem, _call: GraphCall) -> AppError | None:
    if problem.status != HTTPStatus.UNAUTHORIZED:
        return None
    return CredentialRejected(
        "Graph does not accept a token that was issued a moment ago.",
        remedy="Check that the cloud is the tenant's, that this machine's clock is right, and sign in again.",
        details=problem.details,
    )


def _missing_event(problem: Problem, call: GraphCall) -> AppError | None:
    gone = problem.status == HTTPStatus.GONE or (
        problem.status == HTTPStatus.NOT_FOUND and problem.has({_EVENT_MISSING})
    )
    return EventGone(details=problem.details) if gone and call.kind is CallKind.EVENT else None


def _conflict(problem: Problem, _call: GraphCall) -> AppError | None:
    if problem.has({_DUPLICATE}):
        return DuplicateWrite(problem.existing_event_id)
    if problem.status == HTTPStatus.PRECONDITION_FAILED or problem.has({_CHANGED_MEANWHILE}):
        return StaleRevision(details=problem.details)
    return None


def _bad_input(problem: Problem, call: GraphCall) -> AppError | None:
    if problem.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or problem.has(_TOO_LARGE):
        return InvalidInput({"description": "The description is too large for the calendar."})
    if call.is_write and problem.has(_BAD_INPUT):
        return InvalidInput({"event": f"The calendar does not accept one of the values ({problem.code})."})
    return None


def _unknown_refusal(problem: Problem, call: GraphCall) -> AppError | None:
    """A 403 of unknown code is not taken for *no access*: a quota says 403 too, and would move meetings elsewhere."""
    if problem.status == HTTPStatus.FORBIDDEN:
        return ProviderUnavailable(after=problem.wait, details=problem.details)
    if problem.status == HTTPStatus.NOT_FOUND and call.mailbox is None:
        return NotFound(details=problem.details)
    if problem.status in _ANSWERED_BY_A_PROXY and not problem.codes:
        return ProviderUnavailable("Something between us and Graph answered in its place.", details=problem.details)
    if HTTPStatus.MULTIPLE_CHOICES <= problem.status < HTTPStatus.BAD_REQUEST:
        return UnreadableAnswer("Graph sent us elsewhere, and we do not follow.", details=problem.details)
    return None


_JUDGES: tuple[Callable[[Problem, GraphCall], AppError | None], ...] = (
    _throttling,
    _server_fault,
    _lost_place,
    _missing_permission,
    _out_of_reach,
    _rejected_token,
    _missing_event,
    _conflict,
    _bad_input,
    _unknown_refusal,
)
