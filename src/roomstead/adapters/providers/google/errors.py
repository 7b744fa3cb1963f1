"""What Google's refusals mean: the only place where status and vendor reason become our errors.

Decided by status, reason and which call it was. A body need not be Google's, nor JSON: then the status alone speaks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from roomstead.adapters.http.retry_after import parse_retry_after
from roomstead.adapters.http.transport import Answer
from roomstead.adapters.providers.google.calls import CallKind, GoogleCall
from roomstead.domain.access import AccessCause
from roomstead.domain.errors import (
    AppError,
    Broken,
    Conflict,
    ConsentMissing,
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

READ_ONLY_FOR = timedelta(hours=1)
"""How long to leave a calendar alone that Google made read-only; it is back *within several hours*, none says when."""

_SLOW_DOWN = {"userratelimitexceeded", "ratelimitexceeded", "rate_limit_exceeded", "resource_exhausted"}
_READ_ONLY = {"quotaexceeded"}
_CALENDAR_OFF = {"notacalendaruser", "servicenotavailableforuser"}
_NO_ACCESS = {"requiredaccesslevel", "forbidden", "forbiddenforserviceaccounts", "notfound"}
_API_OFF = {"accessnotconfigured", "service_disabled"}
_NO_SCOPE = {"insufficientpermissions", "access_token_scope_insufficient"}
_NOT_THE_HOST = {"forbiddenfornonorganizer"}
_PLACE_LOST = {"fullsyncrequired", "updatedmintoolongago", "synctokenwithrequestrestrictions"}
_DUPLICATE = {"duplicate"}
_STALE = {"conditionnotmet"}
_ANSWERED_BY_A_PROXY = {HTTPStatus.NOT_FOUND, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED, HTTPStatus.REQUEST_TIMEOUT}
_DEEPEST_LIST = 20


class DuplicateWrite(Broken):
    """A create named an id that the calendar has seen before; whoever sends creates must settle this."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal taken apart. ``reasons`` in lower case."""

    status: int
    code: str
    reasons: frozenset[str]
    wait: timedelta | None
    request_id: str

    def has(self, reasons: set[str]) -> bool:
        """Whether any of its reasons is among these."""
        return bool(self.reasons & reasons)

    @property
    def details(self) -> Mapping[str, str]:
        """Names and ids for an admin, no contents."""
        return {"status": str(self.status), "code": self.code, "request_id": self.request_id}


def error_for(answer: Answer, call: GoogleCall, now: datetime) -> AppError:
    """The error that an answer with a status of 300 or more stands for, to this call."""
    problem = read_problem(answer, now)
    for judge in _JUDGES:
        if (error := judge(problem, call)) is not None:
            return error
    return Broken("Google refused a call that should not have been made.", details=problem.details)


def is_about_the_project(answer: Answer, call: GoogleCall) -> bool:
    """Whether a refusal to go so fast is for the whole cloud project, and not for one user or calendar of it.

    The quota is named where Google gives details. Where it gives none, ``rateLimitExceeded`` stands for the project and
    for writes to one calendar in quick succession alike (Calendar API docs: "Handle API errors"); so of a read only it
    is taken for the project's: a mistake about a write would make everybody wait for one busy calendar.
    """
    named = _quotas_named(answer)
    if named:
        return not any("peruser" in each for each in named)
    problem = read_problem(answer, datetime.min.replace(tzinfo=UTC))
    return problem.has({"ratelimitexceeded"}) and not call.is_write


def _quotas_named(answer: Answer) -> list[str]:
    """Such as ``defaultPerMinutePerUser`` (google.rpc.ErrorInfo: metadata)."""
    try:
        body = answer.json()
    except ValueError:
        return []
    error = body.get("error") if isinstance(body, dict) else None
    details = error.get("details") if isinstance(error, dict) else None
    found = []
    for each in details[:_DEEPEST_LIST] if isinstance(details, list) else []:
        metadata = each.get("metadata") if isinstance(each, dict) else None
        limit = metadata.get("quota_limit") if isinstance(metadata, dict) else None
        found += [limit.lower()] if isinstance(limit, str) else []
    return found


