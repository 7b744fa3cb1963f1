"""The tour and the demo, as a newcomer runs them."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from roomstead.entrypoints.demo.programs import DemoFailed
from roomstead.entrypoints.demo.scene import Scene
from roomstead.entrypoints.demo.story import STORY, Observation, Step
from roomstead.entrypoints.demo.tour import play

PROGRAM = [sys.executable, "-m", "roomstead.entrypoints.cli", "demo"]


@pytest.fixture
def place() -> "tempfile.TemporaryDirectory[str]":
    """A folder for temporary things that the database's account can pass through also when root runs the tests."""
    return tempfile.TemporaryDirectory(prefix="roomstead-tour-")


def _environment(folder: str) -> dict[str, str]:
    Path(folder).chmod(0o711)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROOMSTEAD_")}
    return {**kept, "TMPDIR": folder}


@pytest.mark.timeout(300)
def test_every_step_of_the_tour_is_as_it_should_be(place: "tempfile.TemporaryDirectory[str]") -> None:
    with place as folder:
        done = subprocess.run(
            [*PROGRAM, "--tour", "--json"], capture_output=True, text=True, check=False, env=_environment(folder)
        )
        left = [entry.name for entry in Path(folder).iterdir()]
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    assert [step["step"] for step in steps] == [step.key for step in STORY], done.stderr
    assert [step for step in steps if not step["ok"]] == []
    assert done.returncode == 0
    assert left == []


@pytest.fixture
def at_a_terminal() -> Iterator[None]:
    """Ctrl+C is heeded by what is started; tests that run in the background ignore it, and so would their children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def demo(place: "tempfile.TemporaryDirectory[str]", at_a_terminal: None) -> Iterator[subprocess.Popen[str]]:
    """The program in a folder of its own, ended in any case."""
    running = subprocess.Popen(
        [*PROGRAM, "--port", "0"], stdout=subprocess.PIPE, text=True, env=_environment(place.name)
    )
    with running:
        yield running
        if running.poll() is None:
            running.terminate()


@pytest.mark.timeout(300)
def test_the_demo_says_where_to_go_and_leaves_nothing_behind(
    place: "tempfile.TemporaryDirectory[str]", demo: subprocess.Popen[str]
) -> None:
    with place as folder:
        assert demo.stdout is not None
        said: list[str] = []
        for line in demo.stdout:
            said.append(line)
            if "Ctrl+C" in line:
                break
        words = "".join(said)
        url = words.partition("Pages and API")[2].split()[0]
        with urllib.request.urlopen(f"{url}/readyz") as answer:  # noqa: S310 - our own address
            assert answer.status == 200
        for name in ("Mei Tan", "Priya Shah", "Jane Doe", "Three things to try", "password", "token rs_"):
            assert name in words
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=120)
        assert demo.returncode == 0
        assert list(Path(folder).iterdir()) == []


def test_a_step_that_sees_something_else_is_not_fine() -> None:
    def unexpected(_: Scene) -> Observation:
        seen = Observation({"state": "failed"})
        seen.expect("the room accepted", seen.facts["state"] == "confirmed")
        return seen

    def broken(_: Scene) -> Observation:
        raise DemoFailed("GET /bookings answered 500")

    nowhere = Scene(port=0, say=lambda _: None)
    assert not play(nowhere, Step("a", "…", unexpected)).is_ok
    assert not play(nowhere, Step("b", "…", lambda _: Observation())).is_ok
    played = play(nowhere, Step("c", "…", broken))
    assert not played.is_ok
    assert "answered 500" in json.loads(played.as_json())["trouble"]
