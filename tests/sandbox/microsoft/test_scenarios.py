"""Stories of a day in the tenant that a booking service must live through, told against the sandbox alone."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.microsoft.conftest import Graph, Rehearsal

JANE = "jane.doe@contoso.example"
PRIYA = "priya.shah@contoso.example"
SERVICE = "rooms@contoso.example"
OAK = "oak@contoso.example"
EVENTS = f"/users/{SERVICE}/events"
DAY = "startDateTime=2026-11-25T00:00:00Z&endDateTime=2026-11-26T00:00:00Z"
Build = Callable[..., dict[str, Any]]


def room(name: str) -> dict[str, Any]:
    return {"type": "resource", "emailAddress": {"address": f"{name}@contoso.example", "name": name}}


def answer_of(graph: "Graph", event: dict[str, Any], address: str) -> str:
    read = graph.get(f"{EVENTS}/{event['id']}").json()
    found: str = next(a["status"]["response"] for a in read["attendees"] if a["emailAddress"]["address"] == address)
    return found


def test_a_race_for_one_slot_has_one_winner(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    first, second = (graph.post(EVENTS, meeting(OAK, subject=name)) for name in ("first", "second"))
    assert (first.status_code, second.status_code) == (201, 201)
    rehearsal.advance(10)
    assert answer_of(graph, first.json(), OAK) == "accepted"
    assert answer_of(graph, second.json(), OAK) == "declined"
    shown = [e["iCalUId"] for e in graph.all(f"/users/{OAK}/calendarView?{DAY}") if not e["isCancelled"]]
    assert first.json()["iCalUId"] in shown
    assert second.json()["iCalUId"] not in shown


@pytest.mark.parametrize(
    ("name", "times", "answer"),
    [
        ("granite", ("2026-11-25T10:00:00", "2026-11-25T12:30:00"), "declined"),  # longer than two hours
        ("marble", ("2026-11-25T22:00:00", "2026-11-25T23:00:00"), "declined"),  # after its working hours
        ("larch", ("2027-11-25T10:00:00", "2027-11-25T11:00:00"), "declined"),  # beyond its window
        ("sequoia", ("2026-11-25T10:00:00", "2026-11-25T11:00:00"), "declined"),  # for named people only
        ("boardroom", ("2026-11-25T10:00:00", "2026-11-25T11:00:00"), "tentativelyAccepted"),  # asks its delegate
        ("chestnut", ("2026-11-25T10:00:00", "2026-11-25T11:00:00"), "none"),  # never answers
        ("cedar", ("2026-11-25T10:00:00", "2026-11-25T11:00:00"), "accepted"),
    ],
)
def test_rooms_have_rules(
    rehearsal: "Rehearsal", graph: "Graph", meeting: Build, name: str, times: tuple[str, str], answer: str
) -> None:
    body = meeting(
        attendees=[room(name)],
        start={"dateTime": times[0], "timeZone": "UTC"},
        end={"dateTime": times[1], "timeZone": "UTC"},
    )
    event = graph.post(EVENTS, body).json()
    rehearsal.advance(600)
    assert answer_of(graph, event, f"{name}@contoso.example") == answer


def test_a_delegate_decides_later(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    event = graph.post(EVENTS, meeting(attendees=[room("boardroom")])).json()
    rehearsal.advance(10)
    rehearsal.control.post("rooms/boardroom@contoso.example/settle", {"uid": event["iCalUId"], "answer": "accepted"})
    rehearsal.advance(10)
    assert answer_of(graph, event, "boardroom@contoso.example") == "accepted"


def test_a_booking_through_the_service_account(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    refused = graph.post(f"/users/{PRIYA}/events", meeting(OAK))
    assert refused.json()["error"]["code"] == "ErrorAccessDenied"
    event = graph.post(EVENTS, meeting(PRIYA, OAK, body={"contentType": "text", "content": "Organised by Priya"}))
    rehearsal.advance(10)
    assert event.json()["organizer"]["emailAddress"]["address"] == SERVICE
    mail = rehearsal.control.get("mail", kind="request", sender=SERVICE)
    assert [message["recipients"] for message in mail] == [[PRIYA, OAK]]
    rehearsal.control.post("act/respond", {"who": PRIYA, "meeting": event.json()["iCalUId"], "answer": "tentative"})
    rehearsal.advance(10)
    assert answer_of(graph, event.json(), PRIYA) == "tentativelyAccepted"


def test_what_the_organiser_does_in_outlook_shows(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    event = graph.post(f"/users/{JANE}/events", meeting(OAK, subject="Design")).json()
    rehearsal.advance(10)
    act = {"who": JANE, "meeting": event["iCalUId"]}
    rehearsal.control.post("act/swap-room", {**act, "new": "ash@contoso.example"})
    rehearsal.advance(10)
    read = graph.get(f"/users/{JANE}/events/{event['id']}").json()
    rooms = {a["emailAddress"]["address"]: a["status"]["response"] for a in read["attendees"]}
    assert rooms == {"ash@contoso.example": "accepted"}
    rehearsal.control.post("act/cancel", {**act, "comment": "off"})
    rehearsal.advance(10)
    assert graph.get(f"/users/{JANE}/events/{event['id']}").status_code == 404


def test_a_room_administrator_declines_late(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    event = graph.post(EVENTS, meeting(OAK)).json()
    rehearsal.advance(10)
    copy = graph.all(f"/users/{OAK}/events?$filter=iCalUId eq '{event['iCalUId']}'")[0]
    assert graph.post(f"/users/{OAK}/events/{copy['id']}/decline", {"comment": "Broken"}).status_code == 202
    rehearsal.advance(10)
    assert answer_of(graph, event, OAK) == "declined"


def test_somebody_elses_meeting_is_seen_and_its_organiser_is_not(graph: "Graph") -> None:
    window = "startDateTime=2026-11-24T00:00:00Z&endDateTime=2026-11-25T00:00:00Z"
    shown = graph.all(f"/users/sequoia@contoso.example/calendarView?{window}")
    assert [e["organizer"]["emailAddress"]["address"] for e in shown] == [PRIYA]
    assert shown[0]["subject"].strip() == "Priya Shah"
    refused = graph.get(f"/users/{PRIYA}/events?$filter=iCalUId eq '{shown[0]['iCalUId']}'")
    assert refused.status_code == 403


def test_a_series_with_one_occurrence_taken(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    allowed = {"maximum_conflict_instances": 1, "conflict_percentage_allowed": 50}
    rehearsal.control.patch("rooms/elm@contoso.example", {"processing": allowed})
    taken = {
        "start": {"dateTime": "2027-01-11T10:00:00", "timeZone": "UTC"},
        "end": {"dateTime": "2027-01-11T11:00:00", "timeZone": "UTC"},
    }
    graph.post(EVENTS, meeting(attendees=[room("elm")], **taken))
    rehearsal.advance(10)
    body = meeting(
        attendees=[room("elm")],
        start={"dateTime": "2027-01-04T10:00:00", "timeZone": "UTC"},
        end={"dateTime": "2027-01-04T11:00:00", "timeZone": "UTC"},
        recurrence={
            "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]},
            "range": {"type": "numbered", "startDate": "2027-01-04", "numberOfOccurrences": 4},
        },
    )
    series = graph.post(EVENTS, body).json()
    rehearsal.advance(20)
    assert answer_of(graph, series, "elm@contoso.example") == "accepted"
    window = "startDateTime=2027-01-01T00:00:00Z&endDateTime=2027-02-01T00:00:00Z"
    instances = graph.all(f"{EVENTS}/{series['id']}/instances?{window}")
    answers = [instance["attendees"][0]["status"]["response"] for instance in instances]
    assert [instance["type"] for instance in instances] == ["occurrence", "exception", "occurrence", "occurrence"]
    assert answers == ["accepted", "declined", "accepted", "accepted"]


def test_thirty_mails_a_minute(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    events = [
        graph.post(EVENTS, meeting(attendees=[room(name)])).json()
        for name in ("oak", "elm", "larch", "willow", "ash", "birch", "maple", "cedar", "rowan", "hazel", "alder")
        for _ in range(3)
    ]
    rehearsal.advance(30)
    asked = [sum(a["status"]["response"] != "none" for a in read(graph, e)["attendees"]) for e in events]
    assert sum(asked) == 30
    rehearsal.advance(60)
    asked = [sum(a["status"]["response"] != "none" for a in read(graph, e)["attendees"]) for e in events]
    assert sum(asked) == 33


def read(graph: "Graph", event: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = graph.get(f"{EVENTS}/{event['id']}").json()
    return found


def test_the_days_recipients_run_out_and_writes_still_succeed(
    rehearsal: "Rehearsal", graph: "Graph", meeting: Build
) -> None:
    many = [f"p{number}@elsewhere.example" for number in range(500)]
    for _ in range(20):
        assert graph.post(EVENTS, meeting(*many)).status_code == 201
    last = graph.post(EVENTS, meeting(OAK))
    assert last.status_code == 201
    assert rehearsal.control.get("mail")[-1]["bounced"] is True
    rehearsal.advance(600)
    assert answer_of(graph, last.json(), OAK) == "none"


def test_the_service_account_disappears(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    event = graph.post(EVENTS, meeting(OAK)).json()
    rehearsal.control.patch(f"users/{SERVICE}", {"mailbox": "softdeleted"})
    for answer in (graph.post(EVENTS, meeting()), graph.get(f"{EVENTS}/{event['id']}")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "MailboxNotEnabledForRESTAPI")


def test_the_secret_runs_out_in_the_middle_of_the_day(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.order("expire-secrets")
    assert graph.get(f"/users/{OAK}/calendar").status_code == 200
    rehearsal.advance(3600)
    assert graph.get(f"/users/{OAK}/calendar").status_code == 401
    assert rehearsal.token().json()["error_codes"] == [7000222]


def test_nothing_echoes_without_a_change(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    event = graph.post(EVENTS, meeting(OAK)).json()
    rehearsal.advance(600)
    settled = read(graph, event)
    rehearsal.advance(2900)
    assert read(graph, event) == settled
