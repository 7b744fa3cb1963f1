"""What holds for every call: tokens, APIs that are off, quotas, read-only accounts, selections, bad luck."""

import hashlib
from typing import Any

import pytest
from googleapiclient.errors import HttpError
from googleapiclient.http import HttpRequest
from tests.sandbox.google.conftest import ADMIN, BOT, JANE, Json, Rehearsal, refusal, room

TULIP = room("tulip")
CALENDAR = "/calendar/v3/calendars/{calendar}"


def _raw(rehearsal: Rehearsal, token: str | None, **headers: str) -> Any:  # noqa: ANN401  (an answer of httpx2)
    named = {**headers, **({"Authorization": f"Bearer {token}"} if token else {})}
    return rehearsal.http.get(f"{rehearsal.endpoints['google_calendar_base']}/calendars/primary", headers=named)


def test_calls_without_a_good_token(rehearsal: Rehearsal) -> None:
    for token, reason in ((None, "required"), ("ya29.nonsense", "authError")):
        answer = _raw(rehearsal, token)
        assert (answer.status_code, answer.json()["error"]["errors"][0]["reason"]) == (401, reason)
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_an_api_that_the_project_never_enabled(rehearsal: Rehearsal) -> None:
    rehearsal.order("enable-api", api="calendar", enabled=False)
    answer = rehearsal.http.get(
        f"{rehearsal.endpoints['google_calendar_base']}/calendars/primary", headers=rehearsal.bearer(BOT)
    )
    error = answer.json()["error"]
    assert error["errors"][0]["reason"] == "accessNotConfigured"
    assert error["details"][0]["reason"] == "SERVICE_DISABLED"
    assert rehearsal.directory().resources().calendars().list(customer="my_customer").execute()["items"]


def test_under_delegation_the_service_account_is_the_user(rehearsal: Rehearsal) -> None:
    rehearsal.order("quotas", user_per_minute=4)
    bot, jane = rehearsal.calendar(BOT).calendars(), rehearsal.calendar(JANE).calendars()
    for _ in range(2):
        bot.get(calendarId="primary").execute()
        jane.get(calendarId="primary").execute()
    assert refusal(jane.get(calendarId="primary")) == (403, "userRateLimitExceeded")
    mine = hashlib.sha1(JANE.encode(), usedforsecurity=False).hexdigest()
    jane.get(calendarId="primary", quotaUser=mine).execute()
    assert refusal(jane.get(calendarId="primary", quotaUser="x" * 41)) == (400, "invalid")
    rehearsal.advance(61)
    jane.get(calendarId="primary").execute()


def test_a_patch_counts_as_three(rehearsal: Rehearsal) -> None:
    rehearsal.order("quotas", user_per_minute=4)
    calendars = rehearsal.calendar(BOT).calendars()
    calendars.patch(calendarId="primary", body={}).execute()
    calendars.get(calendarId="primary").execute()
    assert refusal(calendars.get(calendarId="primary")) == (403, "userRateLimitExceeded")


def test_a_project_over_its_limit(rehearsal: Rehearsal) -> None:
    rehearsal.order("quotas", project_per_minute=1)
    calendars = rehearsal.calendar(BOT).calendars()
    calendars.get(calendarId="primary").execute()
    found = [refusal(calendars.get(calendarId="primary")) for _ in range(2)]
    assert found == [(403, "rateLimitExceeded"), (429, "rateLimitExceeded")]


