"""Every route with every role: who comes in, who is refused, and that no route is forgotten."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

import httpx2

from roomstead.entrypoints.web.app import create_app

Who = Literal["anybody", "person", "admin"]
NONE = "3f0a3c0e-0000-4000-8000-000000000000"
SPAN = "start=2026-12-01T09:00:00Z&end=2026-12-01T10:00:00Z"
BOOKING = {"start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z", "title": "T", "room_id": NONE}
CREDENTIAL = {"kind": "x", "fields": {}}
INTEGRATION = {
    "provider": "x",
    "name": "n",
    "tenant": "t",
    "tier": 2,
    "credential": CREDENTIAL,
    "address": "a@b.example",
}
ADDRESS = {"address": "a@contoso.example"}


@dataclass(frozen=True)
class Route:
    """A route, who may use it, and a request that gets past the door of whoever may."""

    who: Who
    query: str = ""
    body: Any = None


ROUTES: dict[str, Route] = {
    "GET /healthz": Route("anybody"),
    "GET /readyz": Route("anybody"),
    "GET /metrics": Route("anybody"),
    "GET /problems/{code}": Route("anybody"),
    "GET /api/v1/openapi.json": Route("anybody"),
    "GET /api/v1/me": Route("person"),
    "POST /api/v1/bookings/preview": Route("person", body=BOOKING),
    "POST /api/v1/bookings": Route("person", body=BOOKING),
    "GET /api/v1/bookings": Route("person"),
    "GET /api/v1/bookings/{booking_id}": Route("person"),
    "PATCH /api/v1/bookings/{booking_id}": Route("person", body={}),
    "POST /api/v1/bookings/{booking_id}/cancel": Route("person", body={}),
    "POST /api/v1/bookings/{booking_id}/retry": Route("person"),
    "GET /api/v1/rooms": Route("person"),
    "POST /api/v1/rooms": Route("admin", body={"integration_id": NONE, **ADDRESS}),
    "GET /api/v1/rooms/free": Route("person", SPAN),
    "GET /api/v1/rooms/{room_id}": Route("person"),
    "PATCH /api/v1/rooms/{room_id}": Route("admin", body={"name": "Oak"}),
    "POST /api/v1/rooms/{room_id}/leave-out": Route("admin"),
    "POST /api/v1/rooms/{room_id}/put-back": Route("admin"),
    "GET /api/v1/rooms/{room_id}/events": Route("person", SPAN),
    "GET /api/v1/providers": Route("admin"),
    "GET /api/v1/integrations": Route("admin"),
    "POST /api/v1/integrations": Route("admin", body=INTEGRATION),
    "GET /api/v1/integrations/{integration_id}": Route("admin"),
    "PATCH /api/v1/integrations/{integration_id}": Route("admin", body={"name": "n"}),
    "DELETE /api/v1/integrations/{integration_id}": Route("admin", "name=n"),
    "GET /api/v1/integrations/{integration_id}/removal": Route("admin"),
    "POST /api/v1/integrations/{integration_id}/disable": Route("admin"),
    "POST /api/v1/integrations/{integration_id}/enable": Route("admin"),
    "PUT /api/v1/integrations/{integration_id}/credential": Route("admin", body=CREDENTIAL),
    "POST /api/v1/integrations/{integration_id}/verify": Route("admin", body={}),
    "POST /api/v1/integrations/{integration_id}/discover": Route("admin"),
    "POST /api/v1/integrations/{integration_id}/service-account": Route("admin", body=ADDRESS),
    "PUT /api/v1/integrations/{integration_id}/service-account": Route("admin", body=ADDRESS),
    "DELETE /api/v1/integrations/{integration_id}/service-account": Route("admin"),
    "GET /api/v1/integrations/{integration_id}/access": Route("admin"),
    "POST /api/v1/integrations/{integration_id}/access/probe": Route("admin", body={"addresses": ["a@b.example"]}),
    "GET /api/v1/integrations/{integration_id}/room-policies": Route("admin"),
    "POST /api/v1/integrations/{integration_id}/room-policies": Route("admin", body={"pasted": "[]"}),
    "GET /api/v1/integrations/{integration_id}/restriction": Route("admin"),
    "PUT /api/v1/integrations/{integration_id}/restriction/must-be-refused/{address}": Route("admin", body={}),
    "DELETE /api/v1/integrations/{integration_id}/restriction/must-be-refused/{address}": Route("admin"),
    "GET /api/v1/verifications/{verification_id}": Route("admin"),
    "GET /api/v1/verifications/{verification_id}/stream": Route("admin"),
    "POST /api/v1/verifications/{verification_id}/applied": Route("admin", body={"check": "rooms"}),
    "GET /api/v1/people": Route("admin"),
    "POST /api/v1/people": Route("admin", body={"name": "N", "addresses": ["n@contoso.example"]}),
    "GET /api/v1/people/{person_id}": Route("admin"),  # and oneself: test_people.py
    "PATCH /api/v1/people/{person_id}": Route("admin", body={}),
    "GET /api/v1/tokens": Route("person"),
    "POST /api/v1/tokens": Route("person", body={"name": "t"}),
    "DELETE /api/v1/tokens/{token_id}": Route("person"),
    "GET /api/v1/people/{person_id}/tokens": Route("admin"),
    "POST /api/v1/people/{person_id}/tokens": Route("admin", body={"name": "t"}),
    "GET /api/v1/audit": Route("admin"),
    "GET /api/v1/webhooks": Route("admin"),
    "POST /api/v1/webhooks": Route("admin", body={"url": "https://e.example/", "events": ["booking.confirmed"]}),
    "GET /api/v1/webhooks/{webhook_id}": Route("admin"),
    "PATCH /api/v1/webhooks/{webhook_id}": Route("admin", body={}),
    "DELETE /api/v1/webhooks/{webhook_id}": Route("admin"),
    "POST /api/v1/webhooks/{webhook_id}/rotate-secret": Route("admin"),
    "POST /api/v1/webhooks/{webhook_id}/test": Route("admin"),
    "GET /api/v1/webhooks/{webhook_id}/deliveries": Route("admin"),
    "GET /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}": Route("admin"),
    "POST /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver": Route("admin"),
}


def documented_routes() -> set[str]:
    """Every route that the application has, by its own description."""
    paths = create_app(None).openapi()["paths"]  # type: ignore[arg-type]  # describing needs no service
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_no_route_is_forgotten_here() -> None:
    ours = {name for name in ROUTES if "/openapi.json" not in name}
    assert documented_routes() == ours


async def ask(client: httpx2.AsyncClient, name: str) -> httpx2.Response:
    """Send the route's request; ids are of things that do not exist."""
    route = ROUTES[name]
    method, _, path = name.partition(" ")
    path = path.format_map(_Ids())
    base = str(client.base_url).partition("/api/v1")[0]
    address = f"{base}{path}" + (f"?{route.query}" if route.query else "")
    headers = {"If-Match": '"1"'} if method in {"PATCH", "PUT", "DELETE"} else {}
    return await client.request(method, address, json=route.body, headers=headers)


