"""The description of the API (OpenAPI 3.1), with what holds for all routes."""

from typing import Any

from fastapi import FastAPI

from roomstead.application.ports.idempotency import RequestUnderWay
from roomstead.domain.errors import AppError, IdempotencyMismatch
from roomstead.entrypoints.web.errors import BodyTooLarge, BodyTooSlow, MalformedBody, UnsupportedMedia
from roomstead.entrypoints.web.idempotency import HEADER
from roomstead.entrypoints.web.problems import PROBLEM_SCHEMA, document, status_of
from roomstead.entrypoints.web.webhook_description import describe_webhooks

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
            for methods in described["paths"].values():
                for method, operation in methods.items():
                    _complete(method, operation)
            describe_webhooks(described)
            self.openapi_schema = described
        return self.openapi_schema


def _complete(method: str, operation: dict[str, Any]) -> None:
    """Add what holds for all operations of a method, or with a body."""
    kinds: list[type[AppError]] = []
    if "requestBody" in operation:
        kinds += [MalformedBody, BodyTooLarge, BodyTooSlow, UnsupportedMedia]
    if method == "post":
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
        kinds += [RequestUnderWay, IdempotencyMismatch]
    for kind in kinds:
        document(operation["responses"], kind, str(status_of(kind).value))
    operation["responses"] = dict(sorted(operation["responses"].items()))


_IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Chosen by you. The same key with the same request gets the first answer again, for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