def test_an_account_goes_read_only_for_hours(rehearsal: Rehearsal) -> None:
    rehearsal.order("quotas", external_guests=3)
    rehearsal.call(lambda: rehearsal.state.count_created(rehearsal.user(BOT), 4))
    calendars = rehearsal.calendar(BOT).calendars()
    assert refusal(calendars.patch(calendarId="primary", body={})) == (403, "quotaExceeded")
    assert calendars.get(calendarId="primary").execute()
    assert rehearsal.calendar(JANE).calendars().patch(calendarId="primary", body={}).execute()
    rehearsal.advance(6 * 3600)
    assert calendars.patch(calendarId="primary", body={}).execute()
    rehearsal.order("read-only", user=BOT, hours=1)
    assert refusal(calendars.patch(calendarId="primary", body={})) == (403, "quotaExceeded")


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ("id", {"id"}),
        ("id,conferenceProperties(allowedConferenceSolutionTypes)", {"id", "conferenceProperties"}),
        ("conferenceProperties/allowedConferenceSolutionTypes,id", {"id", "conferenceProperties"}),
    ],
)
def test_selections_of_fields(rehearsal: Rehearsal, fields: str, names: set[str]) -> None:
    got = rehearsal.calendar(BOT).calendars().get(calendarId="primary", fields=fields).execute()
    assert set(got) == names


def test_selections_through_lists(rehearsal: Rehearsal) -> None:
    rules = rehearsal.calendar(ADMIN).acl()
    got = rules.list(calendarId=TULIP, fields="items(id,scope/type),nextPageToken").execute()
    assert {tuple(sorted(item)) for item in got["items"]} == {("id", "scope")}
    assert {tuple(item["scope"]) for item in got["items"]} == {("type",)}
    assert set(got) == {"items"}
    for nonsense in ("items(id", "a,,b", "(", "a/"):
        assert refusal(rules.list(calendarId=TULIP, fields=nonsense)) == (400, "invalidParameter")


def test_a_get_that_is_too_long_comes_as_a_post(rehearsal: Rehearsal) -> None:
    fields = ",".join(["id"] * 1000)
    request = rehearsal.calendar(BOT).calendars().get(calendarId="primary", fields=fields)
    assert isinstance(request, HttpRequest)
    assert request.execute() == {"id": BOT}
    assert rehearsal.control.get("requests")[-1]["method"] == "GET"


def test_luck_before_and_after_the_work(rehearsal: Rehearsal) -> None:
    calendars = rehearsal.calendar(ADMIN).calendars()
    rehearsal.fault("answer", operation=CALENDAR, method="PATCH", status=503)
    assert refusal(calendars.patch(calendarId=TULIP, body={"description": "a"})) == (503, "backendError")
    assert "description" not in calendars.get(calendarId=TULIP).execute()
    rehearsal.fault("answer", operation=CALENDAR, mailbox=TULIP, status=500, after_commit=True)
    assert refusal(calendars.patch(calendarId=TULIP, body={"description": "b"})) == (500, "backendError")
    assert calendars.get(calendarId=TULIP).execute()["description"] == "b"
    rehearsal.fault("answer", operation=CALENDAR, status=403, code="quotaExceeded")
    assert refusal(calendars.get(calendarId=TULIP)) == (403, "quotaExceeded")
    rehearsal.fault("drop", operation=CALENDAR)
    calendars.get(calendarId=TULIP).execute()  # httplib2 tries again on a fresh connection


def test_gateways_do_not_speak_json(rehearsal: Rehearsal) -> None:
    rehearsal.fault("answer", operation=CALENDAR, status=502, parameters={"page": True})
    with pytest.raises(HttpError) as refused:
        rehearsal.calendar(BOT).calendars().get(calendarId="primary").execute()
    assert refused.value.status_code == 502
    assert b"<!DOCTYPE html>" in refused.value.content


def test_a_token_that_seems_expired_is_renewed_once(rehearsal: Rehearsal) -> None:
    rehearsal.fault("expired_token", operation=CALENDAR)
    assert rehearsal.calendar(BOT).calendars().get(calendarId="primary").execute()["id"] == BOT


def test_paths_that_do_not_exist(rehearsal: Rehearsal) -> None:
    base = rehearsal.endpoints["google_calendar_base"]
    bearer = rehearsal.bearer(BOT)
    for method, path in (("GET", "/calendars/primary/eventz"), ("DELETE", "/calendars/primary"), ("GET", "/nothing")):
        answer: Json = rehearsal.http.request(method, base + path, headers=bearer).json()
        assert answer["error"]["code"] in (404, 405)
