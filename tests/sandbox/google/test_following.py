"""Whoever follows a calendar by its sync tokens ends with what a full list shows, whatever happened meanwhile."""

import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from roomstead_sandbox.google.edge.api import ApiEdge
from roomstead_sandbox.google.face import GoogleFace
from roomstead_sandbox.google.identity.tokens import Grant
from roomstead_sandbox.wire import Answer, Request
from roomstead_sandbox.world import seeds
from roomstead_sandbox.world.world import World

Json = dict[str, Any]
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
JANE, MARCUS = "jane.doe@corp.example", "marcus.lee@corp.example"
CANAL = "c_1880canal@resource.calendar.google.com"
STEPS = (
    "single",
    "series",
    "move",
    "shorten",
    "rename",
    "one",
    "skip",
    "delete",
    "restore",
    "answer",
    "invite",
    "wait",
)


class Calendars:
    """Three calendars of a tenant, called as Marcus without the wire, and a mirror of each kind of list of each."""

    def __init__(self) -> None:
        self.world = World(now=NOW)
        self.face = GoogleFace(self.world)
        seeds.planter("corp")(self.world)
        self.face.seeded("corp")
        self.edge = ApiEdge(self.face.state)
        self.tokens = {who: self._token(who) for who in (MARCUS, JANE)}
        self.made: list[str] = []
        lists = ((MARCUS, MARCUS), (JANE, JANE), (MARCUS, CANAL))
        self.mirrors = {
            (who, calendar, single): Mirror(self, who, calendar, single) for who, calendar in lists for single in (0, 1)
        }

    def ask(self, who: str, method: str, path: str, query: str = "", body: object = None) -> Json:
        """One call; an error answers with its code."""
        pairs = tuple(part.split("=", 1) for part in query.split("&") if part)
        request = Request(
            method,
            ("calendar", "v3", "calendars", *path.split("/")),
            tuple((name, value) for name, value in pairs),
            {"authorization": (f"Bearer {self.tokens[who]}",)},
            b"" if body is None else json.dumps(body).encode(),
            "http://localhost/google",
        )
        answer = done(self.edge.respond(request))
        found: Json = json.loads(answer.body) if answer.body else {}
        return found

    def act(self, step: str, number: int) -> None:
        """Something happens."""
        day = NOW + timedelta(days=1 + number % 5, hours=number % 3)
        times = {"start": _moment(day), "end": _moment(day + timedelta(hours=1))}
        guests = {"attendees": [{"email": JANE}, {"email": CANAL}]}
        chosen = self.made[number % len(self.made)] if self.made else "nothing"
        occurrence = f"{chosen}_{day + timedelta(days=number % 3):%Y%m%dT%H%M%SZ}"
        path, one = f"{MARCUS}/events/{chosen}", f"{MARCUS}/events/{occurrence}"
        series = {"recurrence": [f"RRULE:FREQ=DAILY;COUNT={2 + number % 3}"]}
        answered = {"attendees": [{"email": JANE, "responseStatus": "accepted"}, {"email": CANAL}]}
        acts: dict[str, Callable[[], object]] = {
            "single": lambda: self._make({**times, **guests, "summary": "Single"}),
            "series": lambda: self._make({**times, **guests, **series, "summary": "Series"}),
            "move": lambda: self.ask(MARCUS, "PATCH", path, body=times),
            "shorten": lambda: self.ask(MARCUS, "PATCH", path, body=series),
            "rename": lambda: self.ask(MARCUS, "PATCH", path, body={"summary": f"Name {number}"}),
            "one": lambda: self.ask(MARCUS, "PATCH", one, body={**times, "summary": f"One {number}"}),
            "skip": lambda: self.ask(MARCUS, "DELETE", one),
            "delete": lambda: self.ask(MARCUS, "DELETE", path),
            "restore": lambda: self.ask(MARCUS, "PATCH", path, body={"status": "confirmed"}),
            "answer": lambda: self.ask(JANE, "PATCH", f"{JANE}/events/{chosen}", body=answered),
            "invite": lambda: self.ask(MARCUS, "PATCH", path, body=guests if number % 2 else {"attendees": []}),
            "wait": lambda: self.world.clock.advance(number),
        }
        acts[step]()

    def _make(self, body: Json) -> None:
        self.made.append(self.ask(MARCUS, "POST", f"{MARCUS}/events", body=body)["id"])

    def _token(self, who: str) -> str:
        user = self.face.state.user(who)
        assert user is not None
        scopes = frozenset({"https://www.googleapis.com/auth/calendar"})
        grant = Grant(user_id=user.id, client_id="tests", project="1", scopes=scopes)
        return self.face.state.tokens.issue(grant, NOW).text


class Mirror:
    """What somebody knows who lists a calendar once and then follows its changes: what is on, what is cancelled."""

    def __init__(self, calendars: Calendars, who: str, calendar: str, single: int) -> None:
        self.calendars, self.who = calendars, who
        self.path, self.query = f"{calendar}/events", f"singleEvents={'true' if single else 'false'}"
        self.single = single
        self.held: dict[str, str] = {}
        self.gaps: set[str] = set()
        page = self.full()
        self.token = page["nextSyncToken"]
        self._take(page["items"])

    def full(self) -> Json:
        """A full list."""
        return self.calendars.ask(self.who, "GET", self.path, f"{self.query}&maxResults=2500")

    def follow(self) -> None:
        """Take what changed, a few at a time."""
        page: Json = {"nextPageToken": None}
        while "nextPageToken" in page:
            query = f"{self.query}&maxResults=3&syncToken={self.token}"
            query += f"&pageToken={page['nextPageToken']}" if page["nextPageToken"] else ""
            page = self.calendars.ask(self.who, "GET", self.path, query)
            self._take(page["items"])
        self.token = page["nextSyncToken"]

    def _take(self, items: list[Json]) -> None:
        for item in items:
            self.gaps.discard(item["id"])
            if item["status"] == "cancelled":
                series = "" if self.single else item["id"] + "_"
                left = {key: tag for key, tag in self.held.items() if not series or not key.startswith(series)}
                self.held = {key: tag for key, tag in left.items() if key != item["id"]}
                self.gaps.add(item["id"])
            else:
                self.held[item["id"]] = item["etag"]


def done(call: Coroutine[Any, Any, Answer]) -> Answer:
    """The answer of a call that waits for nothing."""
    try:
        call.send(None)
    except StopIteration as stop:
        answer: Answer = stop.value
        return answer
    raise AssertionError("The call waits for something.")


def _moment(moment: datetime) -> Json:
    return {"dateTime": moment.isoformat(), "timeZone": "UTC"}


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9)), max_size=14))
def test_following_is_as_good_as_listing(steps: list[tuple[str, int]]) -> None:
    calendars = Calendars()
    for number, (step, choice) in enumerate(steps):
        calendars.act(step, choice)
        if number % 3 == 2:
            for mirror in calendars.mirrors.values():
                mirror.follow()
    calendars.world.clock.settle(600)
    for key, mirror in calendars.mirrors.items():
        mirror.follow()
        items = mirror.full()["items"]
        assert mirror.held == {item["id"]: item["etag"] for item in items if item["status"] != "cancelled"}, key
        assert mirror.gaps >= {item["id"] for item in items if item["status"] == "cancelled"}, key


def test_tokens_survive_being_quoted() -> None:
    calendars = Calendars()
    token = next(iter(calendars.mirrors.values())).token
    assert token.endswith("=")
    assert quote(token) != token
