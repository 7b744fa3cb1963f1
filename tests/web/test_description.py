"""The description of the API: whole, valid, and true."""

import asyncio
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from openapi_schema_validator import OAS31Validator
from schemathesis.checks import CheckContext
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from roomstead.application.people.add_person import AddPerson
from roomstead.application.people.create_token import CreateToken
from roomstead.bootstrap.service import build
from roomstead.config import load
from roomstead.domain.people import OPERATOR, Role
from roomstead.domain.webhook import WebhookType
from roomstead.entrypoints.web.app import create_app


def no_defect(context: CheckContext, response: Response, case: Any) -> None:  # noqa: ANN401 - a generic case
    """Not ready is an answer, a defect is none."""
    assert response.status_code != 500


CHECKS = [
    no_defect,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
MEMBER_ROUTES = ("/api/v1/me", "/api/v1/bookings", "/api/v1/rooms/free", "/api/v1/integrations")


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The description, as it is served."""
    return create_app(None).openapi()  # type: ignore[arg-type]  # describing needs no service


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation under its name."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_it_is_openapi_3_1_with_valid_schemas(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    for name, schema in described["components"]["schemas"].items():
        OAS31Validator.check_schema(schema)
        assert schema.get("description"), f"{name} says nothing"
    assert described["components"]["securitySchemes"]


def test_every_operation_says_what_it_does_and_which_errors_it_has(described: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in operations(described)]
    assert len(ids) == len(set(ids))
    for name, operation in operations(described):
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
        if "/api/v1/" in name:
            assert operation["security"], name
            assert {"400", "401", "500", "503"} <= set(operation["responses"]), name
        for status, answer in operation["responses"].items():
            if int(status) >= 400 and "/readyz" not in name:
                assert "application/problem+json" in answer["content"], name
                assert "`" in answer["description"], f"{name} {status} names no code"


def test_posts_take_a_key_and_changes_a_version(described: dict[str, Any]) -> None:
    for name, operation in operations(described):
        headers = {each["name"].lower() for each in operation.get("parameters", ()) if each["in"] == "header"}
        assert ("idempotency-key" in headers) == name.startswith("POST"), name
        assert ("if-match" in headers) == ("428" in operation["responses"]), name


def test_a_post_may_leave_out_a_body_that_asks_for_nothing(described: dict[str, Any]) -> None:
    for name, operation in operations(described):
        body = operation.get("requestBody")
        if body is None or not name.startswith("POST ") or "application/json" not in body["content"]:
            continue
        reference = body["content"]["application/json"]["schema"].get("$ref", "").rpartition("/")[2]
        asks_for = described["components"]["schemas"].get(reference, {}).get("required", [])
        assert bool(body.get("required")) is bool(asks_for), name


def test_webhooks_are_described_as_the_guide_lists_them(described: dict[str, Any]) -> None:
    guide = (Path(__file__).parents[2] / "docs/howto/webhooks.md").read_text()
    listed = dict(re.findall(r"^\| `([a-z]+\.[a-z_]+)` \| (.+?) \|", guide, re.MULTILINE))
    told = {name: item["post"] for name, item in described["webhooks"].items()}
    assert set(told) == {each.value for each in WebhookType}
    assert {name: each["description"] for name, each in told.items()} == {
        name: f"When {when}." for name, when in listed.items()
    }
    ids = [operation["operationId"] for _, operation in operations(described)]
    assert not set(ids) & {each["operationId"] for each in told.values()}
    for each in told.values():
        schema = each["requestBody"]["content"]["application/json"]["schema"]
        OAS31Validator.check_schema(schema)
        for part in (schema["allOf"][0], schema["allOf"][1]["properties"]["data"]):
            assert part["$ref"].rpartition("/")[2] in described["components"]["schemas"]


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[tuple[str, dict[Role, str]]]:
    """The running application in a thread of its own, and a token for each role."""
    tokens: dict[Role, str] = {}
    address: list[str] = []
    is_up, stop = threading.Event(), threading.Event()

    async def serve() -> None:
        async with build(load(data_dir=tmp_path / "data"), database_url) as service:
            for role in Role:
                command = AddPerson(role.value, [f"{role.value}@contoso.example"], role)
                person = await service.cases.add_person(command, OPERATOR)
                tokens[role] = (await service.cases.create_token(CreateToken(person.id, "t"), OPERATOR)).secret
            config = uvicorn.Config(create_app(service), host="127.0.0.1", port=0, log_config=None, lifespan="off")
            server = uvicorn.Server(config)
            running = asyncio.create_task(server.serve())
            while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.001)
            address.append(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
            is_up.set()
            await asyncio.to_thread(stop.wait)
            server.should_exit = True
            await running

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert is_up.wait(60)
    yield address[0], tokens
    stop.set()
    thread.join(60)


def test_answers_are_as_described_whatever_is_sent(
    served: tuple[str, dict[Role, str]], described: dict[str, Any]
) -> None:
    base, tokens = served
    schema = schemathesis.openapi.from_dict(described)
    tried = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        roles = [Role.GLOBAL_ADMIN]
        if operation.path in MEMBER_ROUTES:
            roles.append(Role.MEMBER)
        for role in roles:
            _try(operation, base, tokens[role])
            tried += 1
    assert tried > 50


def _try(operation: APIOperation[Any, Any, Any, Any], base: str, token: str) -> None:
    """Send what the description allows, and some of what it does not."""

    @settings(
        max_examples=6,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def send(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(base_url=base, headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

    send()
