"""Throttling and bad luck on order: refused, slow, dropped, before and after the work was done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from tests.support.plain import PLAIN

if TYPE_CHECKING:
    from tests.sandbox.microsoft.conftest import Graph, Rehearsal

JANE = "jane.doe@contoso.example"
SERVICE = "rooms@contoso.example"
OAK = "oak@contoso.example"
EVENTS = f"/users/{SERVICE}/events"
Build = Callable[..., dict[str, Any]]


def test_ten_minutes_hold_so_many_requests(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.order("throttling", requests=3)
    path = f"/users/{OAK}/calendar"
    assert [graph.get(path).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert graph.get(f"/users/{JANE}/calendar").status_code == 200
    rehearsal.advance(100)
    refused = graph.get(path)
    assert (refused.json()["error"]["code"], refused.headers["retry-after"]) == ("ApplicationThrottled", "500")
    rehearsal.advance(500)
    assert graph.get(path).status_code == 200


def at_once(graph: "Graph", path: str, count: int) -> list[httpx2.Response]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: graph.get(path), range(count)))


@pytest.mark.parametrize(
    ("switches", "status", "wait"),
    [
        ({}, 429, "10"),
        ({"concurrency_names_wait": False}, 429, None),
        ({"concurrency_answers_unavailable": True}, 503, "10"),
    ],
)
def test_the_fifth_at_one_time_is_refused(
    rehearsal: "Rehearsal", graph: "Graph", switches: dict[str, bool], status: int, wait: str | None
) -> None:
    rehearsal.switch(**switches)
    rehearsal.order("throttling", latency_seconds=0.5)
    answers = at_once(graph, f"/users/{OAK}/calendar", 8)
    refused = [answer for answer in answers if answer.status_code != 200]
    assert refused
    assert {answer.status_code for answer in refused} == {status}
    assert {answer.headers.get("retry-after") for answer in refused} == {wait}
    assert {answer.json()["error"]["message"] for answer in refused} == {
        "Application is over its MailboxConcurrency limit."
    }
    assert rehearsal.order("peaks") == [
        {"app": rehearsal.endpoints["client_id"], "mailbox": rehearsal.user(OAK).id, "peak": 4}
    ]


def test_four_at_a_time_may_mean_the_whole_app(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.switch(concurrency_counts_whole_app=True)
    rehearsal.order("throttling", latency_seconds=0.3)
    with ThreadPoolExecutor(8) as pool:
        rooms = ["oak", "elm", "larch", "willow", "ash", "birch", "maple", "cedar"]
        paths = [f"/users/{room}@contoso.example/calendar" for room in rooms]
        codes = [answer.status_code for answer in pool.map(graph.get, paths)]
    assert 429 in codes
    assert [entry["peak"] for entry in rehearsal.order("peaks")] == [4]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 507])
def test_an_error_before_the_work(rehearsal: "Rehearsal", graph: "Graph", meeting: Build, status: int) -> None:
    rehearsal.fault("answer", mailbox=SERVICE, method="POST", status=status, code="someCode", message="Some words.")
    refused = graph.post(EVENTS, meeting())
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["message"]) == (status, "someCode", "Some words.")
    assert graph.all(EVENTS) == []
    assert graph.post(EVENTS, meeting()).status_code == 201


@pytest.mark.parametrize("kind", ["answer", "drop"])
def test_an_answer_lost_after_the_work_and_the_same_request_again(
    rehearsal: "Rehearsal", graph: "Graph", meeting: Build, kind: str
) -> None:
    body = meeting(OAK, transactionId="t-1")
    rehearsal.fault(kind, mailbox=SERVICE, method="POST", after_commit=True, status=504)
    if kind == "drop":
        with pytest.raises(httpx2.HTTPError):
            graph.post(EVENTS, body)
    else:
        assert graph.post(EVENTS, body).status_code == 504
    again = graph.post(EVENTS, body)
    assert again.status_code == 201
    assert [event["id"] for event in graph.all(EVENTS)] == [again.json()["id"]]
    assert len(rehearsal.control.get("mail", kind="request", sender=SERVICE)) == 1


def test_a_connection_dropped_before_the_work(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    rehearsal.fault("drop", operation="/users/{user}/events", method="POST")
    with pytest.raises(httpx2.HTTPError):
        graph.post(EVENTS, meeting())
    assert graph.all(EVENTS) == []


def test_slowness_outlasts_patience(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.fault("slow", mailbox=OAK, seconds=5)
    with pytest.raises(httpx2.TimeoutException), httpx2.Client(trust_env=False, verify=PLAIN, timeout=0.3) as hasty:
        hasty.get(f"{graph.base}/users/{OAK}/calendar", headers=graph.headers)
    assert graph.get(f"/users/{OAK}/calendar").status_code == 200


def test_a_token_dies_in_the_middle(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.fault("expired_token", mailbox=OAK)
    refused = graph.get(f"/users/{OAK}/calendar")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
    assert graph.get(f"/users/{OAK}/calendar").status_code == 200


def test_refusals_say_what_they_are_by_default(rehearsal: "Rehearsal", graph: "Graph") -> None:
    codes = {}
    for status in (429, 503, 500):
        rehearsal.fault("answer", status=status, headers={"Retry-After": "7"})
        refused = graph.get("/users?$top=1")
        codes[refused.status_code] = (refused.json()["error"]["code"], refused.headers["retry-after"])
    assert codes == {
        429: ("ApplicationThrottled", "7"),
        503: ("serviceNotAvailable", "7"),
        500: ("generalException", "7"),
    }
