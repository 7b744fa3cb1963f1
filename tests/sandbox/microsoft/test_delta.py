"""Following a calendar view by delta: the rounds, the habits, the deaths of tokens."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.microsoft.conftest import Graph, Rehearsal

JANE = "jane.doe@contoso.example"
SERVICE = "rooms@contoso.example"
QUARTZ = "quartz@contoso.example"
OAK = "oak@contoso.example"
EVENTS = f"/users/{SERVICE}/events"
WINDOW = "startDateTime=2027-03-01T00:00:00Z&endDateTime=2027-05-01T00:00:00Z"
FIRST = f"/users/{SERVICE}/calendarView/delta?{WINDOW}"
Build = Callable[..., dict[str, Any]]
Items = list[dict[str, Any]]


def at(day: int, hour: int = 9, month: int = 3) -> dict[str, str]:
    return {"dateTime": f"2027-{month:02}-{day:02}T{hour:02}:00:00", "timeZone": "UTC"}


def follow(graph: "Graph", url: str, **headers: str) -> tuple[Items, str]:
    """A whole round: its items, and where the next one begins."""
    items: Items = []
    for page in graph.pages(url, **headers):
        items += page["value"]
        if "@odata.deltaLink" in page:
            assert "@odata.nextLink" not in page
            return items, page["@odata.deltaLink"]
    raise AssertionError("the round has no end")


@pytest.fixture
def event(graph: "Graph", meeting: Build) -> dict[str, Any]:
    """A single meeting in the window."""
    made: dict[str, Any] = graph.post(EVENTS, meeting(subject="One", start=at(2), end=at(2, 10))).json()
    return made


@pytest.fixture
def series(graph: "Graph", meeting: Build) -> dict[str, Any]:
    """Five Mondays, of which the first lies before the window."""
    recurrence = {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]},
        "range": {"type": "numbered", "startDate": "2027-02-22", "numberOfOccurrences": 5},
    }
    body = meeting(subject="Series", start=at(22, 9, 2), end=at(22, 10, 2), recurrence=recurrence)
    made: dict[str, Any] = graph.post(EVENTS, body).json()
    return made


def test_the_first_round_holds_everything_occurrences_bare(
    graph: "Graph", event: dict[str, Any], series: dict[str, Any]
) -> None:
    items, link = follow(graph, FIRST)
    assert "$deltatoken=" in link
    assert link.startswith(graph.base)
    assert {item["@odata.type"] for item in items} == {"#microsoft.graph.event"}
    by_kind: dict[str, Items] = {}
    for item in items:
        by_kind.setdefault(item["type"], []).append(item)
    assert [item["id"] for item in by_kind["singleInstance"]] == [event["id"]]
    assert [item["id"] for item in by_kind["seriesMaster"]] == [series["id"]]
    assert by_kind["seriesMaster"][0]["start"]["dateTime"].startswith("2027-02-22")
    assert len(by_kind["occurrence"]) == 4
    bare = {"@odata.type", "@odata.etag", "id", "seriesMasterId", "type", "start", "end"}
    assert all(set(item) == bare for item in by_kind["occurrence"])


def test_occurrences_may_come_whole(rehearsal: "Rehearsal", graph: "Graph", series: dict[str, Any]) -> None:
    rehearsal.switch(bare_occurrences=False)
    occurrences = [item for item in follow(graph, FIRST)[0] if item["type"] == "occurrence"]
    assert {item["subject"] for item in occurrences} == {series["subject"]}


def test_pages_follow_the_preference_and_hold_each_item_once(
    graph: "Graph", event: dict[str, Any], series: dict[str, Any]
) -> None:
    prefer = 'odata.maxpagesize=2, IdType="ImmutableId"'
    pages = list(graph.pages(FIRST, Prefer=prefer))
    assert [len(page["value"]) for page in pages] == [2, 2, 2]
    assert all("$skiptoken=" in page["@odata.nextLink"] for page in pages[:-1])
    ids = [item["id"] for page in pages for item in page["value"]]
    assert len(set(ids)) == 6
    assert event["id"] not in ids
    assert series["id"] not in ids


def test_later_rounds_hold_what_changed(graph: "Graph", meeting: Build, event: dict[str, Any]) -> None:
    _, link = follow(graph, FIRST)
    assert follow(graph, link)[0] == []
    graph.patch(f"{EVENTS}/{event['id']}", {"subject": "One more"})
    new = graph.post(EVENTS, meeting(subject="Two", start=at(3), end=at(3, 10))).json()
    items, link = follow(graph, link)
    assert {(item["id"], item["subject"]) for item in items} == {(event["id"], "One more"), (new["id"], "Two")}
    graph.delete(f"{EVENTS}/{new['id']}")
    items, link = follow(graph, link)
    assert items == [{"@odata.type": "#microsoft.graph.event", "id": new["id"], "@removed": {"reason": "deleted"}}]
    assert follow(graph, link)[0] == []


def test_an_answer_shows_as_a_change_of_the_organisers_copy(
    rehearsal: "Rehearsal", graph: "Graph", meeting: Build
) -> None:
    soon = FIRST.replace("2027-03-01", "2026-11-20").replace("2027-05-01", "2026-12-20")
    made = graph.post(EVENTS, meeting(OAK)).json()
    _, link = follow(graph, soon)
    rehearsal.advance(10)
    items, _ = follow(graph, link)
    assert [item["id"] for item in items] == [made["id"]]
    assert items[0]["attendees"][0]["status"]["response"] == "accepted"


def test_the_window_is_fixed_and_moving_out_is_removal(
    rehearsal: "Rehearsal", graph: "Graph", meeting: Build, event: dict[str, Any]
) -> None:
    _, link = follow(graph, FIRST)
    outside = graph.post(EVENTS, meeting(subject="Far", start=at(2, 9, 9), end=at(2, 10, 9))).json()
    graph.patch(f"{EVENTS}/{event['id']}", {"start": at(2, 9, 8), "end": at(2, 10, 8)})
    items, link = follow(graph, link)
    assert {item["id"]: item.get("@removed") for item in items} == {
        event["id"]: {"reason": "deleted"},
        outside["id"]: {"reason": "deleted"},
    }
    rehearsal.switch(removed_outside_window=False)
    graph.patch(f"{EVENTS}/{outside['id']}", {"subject": "Farther"})
    assert follow(graph, link)[0] == []
    graph.patch(f"{EVENTS}/{outside['id']}", {"start": at(5), "end": at(5, 10)})
    assert [item["subject"] for item in follow(graph, link)[0]] == ["Farther"]


@pytest.mark.parametrize(("tombstone", "removed"), [(False, 0), (True, 1)])
def test_a_lost_occurrence_shows_at_its_series(
    rehearsal: "Rehearsal", graph: "Graph", series: dict[str, Any], *, tombstone: bool, removed: int
) -> None:
    rehearsal.switch(occurrence_removal_leaves_tombstone=tombstone)
    items, link = follow(graph, FIRST)
    gone = next(item for item in items if item["type"] == "occurrence")
    graph.delete(f"{EVENTS}/{gone['id']}")
    items, _ = follow(graph, link)
    assert [item["id"] for item in items if "@removed" in item] == [gone["id"]] * removed
    rest = [item for item in items if "@removed" not in item]
    assert [(item["id"], item["type"]) for item in rest] == [(series["id"], "seriesMaster")]


def test_a_series_that_moves_brings_its_occurrences(graph: "Graph", series: dict[str, Any]) -> None:
    _, link = follow(graph, FIRST)
    graph.patch(f"{EVENTS}/{series['id']}", {"start": at(22, 11, 2), "end": at(22, 12, 2)})
    items, link = follow(graph, link)
    assert sorted(item["type"] for item in items) == ["occurrence"] * 4 + ["seriesMaster"]
    assert {item["start"]["dateTime"][11:16] for item in items} == {"11:00"}
    occurrence = next(item for item in items if item["type"] == "occurrence")
    graph.patch(f"{EVENTS}/{occurrence['id']}", {"subject": "Special"})
    items, _ = follow(graph, link)
    assert [(item["type"], item["subject"]) for item in items] == [
        ("exception", "Special"),
        ("seriesMaster", "Series"),
    ]


@pytest.mark.parametrize(
    "option", ["$select=id", "$filter=isAllDay eq true", "$top=5", "$orderby=subject", "$expand=x"]
)
def test_options_are_refused(graph: "Graph", option: str) -> None:
    refused = graph.get(f"{FIRST}&{option}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "ErrorInvalidUrlQuery")


def test_a_first_round_needs_its_window(graph: "Graph") -> None:
    assert graph.get(f"/users/{SERVICE}/calendarView/delta").status_code == 400


@pytest.mark.parametrize("token", ["x", "", "AAAA", "0" * 400, "eyJhIjoxfQ"])
def test_made_up_tokens_are_refused(graph: "Graph", token: str) -> None:
    assert graph.get(f"/users/{SERVICE}/calendarView/delta?$deltatoken={token}").status_code == 400


def died(graph: "Graph", link: str, **headers: str) -> str:
    """The address that a dead token's 410 names."""
    refused = graph.get(link, **headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (410, "syncStateNotFound")
    return refused.headers["location"]


def test_an_expired_token_names_a_new_beginning(rehearsal: "Rehearsal", graph: "Graph", event: dict[str, Any]) -> None:
    _, link = follow(graph, FIRST)
    rehearsal.order("expire-delta", mailbox=SERVICE)
    fresh = died(graph, link)
    assert WINDOW.split("&", maxsplit=1)[0] in fresh.replace("%3A", ":").replace("+00:00", "Z")
    items, link = follow(graph, fresh)
    assert [item["id"] for item in items] == [event["id"]]
    assert follow(graph, link)[0] == []


def test_tokens_die_of_bad_luck_in_two_ways(rehearsal: "Rehearsal", graph: "Graph") -> None:
    _, link = follow(graph, FIRST)
    rehearsal.fault("cursor_expired", mailbox=SERVICE)
    died(graph, link)
    rehearsal.fault("cursor_unknown", mailbox=SERVICE)
    refused = graph.get(link)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "syncStateNotFound")
    assert follow(graph, link)[0] == []


