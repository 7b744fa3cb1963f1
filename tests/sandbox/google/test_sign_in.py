"""Signing in with google-auth: for oneself and for others, and every refusal."""

import pytest
from google.auth.exceptions import RefreshError
from googleapiclient.errors import HttpError
from tests.sandbox.google.conftest import BOT, DOMAIN, JANE, Rehearsal, room


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
    with pytest.raises(RefreshError, match=error):
        rehearsal.calendar(subject).calendars().get(calendarId="primary").execute()


def test_calendars_that_are_not_shared_do_not_exist(rehearsal: Rehearsal) -> None:
    calendars = rehearsal.calendar(BOT).calendars()
    assert calendars.get(calendarId=room("tulip")).execute()["autoAcceptInvitations"] is True
    for hidden in (room("sardine"), f"dana.cole@{DOMAIN}", f"nobody@{DOMAIN}"):
        with pytest.raises(HttpError) as refused:
            calendars.get(calendarId=hidden).execute()
        assert refused.value.status_code == 404


def test_a_person_without_the_service(rehearsal: Rehearsal) -> None:
    with pytest.raises(HttpError) as refused:
        rehearsal.calendar(f"pieter.vos@{DOMAIN}").calendars().get(calendarId="primary").execute()
    assert refused.value.error_details[0]["reason"] == "notACalendarUser"
