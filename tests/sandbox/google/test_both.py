"""Two services in one world: an organiser here, guests there, over both providers' HTTP."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from tests.support.plain import PLAIN

from roomstead_sandbox.app import Sandbox
from roomstead_sandbox.google.face import create_face as google
from roomstead_sandbox.google.identity.tokens import Grant
from roomstead_sandbox.microsoft.face import create_face as microsoft
from roomstead_sandbox.running import RunningSandbox
from roomstead_sandbox.world.world import World

Json = dict[str, Any]
Build = Callable[..., Json]
ANNE, TOM = "jane.doe@corp.example", "tom.baker@contoso.example"
CANAL, OAK = "c_1880canal@resource.calendar.google.com", "oak@contoso.example"


class Both(RunningSandbox):
    """A running sandbox with a tenant of either service."""

    def __init__(self, now: Any) -> None:  # noqa: ANN401  (the time of the other tests)
        self.made = World(now=now)
        self.google = google(self.made)
        super().__init__(Sandbox(self.made, [microsoft(self.made), self.google]), seed="both")
        self.http = httpx2.Client(trust_env=False, verify=PLAIN, timeout=60)
        self.bearers = {"graph": self._graph_token(), "google": self.call(self._google_token)}

    def ask(self, host: str, method: str, path: str, body: object = None, **query: str) -> Json:
        """One call that must succeed."""
        base = {"graph": self.endpoints["graph_base"] + "/v1.0", "google": self.endpoints["google_calendar_base"]}
        bearer = {"Authorization": f"Bearer {self.bearers[host]}"}
        answer = self.http.request(method, base[host] + path, json=body, params=query, headers=bearer)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else {}

    def settle(self) -> None:
        """Let all mail arrive and all rooms decide."""
        self.control.post("clock/settle", {})

    def _graph_token(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.endpoints["client_id"],
            "client_secret": self.endpoints["client_secret"],
            "scope": "https://graph.microsoft.com/.default",
        }
        tenant = self.endpoints["tenant_id"]
        answer = self.http.post(f"{self.endpoints['login_base']}/{tenant}/oauth2/v2.0/token", data=form)
        return str(answer.json()["access_token"])

    def _google_token(self) -> str:
        user = self.google.state.user(ANNE)
        assert user is not None
        project = next(iter(self.google.state.cloud.projects.values())).number
        scopes = frozenset({"https://www.googleapis.com/auth/calendar"})
        grant = Grant(user_id=user.id, client_id="tests", project=project, scopes=scopes)
        return self.google.state.tokens.issue(grant, self.made.now()).text


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    """One server for these tests."""
    from datetime import UTC, datetime

    with Both(datetime(2026, 11, 23, 10, 16, 20, tzinfo=UTC)) as running:
        yield running
        running.http.close()


def test_an_event_of_google_is_met_in_outlook(both: Both, meeting: Build) -> None:
    body = meeting(TOM, CANAL, summary="Across", recurrence=["RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=TU"])
    made = both.ask("google", "POST", "/calendars/primary/events", body, sendUpdates="all")
    both.settle()
    found = both.ask("graph", "GET", f"/users/{TOM}/events", **{"$filter": f"iCalUId eq '{made['iCalUID']}'"})
    (seen,) = found["value"]
    assert (seen["subject"], seen["organizer"]["emailAddress"]["address"]) == ("Across", ANNE)
    assert seen["recurrence"]["pattern"] == {
        **seen["recurrence"]["pattern"],
        "type": "weekly",
        "interval": 1,
        "daysOfWeek": ["tuesday"],
    }
    assert seen["recurrence"]["range"]["numberOfOccurrences"] == 3
    both.ask("graph", "POST", f"/users/{TOM}/events/{seen['id']}/accept", {"sendResponse": True})
    both.settle()
    stands = both.ask("google", "GET", f"/calendars/primary/events/{made['id']}")
    assert [row["responseStatus"] for row in stands["attendees"]] == ["accepted", "accepted"]
    both.ask("google", "DELETE", f"/calendars/primary/events/{made['id']}", sendUpdates="all")
    both.settle()
    assert both.ask("graph", "GET", f"/users/{TOM}/events/{seen['id']}")["isCancelled"] is True


def test_an_event_of_outlook_is_met_in_google(both: Both) -> None:
    zone = "W. Europe Standard Time"
    body = {
        "subject": "The other way",
        "start": {"dateTime": "2026-12-02T11:00:00", "timeZone": zone},
        "end": {"dateTime": "2026-12-02T12:00:00", "timeZone": zone},
        "attendees": [
            {"type": "required", "emailAddress": {"address": ANNE, "name": "Jane Doe"}},
            {"type": "resource", "emailAddress": {"address": OAK, "name": "Oak"}},
        ],
        "recurrence": {
            "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["wednesday"]},
            "range": {"type": "endDate", "startDate": "2026-12-02", "endDate": "2026-12-16"},
        },
    }
    made = both.ask("graph", "POST", f"/users/{TOM}/events", body)
    both.settle()
    window = {"timeMin": "2026-12-01T00:00:00Z", "timeMax": "2026-12-31T00:00:00Z"}
    found = both.ask("google", "GET", "/calendars/primary/events", iCalUID=made["iCalUId"], **window)
    (seen,) = found["items"]
    assert seen["organizer"] == {"email": TOM, "displayName": "Tom Baker"}
    assert seen["start"] == {"dateTime": "2026-12-02T11:00:00+01:00", "timeZone": "Europe/Amsterdam"}
    assert seen["recurrence"] == ["RRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20261216T225959Z"]
    assert both.ask("google", "GET", f"/calendars/primary/events/{seen['id']}")["iCalUID"] == made["iCalUId"]
    rows = [{**row, "responseStatus": "declined"} if row["email"] == ANNE else row for row in seen["attendees"]]
    answer = {"attendees": rows}
    both.ask("google", "PATCH", f"/calendars/primary/events/{seen['id']}", answer, sendUpdates="all")
    both.settle()
    stands = both.ask("graph", "GET", f"/users/{TOM}/events/{made['id']}")
    told = {a["emailAddress"]["address"]: a["status"]["response"] for a in stands["attendees"]}
    assert told == {ANNE: "declined", OAK: "accepted"}
