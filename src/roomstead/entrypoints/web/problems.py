"""Errors as answers: problem+json (RFC 9457). The only place where our errors meet HTTP status codes."""

import inspect
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from roomstead.application.ports.idempotency import RequestUnderWay
from roomstead.application.sign_in_rules import LinkWorthless, TooManyAttempts
from roomstead.domain.errors import (
    AppError,
    Broken,
    Conflict,
    Forbidden,
    InvalidInput,
    NeedsAdmin,
    NotBookable,
    NotFound,
    OutOfReach,
    Refused,
    RetryLater,
    RoomTaken,
    ServiceAccountRequired,
    StaleRevision,
    Unauthenticated,
    WorldMoved,
)
from roomstead.entrypoints.guides.sections import guide_to, link_to
from roomstead.entrypoints.web.deps import API
from roomstead.entrypoints.web.errors import (
    BadRequest,
    BodyTooLarge,
    BodyTooSlow,
    MalformedBody,
    MethodNotAllowed,
    NoSuchRoute,
    UnsupportedMedia,
    VersionRequired,
)
from roomstead.entrypoints.web.mistakes import mistakes_of

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[AppError], HTTPStatus] = {
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    NoSuchRoute: HTTPStatus.NOT_FOUND,
    LinkWorthless: HTTPStatus.GONE,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    Conflict: HTTPStatus.CONFLICT,
    RoomTaken: HTTPStatus.CONFLICT,
    NotBookable: HTTPStatus.CONFLICT,
    ServiceAccountRequired: HTTPStatus.CONFLICT,
    VersionRequired: HTTPStatus.PRECONDITION_REQUIRED,
    BodyTooLarge: HTTPStatus.CONTENT_TOO_LARGE if hasattr(HTTPStatus, "CONTENT_TOO_LARGE") else HTTPStatus(413),
    BodyTooSlow: HTTPStatus.REQUEST_TIMEOUT,
    UnsupportedMedia: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    MalformedBody: HTTPStatus.BAD_REQUEST,
    BadRequest: HTTPStatus.BAD_REQUEST,
    Refused: HTTPStatus(422),
    NeedsAdmin: HTTPStatus.CONFLICT,
    RequestUnderWay: HTTPStatus.CONFLICT,
    TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    RetryLater: HTTPStatus.SERVICE_UNAVAILABLE,
    StaleRevision: HTTPStatus.PRECONDITION_FAILED,
    WorldMoved: HTTPStatus.CONFLICT,
    OutOfReach: HTTPStatus.CONFLICT,
    Broken: HTTPStatus.INTERNAL_SERVER_ERROR,
    AppError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The nearest class above an error decides."""

FOR_ADMINS = frozenset({"cause", "code", "provider_code", "request_id"})
"""Details in a provider's own words: not for members."""

COME_AGAIN_SECONDS = 5


def status_of(kind: type[AppError]) -> HTTPStatus:
    """The status code of a class of errors."""
    return next(STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in STATUS)


def sentence_of(kind: type[AppError]) -> str:
    """What such an error means in general: the first line of its docstring."""
    return (inspect.getdoc(kind) or "").partition("\n")[0]


def problem(request: Request, error: AppError) -> JSONResponse:
    """The answer for an error."""
    status, policy = status_of(type(error)), request.app.state.roomstead.policy
    body: dict[str, Any] = {
        "type": f"{policy.public_url}/problems/{error.code}",
        "title": sentence_of(type(error)),
        "status": status.value,
        "detail": error.message,
        "code": error.code,
        "remedy": error.remedy,
        "guide": link_to(guide_to(type(error)), public_url=policy.public_url, own_guide=policy.guide_url),
        "request_id": getattr(request.state, "request_id", ""),
    }
    if isinstance(error, InvalidInput):
        body["mistakes"] = error.mistakes
    details = _details(request, error)
    if details:
        body["details"] = details
    if policy.support_contact:
        body["support_contact"] = policy.support_contact
    return JSONResponse(body, status, _headers(error, status), MEDIA_TYPE)


def _details(request: Request, error: AppError) -> Mapping[str, str]:
    actor = getattr(request.state, "actor", None)
    if actor is not None and actor.is_admin:
        return error.details
    return {name: value for name, value in error.details.items() if name not in FOR_ADMINS}


def _headers(error: AppError, status: HTTPStatus) -> dict[str, str]:
    if status is HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": 'Bearer realm="roomstead"'}
    if isinstance(error, RequestUnderWay):
        return {"Retry-After": "1"}
    if isinstance(error, RetryLater):
        seconds = COME_AGAIN_SECONDS if error.after is None else math.ceil(error.after.total_seconds())
        return {"Retry-After": str(max(seconds, 1))}
    return {}


def foreseen(request: Request, error: Exception) -> AppError:
    """What we or the framework raised, as an error of ours. Raises anything else again."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, RequestValidationError):
        return _invalid_request(request, error)
    if isinstance(error, HTTPException):
        kinds: dict[int, type[AppError]] = {404: NoSuchRoute, 405: MethodNotAllowed}
        return error.__cause__ if isinstance(error.__cause__, AppError) else kinds.get(error.status_code, BadRequest)()
    raise error


def _invalid_request(request: Request, error: RequestValidationError) -> AppError:
    """For requests that do not have the documented shape: every mistake at once."""
    found = error.errors()
    if not request.url.path.startswith(f"{API}/") and any(each["loc"][0] == "path" for each in found):
        return NoSuchRoute()  # a link that was cut or mistyped leads nowhere; people know of no ids
    if any(each["type"] == "json_invalid" for each in found):
        return MalformedBody(remedy="Check commas, quotes and brackets.")
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if isinstance(error.body, bytes) and media != "application/json":
        return UnsupportedMedia()
    return InvalidInput(mistakes_of(found))


PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "An error (RFC 9457). `code` is stable, `detail` and `remedy` are sentences for people.",
    "required": ["type", "title", "status", "detail", "code", "remedy", "guide", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "A page about this code."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened."},
        "code": {"type": "string", "description": "Stable name of the problem."},
        "remedy": {"type": "string", "description": "What to do next; may be empty."},
        "guide": {"type": "string", "format": "uri", "description": "The section of the guides about it."},
        "request_id": {"type": "string", "description": "Names this request in the server's log."},
        "mistakes": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "By field: what to change.",
        },
        "details": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Names and ids."},
        "support_contact": {"type": "string", "description": "Whom to ask for help."},
    },
}

EVERYWHERE: tuple[type[AppError], ...] = (BadRequest, RetryLater, Broken)
WITH_TOKEN: tuple[type[AppError], ...] = (Unauthenticated,)


def documented(*kinds: type[AppError], token: bool = True) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route: the errors that it may answer, besides those that any route may."""
    responses: dict[int | str, dict[str, Any]] = {}
    for kind in (*kinds, *(WITH_TOKEN if token else ()), *EVERYWHERE):
        document(responses, kind, status_of(kind).value)
    return dict(sorted(responses.items(), key=lambda item: int(item[0])))


def document(responses: dict[int | str, dict[str, Any]], kind: type[AppError], status: int | str) -> None:
    """Add an error to the description of what a route answers, unless it is there."""
    told = f"`{kind.code}`: {sentence_of(kind)}"
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    present = responses.setdefault(status, {"description": told, "content": content})
    if told not in present["description"]:
        present["description"] += f" {told}"