def test_tokens_die_when_the_mailbox_moves(rehearsal: "Rehearsal", graph: "Graph", event: dict[str, Any]) -> None:
    prefer = 'IdType="ImmutableId"'
    items, link = follow(graph, FIRST, Prefer=prefer)
    rehearsal.control.post(f"users/{SERVICE}/move-mailbox")
    again, _ = follow(graph, died(graph, link, Prefer=prefer), Prefer=prefer)
    assert [item["id"] for item in again] == [item["id"] for item in items]
    assert event["id"] not in {item["id"] for item in again}


def test_a_token_of_another_mailbox_is_worthless(graph: "Graph") -> None:
    _, link = follow(graph, FIRST)
    assert graph.get(link.replace(SERVICE, JANE)).status_code == 410


def test_changes_may_be_told_again(rehearsal: "Rehearsal", graph: "Graph", event: dict[str, Any]) -> None:
    _, link = follow(graph, FIRST)
    rehearsal.fault("replay", mailbox=SERVICE, parameters={"changes": 3})
    assert [item["id"] for item in follow(graph, link)[0]] == [event["id"]]
    assert follow(graph, link)[0] == []


def test_a_page_may_be_empty_and_not_the_last(rehearsal: "Rehearsal", graph: "Graph", event: dict[str, Any]) -> None:
    rehearsal.fault("empty_page", mailbox=SERVICE, count=2)
    pages = list(graph.pages(FIRST))
    assert [len(page["value"]) for page in pages] == [0, 0, 1]
    assert pages[-1]["value"][0]["id"] == event["id"]


