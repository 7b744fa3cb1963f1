"""Creating events: what is stored, what is answered, what is refused, and what a repeat does."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.microsoft.conftest import Graph, Rehearsal

JANE = "jane.doe@contoso.example"
SERVICE = "rooms@contoso.example"
OAK = "oak@contoso.example"
TAG = "String {66F5A359-4659-4830-9070-00047EC6AC6E} Name BookingId"
INVALID = "ErrorPropertyValidationFailure"
UNREADABLE = "RequestBodyRead"
Build = Callable[..., dict[str, Any]]


def test_a_create_answers_with_everything(graph: "Graph", meeting: Build) -> None:
    body = meeting(
        JANE, OAK, "guest@elsewhere.example",
        body={"contentType": "html", "content": "<p>Organised by <b>Jane&nbsp;Doe</b></p><p>Agenda</p>"},
        location={"displayName": "Oak", "locationEmailAddress": OAK, "locationType": "conferenceRoom"},
        categories=["Room booking"], isReminderOn=False, hideAttendees=False, allowNewTimeProposals=False,
        transactionId="t-1",
    )  # fmt: skip
    answer = graph.post(f"/users/{SERVICE}/events", body)
    assert answer.status_code == 201
    event = answer.json()
    assert event["start"] == {"dateTime": "2026-11-25T10:00:00.0000000", "timeZone": "UTC"}
    assert event["originalStartTimeZone"] == "W. Europe Standard Time"
    assert (event["isOrganizer"], event["type"], event["transactionId"]) == (True, "singleInstance", "t-1")
    assert event["organizer"]["emailAddress"] == {"name": "Room Booking", "address": SERVICE}
    assert event["responseStatus"] == {"response": "organizer", "time": "0001-01-01T00:00:00Z"}
    assert {a["status"]["response"] for a in event["attendees"]} == {"none"}
    assert event["body"]["contentType"] == "html"
    assert event["body"]["content"] != body["body"]["content"]
    assert "<p>Organised by" in event["body"]["content"]
    assert event["bodyPreview"] == "Organised by Jane\xa0Doe\r\nAgenda"
    assert event["location"]["locationType"] == "default"
    assert event["@odata.etag"] == f'W/"{event["changeKey"]}"'
    assert event["isOnlineMeeting"] is False
    assert event["recurrence"] is None
    read = graph.get(f"/users/{SERVICE}/events/{event['id']}").json()
    assert {k: v for k, v in read.items() if k != "@odata.context"} == {
        k: v for k, v in event.items() if k != "@odata.context"
    }


def test_preferences_shape_the_answer(graph: "Graph", meeting: Build) -> None:
    body = meeting(body={"contentType": "html", "content": "<p>a</p><p>b &amp; c</p>"})
    prefer = 'IdType="ImmutableId", outlook.timezone="Tokyo Standard Time", outlook.body-content-type="text"'
    event = graph.post(f"/users/{JANE}/events", body, Prefer=prefer).json()
    assert event["start"] == {"dateTime": "2026-11-25T19:00:00.0000000", "timeZone": "Tokyo Standard Time"}
    assert event["body"] == {"contentType": "text", "content": "a\r\nb & c"}
    plain = graph.get(f"/users/{JANE}/events/{event['id']}").json()
    assert plain["id"] != event["id"]
    assert graph.get(f"/users/{JANE}/events/{plain['id']}", Prefer=prefer).json()["id"] == event["id"]
    refused = graph.get(f"/users/{JANE}/events", Prefer='outlook.timezone="Middle Earth"')
    assert refused.json()["error"]["code"] == "TimeZoneNotSupportedException"


def test_every_path_to_the_calendar_takes_events(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    jane = rehearsal.user(JANE).id
    rehearsal.call(lambda: rehearsal.world.mailboxes.of(jane).add_calendar("Second"))
    default, second = (c["id"] for c in graph.all(f"/users/{JANE}/calendars"))
    for root in ("", "/calendar", f"/calendars/{default}", f"/calendars/{second}"):
        assert graph.post(f"/users/{JANE}{root}/events", meeting(subject=root or "default")).status_code == 201
    assert [e["subject"] for e in graph.all(f"/users/{JANE}/calendars/{second}/events")] == [f"/calendars/{second}"]
    everything = {e["subject"] for e in graph.all(f"/users/{JANE}/events")}
    assert f"/calendars/{second}" in everything
    assert f"/calendars/{second}" not in {e["subject"] for e in graph.all(f"/users/{JANE}/calendar/events")}


def test_the_owner_is_the_organiser_whatever_is_sent(graph: "Graph", meeting: Build) -> None:
    body = meeting(OAK, organizer={"emailAddress": {"address": JANE, "name": "Jane"}}, isOrganizer=False, id="x")
    event = graph.post(f"/users/{SERVICE}/events", body).json()
    assert event["organizer"]["emailAddress"]["address"] == SERVICE
    assert event["isOrganizer"] is True


def test_a_repeat_is_the_same_event_and_mails_nobody(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    body = meeting(JANE, OAK, transactionId="t-1")
    first = graph.post(f"/users/{SERVICE}/events", body)
    sent = len(rehearsal.control.get("mail"))
    again = graph.post(f"/users/{SERVICE}/events", json.loads(json.dumps(body)))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert len(rehearsal.control.get("mail")) == sent
    elsewhere = graph.post(f"/users/{JANE}/events", body)
    assert elsewhere.status_code == 201
    assert elsewhere.json()["iCalUId"] != first.json()["iCalUId"]


@pytest.mark.parametrize(
    ("switches", "status", "named"),
    [
        ({}, 400, True),
        ({"duplicate_transaction_conflicts": True}, 409, True),
        ({"duplicate_transaction_names_event": False}, 400, False),
    ],
)
def test_a_transaction_with_other_content_is_refused(
    rehearsal: "Rehearsal", graph: "Graph", meeting: Build, *, switches: dict[str, bool], status: int, named: bool
) -> None:
    rehearsal.switch(**switches)
    first = graph.post(f"/users/{SERVICE}/events", meeting(transactionId="t-1")).json()
    refused = graph.post(f"/users/{SERVICE}/events", meeting(transactionId="t-1", subject="Other"))
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (status, "ErrorDuplicateTransactionId")
    assert error.get("@event.existingEventId") == (first["id"] if named else None)


def test_a_transaction_outlives_its_event_or_not(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    body = meeting(transactionId="t-1")
    first = graph.post(f"/users/{SERVICE}/events", body).json()
    graph.delete(f"/users/{SERVICE}/events/{first['id']}")
    assert graph.post(f"/users/{SERVICE}/events", body).status_code == 400
    rehearsal.switch(transaction_reusable_after_delete=True)
    other = meeting(transactionId="t-2")
    second = graph.post(f"/users/{SERVICE}/events", other).json()
    graph.delete(f"/users/{SERVICE}/events/{second['id']}")
    third = graph.post(f"/users/{SERVICE}/events", other)
    assert third.status_code == 201
    assert third.json()["id"] != second["id"]


def test_extended_properties_are_kept_and_shown_on_request_only(graph: "Graph", meeting: Build) -> None:
    body = meeting(singleValueExtendedProperties=[{"id": TAG, "value": "bk_01"}])
    event = graph.post(f"/users/{SERVICE}/events", body).json()
    graph.post(f"/users/{SERVICE}/events", meeting(singleValueExtendedProperties=[{"id": TAG, "value": "bk_02"}]))
    assert "singleValueExtendedProperties" not in event
    query = (
        f"$filter=singleValueExtendedProperties/Any(ep: ep/id eq '{TAG}' and ep/value eq 'BK_01')"
        f"&$expand=singleValueExtendedProperties($filter=id eq '{TAG}')"
    )
    found = graph.all(f"/users/{SERVICE}/events?{query}")
    assert [e["id"] for e in found] == [event["id"]]
    kept = found[0]["singleValueExtendedProperties"]
    assert kept == [{"id": "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name BookingId", "value": "bk_01"}]
    named_otherwise = query.replace("BookingId' and", "bookingid' and")
    assert graph.all(f"/users/{SERVICE}/events?{named_otherwise}") == []
    single = f"/users/{SERVICE}/events/{event['id']}?$expand=singleValueExtendedProperties($filter=id eq 'String 0x1')"
    assert "singleValueExtendedProperties" not in graph.get(single).json()


def test_tags_are_not_copied_to_the_room(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    body = meeting(OAK, singleValueExtendedProperties=[{"id": TAG, "value": "bk_01"}], transactionId="t-1")
    event = graph.post(f"/users/{SERVICE}/events", body).json()
    rehearsal.advance(10)
    copy = graph.all(f"/users/{OAK}/events?$filter=iCalUId eq '{event['iCalUId']}'")
    assert len(copy) == 1
    assert (copy[0]["transactionId"], copy[0]["isOrganizer"]) == (None, False)
    assert copy[0]["id"] != event["id"]
    tagged = f"$filter=singleValueExtendedProperties/any(ep: ep/id eq '{TAG}' and ep/value eq 'bk_01')"
    assert graph.all(f"/users/{OAK}/events?{tagged}") == []


@pytest.mark.parametrize(
    ("provider", "licensed", "joined"),
    [("teamsForBusiness", True, True), ("teamsForBusiness", False, False), ("skypeForConsumer", True, False)],
)
def test_an_online_meeting_may_silently_not_be_made(
    rehearsal: "Rehearsal", graph: "Graph", meeting: Build, *, provider: str, licensed: bool, joined: bool
) -> None:
    rehearsal.control.patch(f"users/{SERVICE}", {"teams_licensed": licensed})
    answer = graph.post(f"/users/{SERVICE}/events", meeting(isOnlineMeeting=True, onlineMeetingProvider=provider))
    event = answer.json()
    assert answer.status_code == 201
    assert event["isOnlineMeeting"] is joined
    assert event["onlineMeetingProvider"] == ("teamsForBusiness" if joined else "unknown")
    assert (event["onlineMeeting"] is not None) is joined


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"start": None}, INVALID),
        ({"end": {"dateTime": "2026-11-25T10:59:00", "timeZone": "W. Europe Standard Time"}}, INVALID),
        ({"start": {"dateTime": "tomorrow", "timeZone": "UTC"}}, INVALID),
        ({"start": {"dateTime": "9999-12-31T23:59:59", "timeZone": "Pacific/Honolulu"}}, INVALID),
        ({"start": {"dateTime": "2026-11-25T09:00:00", "timeZone": "Europe/Vaduz"}}, "TimeZoneNotSupportedException"),
        ({"start": {"dateTime": "2026-11-25T09:00:00", "timeZone": "Africa/Casablanca"}}, INVALID),
        ({"start": {"timeZone": "UTC"}}, UNREADABLE),
        ({"isAllDay": True}, INVALID),
        ({"nonsense": 1}, UNREADABLE),
        ({"subject": 7}, UNREADABLE),
        ({"showAs": "sleepy"}, UNREADABLE),
        ({"sensitivity": "top secret"}, UNREADABLE),
        ({"isReminderOn": "yes"}, UNREADABLE),
        ({"body": {"contentType": "rtf", "content": ""}}, UNREADABLE),
        ({"attendees": [{"type": "required"}]}, "ErrorInvalidRecipients"),
        ({"attendees": [{"type": "vip", "emailAddress": {"address": "a@b.example"}}]}, UNREADABLE),
        ({"attendees": {"a": 1}}, UNREADABLE),
        ({"singleValueExtendedProperties": [{"id": "Nonsense", "value": "x"}]}, "ErrorInvalidExtendedProperty"),
        ({"recurrence": {"pattern": {}}}, INVALID),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_is_made(
    graph: "Graph", meeting: Build, change: dict[str, Any], code: str
) -> None:
    before = graph.all(f"/users/{SERVICE}/events")
    refused = graph.post(f"/users/{SERVICE}/events", {**meeting(), **change})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, code)
    assert graph.all(f"/users/{SERVICE}/events") == before


def test_bodies_that_are_not_json_or_too_large(graph: "Graph") -> None:
    url = f"{graph.base}/users/{SERVICE}/events"
    for content in (b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000):
        refused = graph.http.post(url, content=content, headers=graph.headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "RequestBodyRead")
    large = graph.http.post(url, content=b" " * (4 * 1024 * 1024 + 1), headers=graph.headers)
    assert large.status_code == 413


def test_five_hundred_attendees_and_no_more(graph: "Graph", meeting: Build) -> None:
    many = [f"p{number}@elsewhere.example" for number in range(501)]
    assert graph.post(f"/users/{SERVICE}/events", meeting(*many)).status_code == 400
    made = graph.post(f"/users/{SERVICE}/events", meeting(*many[:500]))
    assert made.status_code == 201
    assert len(made.json()["attendees"]) == 500


def test_odd_texts_come_back_as_they_went(graph: "Graph", meeting: Build) -> None:
    subject = "Tab\there \u202eright to left\u202c \U0001f3e2 <b>&amp;</b> 'quoted'"
    event = graph.post(f"/users/{SERVICE}/events", meeting(subject=subject)).json()
    assert event["subject"] == subject
    url = f"{graph.base}/users/{SERVICE}/events"
    half = json.dumps(meeting(subject="half \ud83c")).encode()
    assert graph.http.post(url, content=half, headers=graph.headers).json()["subject"] == "half \ud83c"


def test_all_day_events_are_midnights_of_their_zone(graph: "Graph", meeting: Build) -> None:
    zone = "W. Europe Standard Time"
    body = meeting(
        isAllDay=True,
        start={"dateTime": "2026-11-25T00:00:00", "timeZone": zone},
        end={"dateTime": "2026-11-26T00:00:00", "timeZone": zone},
    )
    event = graph.post(f"/users/{JANE}/events", body).json()
    assert (event["isAllDay"], event["start"]["dateTime"]) == (True, "2026-11-24T23:00:00.0000000")
    local = graph.get(f"/users/{JANE}/events/{event['id']}", Prefer=f'outlook.timezone="{zone}"').json()
    assert local["start"]["dateTime"] == "2026-11-25T00:00:00.0000000"


def test_two_overlapping_events_of_ones_own_are_fine(graph: "Graph", meeting: Build) -> None:
    made = [graph.post(f"/users/{SERVICE}/events", meeting(showAs="free", transactionId=t)) for t in "ab"]
    assert [answer.status_code for answer in made] == [201, 201]
    gone = [graph.delete(f"/users/{SERVICE}/events/{answer.json()['id']}") for answer in made]
    assert [answer.status_code for answer in gone] == [204, 204]


def test_a_zone_refused_on_order(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    rehearsal.fault("zone_refused", mailbox=SERVICE)
    refused = graph.post(f"/users/{SERVICE}/events", meeting())
    assert refused.json()["error"]["code"] == "TimeZoneNotSupportedException"
    assert graph.post(f"/users/{SERVICE}/events", meeting()).status_code == 201
