"""Free and busy times, through Google's own client."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Rehearsal

Build = Callable[..., dict[str, Any]]
BOT, JANE, DANA = "rooms-bot@corp.example", "jane.doe@corp.example", "dana.cole@corp.example"
TULIP, TRAM = "c_1880tulip@resource.calendar.google.com", "c_1880tram@resource.calendar.google.com"
DAY = {"timeMin": "2026-12-01T08:30:00Z", "timeMax": "2026-12-02T00:00:00Z"}


def ask(rehearsal: "Rehearsal", *ids: str, **more: object) -> dict[str, Any]:
    """Busy times of the first of December."""
    body = {**DAY, "items": [{"id": one} for one in ids], **more}
    found: dict[str, Any] = rehearsal.calendar().freebusy().query(body=body).execute()
    return found


def test_a_room_is_busy_when_it_accepted_and_strangers_stay_unknown(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    events.insert(calendarId="primary", body=meeting(TULIP)).execute()
    at_half = {"dateTime": "2026-12-01T10:30:00+01:00"}, {"dateTime": "2026-12-01T11:30:00+01:00"}
    events.insert(calendarId="primary", body=meeting(TULIP, start=at_half[0], end=at_half[1])).execute()
    rehearsal.settle()
    found = ask(rehearsal, TULIP, BOT, DANA, TRAM, "ceo@other.example")
    assert (found["timeMin"], found["timeMax"]) == ("2026-12-01T08:30:00.000Z", "2026-12-02T00:00:00.000Z")
    calendars = found["calendars"]
    assert calendars[TULIP] == {"busy": [{"start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z"}]}
    assert calendars[BOT] == {"busy": [{"start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:30:00Z"}]}
    unknown = {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
    assert [calendars[one] for one in (DANA, TRAM, "ceo@other.example")] == [unknown] * 3


def test_what_is_transparent_declined_or_cancelled_is_free(rehearsal: "Rehearsal", meeting: Build) -> None:
    events, janes = rehearsal.events(), rehearsal.events(JANE)
    events.insert(calendarId="primary", body=meeting(transparency="transparent")).execute()
    made = events.insert(calendarId="primary", body=meeting(JANE)).execute()
    copy = janes.get(calendarId="primary", eventId=made["id"]).execute()
    assert len(ask(rehearsal, JANE)["calendars"][JANE]["busy"]) == 1
    rehearsal.switch(unanswered_shows_busy=False)
    assert ask(rehearsal, JANE)["calendars"][JANE]["busy"] == []
    copy["attendees"][0]["responseStatus"] = "declined"
    janes.patch(calendarId="primary", eventId=made["id"], body={"attendees": copy["attendees"]}).execute()
    events.delete(calendarId="primary", eventId=made["id"]).execute()
    rehearsal.switch(unanswered_shows_busy=True)
    found = ask(rehearsal, JANE, BOT, timeZone="Europe/Lisbon")["calendars"]
    assert (found[JANE]["busy"], found[BOT]["busy"]) == ([], [])


def test_more_than_fifty_calendars_are_too_many(rehearsal: "Rehearsal") -> None:
    many = [f"person{number}@other.example" for number in range(51)]
    errors = {row["errors"][0]["reason"] for row in ask(rehearsal, *many)["calendars"].values()}
    assert errors == {"tooManyCalendarsRequested"}
    rehearsal.switch(too_many_calendars_fail_request=True)
    body = {**DAY, "items": [{"id": one} for one in many]}
    request = rehearsal.calendar().freebusy().query(body=body)
    assert rehearsal.refused(request) == (400, "tooManyCalendarsRequested")


def test_a_query_without_bounds_or_with_wrong_ones_is_refused(rehearsal: "Rehearsal") -> None:
    query = rehearsal.calendar().freebusy().query
    assert rehearsal.refused(query(body={"items": []})) == (400, "required")
    backwards = {"timeMin": DAY["timeMax"], "timeMax": DAY["timeMin"]}
    assert rehearsal.refused(query(body=backwards)) == (400, "timeRangeEmpty")
    assert rehearsal.refused(query(body={**DAY, "timeMax": "2027-06-01T00:00:00Z"})) == (400, "timeRangeTooLong")
    assert rehearsal.refused(query(body={**DAY, "timeMin": "2026-12-01T08:30:00"})) == (400, "invalid")


def test_a_group_is_its_members(rehearsal: "Rehearsal") -> None:
    found = ask(rehearsal, "engineering@corp.example")
    members = found["groups"]["engineering@corp.example"]["calendars"]
    assert members
    assert set(found["calendars"]) == set(members)
    limited = ask(rehearsal, "engineering@corp.example", groupExpansionMax=1)
    assert limited["groups"]["engineering@corp.example"]["errors"][0]["reason"] == "groupTooBig"