class _Ids(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return {"address": "a@contoso.example", "code": "room_taken"}.get(key, str(uuid4()))


async def outcomes(client: httpx2.AsyncClient, who: set[Who]) -> dict[str, tuple[int, str]]:
    """Status and code of every route that is for one of these."""
    found = {}
    for name, route in ROUTES.items():
        if route.who in who:
            answer = await ask(client, name)
            is_problem = answer.headers.get("content-type", "") == "application/problem+json"
            found[name] = (answer.status_code, answer.json()["code"] if is_problem else "")
    return found


async def test_without_a_token(nobody: httpx2.AsyncClient) -> None:
    closed = await outcomes(nobody, {"person", "admin"})
    assert set(closed.values()) == {(401, "unauthenticated")}, closed
    opened = await outcomes(nobody, {"anybody"})
    assert {status for status, _ in opened.values()} <= {200, 503}, opened


async def test_as_a_member(member: httpx2.AsyncClient) -> None:
    closed = await outcomes(member, {"admin"})
    assert set(closed.values()) == {(403, "forbidden")}, closed
    opened = await outcomes(member, {"person"})
    assert not [name for name, (status, _) in opened.items() if status in {401, 403, 405, 500}], opened


async def test_as_an_admin(admin: httpx2.AsyncClient) -> None:
    opened = await outcomes(admin, {"person", "admin"})
    assert not [name for name, (status, _) in opened.items() if status in {401, 403, 405, 500}], opened


async def test_the_refusal_says_who_may_and_what_to_do(member: httpx2.AsyncClient) -> None:
    problem = (await member.get("/integrations")).json()
    assert problem["detail"] == "Only a Global Admin can see and change integrations and settings."
    assert problem["remedy"].startswith("Ask a Global Admin")
