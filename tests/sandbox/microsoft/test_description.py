"""The judge itself: it lets good messages pass and names what is wrong with bad ones."""

import json
from typing import Any

import pytest

GOOD = {"value": [{"id": "x", "subject": None, "recurrence": None, "isAllDay": False}]}


@pytest.fixture
def judge(description: Any) -> Any:  # noqa: ANN401  (the module is loaded by its path)
    """Microsoft's description; without it there is nothing to test."""
    if description is None:
        pytest.skip("Microsoft's description of Graph does not lie beside this repository (../shared/contracts).")
    return description


def said(judge: Any, method: str, target: str, status: int, data: object) -> list[str]:  # noqa: ANN401  (as above)
    """What the judge says of an answer."""
    found: list[str] = judge.check_answer(method, target, status, json.dumps(data).encode())
    return found


def test_a_good_answer_passes(judge: Any) -> None:  # noqa: ANN401  (as above)
    assert said(judge, "GET", "/users/a@b.example/events?$top=1", 200, GOOD) == []
    assert judge.check_answer("DELETE", "/users/a/events/b", 204, b"") == []


@pytest.mark.parametrize(
    ("method", "target", "status", "data", "named"),
    [
        ("GET", "/users/a/events", 200, {"value": [{"id": "x", "colour": "red"}]}, "colour"),
        ("GET", "/users/a/events", 200, {"value": [{"id": "x", "showAs": "asleep"}]}, "showAs"),
        ("GET", "/users/a/calendarView?startDateTime=x", 200, {"value": [{"isAllDay": "no"}]}, "isAllDay"),
        ("POST", "/users/a/events", 201, {"createdDateTime": "yesterday"}, "createdDateTime"),
        ("GET", "/users/a/events/b", 404, {"error": {"code": 7}}, "code"),
        ("GET", "/users/a/nonsense", 200, {}, "not described"),
        ("POST", "/users/a/events/b/cancel", 202, {"x": 1}, "has a body"),
    ],
)
def test_a_bad_answer_is_named(
    judge: Any,  # noqa: ANN401  (as above)
    method: str,
    target: str,
    status: int,
    data: object,
    named: str,
) -> None:
    problems = said(judge, method, target, status, data)
    assert len(problems) == 1
    assert named in problems[0]


def test_requests_are_judged_too(judge: Any) -> None:  # noqa: ANN401  (as above)
    good = json.dumps({"subject": "x", "start": {"dateTime": "2026-12-01T09:00:00", "timeZone": "UTC"}}).encode()
    assert judge.check_request("POST", "/users/a/events", good) == []
    assert "colour" in judge.check_request("POST", "/users/a/events", b'{"colour": "red"}')[0]
    assert "unknown parameter" in judge.check_request("GET", "/users/a/events?$fliter=x", b"")[0]
    assert judge.check_request("GET", "/users/a/calendarView/delta?$deltatoken=x", b"") == []
    assert judge.check_request("GET", "/users/a/mailboxSettings/userPurpose", b"") == []
