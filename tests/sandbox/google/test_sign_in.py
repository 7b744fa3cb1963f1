"""Signing in with google-auth: for oneself and for others, and every refusal."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from google.auth import crypt, jwt
from google.auth.exceptions import RefreshError
from tests.sandbox.google.conftest import ADMIN, AUTH, BOT, DOMAIN, JANE, NOW, Rehearsal, refusal, room

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def _refused(rehearsal: Rehearsal, subject: str | None = BOT, *scopes: str) -> str:
    with pytest.raises(RefreshError) as refused:
        rehearsal.calendar(subject, *scopes).calendars().get(calendarId="primary").execute()
    return str(refused.value.args[0])


def _asserted(rehearsal: Rehearsal, **claims: object) -> tuple[int, str, str]:
    """Status and error of a hand-made assertion; claims that are None are left out."""
    info = json.loads(rehearsal.endpoints["google_key_json"])
    now = int(time.time())
    payload = {
        "iss": info["client_email"],
        "aud": "https://oauth2.googleapis.com/token",
        "iat": now,
        "exp": now + 3600,
        "scope": f"{AUTH}calendar",
        "sub": BOT,
        **{
            name: now + int(each.total_seconds()) if isinstance(each, timedelta) else each
            for name, each in claims.items()
        },
    }
    signer = crypt.RSASigner.from_service_account_info(info)  # type: ignore[no-untyped-call]  # google-auth has no types
    assertion = jwt.encode(signer, {k: v for k, v in payload.items() if v is not None})  # type: ignore[no-untyped-call]  # as above
    return _token(rehearsal, grant_type=JWT_BEARER, assertion=assertion.decode())


def _token(rehearsal: Rehearsal, **form: str) -> tuple[int, str, str]:
    answer = rehearsal.http.post(rehearsal.endpoints["google_token_uri"], data=form)
    body = answer.json()
    return answer.status_code, body.get("error", ""), body.get("error_description", "")


def test_a_service_account_acts_for_a_person(rehearsal: Rehearsal) -> None:
    primary = rehearsal.calendar(JANE).calendars().get(calendarId="primary").execute()
    assert primary["id"] == JANE
    assert primary["timeZone"] == "Europe/Amsterdam"


@pytest.mark.parametrize(
    ("subject", "error"),
    [
        (f"nobody@{DOMAIN}", "invalid_grant: Invalid email or User ID"),
        ("ada@fabrikam.example", "invalid_grant: Invalid email or User ID"),
        ("somebody@gmail.com", "unauthorized_client: Client is unauthorized"),
        (f"greta.lund@{DOMAIN}", "invalid_grant: Bad Request"),
        (room("tulip"), "invalid_grant: Invalid email or User ID"),
    ],
)
def test_whom_nobody_can_act_for(rehearsal: Rehearsal, subject: str, error: str) -> None:
    assert _refused(rehearsal, subject).startswith(error)


def test_a_suspended_person_may_look_unknown(rehearsal: Rehearsal) -> None:
    rehearsal.switch(suspended_looks_deleted=True)
    assert _refused(rehearsal, f"greta.lund@{DOMAIN}") == "invalid_grant: Invalid email or User ID"


def test_a_deleted_person(rehearsal: Rehearsal) -> None:
    calendars = rehearsal.calendar(JANE).calendars()
    calendars.get(calendarId="primary").execute()
    rehearsal.order("delete-user", user=JANE)
    assert _refused(rehearsal, JANE) == "invalid_grant: The account has been deleted"
    with pytest.raises(RefreshError):  # the client's token is refused, and there is no other
        calendars.get(calendarId="primary").execute()


def test_a_person_without_the_service(rehearsal: Rehearsal) -> None:
    pieter = rehearsal.calendar(f"pieter.vos@{DOMAIN}")
    assert refusal(pieter.calendars().get(calendarId="primary")) == (403, "notACalendarUser")
    rehearsal.order("calendar-service", user=f"pieter.vos@{DOMAIN}", on=True)
    assert pieter.calendars().get(calendarId="primary").execute()["id"] == f"pieter.vos@{DOMAIN}"


def test_delegation_is_all_or_nothing(rehearsal: Rehearsal) -> None:
    rehearsal.order("delegate", scopes=["calendar.events.owned"])
    missing = "unauthorized_client: Client is unauthorized"
    assert _refused(rehearsal, BOT, "calendar.events.owned", "calendar.readonly").startswith(missing)
    owned = rehearsal.calendar(BOT, "calendar.events.owned")
    assert refusal(owned.calendars().get(calendarId="primary")) == (403, "insufficientPermissions")
    rehearsal.order("withdraw-delegation")
    assert _refused(rehearsal, BOT, "calendar.events.owned").startswith(missing)


def test_delegation_takes_time_to_spread(rehearsal: Rehearsal) -> None:
    rehearsal.order("withdraw-delegation")
    rehearsal.order("delegate", propagation_seconds=600)
    assert _refused(rehearsal).startswith("unauthorized_client")
    rehearsal.advance(600)
    rehearsal.calendar(BOT).calendars().get(calendarId="primary").execute()


def test_a_rule_of_the_organisation_keeps_one_person_out(rehearsal: Rehearsal) -> None:
    rehearsal.order("restrict-user", user=JANE, scopes=["calendar"])
    assert _refused(rehearsal, JANE) == "access_denied: Account restricted"
    rehearsal.calendar(BOT).calendars().get(calendarId="primary").execute()


def test_in_and_out_of_reach(rehearsal: Rehearsal) -> None:
    rehearsal.order("revoke", mailbox=JANE, propagation_seconds=60)
    rehearsal.calendar(JANE).calendars().get(calendarId="primary").execute()
    rehearsal.advance(60)
    assert _refused(rehearsal, JANE) == "access_denied: Account restricted"
    rehearsal.order("grant", mailbox=JANE)
    rehearsal.calendar(JANE).calendars().get(calendarId="primary").execute()
    rehearsal.order("grant", mailbox=room("tram"))
    assert rehearsal.calendar(BOT).calendars().get(calendarId=room("tram")).execute()
    rehearsal.order("revoke", mailbox=room("tram"))
    assert refusal(rehearsal.calendar(BOT).calendars().get(calendarId=room("tram"))) == (404, "notFound")


def test_an_alias_may_or_may_not_do(rehearsal: Rehearsal) -> None:
    alias = f"jane@{DOMAIN}"
    assert rehearsal.calendar(alias).calendars().get(calendarId="primary").execute()["id"] == JANE
    rehearsal.switch(alias_signs_in=False)
    assert _refused(rehearsal, alias) == "invalid_grant: Invalid email or User ID"


def test_without_a_subject_the_service_account_is_itself(rehearsal: Rehearsal) -> None:
    alone = rehearsal.calendar(None).calendars().get(calendarId="primary").execute()
    assert alone["id"] == rehearsal.endpoints["google_service_account"]


@pytest.mark.parametrize(
    ("claims", "error", "words"),
    [
        ({"exp": timedelta(seconds=7200)}, "invalid_grant", "short-lived token"),
        ({"iat": timedelta(seconds=-9000), "exp": timedelta(seconds=-5400)}, "invalid_grant", "short-lived token"),
        ({"iat": timedelta(seconds=1200), "exp": timedelta(seconds=4000)}, "invalid_grant", "short-lived token"),
        ({"iat": None}, "invalid_grant", "short-lived token"),
        ({"aud": "https://elsewhere.example/token"}, "invalid_grant", "audience"),
        ({"iss": "ghost@roomstead-rehearsal.iam.gserviceaccount.com"}, "invalid_grant", "No valid verifier"),
        ({"scope": None}, "invalid_scope", "Invalid OAuth scope"),
        ({"scope": f"{AUTH}calender"}, "invalid_scope", "Invalid OAuth scope"),
        ({"sub": "uid:12345"}, "invalid_request", "sub"),
    ],
)
def test_flawed_assertions(rehearsal: Rehearsal, claims: dict[str, Any], error: str, words: str) -> None:
    status, found, sentence = _asserted(rehearsal, **claims)
    assert (status, found) == (400, error)
    assert words in sentence


def test_whole_assertions_pass(rehearsal: Rehearsal) -> None:
    assert _asserted(rehearsal)[0] == 200
    assert _asserted(rehearsal, aud=rehearsal.endpoints["google_token_uri"])[0] == 200
    now = int(time.time())
    assert _asserted(rehearsal, iat=now - 299, exp=now + 3600)[0] == 200
    there = int(NOW.timestamp())  # callers may live by the rehearsal's clock
    assert _asserted(rehearsal, iat=there, exp=there + 3600)[0] == 200
    assert "short-lived" in _asserted(rehearsal, iat=there - 4500, exp=there - 900)[2]
    rehearsal.order("login-skew", seconds=4500)
    assert "short-lived" in _asserted(rehearsal)[2]


def test_keys_that_were_deleted_or_never_known(rehearsal: Rehearsal) -> None:
    info = json.loads(rehearsal.endpoints["google_key_json"])
    calendars = rehearsal.calendar(BOT, info=info).calendars()
    rehearsal.order("delete-keys", key_id=info["private_key_id"])
    assert "google_key_json" not in rehearsal.endpoints
    with pytest.raises(RefreshError, match="Invalid JWT Signature"):
        calendars.get(calendarId="primary").execute()
    rehearsal.order("disable-account")
    with pytest.raises(RefreshError, match="No valid verifier"):
        calendars.get(calendarId="primary").execute()


def test_what_is_no_assertion(rehearsal: Rehearsal) -> None:
    assert _token(rehearsal, grant_type=JWT_BEARER, assertion="abc")[:2] == (400, "invalid_grant")
    assert _token(rehearsal, grant_type=JWT_BEARER)[:2] == (400, "invalid_request")
    assert _token(rehearsal, grant_type="password")[:2] == (400, "unsupported_grant_type")
    assert _token(rehearsal)[:2] == (400, "invalid_request")


def test_tokens_end(rehearsal: Rehearsal) -> None:
    credentials = rehearsal.credentials(BOT)
    service = rehearsal.calendar(BOT)
    service.calendars().get(calendarId="primary").execute()
    rehearsal.advance(3600)
    service.calendars().get(calendarId="primary").execute()  # the client signs in again by itself
    assert [line["status"] for line in rehearsal.control.get("requests")][-3:] == [401, 200, 200]
    assert credentials.token is None


def test_a_key_file_of_ones_own(rehearsal: Rehearsal) -> None:
    made = rehearsal.order("create-account", name="second", token_uri=rehearsal.endpoints["google_token_uri"])
    service = rehearsal.calendar(BOT, info=json.loads(made["key_json"]))
    with pytest.raises(RefreshError, match="unauthorized_client"):
        service.calendars().get(calendarId="primary").execute()
    rehearsal.order("delegate", account=made["client_id"], scopes=["calendar"])
    assert service.calendars().get(calendarId="primary").execute()["id"] == BOT


def test_a_service_account_with_an_admin_role(rehearsal: Rehearsal) -> None:
    rehearsal.order("assign-role", to=rehearsal.endpoints["google_service_account"], privileges=["resources"])
    rooms = rehearsal.directory(None).resources().calendars()
    assert len(rooms.list(customer=rehearsal.endpoints["google_customer_id"]).execute()["items"]) == 12
    assert refusal(rooms.list(customer="my_customer")) == (400, "invalid")
    rehearsal.order("assign-role", to=ADMIN, privileges=[])
    assert refusal(rehearsal.directory().resources().calendars().list(customer="my_customer")) == (403, "forbidden")


def test_bad_luck_at_the_token_endpoint(rehearsal: Rehearsal) -> None:
    rehearsal.fault("answer", operation="/token", status=500, code="server_error_of_no_name", count=20)
    assert _refused(rehearsal).startswith("server_error_of_no_name")
    rehearsal.control.delete("faults")
    rehearsal.fault("answer", operation="/token", status=503)
    rehearsal.calendar(BOT).calendars().get(calendarId="primary").execute()  # google-auth tries again by itself
