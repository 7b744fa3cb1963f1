"""Refusals, one table: what each answer means to each kind of call."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from roomstead.adapters.http.transport import Answer
from roomstead.adapters.providers.google.calls import CallKind, GoogleCall, Reach
from roomstead.adapters.providers.google.errors import READ_ONLY_FOR, DuplicateWrite, error_for
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
from roomstead.domain.mailbox import Address, MailboxRef

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
JANE = MailboxRef(Address("jane@corp.example"))


def said(status: int, reason: str = "", *, retry_after: str = "", details: str = "") -> Answer:
    error: dict[str, object] = {"code": status, "message": "words that may change"}
    if reason:
        error["errors"] = [{"domain": "global", "reason": reason, "message": "…"}]
    if details:
        error["status"] = "PERMISSION_DENIED"
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": details}]
    headers = {"retry-after": retry_after} if retry_after else {}
    return Answer(status, headers, json.dumps({"error": error}).encode())


def call(kind: CallKind = CallKind.MAILBOX, *, write: bool = False, reach: Reach = Reach.EVENTS) -> GoogleCall:
    mailbox = None if kind is CallKind.DIRECTORY else JANE
    return GoogleCall("POST", "/x", kind, mailbox, is_write=write, reach=reach)


READ, EVENT, LIST = call(), call(CallKind.EVENT), call(CallKind.CHANGES)
INSERT, UPDATE = call(write=True), call(CallKind.EVENT, write=True)
ROOMS = call(CallKind.DIRECTORY, reach=Reach.ROOMS)


@pytest.mark.parametrize(
    ("answer", "asked", "kind"),
    [
        (said(403, "userRateLimitExceeded"), INSERT, Throttled),
        (said(403, "rateLimitExceeded"), READ, Throttled),
        (said(429, "rateLimitExceeded"), READ, Throttled),
        (said(403, "quotaExceeded"), INSERT, ProviderUnavailable),
        (said(403, "quotaExceeded"), ROOMS, Throttled),
        (said(410, "fullSyncRequired"), LIST, CursorExpired),
        (said(410, "updatedMinTooLongAgo"), LIST, CursorExpired),
        (said(400, "invalid"), LIST, CursorExpired),
        (said(410, "deleted"), UPDATE, EventGone),
        (said(410, "deleted"), EVENT, EventGone),
        (said(404, "notFound"), EVENT, EventGone),
        (said(403, "forbidden"), UPDATE, EventGone),
        (said(409, "duplicate"), INSERT, DuplicateWrite),
        (said(409, "conflict"), UPDATE, StaleRevision),
        (said(412, "conditionNotMet"), UPDATE, StaleRevision),
        (said(403, "forbiddenForNonOrganizer"), UPDATE, Conflict),
        (said(400, "invalid"), INSERT, InvalidInput),
        (said(413), INSERT, InvalidInput),
        (said(500, "backendError"), INSERT, OutcomeUnknown),
        (said(500, "backendError"), READ, ProviderUnavailable),
        (said(503, "serviceNotAvailable"), UPDATE, OutcomeUnknown),
        (said(401, "authError"), READ, ProviderUnavailable),
        (said(403, "accessNotConfigured"), READ, ConsentMissing),
        (said(403, details="SERVICE_DISABLED"), READ, ConsentMissing),
        (said(403, "insufficientPermissions"), READ, ConsentMissing),
        (said(403, details="ACCESS_TOKEN_SCOPE_INSUFFICIENT"), READ, ConsentMissing),
        (said(403, "forbidden"), ROOMS, ConsentMissing),
        (said(403, "notACalendarUser"), ROOMS, ConsentMissing),
        (said(404, "notFound"), ROOMS, NotFound),
        (said(403, "somethingNew"), READ, ProviderUnavailable),
        (said(403), INSERT, ProviderUnavailable),
        (Answer(404, {}, b"<html>a proxy</html>"), READ, ProviderUnavailable),
        (Answer(502, {}, b"<html>a gateway</html>"), INSERT, OutcomeUnknown),
        (Answer(429, {}, b"Quota exceeded for quota metric"), READ, Throttled),
        (Answer(302, {"location": "https://elsewhere.example"}, b""), READ, UnreadableAnswer),
        (said(418, "teapot"), READ, Broken),
    ],
)
def test_what_an_answer_means(answer: Answer, asked: GoogleCall, kind: type[AppError]) -> None:
    assert type(error_for(answer, asked, NOW)) is kind


@pytest.mark.parametrize(
    ("answer", "asked", "cause"),
    [
        (said(403, "notACalendarUser"), READ, AccessCause.NO_MAILBOX),
        (said(403, "notACalendarUser"), UPDATE, AccessCause.NO_MAILBOX),
        (said(404, "notFound"), READ, AccessCause.REFUSED),
        (said(404, "notFound"), LIST, AccessCause.REFUSED),
        (said(403, "requiredAccessLevel"), INSERT, AccessCause.REFUSED),
        (said(403, "forbidden"), READ, AccessCause.REFUSED),
        (said(403, "forbiddenForServiceAccounts"), INSERT, AccessCause.REFUSED),
    ],
)
def test_what_puts_one_mailbox_out_of_reach(answer: Answer, asked: GoogleCall, cause: AccessCause) -> None:
    error = error_for(answer, asked, NOW)
    assert isinstance(error, OutOfReach)
    assert (error.mailbox, error.cause) == (JANE.address, cause)
    assert error.provider_code


def test_a_pause_is_as_long_as_they_say_and_a_calendar_made_read_only_rests_for_long() -> None:
    error = error_for(said(403, "rateLimitExceeded", retry_after="90"), READ, NOW)
    assert isinstance(error, Throttled)
    assert error.after == timedelta(seconds=90)
    error = error_for(said(403, "quotaExceeded", retry_after="1"), INSERT, NOW)
    assert isinstance(error, ProviderUnavailable)
    assert error.after == READ_ONLY_FOR
    assert "read-only" in error.message
