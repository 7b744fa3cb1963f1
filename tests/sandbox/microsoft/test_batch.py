"""Batches: twenty requests, each with its own fate."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.microsoft.conftest import Graph, Rehearsal

JANE = "jane.doe@contoso.example"
SERVICE = "rooms@contoso.example"
OAK = "oak@contoso.example"
Build = Callable[..., dict[str, Any]]
JSON = {"Content-Type": "application/json"}


def run(graph: "Graph", *requests: dict[str, Any]) -> dict[str, dict[str, Any]]:
    answer = graph.post("/$batch", {"requests": list(requests)})
    assert answer.status_code == 200, answer.text
    return {item["id"]: item for item in answer.json()["responses"]}


def test_every_part_has_its_own_answer(graph: "Graph", meeting: Build) -> None:
    answers = run(
        graph,
        {"id": "1", "method": "GET", "url": f"/users/{OAK}/calendar"},
        {"id": "2", "method": "GET", "url": "/users/nobody@contoso.example/calendar"},
        {"id": "3", "method": "POST", "url": f"/users/{SERVICE}/events", "headers": JSON, "body": meeting()},
        {"id": "4", "method": "GET", "url": f"users/{JANE}/events?$top=1&$select=subject",
         "headers": {"Prefer": 'IdType="ImmutableId"'}},
    )  # fmt: skip
    assert {key: answer["status"] for key, answer in answers.items()} == {"1": 200, "2": 404, "3": 201, "4": 200}
    assert answers["2"]["body"]["error"]["code"] == "ErrorInvalidUser"
    assert answers["4"]["headers"]["Preference-Applied"] == 'IdType="ImmutableId"'
    assert len(answers["4"]["body"]["value"]) == 1
    gone = run(graph, {"id": "x", "method": "DELETE", "url": f"/users/{SERVICE}/events/{answers['3']['body']['id']}"})
    assert gone["x"]["status"] == 204
    assert "body" not in gone["x"]


def test_parts_wait_for_others_and_fall_with_them(graph: "Graph", meeting: Build) -> None:
    post = {"method": "POST", "url": f"/users/{SERVICE}/events", "headers": JSON}
    answers = run(
        graph,
        {"id": "a", **post, "body": meeting(subject="first")},
        {"id": "b", "method": "GET", "url": f"/users/{SERVICE}/events", "dependsOn": ["a"]},
        {"id": "c", **post, "body": {"nonsense": 1}, "dependsOn": ["b"]},
        {"id": "d", **post, "body": meeting(subject="never"), "dependsOn": ["c"]},
        {"id": "e", "method": "GET", "url": "/users?$top=1", "dependsOn": ["d"]},
    )
    assert [answers[key]["status"] for key in "abcde"] == [201, 200, 400, 424, 424]
    assert [event["subject"] for event in answers["b"]["body"]["value"]] == ["first"]
    assert [event["subject"] for event in graph.all(f"/users/{SERVICE}/events")] == ["first"]


def test_one_part_is_throttled_alone(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.fault("answer", mailbox=OAK, status=429, headers={"Retry-After": "10"})
    answers = run(
        graph,
        {"id": "1", "method": "GET", "url": f"/users/{OAK}/calendar"},
        {"id": "2", "method": "GET", "url": f"/users/{JANE}/calendar"},
    )
    assert (answers["1"]["status"], answers["2"]["status"]) == (429, 200)
    assert answers["1"]["headers"]["Retry-After"] == "10"
    assert answers["1"]["body"]["error"]["code"] == "ApplicationThrottled"


def test_a_batch_keeps_to_four_at_a_time_per_mailbox(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.order("throttling", latency_seconds=0.02)
    requests = [{"id": str(n), "method": "GET", "url": f"/users/{OAK}/calendar"} for n in range(20)]
    assert {answer["status"] for answer in run(graph, *requests).values()} == {200}
    peaks = {entry["mailbox"]: entry["peak"] for entry in rehearsal.order("peaks")}
    assert peaks == {rehearsal.user(OAK).id: 4}


@pytest.mark.parametrize(
    "requests",
    [
        [],
        [{"id": str(n), "method": "GET", "url": "/users"} for n in range(21)],
        [{"id": "1", "method": "GET", "url": "/users"}, {"id": "1", "method": "GET", "url": "/users"}],
        [{"id": "1", "method": "GET"}],
        [{"id": "1", "method": "GET", "url": "/users", "dependsOn": ["2"]}, {"id": "2", "method": "GET", "url": "/x"}],
        [{"id": "1", "method": "POST", "url": "/users", "body": {}}],
        ["nonsense"],
        "nonsense",
    ],
)
def test_malformed_batches_are_refused_whole(graph: "Graph", requests: object) -> None:
    assert graph.post("/$batch", {"requests": requests}).status_code == 400


def test_a_bad_token_refuses_the_whole(graph: "Graph") -> None:
    graph.headers = {"Authorization": "Bearer nonsense"}
    assert graph.post("/$batch", {"requests": [{"id": "1", "method": "GET", "url": "/users"}]}).status_code == 401


def test_every_part_is_logged(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.control.delete("requests")
    run(graph, *({"id": str(n), "method": "GET", "url": f"/users/{OAK}/calendar"} for n in range(3)))
    templates = [entry["template"] for entry in rehearsal.requests()]
    assert templates == ["/users/{user}/calendar"] * 3 + ["/$batch"]
