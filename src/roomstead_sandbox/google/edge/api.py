"""The front door of the Calendar and Directory APIs: who calls, how often, with what luck; then the handler."""

import json
from dataclasses import dataclass
from datetime import datetime

from roomstead_sandbox.google.access import Caller, find_calendar
from roomstead_sandbox.google.call import Api, Call, Query, Route
from roomstead_sandbox.google.edge import luck, partial
from roomstead_sandbox.google.edge.override import unfolded
from roomstead_sandbox.google.edge.routes import ALL_ROUTES, RouteTable
from roomstead_sandbox.google.errors import (
    GoogleError,
    api_disabled,
    auth_error,
    bad_request,
    insufficient_scopes,
    invalid,
    login_required,
    not_a_calendar_user,
    not_found,
    usage_limits,
)
from roomstead_sandbox.google.identity.cloud import API_TITLES, CALENDAR_API, DIRECTORY_API
from roomstead_sandbox.google.quotas import PATCH_UNITS
from roomstead_sandbox.google.state import FACE, FaceState
from roomstead_sandbox.wire import Answer, Dropped, Request, json_answer
from roomstead_sandbox.world.errors import NotFound, WorldError
from roomstead_sandbox.world.people import MailboxKind, User
from roomstead_sandbox.world.requests import Request as Line

LONGEST_QUOTA_USER = 40
SERVICES = {Api.CALENDAR: CALENDAR_API, Api.DIRECTORY: DIRECTORY_API}


@dataclass(slots=True)
class Trace:
    """What is known of a call from outside: for the request log."""

    now: datetime
    method: str
    template: str = "?"
    mailbox: str | None = None
    code: str | None = None
    app: str | None = None


class ApiEdge:
    """Answers requests below the hosts of the APIs, also those inside a batch."""

    def __init__(self, state: FaceState) -> None:
        self._state = state
        self._table = RouteTable(ALL_ROUTES)

    async def respond(self, request: Request) -> Answer:
        """Answer one request. Raises Dropped when the connection is to be closed."""
        request = unfolded(request)
        trace = Trace(self._state.world.now(), request.method)
        try:
            answer = await self._served(request, trace)
        except GoogleError as error:
            answer = self._error(error, trace)
        except WorldError as error:
            answer = self._error(not_found() if isinstance(error, NotFound) else bad_request(str(error)), trace)
        except luck.Unlucky as unlucky:
            answer = unlucky.answer
        except Dropped:
            self._record(trace, 0)
            raise
        self._record(trace, answer.status)
        return answer

    async def _served(self, request: Request, trace: Trace) -> Answer:
        query = Query(request.query)
        route, names = self._table.find(request.method, request.segments)
        trace.template = route.template
        caller = self._caller(request, query)
        trace.app = caller.token.client_id
        calendar = find_calendar(self._state, caller, names["calendar"]) if "calendar" in names else None
        trace.mailbox = calendar.owner.id if calendar is not None else None
        mask = partial.parse(fields) if (fields := query.get("fields")) else None
        self._charge(request, query, caller, route)
        slow, fault = await luck.before(
            self._state.world.faults, luck.Where(trace.mailbox, route.template, route.method)
        )
        self._admit(caller, route)
        call = Call(self._state, request, caller, names, query, route, trace.now, self.respond)
        answer = route.handler(call)
        answer = answer if isinstance(answer, Answer) else await answer
        await luck.after(slow, fault)
        return answer if mask is None or not answer.body else _masked(answer, mask)

    def _caller(self, request: Request, query: Query) -> Caller:
        scheme, _, text = (request.header("authorization") or "").partition(" ")
        given = text.strip() if scheme.lower() == "bearer" else query.get("access_token") or query.get("oauth_token")
        if not given:
            raise login_required()
        token = self._state.tokens.read(given, self._state.world.now())
        user = None if token is None else self._state.world.directory.users.get(token.user_id)
        if token is None or user is None or not _lives(user):
            raise auth_error()
        return Caller(user, token)

    def _charge(self, request: Request, query: Query, caller: Caller, route: Route) -> None:
        """Count the request: under delegation against the service account, unless a quota user is named."""
        named = query.get("quotaUser") or request.header("x-goog-quota-user")
        if named is not None and len(named) > LONGEST_QUOTA_USER:
            raise invalid(f"Invalid value for quotaUser: at most {LONGEST_QUOTA_USER} characters.", "quotaUser")
        token = caller.token
        units = PATCH_UNITS if route.api is Api.CALENDAR and route.method == "PATCH" else 1
        user = f"quotaUser:{named}" if named else token.account or token.user_id
        self._state.quotas.charge(route.api.value, token.project, user, units, self._state.world.now())

    def _admit(self, caller: Caller, route: Route) -> None:
        """What stands between a caller and a method whatever it is about. GoogleError 403."""
        service = SERVICES[route.api]
        project = self._state.cloud.projects.get(caller.token.project)
        if project is not None and service not in project.apis:
            raise api_disabled(API_TITLES[service], service, project.number)
        if route.scopes and not caller.scopes & frozenset(route.scopes):
            raise insufficient_scopes(route.id)
        if route.api is Api.CALENDAR and caller.user.mailbox is not MailboxKind.CLOUD:
            raise not_a_calendar_user()
        until = self._state.account(caller.user).read_only_until
        if route.writes and until is not None and self._state.world.now() < until:
            raise usage_limits()

    def _error(self, error: GoogleError, trace: Trace) -> Answer:
        trace.code = error.reason
        answer = json_answer(error.body(), error.code)
        answer.headers.extend(error.headers)
        return answer

    def _record(self, trace: Trace, status: int) -> None:
        self._state.world.requests.record(
            Line(
                trace.now, FACE, trace.method, trace.template, status, mailbox=trace.mailbox, code=trace.code,
                app=trace.app,
            )
        )  # fmt: skip


def _lives(user: User) -> bool:
    """Tokens of suspended and deleted people are worth nothing."""
    return user.account_enabled and user.mailbox is not MailboxKind.SOFT_DELETED


def _masked(answer: Answer, mask: partial.Mask) -> Answer:
    answer.body = json_answer(partial.keep(json.loads(answer.body), mask)).body
    return answer
