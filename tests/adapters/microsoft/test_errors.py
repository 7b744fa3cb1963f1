"""What Graph's refusals mean, to which call."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.adapters.http.transport import Answer
from roomstead.adapters.providers.microsoft.calls import CallKind, GraphCall
from roomstead.adapters.providers.microsoft.errors import DuplicateWrite, error_for
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
from roomstead.domain.mailbox import Address, MailboxRef

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
JANE = MailboxRef(Address("jane@contoso.com"), "object-1")
READ = GraphCall("GET", "/users/{mailbox}/calendar", CallKind.MAILBOX, JANE)
CREATE = GraphCall("POST", "/users/{mailbox}/events", CallKind.MAILBOX, JANE, is_write=True)
EVENT = GraphCall("GET", "/users/{mailbox}/events/{event}", CallKind.EVENT, JANE, values={"event": "e"})
CHANGE = GraphCall("PATCH", "/users/{mailbox}/events/{event}", CallKind.EVENT, JANE, is_write=True)
DELTA = GraphCall("GET", "/users/{mailbox}/calendarView/delta", CallKind.CHANGES, JANE)
PLACES = GraphCall("GET", "/places/microsoft.graph.room", CallKind.DIRECTORY)


def judged(status: int, code: str, call: GraphCall, **headers: str) -> AppError:
    body = {"error": {"code": code, "message": "Access to OData is disabled.", "innerError": {"request-id": "r"}}}
    given_headers = {"request-id": "r-1", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return error_for(Answer(status, given_headers, json.dumps(body).encode()), call, NOW)


@pytest.mark.parametrize(
    ("status", "code", "cause"),
    [
        (403, "ErrorAccessDenied", AccessCause.REFUSED),
        (403, "ExtensionError", AccessCause.REFUSED),
        (401, "UnknownError", AccessCause.REFUSED),
        (404, "ErrorInvalidUser", AccessCause.NO_MAILBOX),
        (404, "MailboxNotEnabledForRESTAPI", AccessCause.NO_MAILBOX),
        (403, "MailboxNotEnabledForRESTAPI", AccessCause.NO_MAILBOX),
        (400, "MailboxNotSupportedForRESTAPI", AccessCause.NO_MAILBOX),
        (404, "RESTAPINotEnabledForUser", AccessCause.NO_MAILBOX),
        (404, "ErrorNonExistentMailbox", AccessCause.NO_MAILBOX),
        (404, "ResourceNotFound", AccessCause.NO_MAILBOX),
        (404, "MailboxNotHostedInExchangeOnline", AccessCause.ON_PREMISES),
        (403, "mailboxnothostedinexchangeonline", AccessCause.ON_PREMISES),
        (404, "Request_ResourceNotFound", AccessCause.NOT_IN_DIRECTORY),
    ],
)
@pytest.mark.parametrize("call", [READ, CREATE, EVENT, DELTA])
def test_no_access_and_no_mailbox(status: int, code: str, cause: AccessCause, call: GraphCall) -> None:
    error = judged(status, code, call)
    assert isinstance(error, OutOfReach)
    assert (error.mailbox, error.cause, error.provider_code, error.request_id) == (JANE.address, cause, code, "r-1")


@pytest.mark.parametrize(
    ("status", "code", "call", "kind"),
    [
        (429, "ApplicationThrottled", READ, Throttled),
        (429, "ErrorAccessDenied", CREATE, Throttled),
        (503, "ApplicationThrottled", READ, Throttled),
        (503, "ApplicationThrottled", CREATE, OutcomeUnknown),
        (503, "MailboxInfoStale", READ, ProviderUnavailable),
        (503, "MailboxInfoStale", CREATE, OutcomeUnknown),
        (500, "UnknownError", READ, ProviderUnavailable),
        (504, "UnknownError", CREATE, OutcomeUnknown),
        (502, "", CHANGE, OutcomeUnknown),
        (507, "quotaLimitReached", CREATE, ProviderUnavailable),
        (401, "InvalidAuthenticationToken", READ, CredentialRejected),
        (401, "", CREATE, CredentialRejected),
        (403, "Authorization_RequestDenied", PLACES, ConsentMissing),
        (403, "ErrorAccessDenied", PLACES, ConsentMissing),
        (400, "NoPermissionsInAccessToken", READ, ConsentMissing),
        (403, "SubscriptionQuotaExceeded", READ, ProviderUnavailable),
        (404, "ErrorItemNotFound", EVENT, EventGone),
        (410, "ErrorItemNotFound", CHANGE, EventGone),
        (410, "syncStateNotFound", DELTA, CursorExpired),
        (410, "", DELTA, CursorExpired),
        (400, "SyncStateNotFound", DELTA, CursorExpired),
        (404, "resyncRequired", DELTA, CursorExpired),
        (400, "syncStateNotFound", READ, Broken),
        (412, "ErrorIrresolvableConflict", CHANGE, StaleRevision),
        (409, "ErrorIrresolvableConflict", CHANGE, StaleRevision),
        (400, "ErrorDuplicateTransactionId", CREATE, DuplicateWrite),
        (409, "ErrorDuplicateTransactionId", CREATE, DuplicateWrite),
        (400, "ErrorPropertyValidationFailure", CREATE, InvalidInput),
        (400, "ErrorOccurrenceCrossingBoundary", CHANGE, InvalidInput),
        (413, "", CREATE, InvalidInput),
        (400, "ErrorPropertyValidationFailure", READ, Broken),
        (400, "ErrorInvalidIdMalformed", EVENT, Broken),
        (400, "RequestBodyRead", CREATE, Broken),
        (400, "TimeZoneNotSupportedException", CREATE, Broken),
        (404, "", READ, ProviderUnavailable),
        (404, "Request_ResourceNotFound", PLACES, NotFound),
        (302, "", READ, UnreadableAnswer),
    ],
)
def test_everything_else(status: int, code: str, call: GraphCall, kind: type[AppError]) -> None:
    assert type(judged(status, code, call)) is kind


def test_waits_come_from_the_header() -> None:
    error = judged(429, "TooManyRequests", READ, retry_after="17")
    assert isinstance(error, Throttled)
    assert error.after == timedelta(seconds=17)
    late = judged(503, "ErrorServerBusy", CREATE, retry_after="5")
    assert isinstance(late, OutcomeUnknown)
    assert late.after == timedelta(seconds=5)


@pytest.mark.parametrize("inner", ["innerError", "innererror"])
def test_the_more_precise_code_inside_counts(inner: str) -> None:
    body = {"error": {"code": "Forbidden", inner: {"code": "x", inner: {"code": "MailboxNotHostedInExchangeOnline"}}}}
    error = error_for(Answer(403, {}, json.dumps(body).encode()), READ, NOW)
    assert isinstance(error, OutOfReach)
    assert (error.cause, error.provider_code) == (AccessCause.ON_PREMISES, "MailboxNotHostedInExchangeOnline")


def test_the_event_that_holds_a_key_is_named() -> None:
    body = {"error": {"code": "ErrorDuplicateTransactionId", "@event.existingEventId": "AAMk"}}
    error = error_for(Answer(400, {}, json.dumps(body).encode()), CREATE, NOW)
    assert isinstance(error, DuplicateWrite)
    assert error.existing_event_id == "AAMk"


@pytest.mark.parametrize("content", [b"", b"<html>Bad gateway</html>", b"[]", b'{"error": "text"}', b'{"error": []}'])
def test_bodies_that_are_not_graphs_leave_the_status_to_speak(content: bytes) -> None:
    assert isinstance(error_for(Answer(502, {}, content), READ, NOW), ProviderUnavailable)
    assert isinstance(error_for(Answer(403, {}, content), READ, NOW), ProviderUnavailable)
    assert isinstance(error_for(Answer(401, {}, content), READ, NOW), CredentialRejected)


@given(
    st.sampled_from(
        [400, 401, 402, 403, 404, 405, 409, 410, 412, 413, 415, 422, 423, 429, 500, 501, 502, 503, 504, 507]
    ),
    st.text(max_size=12),
    st.sampled_from([READ, CREATE, EVENT, CHANGE, DELTA, PLACES]),
)
def test_an_unknown_code_never_moves_a_meeting_elsewhere(status: int, code: str, call: GraphCall) -> None:
    assert not isinstance(judged(status, code, call), OutOfReach)


@given(
    st.integers(400, 599),
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["error", "code", "innerError", "message"]), x),
    ),
)
def test_every_refusal_has_a_meaning(status: int, body: object) -> None:
    assert isinstance(error_for(Answer(status, {}, json.dumps(body).encode()), CREATE, NOW), AppError)
