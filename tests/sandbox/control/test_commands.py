"""Every command of the program against a served sandbox; the commands run in this process, the calls are real."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from roomstead_sandbox.cli import app
from roomstead_sandbox.running import RunningSandbox

JANE, MEI = "jane.doe@contoso.example", "mei.tan@contoso.example"
START, END = "2099-01-01T09:00:00Z", "2099-01-01T10:00:00Z"
Json = Any  # JSON data; its depth is open
Run = Callable[..., Result]


@pytest.fixture
def run(sandbox: RunningSandbox) -> Run:
    """Runs a command for people to read."""
    return lambda *words: CliRunner().invoke(app, ["--url", sandbox.base_url, *words])


@pytest.fixture
def order(sandbox: RunningSandbox) -> Callable[..., Any]:
    """Runs a command and gives what it printed as JSON."""

    def ordered(*words: str) -> Json:
        result = CliRunner().invoke(app, ["--url", sandbox.base_url, "--json", *words])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return ordered


def test_acting_as_people(order: Callable[..., Any]) -> None:
    made = order(
        "act", "create", JANE, "X", "--start", START, "--end", END, "--invite", MEI, "--room", "ash@contoso.example"
    )
    order("clock", "settle")
    order("act", "accept", MEI, "X")
    order("act", "tentative", MEI, "X", "--comment", "maybe")
    order("act", "move", JANE, "X", "2099-01-02T09:00:00Z")
    order("act", "edit", JANE, "X", "subject=Y", "body=new", 'add=["tom@contoso.example"]')
    order("act", "swap-room", JANE, "Y", "elm@contoso.example")
    order("clock", "settle")
    order("act", "forward", MEI, made["uid"], "bob@fabrikam.example", "--comment", "you, too")
    order("act", "decline", MEI, made["uid"])
    order("clock", "settle")
    items = {i["uid"]: i for i in order("calendar", JANE)}
    mine = items[made["uid"]]
    assert (mine["subject"], mine["start"]) == ("Y", "2099-01-02T09:00:00Z")
    answers = {a["address"]: a["answer"] for a in mine["attendees"]}
    assert answers[MEI] == "declined"
    assert {"elm@contoso.example", "tom.baker@contoso.example", "bob@fabrikam.example"} < set(answers)
    order("act", "delete", "tom@contoso.example", made["uid"])
    order("act", "cancel", JANE, "Y", "--comment", "off")
    assert order("mail-log", "--kind", "cancellation")[-1]["comment"] == "off"


def test_clock_faults_switches_and_worlds(order: Callable[..., Any], tmp_path: Path) -> None:
    before = order("clock", "show")["now"]
    assert order("clock", "advance", "60")["now"] > before
    assert order("clock", "run", "--speed", "10")["speed"] == 10
    assert order("clock", "freeze")["frozen"]
    assert order("fault", "add", "answer", "status=503", "count=2")["status"] == 503
    assert order("fault", "add", "slow", "seconds=1")["number"] == 2
    assert [f["kind"] for f in order("fault", "list")] == ["answer", "slow"]
    assert order("fault", "clear", "2") == {"cleared": 1}
    assert order("fault", "clear") == {"cleared": 1}
    changed = {s["name"]: s["value"] for s in order("switch", "declined_copy_leaves=false")}
    assert changed["declined_copy_leaves"] is False
    order("save", str(tmp_path / "world"))
    assert order("reset", "empty")["users"] == 0
    assert order("load", str(tmp_path / "world"))["users"] == 64
    assert order("state")["rooms"] == 48
    assert order("requests") == []


def test_a_delegate_and_any_other_order(order: Callable[..., Any]) -> None:
    room = "boardroom@contoso.example"
    uid = order("calendar", room)[0]["uid"]
    assert order("settle", room, uid, "accepted") == {"settled": uid}
    assert order("order", "clock/advance", "seconds=1")["frozen"] is True


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["rooms"], "Wood House"),
        (["users"], "Jane Doe"),
        (["switches"], "declined_copy_leaves"),
        (["state"], "rooms: 48"),
        (["calendar", "oak@contoso.example"], "Tom Baker"),
        (["requests"], "Nothing."),
    ],
)
def test_people_get_tables(run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str], shown: str) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # the terminal's width, not our code
    result = run(*words)
    assert result.exit_code == 0
    assert shown in result.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["act", "accept", "nobody@x.example", "X"], 1, "nobody@x.example"),
        (["fault", "add", "plague"], 1, "kind"),
        (["reset", "atlantis"], 1, "There is no seed"),
        (["grant", JANE], 1, "no such path"),
        (["revoke", JANE], 1, "no such path"),
        (["switch", "nonsense"], 2, "name=value"),
        (["dance"], 2, "dance"),
    ],
)
def test_refusals_have_a_sentence_and_an_exit_code(run: Run, words: list[str], code: int, said: str) -> None:
    result = run(*words)
    assert result.exit_code == code
    assert said in result.stderr
