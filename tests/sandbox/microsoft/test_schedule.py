"""Free/busy: the digits, the limits, and errors that stand beside good answers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead_sandbox.microsoft.graph.schedule import availability_view
from roomstead_sandbox.world.events import Content, ShowAs
from roomstead_sandbox.world.people import Tenant, User
from roomstead_sandbox.world.world import World

if TYPE_CHECKING:
    from tests.sandbox.microsoft.conftest import Graph, Rehearsal

JANE = "jane.doe@contoso.example"
PRIYA = "priya.shah@contoso.example"
SERVICE = "rooms@contoso.example"
OAK = "oak@contoso.example"
PATH = f"/users/{SERVICE}/calendar/getSchedule"
Build = Callable[..., dict[str, Any]]
MIDNIGHT = datetime(2027, 1, 4, tzinfo=UTC)


def ask(*schedules: str, **more: object) -> dict[str, Any]:
    return {
        "schedules": list(schedules),
        "startTime": {"dateTime": "2027-01-04T00:00:00", "timeZone": "UTC"},
        "endTime": {"dateTime": "2027-01-05T00:00:00", "timeZone": "UTC"},
        "availabilityViewInterval": 60,
        **more,
    }


def test_time_taken_shows_as_digits(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    def hours(first: int, last: int) -> dict[str, Any]:
        return {
            "start": {"dateTime": f"2027-01-04T{first:02}:00:00", "timeZone": "UTC"},
            "end": {"dateTime": f"2027-01-04T{last:02}:00:00", "timeZone": "UTC"},
        }

    graph.post(f"/users/{SERVICE}/events", meeting(OAK, **hours(9, 11)))
    graph.post(f"/users/{JANE}/events", meeting(showAs="oof", sensitivity="private", **hours(1, 2)))
    graph.post(f"/users/{JANE}/events", meeting(showAs="workingElsewhere", **hours(3, 4)))
    graph.post(f"/users/{JANE}/events", meeting(showAs="free", **hours(5, 6)))
    rehearsal.advance(1.5)
    unprocessed = graph.post(PATH, ask(OAK)).json()["value"][0]
    assert unprocessed["availabilityView"][9:11] == "11"
    rehearsal.advance(10)
    oak, jane = graph.post(PATH, ask(OAK, JANE)).json()["value"]
    assert oak["availabilityView"] == "000000002220000000000000"  # the daily stand-up at eight, and ours
    assert jane["availabilityView"][:6] == "030400"
    assert [item["isPrivate"] for item in jane["scheduleItems"]][:2] == [True, False]
    assert "subject" not in oak["scheduleItems"][0]
    own = graph.post(f"/users/{OAK}/calendar/getSchedule", ask(OAK)).json()["value"][0]
    assert own["scheduleItems"][1]["subject"].strip() == "Room Booking"
    assert own["workingHours"]["timeZone"]["name"] == "W. Europe Standard Time"


def test_errors_of_one_mailbox_stand_beside_the_others(rehearsal: "Rehearsal", graph: "Graph") -> None:
    names = ("nobody@contoso.example", OAK, "sam.okafor@contoso.example", "lena.fischer@contoso.example")
    answer = graph.post(PATH, ask(*names))
    assert answer.status_code == 200
    codes = [item.get("error", {}).get("responseCode") for item in answer.json()["value"]]
    assert codes == ["5009", None, "5009", "5037"]
    assert "0" in graph.post(PATH, ask(PRIYA)).json()["value"][0]["availabilityView"]
    rehearsal.switch(free_busy_outside_scope=False)
    assert graph.post(PATH, ask(PRIYA)).json()["value"][0]["error"]["responseCode"] == "ErrorNoFreeBusyAccess"
    assert graph.post(f"/users/{PRIYA}/calendar/getSchedule", ask(OAK)).status_code == 403


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"schedules": ["a@b.example"] * 101}, 400, "ErrorMailboxDataArrayTooBig"),
        ({"endTime": {"dateTime": "2027-03-08T00:00:00", "timeZone": "UTC"}}, 400, "ErrorTimeIntervalTooBig"),
        ({"endTime": {"dateTime": "2027-01-03T00:00:00", "timeZone": "UTC"}}, 400, "ErrorInvalidTimeInterval"),
        ({"endTime": {"dateTime": "never", "timeZone": "UTC"}}, 400, "ErrorInvalidTimeInterval"),
        ({"availabilityViewInterval": 4}, 400, "ErrorInvalidMergedFreeBusyInterval"),
        ({"availabilityViewInterval": 1441}, 400, "ErrorInvalidMergedFreeBusyInterval"),
        ({"availabilityViewInterval": None}, 500, "generalException"),
        ({"schedules": "a@b.example"}, 400, "RequestBodyRead"),
        ({"startTime": "now"}, 400, "RequestBodyRead"),
    ],
)
def test_limits_and_mistakes(graph: "Graph", change: dict[str, Any], status: int, code: str) -> None:
    refused = graph.post(PATH, ask(OAK, **change))
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)


def test_the_longest_question_is_answered(graph: "Graph") -> None:
    longest = {"dateTime": "2027-03-07T00:00:00", "timeZone": "UTC"}
    answer = graph.post(PATH, ask(*[OAK] * 100, endTime=longest, availabilityViewInterval=1440))
    assert {len(item["availabilityView"]) for item in answer.json()["value"]} == {62}


def test_too_many_entries_are_an_error_of_that_mailbox(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    jane = rehearsal.user(JANE).id

    def crowd() -> None:
        for minute in range(1001):
            start = MIDNIGHT + timedelta(minutes=minute)
            rehearsal.world.meetings.create(jane, Content("x", start, start + timedelta(minutes=1)))

    rehearsal.call(crowd)
    assert graph.post(PATH, ask(JANE)).json()["value"][0]["error"]["responseCode"] == "5006"


BLOCKS = st.lists(
    st.tuples(st.integers(-120, 600), st.integers(1, 200), st.sampled_from([ShowAs.TENTATIVE, ShowAs.BUSY])),
    max_size=8,
)


@given(BLOCKS, st.integers(5, 120), st.integers(10, 500))
def test_a_digit_says_whether_its_interval_is_touched(
    blocks: list[tuple[int, int, ShowAs]], interval: int, length: int
) -> None:
    world = World(now=MIDNIGHT)
    world.directory.add_tenant(Tenant("t", "T", ["t.example"]))
    world.directory.add_user(User("u", "t", "u@t.example", "U", "u@t.example"))
    events = []
    for first, minutes, show_as in blocks:
        start = MIDNIGHT + timedelta(minutes=first)
        content = Content("x", start, start + timedelta(minutes=minutes), show_as=show_as)
        events.append(world.meetings.create("u", content))
    end = MIDNIGHT + timedelta(minutes=length)
    view = availability_view(events, MIDNIGHT, end, timedelta(minutes=interval))
    assert len(view) == -(-length // interval)
    for position, digit in enumerate(view):
        low, high = position * interval, (position + 1) * interval
        touching = {show for first, minutes, show in blocks if first < high and first + minutes > low}
        expected = "2" if ShowAs.BUSY in touching else "1" if touching else "0"
        assert digit == expected
