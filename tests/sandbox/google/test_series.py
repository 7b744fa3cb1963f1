"""Series: occurrences, exceptions, splits, and what rooms make of them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Rehearsal

Build = Callable[..., dict[str, Any]]
Json = dict[str, Any]
BOT, JANE, MARCUS = "rooms-bot@corp.example", "jane.doe@corp.example", "marcus.lee@corp.example"
CANAL = "c_1880canal@resource.calendar.google.com"
DAILY = {"recurrence": ["RRULE:FREQ=DAILY;COUNT=4"]}


def answers(event: Json) -> dict[str, str]:
    """Who answered what."""
    return {attendee["email"]: attendee["responseStatus"] for attendee in event["attendees"]}


def starts(events: list[Json]) -> list[str]:
    """When events start, or would have."""
    return [(event.get("start") or event["originalStartTime"])["dateTime"] for event in events]


def test_occurrences_are_named_after_their_original_start(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting(**DAILY)).execute()
    assert made["recurrence"] == DAILY["recurrence"]
    found = events.instances(calendarId="primary", eventId=made["id"]).execute()["items"]
    assert [item["id"] for item in found] == [f"{made['id']}_2026120{day}T090000Z" for day in (1, 2, 3, 4)]
    assert {item["recurringEventId"] for item in found} == {made["id"]}
    assert {item["iCalUID"] for item in found} == {made["iCalUID"]}
    assert "recurrence" not in found[0]
    one = events.get(calendarId="primary", eventId=found[1]["id"]).execute()
    assert one["originalStartTime"] == {"dateTime": "2026-12-02T10:00:00+01:00", "timeZone": "Europe/Amsterdam"}
    within = events.instances(
        calendarId="primary", eventId=made["id"], timeMin="2026-12-02T00:00:00Z", timeMax="2026-12-03T00:00:00Z"
    ).execute()
    assert [item["id"] for item in within["items"]] == [found[1]["id"]]
    named = events.instances(
        calendarId="primary", eventId=made["id"], originalStart="2026-12-03T10:00:00+01:00"
    ).execute()
    assert [item["id"] for item in named["items"]] == [found[2]["id"]]
    pages = events.instances(calendarId="primary", eventId=made["id"], maxResults=3).execute()
    rest = events.instances(calendarId="primary", eventId=made["id"], pageToken=pages["nextPageToken"]).execute()
    assert (len(pages["items"]), len(rest["items"])) == (3, 1)


def test_a_series_of_whole_days_names_its_days(rehearsal: "Rehearsal", meeting: Build) -> None:
    body = meeting(start={"date": "2026-12-01"}, end={"date": "2026-12-02"}, **DAILY)
    made = rehearsal.events().insert(calendarId="primary", body=body).execute()
    found = rehearsal.events().instances(calendarId="primary", eventId=made["id"]).execute()["items"]
    assert found[1]["id"] == f"{made['id']}_20261202"
    one = rehearsal.events().get(calendarId="primary", eventId=found[1]["id"]).execute()
    assert (one["start"], one["originalStartTime"]) == ({"date": "2026-12-02"}, {"date": "2026-12-02"})


def test_a_series_keeps_its_hour_across_a_clock_change(rehearsal: "Rehearsal", meeting: Build) -> None:
    weekly = meeting(recurrence=["RRULE:FREQ=WEEKLY;UNTIL=20270404T220000Z;BYDAY=TU"])
    made = rehearsal.events().insert(calendarId="primary", body=weekly).execute()
    found = rehearsal.events().instances(calendarId="primary", eventId=made["id"]).execute()["items"]
    assert found[-1]["start"]["dateTime"] == "2027-03-30T10:00:00+02:00"
    assert found[-1]["id"].endswith("_20270330T080000Z")


def test_lines_are_taken_and_given_back_as_they_are(rehearsal: "Rehearsal", meeting: Build) -> None:
    lines = [
        "RRULE:FREQ=MONTHLY;BYDAY=1TU,3TH;COUNT=5",
        "EXDATE;TZID=Europe/Amsterdam:20261217T100000",
        "RDATE;TZID=Europe/Amsterdam:20261220T100000",
    ]
    made = rehearsal.events().insert(calendarId="primary", body=meeting(recurrence=lines)).execute()
    assert made["recurrence"] == lines
    found = rehearsal.events().instances(calendarId="primary", eventId=made["id"]).execute()["items"]
    assert [start[:10] for start in starts(found)] == [
        "2026-12-01", "2026-12-20", "2027-01-05", "2027-01-21", "2027-02-02",
    ]  # fmt: skip


def test_an_occurrence_is_moved_for_everybody(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting(JANE, CANAL, **DAILY)).execute()
    rehearsal.settle()
    one = events.instances(calendarId="primary", eventId=made["id"]).execute()["items"][1]
    assert answers(one)[CANAL] == "accepted"
    later = {
        "start": {"dateTime": "2026-12-02T14:00:00", "timeZone": "Europe/Amsterdam"},
        "end": {"dateTime": "2026-12-02T15:00:00", "timeZone": "Europe/Amsterdam"},
    }
    events.patch(calendarId="primary", eventId=one["id"], body=later).execute()
    rehearsal.settle()
    for who, calendar in ((JANE, "primary"), (BOT, CANAL)):
        seen = rehearsal.events(who).get(calendarId=calendar, eventId=one["id"]).execute()
        assert seen["start"]["dateTime"] == "2026-12-02T14:00:00+01:00"
        assert seen["originalStartTime"]["dateTime"] == "2026-12-02T10:00:00+01:00"
        assert answers(seen)[CANAL] == "accepted"
    found = rehearsal.events(JANE).list(calendarId="primary", iCalUID=made["iCalUID"]).execute()["items"]
    assert sorted(item["id"] for item in found) == [made["id"], one["id"]]


def test_a_cancelled_occurrence_is_told_with_its_series(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting(JANE, CANAL, **DAILY)).execute()
    rehearsal.settle()
    one = f"{made['id']}_20261202T090000Z"
    events.delete(calendarId="primary", eventId=one).execute()
    assert rehearsal.refused(events.delete(calendarId="primary", eventId=one)) == (410, "deleted")
    plain = rehearsal.events(JANE).list(calendarId="primary", iCalUID=made["iCalUID"]).execute()["items"]
    gap = next(item for item in plain if item["id"] == one)
    assert {"kind", "etag", "id", "status", "recurringEventId", "originalStartTime"} == set(gap)
    single = events.list(calendarId="primary", iCalUID=made["iCalUID"], singleEvents=True).execute()["items"]
    assert one not in [item["id"] for item in single]
    shown = events.list(
        calendarId="primary", iCalUID=made["iCalUID"], singleEvents=True, showDeleted=True
    ).execute()["items"]  # fmt: skip
    assert {item["id"]: item["status"] for item in shown}[one] == "cancelled"
    assert "summary" in next(item for item in shown if item["id"] == one)  # the organiser's own calendar keeps details
    busy = {"timeMin": "2026-12-02T08:30:00Z", "timeMax": "2026-12-02T12:00:00Z", "items": [{"id": CANAL}]}
    found = rehearsal.calendar().freebusy().query(body=busy).execute()
    assert found["calendars"][CANAL]["busy"] == []


def test_words_of_a_series_reach_the_exceptions_that_had_the_same(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting(JANE, **DAILY)).execute()
    second, third = (f"{made['id']}_2026120{day}T090000Z" for day in (2, 3))
    events.patch(calendarId="primary", eventId=second, body={"location": "Canal"}).execute()
    events.patch(calendarId="primary", eventId=third, body={"summary": "Its own name"}).execute()
    events.patch(calendarId="primary", eventId=made["id"], body={"summary": "New name"}).execute()
    names = {one: rehearsal.events(JANE).get(calendarId="primary", eventId=one).execute() for one in (second, third)}
    assert [names[second]["summary"], names[second]["location"]] == ["New name", "Canal"]
    assert names[third]["summary"] == "Its own name"


def test_this_and_following_is_an_end_and_a_new_series(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting(CANAL, **DAILY)).execute()
    rehearsal.settle()
    first = f"{made['id']}_20261201T090000Z"
    events.patch(calendarId="primary", eventId=first, body={"summary": "Kept"}).execute()
    token = events.list(calendarId=CANAL, singleEvents=True).execute()["nextSyncToken"]
    until = {"recurrence": ["RRULE:FREQ=DAILY;UNTIL=20261202T235959Z"]}
    events.patch(calendarId="primary", eventId=made["id"], body=until).execute()
    rehearsal.settle()
    left = events.instances(calendarId="primary", eventId=made["id"]).execute()["items"]
    assert [item["summary"] for item in left] == ["Kept", "Design review"]
    changes = events.list(calendarId=CANAL, singleEvents=True, syncToken=token).execute()["items"]
    told = {item["id"]: item["status"] for item in changes if item.get("recurringEventId") == made["id"]}
    assert told == {
        f"{made['id']}_2026120{day}T090000Z": status
        for day, status in ((1, "confirmed"), (2, "confirmed"), (3, "cancelled"), (4, "cancelled"))
    }


def test_a_guest_of_one_occurrence_has_that_one_only(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting(JANE, **DAILY)).execute()
    one = f"{made['id']}_20261202T090000Z"
    guests = {"attendees": [{"email": JANE}, {"email": MARCUS}]}
    events.patch(calendarId="primary", eventId=one, body=guests).execute()
    theirs = rehearsal.events(MARCUS).list(calendarId="primary", iCalUID=made["iCalUID"]).execute()["items"]
    assert [(item["id"], item["recurringEventId"]) for item in theirs] == [(one, made["id"])]
    body = {"attendees": [{"email": JANE}, {"email": MARCUS, "responseStatus": "accepted"}]}
    rehearsal.events(MARCUS).patch(calendarId="primary", eventId=one, body=body).execute()
    assert answers(events.get(calendarId="primary", eventId=one).execute())[MARCUS] == "accepted"
    assert MARCUS not in answers(events.get(calendarId="primary", eventId=made["id"]).execute())
    events.patch(calendarId="primary", eventId=made["id"], body=guests).execute()
    found = rehearsal.events(MARCUS).list(calendarId="primary", iCalUID=made["iCalUID"], singleEvents=True).execute()
    assert len(found["items"]) == 4


def test_answers_to_a_series_hold_for_its_exceptions(rehearsal: "Rehearsal", meeting: Build) -> None:
    events, janes = rehearsal.events(), rehearsal.events(JANE)
    made = events.insert(calendarId="primary", body=meeting(JANE, **DAILY)).execute()
    second, third = (f"{made['id']}_2026120{day}T090000Z" for day in (2, 3))
    events.patch(calendarId="primary", eventId=second, body={"location": "Canal"}).execute()
    declined = {"attendees": [{"email": JANE, "responseStatus": "declined"}]}
    janes.patch(calendarId="primary", eventId=third, body=declined).execute()
    accepted = {"attendees": [{"email": JANE, "responseStatus": "accepted"}]}
    janes.patch(calendarId="primary", eventId=made["id"], body=accepted).execute()
    told = [answers(events.get(calendarId="primary", eventId=one).execute())[JANE] for one in (second, third)]
    assert told == ["accepted", "declined"]


@pytest.mark.parametrize(("taken", "answer"), [(1, "accepted"), (3, "declined")])
def test_a_room_takes_a_series_if_it_is_free_for_half_of_it(
    rehearsal: "Rehearsal", meeting: Build, taken: int, answer: str
) -> None:
    first = meeting(CANAL, recurrence=[f"RRULE:FREQ=DAILY;COUNT={taken}"])
    rehearsal.events(JANE).insert(calendarId="primary", body=first).execute()
    rehearsal.settle()
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting(CANAL, **DAILY)).execute()
    rehearsal.settle()
    assert answers(events.get(calendarId="primary", eventId=made["id"]).execute()) == {CANAL: answer}
    found = events.instances(calendarId="primary", eventId=made["id"]).execute()["items"]
    expected = ["declined"] * taken + ["accepted"] * (4 - taken) if answer == "accepted" else ["declined"] * 4
    assert [answers(item)[CANAL] for item in found] == expected


def test_a_deleted_series_is_gone_for_all(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting(JANE, CANAL, **DAILY)).execute()
    rehearsal.settle()
    one = f"{made['id']}_20261202T090000Z"
    events.patch(calendarId="primary", eventId=one, body={"location": "Canal"}).execute()
    events.delete(calendarId="primary", eventId=made["id"]).execute()
    for who in (BOT, JANE):
        assert rehearsal.events(who).list(calendarId="primary", iCalUID=made["iCalUID"]).execute()["items"] == []
        seen = rehearsal.events(who).get(calendarId="primary", eventId=one).execute()
        assert seen["status"] == "cancelled"
    assert rehearsal.refused(events.delete(calendarId="primary", eventId=made["id"])) == (410, "deleted")


def test_a_more_secret_occurrence_takes_its_series_along(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting(**DAILY)).execute()
    second, third = (f"{made['id']}_2026120{day}T090000Z" for day in (2, 3))
    events.patch(calendarId="primary", eventId=second, body={"visibility": "private"}).execute()
    assert events.get(calendarId="primary", eventId=made["id"]).execute()["visibility"] == "private"
    opened = events.patch(calendarId="primary", eventId=third, body={"visibility": "default"}).execute()
    assert opened["visibility"] == "private"
