"""One call to an API of Google on its way through the handlers, and the table entry that brought it there."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from roomstead_sandbox.google.access import Calendar, Caller, caller_role, find_calendar, require_owned, require_role
from roomstead_sandbox.google.errors import condition_not_met, invalid, not_found, parse_error
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.wire import Answer, Request, json_answer
from roomstead_sandbox.world.world import World

Json = dict[str, Any]
_DIGITS = 10


class Api(Enum):
    """Which API a method belongs to: it decides on quotas and on what must be enabled."""

    CALENDAR = "calendar"
    DIRECTORY = "directory"


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of a request."""

    pairs: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str | None:
        """The last value of a parameter."""
        return next((value for key, value in reversed(self.pairs) if key == name), None)

    def all(self, name: str) -> list[str]:
        """Every value of a parameter that may be repeated."""
        return [value for key, value in self.pairs if key == name]

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A parameter that is true or false. GoogleError 400 for anything else."""
        value = self.get(name)
        if value is None:
            return default
        if value.lower() not in ("true", "false"):
            raise invalid(f"Invalid boolean value: '{value}'.", name)
        return value.lower() == "true"

    def number(self, name: str, *, default: int, most: int, least: int = 1) -> int:
        """A whole number, cut down to ``most``. GoogleError 400 for anything else."""
        value = self.get(name)
        if value is None:
            return default
        if not value.isascii() or not value.isdigit() or len(value) > _DIGITS or int(value) < least:
            raise invalid(f"Invalid value '{value}'. Values must be within the range: [{least}, {most}]", name)
        return min(int(value), most)


@dataclass(slots=True)
class Call:
    """A call that was routed, signed in and let through."""

    state: FaceState
    request: Request
    caller: Caller
    names: Mapping[str, str]
    query: Query
    route: "Route"
    now: datetime
    respond: Callable[[Request], Awaitable[Answer]]
    _calendar: Calendar | None = field(default=None, repr=False)
    _role: Role = Role.NONE

    @property
    def world(self) -> World:
        """The world."""
        return self.state.world

    @property
    def role(self) -> Role:
        """What the caller may do with the calendar of the path, scopes considered."""
        self.calendar()
        return self._role

    def calendar(self) -> Calendar:
        """The calendar that the path names. GoogleError 404 when there is none or the caller may not know of it."""
        if self._calendar is None:
            self._calendar, self._role = self.open(self.names["calendar"])
        return self._calendar

    def open(self, key: str) -> tuple[Calendar, Role]:
        """Another calendar, with the caller's role on it. GoogleError 404 as for the one of the path."""
        calendar = find_calendar(self.state, self.caller, key)
        role = Role.NONE if calendar is None else caller_role(self.state, self.caller, calendar)
        if calendar is None or role is Role.NONE:
            raise not_found()
        require_owned(self.state, self.caller, calendar, frozenset(self.route.scopes), self.route.id)
        return calendar, role

    def require(self, role: Role) -> Calendar:
        """The calendar of the path, when the caller's role suffices. GoogleError 404, or 403."""
        calendar = self.calendar()
        require_role(self._role, role)
        return calendar

    def json_body(self) -> Json:
        """The request's JSON object. GoogleError 400 ``parseError`` for anything else."""
        try:
            data = json.loads(self.request.body) if self.request.body.strip() else {}
        except (ValueError, RecursionError) as error:
            raise parse_error() from error
        if not isinstance(data, dict):
            raise parse_error()
        return data

    def require_match(self, etag: str) -> None:
        """GoogleError 412 when the request is for another version than the current one."""
        wanted = self.request.header("if-match")
        if wanted is not None and wanted.strip() not in ("*", etag):
            raise condition_not_met()

    def answer(self, data: object, status: int = 200, etag: str | None = None) -> Answer:
        """An answer with JSON, and its entity tag as a header, too."""
        answer = json_answer(data, status)
        if etag is not None:
            answer.headers.append(("ETag", etag))
        return answer


Handler = Callable[[Call], Answer | Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table: id as in the discovery document, method, path below the host, scopes, what answers.

    ``writes``: whether the method changes calendars, so that a read-only account may not call it. Placeholders of the
    path: ``{calendar}`` is looked up for quotas and bad luck, the others are the handler's.
    """

    id: str
    method: str
    template: str
    handler: Handler
    scopes: tuple[str, ...]
    writes: bool = False
    api: Api = Api.CALENDAR
