"""The web application: every router, the gate around them, errors as problems."""

from importlib.metadata import version
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from roomstead.bootstrap.service import Roomstead
from roomstead.domain.errors import AppError
from roomstead.entrypoints.web import health, static_files
from roomstead.entrypoints.web.answers import answer_error
from roomstead.entrypoints.web.api import ROUTERS
from roomstead.entrypoints.web.deps import API
from roomstead.entrypoints.web.gate import Gate
from roomstead.entrypoints.web.idempotency import HEADER
from roomstead.entrypoints.web.pages import ROUTERS as PAGES
from roomstead.entrypoints.web.pages.guard import refuse_foreign_forms
from roomstead.entrypoints.web.problems import PROBLEM_SCHEMA

DESCRIPTION = """Book meeting rooms, and connect the calendars that they live in.

Send a token as `Authorization: Bearer …`. Errors are `application/problem+json` with a stable `code`. A POST may carry
an `Idempotency-Key`; changes carry the ETag that they were decided on as `If-Match`. Lists come in pages: send
`next_cursor` back as `cursor`. Times carry their offset from UTC."""


class Application(FastAPI):
    """FastAPI, with the parts of the description that hold for all routes."""

    def openapi(self) -> dict[str, Any]:
        """The description of the API (OpenAPI 3.1), made once."""
        if self.openapi_schema is None:
            described = super().openapi()
            schemas = described.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = PROBLEM_SCHEMA
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            for path in described["paths"].values():
                if "post" in path:
                    path["post"].setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
            self.openapi_schema = described
        return self.openapi_schema


_IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Chosen by you. The same key with the same request gets the first answer again, for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


def create_app(service: Roomstead) -> FastAPI:
    """The application in front of a built service."""
    app = Application(
        title="Roomstead",
        version=version("roomstead"),
        description=DESCRIPTION,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.roomstead = service
    app.add_middleware(Gate)
    for kind in (AppError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer_error)
    app.include_router(health.router)
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(static_files.router)
    for router in PAGES:
        app.include_router(router, include_in_schema=False, dependencies=[Depends(refuse_foreign_forms)])
    return app
