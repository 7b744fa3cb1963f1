"""What people and programs send wrongly about a booking, over the API: each mistake is named with its field."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

GOOD: dict[str, Any] = {
    "start": "2030-12-02T09:00:00Z",
    "end": "2030-12-02T10:00:00Z",
    "title": "Kick-off",
    "room_id": str(uuid4()),
}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": "2030-12-02T09:00:00"}, "start"),  # naive: whose nine o'clock?
        ({"end": "2030-12-02 10:00"}, "end"),
        ({"start": "tomorrow"}, "start"),
        ({"start": "2030-13-02T09:00:00Z"}, "start"),
        ({"room_id": "Oak"}, "room_id"),
        ({"title": "a\x00b"}, "title"),
        ({"attendees": [{"address": "tom@contoso.example", "role": "king"}]}, "attendees"),
        ({"attendees": "tom@contoso.example"}, "attendees"),
        ({"organiser": "Jane"}, "organiser"),
    ],
)
async def test_what_is_wrong_is_named_with_its_field(
    member: httpx2.AsyncClient, changes: dict[str, Any], field: str
) -> None:
    for place in ("/bookings", "/bookings/preview"):
        answer = await member.post(place, json={**GOOD, **changes})
        assert answer.status_code == 422, answer.text
        problem = answer.json()
        assert problem["code"] == "invalid_input"
        assert [name for name in problem["mistakes"] if name.split(".")[0] == field], problem


async def test_what_is_missing_is_said_once_and_named(member: httpx2.AsyncClient) -> None:
    problem = (await member.post("/bookings", json={"title": "Kick-off"})).json()
    assert set(problem["mistakes"]) == {"start", "end"}
    assert problem["detail"] == "This is missing."


async def test_a_cancellation_needs_no_body(member: httpx2.AsyncClient) -> None:
    answer = await member.post(f"/bookings/{uuid4()}/cancel")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_what_is_no_json_is_refused_in_words(member: httpx2.AsyncClient) -> None:
    answer = await member.post("/bookings", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