def read_problem(answer: Answer, now: datetime) -> Problem:
    """Take a refusal apart: reasons stand in ``errors``, in ``details`` and in ``status``."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    error = body.get("error") if isinstance(body, dict) else None
    told = _reasons(error) if isinstance(error, dict) else []
    return Problem(
        status=answer.status,
        code=told[0] if told else "",
        reasons=frozenset(reason.lower() for reason in told),
        wait=parse_retry_after(answer.headers.get("retry-after"), now),
        request_id=answer.request_id,
    )


def _reasons(error: Mapping[str, object]) -> list[str]:
    found: list[str] = []
    for name in ("errors", "details"):
        entries = error.get(name)
        for entry in entries[:_DEEPEST_LIST] if isinstance(entries, list) else []:
            reason = entry.get("reason") if isinstance(entry, dict) else None
            found += [reason] if isinstance(reason, str) and reason else []
    status = error.get("status")
    return found + ([status] if isinstance(status, str) and status else [])


def _throttling(problem: Problem, _call: GoogleCall) -> AppError | None:
    """Rate limits come as 429 and as 403, before any work is done."""
    if problem.status == HTTPStatus.TOO_MANY_REQUESTS or problem.has(_SLOW_DOWN):
        return Throttled(after=problem.wait, details=problem.details)
    return None


def _read_only(problem: Problem, call: GoogleCall) -> AppError | None:
    """Too many invitations: the calendar takes no edits for hours. Nobody is kept out, so nothing moves elsewhere."""
    if not problem.has(_READ_ONLY):
        return None
    if call.mailbox is None:
        return Throttled(after=problem.wait, details=problem.details)
    return ProviderUnavailable(
        "Google has made this calendar read-only for some hours, as too many invitations came from it.",
        after=max(problem.wait or READ_ONLY_FOR, READ_ONLY_FOR),
        details=problem.details,
    )


def _server_fault(problem: Problem, call: GoogleCall) -> AppError | None:
    if problem.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    kind = OutcomeUnknown if call.is_write else ProviderUnavailable
    return kind(after=problem.wait, details=problem.details)


def _lost_place(problem: Problem, call: GoogleCall) -> AppError | None:
    """410 to a list of changes; the same status to one event means that it was deleted.

    A place that cannot be read at all is answered by 400, since a page of changes has no other field to get wrong.
    """
    if call.kind is not CallKind.CHANGES:
        return None
    lost = problem.status in {HTTPStatus.GONE, HTTPStatus.BAD_REQUEST} or problem.has(_PLACE_LOST)
    return CursorExpired(details=problem.details) if lost else None


def _our_project(problem: Problem, _call: GoogleCall) -> AppError | None:
    """The cloud project lacks the API: an operator's mistake, and nobody's mailbox is out of reach for it."""
    if not problem.has(_API_OFF):
        return None
    return ConsentMissing(
        "The Google Cloud project has not enabled this API.",
        remedy="In the Google Cloud project, enable the Google Calendar API and the Admin SDK API.",
        details=problem.details,
    )


def _missing_permission(problem: Problem, call: GoogleCall) -> AppError | None:
    about_directory = problem.status == HTTPStatus.FORBIDDEN and call.reach.is_directory
    if not problem.has(_NO_SCOPE) and not (about_directory and problem.has({"forbidden"})):
        return None
    sentence = (
        "The mailbox that asks may not read the directory." if about_directory and not problem.has(_NO_SCOPE) else ""
    )
    return ConsentMissing(sentence, details=problem.details)


def _asker_without_calendar(problem: Problem, call: GoogleCall) -> AppError | None:
    """Whoever asks for many at once has to have a calendar, too."""
    if call.mailbox is not None or not problem.has(_CALENDAR_OFF):
        return None
    return ConsentMissing("The mailbox that asks has no calendar.", details=problem.details)


def _forbidden_event(problem: Problem, call: GoogleCall) -> AppError | None:
    """A change to an event that was deleted a moment ago is *forbidden*; the calendar itself is not."""
    if call.kind is CallKind.EVENT and call.is_write and problem.has({"forbidden"}):
        return EventGone(details=problem.details)
    return None


def _out_of_reach(problem: Problem, call: GoogleCall) -> AppError | None:
    if call.mailbox is None:
        return None
    if problem.has(_CALENDAR_OFF):
        cause = AccessCause.NO_MAILBOX
    elif _is_no_access(problem, call):
        cause = AccessCause.REFUSED
    else:
        return None
    return OutOfReach(call.mailbox.address, cause, provider_code=problem.code, request_id=problem.request_id)


def _is_no_access(problem: Problem, call: GoogleCall) -> bool:
    """*Not found* is also said of a calendar that is not shared; of one event it may be the event alone."""
    if not problem.has(_NO_ACCESS):
        return False
    return problem.status == HTTPStatus.FORBIDDEN or (
        problem.status == HTTPStatus.NOT_FOUND and call.kind is not CallKind.EVENT
    )


def _rejected_token(problem: Problem, _call: GoogleCall) -> AppError | None:
    """For an hour after a delegation tokens are issued and not accepted everywhere; that is no lost credential."""
    if problem.status != HTTPStatus.UNAUTHORIZED:
        return None
    return ProviderUnavailable(
        "Google does not accept a token that it issued a moment ago.",
        after=problem.wait or timedelta(minutes=1),
        details=problem.details,
    )


def _missing_event(problem: Problem, call: GoogleCall) -> AppError | None:
    if call.kind is not CallKind.EVENT or problem.status not in {HTTPStatus.GONE, HTTPStatus.NOT_FOUND}:
        return None
    return EventGone(details=problem.details) if problem.reasons else None


def _conflict(problem: Problem, _call: GoogleCall) -> AppError | None:
    if problem.status == HTTPStatus.CONFLICT and problem.has(_DUPLICATE):
        return DuplicateWrite(details=problem.details)
    if problem.status == HTTPStatus.PRECONDITION_FAILED or problem.has(_STALE):
        return StaleRevision(details=problem.details)
    if problem.has(_NOT_THE_HOST):
        return Conflict("The event in this mailbox is somebody else's by now; it is not changed from here.")
    if problem.status == HTTPStatus.CONFLICT:
        return StaleRevision(details=problem.details)
    return None


def _bad_input(problem: Problem, call: GoogleCall) -> AppError | None:
    if problem.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return InvalidInput({"description": "The description is too large for the calendar."})
    if call.is_write and problem.status == HTTPStatus.BAD_REQUEST:
        return InvalidInput({"event": f"The calendar does not accept one of the values ({problem.code})."})
    return None


def _unknown_refusal(problem: Problem, call: GoogleCall) -> AppError | None:
    """A 403 of unknown reason is not taken for *no access*: a quota says 403 too, and would move meetings elsewhere."""
    if problem.status == HTTPStatus.FORBIDDEN:
        return ProviderUnavailable(after=problem.wait, details=problem.details)
    if problem.status == HTTPStatus.NOT_FOUND and call.mailbox is None and problem.reasons:
        return NotFound(details=problem.details)
    if problem.status in _ANSWERED_BY_A_PROXY and not problem.reasons:
        return ProviderUnavailable("Something between us and Google answered in its place.", details=problem.details)
    if HTTPStatus.MULTIPLE_CHOICES <= problem.status < HTTPStatus.BAD_REQUEST:
        return UnreadableAnswer("Google sent us elsewhere, and we do not follow.", details=problem.details)
    return None


_JUDGES: tuple[Callable[[Problem, GoogleCall], AppError | None], ...] = (
    _throttling,
    _read_only,
    _server_fault,
    _lost_place,
    _our_project,
    _missing_permission,
    _asker_without_calendar,
    _forbidden_event,
    _out_of_reach,
    _rejected_token,
    _missing_event,
    _conflict,
    _bad_input,
    _unknown_refusal,
)
