"""A saved world goes on where it stood: apps, policies on their way, subscriptions, tokens, delta links."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from roomstead_sandbox.microsoft import saved
from roomstead_sandbox.microsoft.face import create_face
from roomstead_sandbox.world.world import World

if TYPE_CHECKING:
    from tests.sandbox.microsoft.conftest import Graph, Rehearsal

PRIYA = "priya.shah@contoso.example"
OAK = "oak@contoso.example"
DELTA = f"/users/{OAK}/calendarView/delta?startDateTime=2026-11-20T00:00:00Z&endDateTime=2026-12-20T00:00:00Z"


def test_everything_survives_a_restart(rehearsal: "Rehearsal", graph: "Graph", tmp_path: Path) -> None:
    app = rehearsal.order("register-app", permissions=["Calendars.Read"], name="Second")
    rehearsal.order("grant", mailbox=PRIYA, propagation_seconds=600)
    rehearsal.order("throttling", requests=77)
    rehearsal.order("expire-delta", mailbox=OAK)
    event = graph.get(f"/users/{OAK}/events?$top=1").json()["value"][0]["id"]
    link = graph.get(DELTA, Prefer="odata.maxpagesize=999").json()["@odata.deltaLink"]
    file = tmp_path / "world.gz"
    rehearsal.control.post("save", {"path": str(file)})
    rehearsal.control.post("reset", {"seed": "empty"})
    assert rehearsal.token().status_code == 400
    rehearsal.control.post("load", {"path": str(file)})
    assert graph.get(f"/users/{OAK}/events/{event}").status_code == 200
    assert graph.get(link).json()["value"] == []
    assert graph.get(f"/users/{PRIYA}/calendar").status_code == 403
    rehearsal.advance(600)
    assert graph.get(f"/users/{PRIYA}/calendar").status_code == 200
    second = rehearsal.graph(client_id=app["client_id"], client_secret=app["client_secret"])
    assert second.get(f"/users/{OAK}/calendar").status_code == 200
    assert rehearsal.face.state.throttle.limits.requests == 77


def test_a_dump_restores_to_the_same_dump(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.order("assign-role", role="Application Calendars.Read", scope="group", value="Board")
    rehearsal.order("add-policy", right="DenyAccess", group="Board", propagation_seconds=60)
    rehearsal.order("login-skew", seconds=5)
    graph.get(f"/users/{OAK}/calendar")
    dumped = json.loads(json.dumps(rehearsal.call(rehearsal.face.dump)))
    other = create_face(World())
    other.restore(dumped)
    here, there = rehearsal.face.state, other.state
    assert there.registrations == here.registrations
    assert there.policies == here.policies
    assert there.mint.private_pem == here.mint.private_pem
    assert there.login_skew_seconds == 5
    other.reset()
    assert saved.dump(other.state) == saved.dump(create_face(World()).state)
