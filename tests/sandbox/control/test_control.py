"""The control API over HTTP: everything a person may order, and what it says to nonsense."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from openapi_schema_validator import OAS31Validator

from roomstead_sandbox.app import create_app
from roomstead_sandbox.control.client import Control, ControlRefused
from roomstead_sandbox.running import RunningSandbox
from roomstead_sandbox.world.faults import FaultKind
from roomstead_sandbox.world.world import World

Json = Any  # JSON data; its depth is open
JANE, MEI, TOM = (f"{name}@contoso.example" for name in ("jane.doe", "mei.tan", "tom.baker"))
ASH, HAZEL = "ash@contoso.example", "hazel@contoso.example"


def _book(control: Control, **more: Json) -> Json:
    start = datetime.fromisoformat(control.get("clock")["now"]) + timedelta(days=9)
    body = {"who": JANE, "subject": "Kick-off", "people": [MEI], "rooms": [ASH], **more}
    body.setdefault("start", start.isoformat())
    body.setdefault("end", (start + timedelta(hours=1)).isoformat())
    return control.post("act/create", body)


def _answers(control: Control, who: str = JANE, meeting: str = "Kick-off") -> dict[str, str]:
    return {a["address"]: a["answer"] for a in control.get(f"calendars/{who}/{meeting}")["attendees"]}


def test_a_meeting_is_booked_answered_moved_edited_and_cancelled(control: Control) -> None:
    booked = _book(control)
    control.post("clock/settle")
    assert _answers(control) == {MEI: "none", ASH: "accepted"}
    control.post("act/respond", {"who": MEI, "meeting": booked["uid"], "answer": "tentative", "comment": "maybe"})
    control.post("clock/settle")
    assert _answers(control)[MEI] == "tentative"
    later = (datetime.fromisoformat(booked["start"]) + timedelta(hours=3)).isoformat()
    moved = control.post("act/move", {"who": JANE, "meeting": "kick-off", "start": later})
    assert datetime.fromisoformat(moved["end"]) - datetime.fromisoformat(moved["start"]) == timedelta(hours=1)
    assert _answers(control) == {MEI: "none", ASH: "none"}
    control.post("act/edit", {"who": JANE, "meeting": "Kick-off", "subject": "Start", "add": [TOM], "remove": [MEI]})
    control.post("clock/settle")
    assert _answers(control, meeting="Start") == {TOM: "none", ASH: "accepted"}
    control.post("act/cancel", {"who": JANE, "meeting": "Start", "comment": "off"})
    control.post("clock/settle")
    assert control.get(f"calendars/{TOM}/{booked['uid']}")["cancelled"]
    kinds = [m["kind"] for m in control.get("mail", uid=booked["uid"])]
    assert kinds == ["request", "response", "response", "update", "cancellation", "request", "update",
                     "response", "response", "cancellation"]  # fmt: skip


def test_a_room_is_swapped_and_an_invitation_forwarded(control: Control) -> None:
    _book(control)
    control.post("clock/settle")
    control.post("act/swap-room", {"who": JANE, "meeting": "Kick-off", "new": HAZEL})
    control.post("act/forward", {"who": MEI, "meeting": "Kick-off", "to": [TOM, "bob@fabrikam.example"]})
    control.post("clock/settle")
    assert _answers(control) == {MEI: "none", HAZEL: "accepted", TOM: "none", "bob@fabrikam.example": "none"}
    assert control.get(f"calendars/{JANE}/Kick-off")["location"] == "Hazel"


def test_a_series_is_booked_and_one_occurrence_declined(control: Control) -> None:
    repeat = {"pattern": "daily", "count": 3}
    booked = _book(control, repeat=repeat)
    control.post("clock/settle")
    second = (datetime.fromisoformat(booked["start"]) + timedelta(days=1)).isoformat()
    control.post("act/respond", {"who": MEI, "meeting": "Kick-off", "occurrence": second, "answer": "declined"})
    control.post("clock/settle")
    end = (datetime.fromisoformat(booked["end"]) + timedelta(days=5)).isoformat()
    view = control.get(f"calendars/{JANE}", start=booked["start"], end=end)["items"]
    mine = [i for i in view if i["uid"] == booked["uid"]]
    assert [i["kind"] for i in mine] == ["occurrence", "exception", "occurrence"]


def test_people_outside_invite_and_answer(control: Control) -> None:
    control.post("act/outside/script", {"address": "bob@fabrikam.example", "answer": "accepted", "seconds": 5})
    _book(control, people=["bob@fabrikam.example"])
    start = datetime.fromisoformat(control.get("clock")["now"]) + timedelta(days=3)
    span = {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}
    body = {"who": "ada@fabrikam.example", "name": "Ada", "subject": "Visit", "people": [MEI], **span}
    uid = control.post("act/outside/create", body)["uid"]
    control.post("clock/settle")
    assert _answers(control)["bob@fabrikam.example"] == "accepted"
    assert control.get(f"calendars/{MEI}/{uid}")["organizer"] == {"address": "ada@fabrikam.example", "name": "Ada"}


def test_a_delegate_decides(control: Control) -> None:
    room = "boardroom@contoso.example"
    waiting = control.get(f"rooms/{room}/awaiting")
    assert [w["organizer"]["name"] for w in waiting] == ["Ben Carter"]
    control.post(f"rooms/{room}/settle", {"uid": waiting[0]["uid"], "answer": "accepted"})
    control.post("clock/settle")
    assert _answers(control, "ben.carter@contoso.example", waiting[0]["uid"])[room] == "accepted"
    assert control.get(f"rooms/{room}/awaiting") == []


def test_rooms_are_added_and_changed(control: Control) -> None:
    added = control.post(
        "rooms",
        {
            "upn": "attic@contoso.example",
            "display_name": "Attic",
            "place": {"capacity": 3, "building": "Annex"},
            "processing": {"automate_processing": "none"},
            "lists": ["annex@contoso.example"],
        },
    )
    assert (added["place"]["capacity"], added["processing"]["automate_processing"]) == (3, "none")
    assert added["lists"] == ["annex@contoso.example"]
    changed = control.patch(
        "rooms/attic@contoso.example",
        {"processing": {"automate_processing": "auto_accept", "booking_window_in_days": 5}, "delays": {"reply": 0}},
    )
    assert changed["processing"]["booking_window_in_days"] == 5
    assert changed["delays"] == {"deliver": 1.0, "process": 3.0, "reply": 0, "rotate": 2.0, "decide": 0.3}
    _book(control, rooms=["attic@contoso.example"])
    control.post("clock/settle")
    assert _answers(control)["attic@contoso.example"] == "declined"


def test_people_and_groups_are_added_and_changed(control: Control) -> None:
    control.post("users", {"upn": "new@contoso.example", "display_name": "New"})
    control.patch("users/new@contoso.example", {"mail": "other@contoso.example", "mailbox": "none"})
    found = control.get("users/OTHER@contoso.example")
    assert (found["upn"], found["mailbox"]) == ("new@contoso.example", "none")
    control.post("groups", {"name": "Team", "mail": "team@contoso.example", "members": [JANE]})
    group = control.patch("groups/team@contoso.example", {"add": ["other@contoso.example", "Board"], "remove": [JANE]})
    assert len(group["members"]) == 2
    assert "Team" in [g["name"] for g in control.get("groups")]
    control.post("tenants", {"name": "Fabrikam", "domains": ["fabrikam.example"]})
    control.post("users", {"upn": "ada@fabrikam.example", "display_name": "Ada", "tenant": "fabrikam.example"})
    assert [u["upn"] for u in control.get("users", tenant="fabrikam.example")] == ["ada@fabrikam.example"]
    assert "ada@fabrikam.example" in [u["upn"] for u in control.get("users")]  # a list shows every tenant's
    with pytest.raises(ControlRefused, match="Say which tenant"):
        control.post("users", {"upn": "bob@fabrikam.example", "display_name": "Bob"})
    assert control.delete("users/ada@fabrikam.example")["removed"]


def test_the_clock_is_frozen_run_and_advanced(sandbox: RunningSandbox, control: Control) -> None:
    control.post("clock/freeze")
    before = control.get("clock")
    assert before["frozen"]
    after = control.post("clock/advance", {"seconds": 90})
    moved = datetime.fromisoformat(after["now"]) - datetime.fromisoformat(before["now"])
    assert moved == timedelta(seconds=90)
    target = (datetime.fromisoformat(after["now"]) + timedelta(days=1)).isoformat()
    assert datetime.fromisoformat(control.post("clock/advance", {"to": target})["now"]) == datetime.fromisoformat(
        target
    )
    assert not control.post("clock/run", {"speed": 60})["frozen"]
    assert sandbox.call(lambda: sandbox.world.clock.speed) == 60


def test_faults_are_ordered_listed_and_cleared(control: Control) -> None:
    added = control.post("faults", {"kind": "answer", "mailbox": ASH, "status": 503, "count": 3, "code": "Busy"})
    control.post("faults", {"kind": "slow", "seconds": 2, "probability": 0.5, "count": None})
    assert [f["kind"] for f in control.get("faults")] == ["answer", "slow"]
    assert control.delete(f"faults/{added['number']}") == {"cleared": 1}
    assert control.delete("faults") == {"cleared": 1}
    with pytest.raises(ControlRefused, match="no such fault"):
        control.delete("faults/1")


@pytest.mark.parametrize("kind", list(FaultKind))
def test_every_kind_of_fault_may_be_ordered(control: Control, kind: FaultKind) -> None:
    assert control.post("faults", {"kind": kind})["kind"] == kind


def test_switches_delays_and_limits_are_set(control: Control) -> None:
    control.patch("switches", {"switches": {"declined_copy_leaves": False, "cancelled_prefix": "Abgesagt: "}})
    values = {s["name"]: s["value"] for s in control.get("switches")}
    assert (values["declined_copy_leaves"], values["cancelled_prefix"]) == (False, "Abgesagt: ")
    assert all(s["says"].endswith(".") for s in control.get("switches"))
    assert control.patch("delays", {"process": 60})["process"] == 60
    assert control.patch("limits", {"messages_per_minute": None}) == {
        "messages_per_minute": None,
        "recipients_per_day": 10_000,
    }
    for wrong in ({"nothing": True}, {"declined_copy_leaves": "no"}):
        with pytest.raises(ControlRefused):
            control.patch("switches", {"switches": wrong})


def test_a_world_is_saved_changed_and_loaded_again(control: Control, tmp_path: Path) -> None:
    _book(control)
    control.post("save", {"path": str(tmp_path / "world")})
    assert control.post("reset", {"seed": "empty"})["users"] == 0
    control.post("load", {"path": str(tmp_path / "world")})
    control.post("clock/settle")
    assert _answers(control)[ASH] == "accepted"  # the request was still on its way


NONSENSE: list[tuple[str, str, Any, int]] = [
    ("POST", "act/create", {"who": JANE}, 422),
    ("POST", "act/create", {"who": "nobody@x.example", "subject": "X", "start": "2026-12-01T09:00:00Z",
                            "end": "2026-12-01T10:00:00Z"}, 404),
    ("POST", "act/create", {"who": JANE, "subject": "X", "start": "2026-12-01T09:00:00",
                            "end": "2026-12-01T10:00:00"}, 422),
    ("POST", "act/create", {"who": JANE, "subject": "X", "start": "2026-12-01T10:00:00Z",
                            "end": "2026-12-01T09:00:00Z"}, 422),
    ("POST", "act/create", {"who": JANE, "subject": "X", "start": "2026-12-01T09:00:00Z",
                            "end": "2026-12-01T10:00:00Z", "repeat": {"pattern": "daily", "zone": "Mars/Base"}}, 422),
    ("POST", "act/cancel", {"who": JANE, "meeting": "Nothing"}, 404),
    ("POST", "act/cancel", {"who": "nora.weiss@contoso.example", "meeting": "Stand-up"}, 422),
    ("POST", "act/respond", {"who": JANE, "meeting": "Roadmap review", "answer": "accepted"}, 422),
    ("POST", "act/respond", {"who": JANE, "meeting": "Roadmap review", "answer": "perhaps"}, 422),
    ("POST", "act/delete", {"who": "sam.okafor@contoso.example", "meeting": "X"}, 404),
    ("POST", "act/swap-room", {"who": MEI, "meeting": "Budget round", "new": ASH, "old": HAZEL}, 422),
    ("POST", "clock/advance", {}, 422),
    ("POST", "clock/advance", {"seconds": -1}, 422),
    ("POST", "clock/advance", {"to": "2001-01-01T00:00:00Z"}, 422),
    ("POST", "clock/run", {"speed": 0}, 422),
    ("POST", "users", {"upn": JANE, "display_name": "Twice"}, 409),
    ("PATCH", f"users/{JANE}", {"id": "x"}, 422),
    ("PATCH", f"rooms/{JANE}", {}, 404),
    ("PATCH", f"rooms/{ASH}", {"processing": {"no_such": 1}}, 422),
    ("PATCH", f"rooms/{ASH}", {"processing": {"allow_conflicts": "yes"}}, 422),
    ("PATCH", f"rooms/{ASH}", {"delays": {"no_such": 1}}, 422),
    ("POST", f"rooms/{ASH}/settle", {"uid": "x", "answer": "accepted"}, 404),
    ("POST", "faults", {"kind": "plague"}, 422),
    ("POST", "faults", {"kind": "answer", "mailbox": "nobody@x.example"}, 404),
    ("DELETE", "faults/one", None, 422),
    ("POST", "reset", {"seed": "atlantis"}, 422),
    ("POST", "load", {"path": "/nowhere/at/all"}, 422),
    ("POST", "save", {"path": "/nowhere/at/all"}, 422),
    ("GET", "mail?kind=smoke", None, 422),
    ("GET", "requests?since=yesterday", None, 422),
    ("GET", f"calendars/{JANE}?start=2026-12-01T00:00:00Z", None, 422),
    ("GET", f"calendars/{JANE}?start=today&end=tomorrow", None, 422),
    ("GET", "calendars/nobody@x.example", None, 404),
    ("GET", "users?colour=red", None, 422),
    ("GET", "users?tenant=atlantis.example", None, 404),
    ("GET", "atlantis", None, 404),
    ("DELETE", "clock", None, 405),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "status"), NONSENSE)
def test_nonsense_gets_a_sentence(sandbox: RunningSandbox, method: str, path: str, body: Json, status: int) -> None:
    before = sandbox.call(lambda: (sandbox.world.stream.number, len(sandbox.world.directory.users)))
    answer = httpx2.request(method, f"{sandbox.base_url}/_control/{path}", json=body, trust_env=False, verify=False)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["detail"].rstrip()
    assert sandbox.call(lambda: (sandbox.world.stream.number, len(sandbox.world.directory.users))) == before


@pytest.mark.parametrize("raw", [b"{", b"[1]", b'"text"', b"\xff", b"[" * 100_000])
def test_bodies_that_are_no_objects_are_refused(sandbox: RunningSandbox, raw: bytes) -> None:
    answer = httpx2.post(f"{sandbox.base_url}/_control/reset", content=raw, trust_env=False, verify=False)
    assert (answer.status_code, answer.json()["status"]) == (422, 422)


def test_nothing_else_is_served(sandbox: RunningSandbox) -> None:
    answer = httpx2.get(f"{sandbox.base_url}/_controls", trust_env=False, verify=False)
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


def test_the_control_api_describes_itself(sandbox: RunningSandbox, control: Control) -> None:
    document = control.get("openapi.json")
    assert document["openapi"].startswith("3.1")
    operations = [op for path in document["paths"].values() for op in path.values()]
    assert all(op["summary"].endswith(".") for op in operations)
    assert len({op["operationId"] for op in operations}) == len(operations)
    for schema in document["components"]["schemas"].values():
        OAS31Validator.check_schema(schema)
    page = httpx2.get(f"{sandbox.base_url}/_control/docs", trust_env=False, verify=False).text
    assert all(path in page for path in ("/act/create", "/clock/advance", "/faults"))


def test_a_closed_sandbox_is_told_so() -> None:
    sandbox = RunningSandbox(create_app(World(), faces=[]), seed=None)
    other = Control(f"{sandbox.base_url}/_control/", None)
    assert other.get("state")["users"] == 0
    sandbox.close()
    with pytest.raises(ControlRefused, match="No sandbox answers"):
        other.get("state")
    other.close()
    sandbox.close()