def test_a_change_between_two_pages_is_in_the_next_round(
    graph: "Graph", event: dict[str, Any], series: dict[str, Any]
) -> None:
    prefer = {"Prefer": "odata.maxpagesize=3"}
    first = graph.get(FIRST, **prefer).json()
    graph.patch(f"{EVENTS}/{event['id']}", {"subject": "Changed meanwhile"})
    rest, link = follow(graph, first["@odata.nextLink"], **prefer)
    assert len(first["value"]) + len(rest) == 6
    assert [item.get("subject") for item in follow(graph, link)[0]] == ["Changed meanwhile"]
    assert series["type"] == "seriesMaster"


def test_other_calendars_have_rounds_of_their_own(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    jane = rehearsal.user(JANE).id
    rehearsal.call(lambda: rehearsal.world.mailboxes.of(jane).add_calendar("Second"))
    default, second = (c["id"] for c in graph.all(f"/users/{JANE}/calendars"))
    graph.post(f"/users/{JANE}/calendars/{second}/events", meeting(subject="Aside", start=at(2), end=at(2, 10)))
    paths = [f"/users/{JANE}/calendars/{c}/calendarView/delta?{WINDOW}" for c in (default, second)]
    rounds = [[item.get("subject") for item in follow(graph, path)[0]] for path in paths]
    assert ("Aside" in rounds[0], "Aside" in rounds[1]) == (False, True)


def test_basic_permission_sees_no_bodies(rehearsal: "Rehearsal", event: dict[str, Any]) -> None:
    rehearsal.order("consent", permissions=["Calendars.ReadBasic.All"])
    items, _ = follow(rehearsal.graph(), FIRST)
    assert items[0]["id"] == event["id"]
    assert "body" not in items[0]
