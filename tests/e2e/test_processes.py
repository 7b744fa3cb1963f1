"""Processes that die, double up, or are asked to stop."""

import json
import signal
import socket
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Helpers, Installation, Program

pytestmark = pytest.mark.timeout(400)  # each command is a process that loads the whole program


def is_ready(helpers: "Helpers", url: str) -> None:
    """Wait until everything works."""

    def look() -> int:
        with helpers.client(url) as somebody:
            return int(somebody.get(f"{url}/readyz").status_code)

    helpers.eventually(look, lambda status: status == 200)


def servers(serving: "Program") -> set[int]:
    """The database servers that it runs, without their sessions."""
    direct = psutil.Process(serving.process.pid).children()
    return {child.pid for child in direct if child.name() == "postgres"}


def test_a_life(installation: "Installation", helpers: "Helpers") -> None:
    """One installation through everything that may happen to its processes."""
    serving = installation.serve()
    url = serving.ready()["url"]
    is_ready(helpers, url)
    _commands_use_the_running_database(installation, serving)
    _a_second_one_is_refused(installation)
    _a_worker_that_dies_is_started_again(serving, helpers, url)
    again = _after_a_kill_everything_is_there(installation, serving, helpers)
    _stops_when_asked_and_leaves_nothing(again)


def _commands_use_the_running_database(installation: "Installation", serving: "Program") -> None:
    before = servers(serving)
    installation.person("Ada Admin", "ada@contoso.example", admin=True)
    assert servers(serving) == before
    listed = json.loads(installation.ok("people", "list", "--json"))
    assert [each["name"] for each in listed["items"]] == ["Ada Admin"]


def _a_second_one_is_refused(installation: "Installation") -> None:
    done = installation.run("serve", "--port", "0")
    assert done.returncode == 3
    assert "Another Roomstead" in done.stderr
    assert "ROOMSTEAD_DATA_DIR" in done.stderr


def _a_worker_that_dies_is_started_again(serving: "Program", helpers: "Helpers", url: str) -> None:
    worker = serving.worker()
    assert worker is not None
    worker.kill()
    other = helpers.eventually(serving.worker, lambda seen: seen is not None and seen.pid != worker.pid)
    assert other is not None
    assert other.is_running()
    is_ready(helpers, url)
    assert "worker_ended" in serving.log.read_text()


def _after_a_kill_everything_is_there(
    installation: "Installation", serving: "Program", helpers: "Helpers"
) -> "Program":
    worker = serving.worker()
    assert worker is not None
    serving.kill()
    helpers.eventually(worker.is_running, lambda running: not running)
    again = installation.serve()
    url = again.ready()["url"]
    listed = json.loads(installation.ok("people", "list", "--json"))
    assert [each["name"] for each in listed["items"]] == ["Ada Admin"]
    is_ready(helpers, url)
    return again


def _stops_when_asked_and_leaves_nothing(serving: "Program") -> None:
    children = serving.children()
    assert len(children) >= 2
    serving.process.send_signal(signal.SIGTERM)
    assert serving.process.wait(60) == 0
    _, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []


def test_a_port_that_is_taken(installation: "Installation") -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        done = installation.run("serve", "--port", str(port))
    assert done.returncode == 3
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr


def test_wrong_settings_are_all_named_and_unknown_ones_pointed_out(installation: "Installation") -> None:
    installation.environment |= {"ROOMSTEAD_PORT": "many", "ROOMSTEAD_LOG_LEVEL": "loud"}
    try:
        done = installation.run("serve")
    finally:
        del installation.environment["ROOMSTEAD_PORT"], installation.environment["ROOMSTEAD_LOG_LEVEL"]
    assert done.returncode == 3
    assert "ROOMSTEAD_PORT" in done.stderr
    assert "ROOMSTEAD_LOG_LEVEL" in done.stderr


def test_a_worker_alone_says_what_it_needs(installation: "Installation") -> None:
    done = installation.run("worker")
    assert done.returncode == 3
    assert "roomstead serve" in done.stderr


def test_an_external_database(place: Path, external_postgres_url: str, helpers: "Helpers") -> None:
    other = helpers.Installation(place, ROOMSTEAD_DATABASE_URL=external_postgres_url)
    with other.stack:
        refused = other.run("serve", "--port", "0")
        assert refused.returncode == 3
        assert "roomstead db upgrade" in refused.stderr
        other.ok("db", "upgrade")
        other.ok("db", "upgrade")
        serving = other.serve("--no-worker")
        url = serving.ready()["url"]
        assert [each for each in serving.children() if "postgres" in each.name()] == []
        other.start("worker")
        is_ready(helpers, url)
        other.person("Ada", "ada@fabrikam.example", admin=True)
        status = json.loads(other.ok("db", "status", "--json"))
        assert status["is_current"]
        assert not status["is_embedded"]


def test_backup_and_restore(installation: "Installation", place: Path) -> None:
    installation.ok("people", "add", "Bea", "bea@contoso.example")
    told = installation.ok("db", "backup", str(place / "saved"))
    assert "sealing key" in told
    installation.ok("people", "add", "Cleo", "cleo@contoso.example")
    refused = installation.run("db", "restore", str(place / "saved"))
    assert refused.returncode == 3
    installation.ok("db", "restore", str(place / "saved"), "--replace")
    listed = json.loads(installation.ok("people", "list", "--json"))
    names = [each["name"] for each in listed["items"]]
    assert "Bea" in names
    assert "Cleo" not in names


def test_the_program_tells_its_version(installation: "Installation") -> None:
    assert installation.ok("--version").strip() == version("roomstead")
