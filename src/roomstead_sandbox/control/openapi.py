"""The control API described by itself: OpenAPI 3.1 from the routes, and a page of it for people."""

import html
import re
from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import models_json_schema

from roomstead_sandbox.control.routes import Json, Route

_REF = "#/components/schemas/{model}"
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence that says what is wrong."},
    },
}


def describe(routes: Sequence[Route], version: str) -> Json:
    """The OpenAPI document of these routes."""
    models = {route.body: None for route in routes if route.body is not None}
    references, definitions = models_json_schema([(m, "validation") for m in models], ref_template=_REF)
    schemas = {**definitions.get("$defs", {}), "Problem": _PROBLEM}
    paths: dict[str, dict[str, Json]] = {}
    for route in routes:
        reference = None if route.body is None else references[route.body, "validation"]
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, reference)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Roomstead sandbox: control",
            "version": version,
            "description": "Orders to the rehearsal tenant: its clock, its people, its rooms, its bad luck.",
        },
        "servers": [{"url": "/_control"}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def page(routes: Sequence[Route]) -> str:
    """The routes as a plain page, without scripts."""
    rows = "".join(
        f"<tr><td><code>{html.escape(r.method)}</code></td><td><code>{html.escape(r.path)}</code></td>"
        f"<td>{html.escape(r.says)}</td></tr>"
        for r in routes
    )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Sandbox control</title>"
        "<style>body{font:16px system-ui;margin:2rem}td{padding:.2rem 1rem .2rem 0;vertical-align:top}</style>"
        "<h1>Sandbox control</h1><p>Machine-readable: <a href=openapi.json>openapi.json</a></p>"
        f"<table>{rows}</table></html>"
    )


def _operation(route: Route, reference: Json) -> Json:
    named = re.findall(r"{(\w+)", route.path)
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in named
    ]
    parameters += [
        {"name": name, "in": "query", "description": says, "schema": {"type": "string"}} for name, says in route.query
    ]
    problem = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.says,
        "parameters": parameters,
        "responses": {
            "200": {"description": "Done.", "content": {"application/json": {"schema": {}}}},
            "404": {"description": "No such thing.", "content": problem},
            "409": {"description": "Already in use.", "content": problem},
            "422": {"description": "Not understood, or refused.", "content": problem},
        },
    }
    if reference is not None:
        operation["requestBody"] = {"content": {"application/json": {"schema": reference}}}
    return operation


def _operation_id(route: Route) -> str:
    return f"{route.method.lower()}_" + re.sub(r"\W+", "_", route.path).strip("_")
