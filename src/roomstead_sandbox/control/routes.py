"""What a control route is, and how its answers and errors look."""

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from roomstead_sandbox.world.errors import Invalid, NotFound, Taken, WorldError
from roomstead_sandbox.world.events import NEVER

Json = Any  # a value that json.dumps takes; its depth is open
Moment = AwareDatetime  # naive times are refused: nobody knows what they mean


class Body(BaseModel):
    """A request body: unknown fields are mistakes, and are told."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Body):
    """An empty body."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a caller asked: the values of path and query, and the validated body (a route's own model)."""

    values: Mapping[str, str]
    body: Any  # each route knows its model


@dataclass(frozen=True, slots=True)
class Route:
    """One control route. `run` carries an order out and returns JSON data (or an awaitable of it).

    `query` names the query parameters with their sentences.
    """

    method: str
    path: str
    says: str
    run: Callable[[Order], Any]
    body: type[BaseModel] | None = None
    query: tuple[tuple[str, str], ...] = ()


def endpoint(route: Route) -> Callable[[Request], Any]:
    """The Starlette endpoint of a route: validates, runs, and turns the world's refusals into problems."""

    async def serve(request: Request) -> Response:
        try:
            values = _values(route, request)
            body = None if route.body is None else route.body.model_validate(await _json(request))
            result = route.run(Order(values, body))
            if inspect.isawaitable(result):
                result = await result
        except ValidationError as error:
            return problem(422, "Not understood", _sentence(error))
        except NotFound as error:
            return problem(404, "Not found", str(error))
        except Taken as error:
            return problem(409, "Taken", str(error))
        except WorldError as error:
            return problem(422, "Refused", str(error))
        return JSONResponse(plain(result))

    return serve


def problem(status: int, title: str, detail: str) -> Response:
    """An error as application/problem+json with a sentence."""
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail})
    return Response(body, status, media_type="application/problem+json")


def plain(value: Json) -> Json:
    """Dataclasses, times, enums and sets as plain JSON data. Times are ISO 8601 in UTC; "never" is null."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return _moment(value)


def _moment(value: Json) -> Json:
    if isinstance(value, datetime):
        return None if value == NEVER else value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date | time) else value


def parsed_moment(text: str) -> datetime:
    """An aware time from a query string. Raises Invalid for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"{text!r} is not a time such as 2026-12-01T09:00:00Z.") from error
    if moment.tzinfo is None:
        raise Invalid(f"{text!r} has no time zone: write 2026-12-01T09:00:00Z.")
    return moment.astimezone(UTC)


def parsed_number(text: str) -> int:
    """A whole number from a path or query. Raises Invalid for anything else."""
    try:
        return int(text)
    except ValueError as error:
        raise Invalid(f"{text!r} is not a number.") from error


def _values(route: Route, request: Request) -> dict[str, str]:
    known = {name for name, _ in route.query}
    if unknown := set(request.query_params) - known:
        raise Invalid(f"There is no parameter {', '.join(sorted(unknown))} here.")
    return {**request.query_params, **{k: str(v) for k, v in request.path_params.items()}}


async def _json(request: Request) -> Json:
    raw = await request.body()
    if not raw:
        return {}
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Invalid("The body is not JSON.") from error


def _sentence(error: ValidationError) -> str:
    """Every mistake of a body in one line."""
    found = []
    for mistake in error.errors(include_url=False, include_context=False, include_input=False):
        where = ".".join(str(part) for part in mistake["loc"]) or "body"
        found.append(f"{where}: {mistake['msg']}")
    return "; ".join(found)
