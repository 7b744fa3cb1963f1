"""Lists and views: windows, series, filters, orders, pages."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.microsoft.conftest import Graph, Rehearsal

JANE = "jane.doe@contoso.example"
TOM = "tom.baker@contoso.example"
SERVICE = "rooms@contoso.example"
OAK = "oak@contoso.example"
EVENTS = f"/users/{SERVICE}/events"
Build = Callable[..., dict[str, Any]]


def hour(day: int, hour_: int, minute: int = 0) -> dict[str, str]:
    return {"dateTime": f"2027-01-{day:02}T{hour_:02}:{minute:02}:00", "timeZone": "UTC"}


def view(start: str, end: str, more: str = "") -> str:
    return f"/users/{SERVICE}/calendarView?startDateTime={start}&endDateTime={end}{more}"


@pytest.fixture
def week(graph: "Graph", meeting: Build) -> list[str]:
    """Five events of the service account on five days of January, nine to ten."""
    return [
        graph.post(EVENTS, meeting(subject=f"Day {day}", start=hour(day, 9), end=hour(day, 10))).json()["id"]
        for day in range(4, 9)
    ]


def test_a_view_holds_what_overlaps(graph: "Graph", week: list[str]) -> None:
    cases = {
        ("2027-01-04T00:00:00Z", "2027-01-09T00:00:00Z"): 5,
        ("2027-01-04T10:00:00Z", "2027-01-05T09:00:00Z"): 0,
        ("2027-01-04T09:59:59Z", "2027-01-05T09:00:01Z"): 2,
        ("2027-01-04T09:15:00Z", "2027-01-04T09:30:00Z"): 1,
        ("2027-01-04T10:15:00%2B01:00", "2027-01-04T10:30:00%2B01:00"): 1,
        ("2027-01-04T10:15:00", "2027-01-04T10:30:00"): 0,
    }
    for (start, end), count in cases.items():
        assert len(graph.all(view(start, end))) == count, (start, end)
    assert len(week) == 5


@pytest.mark.parametrize(
    "query",
    ["", "?startDateTime=2027-01-01T00:00:00Z", "?startDateTime=x&endDateTime=y",
     "?startDateTime=2027-01-02T00:00:00Z&endDateTime=2027-01-01T00:00:00Z",
     "?startDateTime=2020-01-01T00:00:00Z&endDateTime=2027-01-01T00:00:00Z"],
)  # fmt: skip
def test_a_window_must_make_sense(graph: "Graph", query: str) -> None:
    refused = graph.get(f"/users/{SERVICE}/calendarView{query}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "ErrorInvalidParameter")


def test_pages_are_ten_unless_asked(graph: "Graph", meeting: Build) -> None:
    for minute in range(23):
        graph.post(EVENTS, meeting(start=hour(4, 9, minute), end=hour(4, 10)))
    window = view("2027-01-04T00:00:00Z", "2027-01-05T00:00:00Z")
    assert [len(page["value"]) for page in graph.pages(window)] == [10, 10, 3]
    assert [len(page["value"]) for page in graph.pages(window + "&$top=9")] == [9, 9, 5]
    assert [len(page["value"]) for page in graph.pages(window, Prefer="odata.maxpagesize=20")] == [20, 3]
    assert [len(page["value"]) for page in graph.pages(f"{EVENTS}?$top=23")] == [23]
    assert graph.get(f"{EVENTS}?$top=1001").json()["error"]["code"] == "ErrorInvalidUrlQuery"
    ids = [event["id"] for event in graph.all(window + "&$top=4")]
    assert len(set(ids)) == len(ids) == 23


@pytest.mark.parametrize(
    ("condition", "subjects"),
    [
        ("subject eq 'day 5'", ["Day 5"]),
        ("start/dateTime ge '2027-01-07T00:00'", ["Day 7", "Day 8"]),
        ("start/dateTime lt '2027-01-05T00:00:00Z' or contains(subject,'8')", ["Day 4", "Day 8"]),
        ("isOrganizer eq true and end/dateTime le '2027-01-04T10:00:00'", ["Day 4"]),
        ("startswith(subject,'Day') and not (subject eq 'Day 4')", ["Day 5", "Day 6", "Day 7", "Day 8"]),
        ("organizer/emailAddress/address eq 'nobody@contoso.example'", []),
        ("attendees/any(a: a/emailAddress/address eq 'x@y.example')", []),
        ("categories/any(c: c eq 'Red')", []),
        ("lastModifiedDateTime ge 2030-01-01T00:00:00Z", []),
    ],
)  # fmt: skip
def test_filters_find_events(graph: "Graph", week: list[str], condition: str, subjects: list[str]) -> None:
    found = graph.all(f"{EVENTS}?$filter={condition}&$orderby=start/dateTime&$select=subject")
    assert [event["subject"] for event in found] == subjects
    in_view = graph.all(view("2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z", f"&$filter={condition}"))
    assert [event["subject"] for event in in_view] == subjects
    assert len(week) == 5


def test_orders_and_selections(graph: "Graph", week: list[str]) -> None:
    found = graph.all(f"{EVENTS}?$orderby=start/dateTime desc&$select=subject,start&$count=true")
    assert [event["subject"] for event in found] == ["Day 8", "Day 7", "Day 6", "Day 5", "Day 4"]
    assert set(found[0]) == {"@odata.etag", "id", "subject", "start"}
    assert graph.get(f"{EVENTS}?$count=true").json()["@odata.count"] == len(week)
    for wrong in (
        "$select=nonsense",
        "$orderby=nonsense",
        "$orderby=body",
        "$filter=nonsense eq 1",
        "$expand=nonsense",
    ):
        assert graph.get(f"{EVENTS}?{wrong}").status_code == 400, wrong


def test_a_view_does_not_select_its_stamps(graph: "Graph", week: list[str]) -> None:
    names = "&$select=subject,createdDateTime,lastModifiedDateTime"
    event = graph.all(view("2027-01-04T00:00:00Z", "2027-01-05T00:00:00Z", names))[0]
    assert set(event) == {"@odata.etag", "id", "subject"}
    assert "createdDateTime" in graph.get(f"{EVENTS}/{week[0]}?$select=createdDateTime").json()


def test_a_uid_finds_every_copy(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    event = graph.post(EVENTS, meeting(JANE, OAK)).json()
    rehearsal.advance(10)
    query = f"$filter=iCalUId eq '{event['iCalUId']}'&$select=id,iCalUId,isOrganizer,sensitivity"
    copies = {who: graph.all(f"/users/{who}/events?{query}") for who in (SERVICE, JANE, OAK)}
    assert {who: [c["isOrganizer"] for c in found] for who, found in copies.items()} == {
        SERVICE: [True], JANE: [False], OAK: [False],
    }  # fmt: skip
    assert len({found[0]["id"] for found in copies.values()}) == 3


@pytest.fixture
def series(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> dict[str, Any]:
    """A weekly series of the service account in Berlin across the clock change of March 2027."""
    zone = "W. Europe Standard Time"
    body = meeting(
        OAK,
        start={"dateTime": "2027-03-08T09:00:00", "timeZone": zone},
        end={"dateTime": "2027-03-08T10:00:00", "timeZone": zone},
        recurrence={
            "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"], "firstDayOfWeek": "monday"},
            "range": {"type": "numbered", "startDate": "2027-03-08", "numberOfOccurrences": 5},
        },
    )
    made: dict[str, Any] = graph.post(EVENTS, body).json()
    rehearsal.advance(10)
    return made


def test_a_series_is_one_master_and_many_occurrences(graph: "Graph", series: dict[str, Any]) -> None:
    assert series["type"] == "seriesMaster"
    assert series["recurrence"] == {
        "pattern": {
            "type": "weekly", "interval": 1, "month": 0, "dayOfMonth": 0, "daysOfWeek": ["monday"],
            "firstDayOfWeek": "monday", "index": "first",
        },
        "range": {
            "type": "numbered", "startDate": "2027-03-08", "endDate": "0001-01-01",
            "recurrenceTimeZone": "W. Europe Standard Time", "numberOfOccurrences": 5,
        },
    }  # fmt: skip
    assert [e["id"] for e in graph.all(EVENTS)] == [series["id"]]
    shown = graph.all(view("2027-03-01T00:00:00Z", "2027-05-01T00:00:00Z"))
    assert {event["type"] for event in shown} == {"occurrence"}
    assert {event["seriesMasterId"] for event in shown} == {series["id"]}
    assert {event["iCalUId"] for event in shown} == {series["iCalUId"]}
    assert [event["start"]["dateTime"][5:16] for event in shown] == [
        "03-08T08:00", "03-15T08:00", "03-22T08:00", "03-29T07:00", "04-05T07:00",
    ]  # fmt: skip
    assert shown[0]["recurrence"] is None
    assert shown[3]["originalStart"] == "2027-03-29T07:00:00Z"


def test_instances_need_a_window_and_a_series(graph: "Graph", series: dict[str, Any], week: list[str]) -> None:
    path = f"{EVENTS}/{series['id']}/instances"
    assert graph.get(path).status_code == 400
    window = "?startDateTime=2027-03-10T00:00:00Z&endDateTime=2027-03-25T00:00:00Z"
    assert len(graph.all(path + window)) == 2
    assert graph.get(f"{EVENTS}/{week[0]}/instances{window}").status_code == 400


def test_an_exception_keeps_its_identity(rehearsal: "Rehearsal", graph: "Graph", series: dict[str, Any]) -> None:
    window = view("2027-03-01T00:00:00Z", "2027-05-01T00:00:00Z")
    second, third = graph.all(window)[1:3]
    graph.patch(f"{EVENTS}/{second['id']}", {"subject": "Special"})
    graph.delete(f"{EVENTS}/{third['id']}")
    rehearsal.advance(10)
    shown = graph.all(window)
    assert [event["type"] for event in shown] == ["occurrence", "exception", "occurrence", "occurrence"]
    assert (shown[1]["id"], shown[1]["subject"]) == (second["id"], "Special")
    assert graph.get(f"{EVENTS}/{third['id']}").status_code == 404
    asked = f"{EVENTS}/{series['id']}?$select=cancelledOccurrences&$expand=exceptionOccurrences($select=subject)"
    master = graph.get(asked).json()
    assert master["cancelledOccurrences"] == [f"OID.{series['id']}.2027-03-22"]
    assert [event["subject"] for event in master["exceptionOccurrences"]] == ["Special"]


def test_an_occurrence_may_not_cross_its_neighbour(graph: "Graph", series: dict[str, Any]) -> None:
    second = graph.all(view("2027-03-01T00:00:00Z", "2027-05-01T00:00:00Z"))[1]
    refused = graph.patch(
        f"{EVENTS}/{second['id']}",
        {
            "start": {"dateTime": "2027-03-22T07:30:00", "timeZone": "UTC"},
            "end": {"dateTime": "2027-03-22T08:30:00", "timeZone": "UTC"},
        },
    )
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "ErrorOccurrenceCrossingBoundary")
    assert series["type"] == "seriesMaster"


@pytest.mark.parametrize(
    ("pattern", "range_"),
    [
        ({"type": "daily", "interval": 0}, {}),
        ({"type": "weekly", "interval": 1, "daysOfWeek": []}, {}),
        ({"type": "weekly", "interval": 1, "daysOfWeek": ["someday"]}, {}),
        ({"type": "hourly", "interval": 1}, {}),
        ({"type": "daily", "interval": 1}, {"startDate": "2027-01-05"}),
        ({"type": "daily", "interval": 1}, {"type": "endDate", "endDate": "2026-01-01"}),
        ({"type": "daily", "interval": 1}, {"type": "numbered", "numberOfOccurrences": 0}),
        ({"type": "daily", "interval": 1}, {"type": "forever"}),
    ],
)
def test_patterns_that_mean_nothing(
    graph: "Graph", meeting: Build, pattern: dict[str, Any], range_: dict[str, Any]
) -> None:
    recurrence = {"pattern": pattern, "range": {"type": "noEnd", "startDate": "2027-01-04", **range_}}
    refused = graph.post(EVENTS, meeting(start=hour(4, 9), end=hour(4, 10), recurrence=recurrence))
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "ErrorPropertyValidationFailure")


def test_the_rooms_copy_hides_what_rooms_hide(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    body = meeting(
        OAK, subject="Merger", sensitivity="private", body={"contentType": "text", "content": "Secret\nplan"}
    )
    event = graph.post(EVENTS, body).json()
    rehearsal.advance(1.5)
    query = f"/users/{OAK}/events?$filter=iCalUId eq '{event['iCalUId']}'"
    early = graph.all(query)[0]
    assert (early["subject"], early["showAs"]) == ("Merger", "tentative")
    rehearsal.advance(10)
    copy = graph.all(query)[0]
    assert (copy["subject"].strip(), copy["sensitivity"]) == ("Room Booking", "normal")
    assert (copy["bodyPreview"], copy["showAs"]) == ("", "busy")
    assert copy["responseStatus"]["response"] == "accepted"
    assert copy["responseStatus"]["time"].startswith("2026-11-23T10:16:2")
    own = graph.get(f"{EVENTS}/{event['id']}").json()
    assert (own["subject"], own["sensitivity"], own["bodyPreview"]) == ("Merger", "private", "Secret\nplan")
