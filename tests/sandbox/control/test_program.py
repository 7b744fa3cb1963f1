"""The program `roomstead-sandbox`, as processes: serving, ordering, ending, and being killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme

from roomstead_sandbox import state
from roomstead_sandbox.control.client import Control
from roomstead_sandbox.world.world import World

Json = Any  # JSON data; its depth is open
PROGRAM = [sys.executable, "-c", "from roomstead_sandbox.cli import main; main()"]
PATIENCE = 60.0


@contextmanager
def _serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """A serving process and what it announced."""
    with subprocess.Popen([*PROGRAM, "--json", "serve", *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def _order(base: dict[str, str], *words: str, code: int = 0) -> Json:
    """Run a command against a serving process; its JSON, or what it complained of."""
    url = base["control"].removesuffix("/_control")
    result = subprocess.run(
        [*PROGRAM, "--json", "--url", url, *words], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert result.returncode == code, result.stderr
    return json.loads(result.stdout) if code == 0 else result.stderr


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.001)


def _end(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE)


def test_a_world_lives_on_in_its_file(tmp_path: Path) -> None:
    path = tmp_path / "world"
    with _serving("--state", str(path), "--frozen") as (process, base):
        made = _order(
            base, "act", "create", "jane.doe@contoso.example", "Kick-off", "--start", "2099-01-01T09:00:00Z",
            "--end", "2099-01-01T10:00:00Z", "--invite", "mei.tan@contoso.example",
        )  # fmt: skip
        _end(process)
    with _serving("--state", str(path), "--frozen") as (_, base):
        control = Control(base["control"] + "/", None)
        assert control.post("clock/settle")["ran"] == 2  # the invitation was still on its way
        assert control.get(f"calendars/mei.tan@contoso.example/{made['uid']}")["subject"] == "Kick-off"
        control.close()


@pytest.mark.parametrize("broken", ["seed", "state", "port"])
def test_a_sandbox_that_cannot_start_says_why(tmp_path: Path, broken: str) -> None:
    (tmp_path / "bad").write_text("no world")
    words = {
        "seed": ["--seed", "atlantis"],
        "state": ["--state", str(tmp_path / "bad")],
        "port": ["--host", "192.0.2.1"],
    }[broken]
    result = subprocess.run([*PROGRAM, "serve", *words], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("The sandbox cannot start: ")
    assert "Traceback" not in result.stderr


def test_orders_to_nobody_end_with_a_sentence() -> None:
    result = subprocess.run(
        [*PROGRAM, "--url", "http://127.0.0.1:1", "state"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (result.returncode, result.stderr) == (1, "No sandbox answers at http://127.0.0.1:1/_control/.\n")


def test_it_speaks_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    certificate = authority.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "certificate.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    files = ("--tls-certificate", str(tmp_path / "certificate.pem"), "--tls-key", str(tmp_path / "key.pem"))
    with _serving("--seed", "empty", *files) as (_, base):
        assert base["control"].startswith("https://")
        assert _order(base, "--authority", str(tmp_path / "authority.pem"), "state")["users"] == 0


def test_a_process_killed_while_saving_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "world"
    saving = (
        "import sys; from pathlib import Path\n"
        "from roomstead_sandbox import state; from roomstead_sandbox.world.world import World\n"
        "from roomstead_sandbox.world.seed_big import big\n"
        "world = World(); big(world, mailboxes=50, events=5000); path = Path(sys.argv[1])\n"
        "state.save(world, [], path); print('saved', flush=True)\n"
        "while True: state.save(world, [], path)\n"
    )
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", saving, str(path)], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "saved\n"
            temporary = path.with_name(f".{path.name}.{process.pid}.tmp")
            _until(lambda held=temporary: held.exists() and held.stat().st_size > 0)  # type: ignore[misc]  # bound now
            os.kill(process.pid, signal.SIGKILL)
        loaded = World()
        state.load(loaded, [], path)
        assert sum(len(m.items) for m in loaded.mailboxes.all()) == 5000
