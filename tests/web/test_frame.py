"""What holds for every request: ids, headers, bounds, problems."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import uvicorn
from tests.support.plain import PLAIN

from roomstead.bootstrap.service import Roomstead
from roomstead.entrypoints.web.app import create_app
from roomstead.entrypoints.web.gate import Gate


def assert_problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """The answer is a whole problem of that code."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["code"] == code
    assert body["status"] == status
    assert body["detail"].endswith((".", "…"))
    assert body["type"].endswith(f"/problems/{code}")
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["support_contact"] == "it-help@contoso.example"
    return body


async def test_every_answer_names_its_request_and_protects_the_browser(nobody: httpx2.AsyncClient) -> None:
    answer = await nobody.get("/me", headers={"X-Request-Id": "my-own-id-42"})
    assert answer.headers["x-request-id"] == "my-own-id-42"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers or "uvicorn" in answer.headers["server"]
    forged = await nobody.get("/me", headers={"X-Request-Id": "bad id\twith blanks"})
    assert re.fullmatch("[0-9a-f]{32}", forged.headers["x-request-id"])


async def test_without_a_token_nothing_is_told(nobody: httpx2.AsyncClient) -> None:
    answer = await nobody.get("/people")
    assert_problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer", "Basic Zm9vOmJhcg==", "Bearer rs_nope_nope", "Bearer \u00ff"])
async def test_what_is_no_token_is_refused(nobody: httpx2.AsyncClient, header: str) -> None:
    answer = await nobody.get("/me", headers=httpx2.Headers({b"Authorization": header.encode("latin-1")}))
    assert_problem(answer, 401, "unauthenticated")


async def test_unknown_places_and_methods(admin: httpx2.AsyncClient) -> None:
    assert_problem(await admin.get("/nowhere"), 404, "no_such_route")
    answer = await admin.delete("/people")
    assert_problem(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


async def test_bodies_that_cannot_be_read(admin: httpx2.AsyncClient) -> None:
    as_json = {"Content-Type": "application/json"}
    assert_problem(await admin.post("/people", content=b'{"name": ', headers=as_json), 400, "malformed_body")
    assert_problem(await admin.post("/people", content=b"name=Jane"), 415, "unsupported_media")
    assert_problem(await admin.post("/people", content=b"[" * 100_000, headers=as_json), 400, "bad_request")
    too_large = b'{"name": "' + b"x" * 4_000_000 + b'"}'
    assert_problem(await admin.post("/people", content=too_large, headers=as_json), 413, "body_too_large")


async def test_a_cursor_that_is_nested_deeply_is_none_of_ours(admin: httpx2.AsyncClient) -> None:
    nested = base64.urlsafe_b64encode(b"[" * 1500).decode()
    for place in ("/people", "/bookings", "/rooms", "/audit"):
        assert_problem(await admin.get(place, params={"cursor": nested}), 422, "invalid_input")


async def test_a_body_without_a_length_is_bounded_too(admin: httpx2.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"name": "'
        for _ in range(40):
            yield b"x" * 100_000

    answer = await admin.post("/people", content=chunks(), headers={"Content-Type": "application/json"})
    assert_problem(answer, 413, "body_too_large")


async def test_every_mistake_is_named_at_once_by_its_field(admin: httpx2.AsyncClient) -> None:
    answer = await admin.post("/people", json={"nmae": "Jane", "addresses": [7], "role": "king"})
    body = assert_problem(answer, 422, "invalid_input")
    assert set(body["mistakes"]) == {"name", "nmae", "addresses.0", "role"}
    assert body["mistakes"]["nmae"] == "There is no such field."
    assert "global_admin" in body["mistakes"]["role"]
    refused = await admin.post("/people", json={"name": "  ", "addresses": ["no address"]})
    assert set(assert_problem(refused, 422, "invalid_input")["mistakes"]) == {"name", "addresses"}


async def test_unknown_and_wrong_query_parameters_are_named(admin: httpx2.AsyncClient) -> None:
    body = assert_problem(await admin.get("/people?serach=x&limit=0"), 422, "invalid_input")
    assert set(body["mistakes"]) == {"serach", "limit"}
    for cursor in ("x", "AAAA", "WyJhIiwiYiJd", "WyJcdTAwMDAiLCJhIl0"):
        body = assert_problem(await admin.get("/people", params={"cursor": cursor}), 422, "invalid_input")
        assert set(body["mistakes"]) == {"cursor"}


@pytest.mark.parametrize(
    ("time", "says"),
    [
        ("2026-12-01T09:00:00", "offset"),
        ("1764579600", "like"),
        ("2026-13-01T09:00:00Z", "no such time"),
        ("0001-01-01T00:00:00+14:00", "between"),
        ("2026-12-01", "like"),
    ],
)
async def test_times_without_offset_and_other_nonsense(admin: httpx2.AsyncClient, time: str, says: str) -> None:
    body = assert_problem(await admin.get("/audit", params={"since": time}), 422, "invalid_input")
    assert says in body["mistakes"]["since"]


async def test_characters_that_are_none_are_named(admin: httpx2.AsyncClient) -> None:
    answer = await admin.post("/people", json={"name": "a\u0000b", "addresses": ["a@contoso.example"]})
    assert set(assert_problem(answer, 422, "invalid_input")["mistakes"]) == {"name"}
    assert_problem(await admin.get("/people?search=%00"), 422, "invalid_input")


async def test_a_body_that_does_not_come_is_not_waited_for(service: Roomstead) -> None:
    impatient = Gate(create_app(service), patience=timedelta(milliseconds=50))
    server = uvicorn.Server(uvicorn.Config(impatient, host="127.0.0.1", port=0, log_config=None, lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:
        if running.done():
            await running
        await asyncio.sleep(0.001)
    for path in ("/sign-in", "/api/v1/bookings"):
        begun = f"POST {path} HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 9\r\n"
        reader, writer = await asyncio.open_connection(*server.servers[0].sockets[0].getsockname())
        writer.write(f"{begun}Content-Type: application/x-www-form-urlencoded\r\n\r\na=".encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 408 "), path
        writer.close()
    server.should_exit = True
    await running


async def test_every_error_code_has_a_page(base_url: str) -> None:
    async with httpx2.AsyncClient(base_url=base_url, verify=PLAIN) as http:
        page = await http.get("/problems/room_taken")
        assert page.json() == {
            "code": "room_taken",
            "status": 409,
            "meaning": "The room is already taken at that time.",
            "guide": "/help/errors#room_taken",
        }
        assert (await http.get("/problems/none_such")).status_code == 404


async def test_health_ready_and_figures(base_url: str, nobody: httpx2.AsyncClient) -> None:
    async with httpx2.AsyncClient(base_url=base_url, verify=PLAIN) as http:
        assert (await http.get("/healthz")).json() == {"status": "ok"}
        ready = await http.get("/readyz")
        assert ready.status_code == 503
        assert ready.json() == {
            "ready": False,
            "database": True,
            "schema_current": True,
            "worker": False,
            "worker_seen_at": None,
        }
        await nobody.get("/people/3f0a3c0e-0000-4000-8000-000000000000")
        figures = (await http.get("/metrics")).text
        assert (
            'roomstead_http_requests_total{method="GET",route="/api/v1/people/{person_id}",status="401"} 1.0' in figures
        )
        assert "3f0a3c0e" not in figures
        assert "roomstead_jobs_waiting 0.0" in figures
        assert "roomstead_worker_seen_seconds_ago -1.0" in figures
