"""Letting people in from the command line: the first admin, a forgotten password, a table of people."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.timeout(400)  # each command is a process that loads the whole program


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    """Runs a command as the operator, on a database of the test's own."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("ROOMSTEAD_")}
    settings = {
        "ROOMSTEAD_DATA_DIR": str(tmp_path / "data"),
        "ROOMSTEAD_DATABASE_URL": database_url,
        "ROOMSTEAD_PUBLIC_URL": "https://rooms.contoso.example",
    }

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "roomstead.entrypoints.cli", "people", *arguments],
            env={**known, **settings},
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )

    return command


def test_links_for_the_first_admin_and_for_the_last(run: Run) -> None:
    first = run("setup-link")
    assert first.stdout.startswith("https://rooms.contoso.example/first-run/")
    assert "once, until" in first.stderr
    assert run("add", "Mei Tan", "mei@contoso.example", "--admin").returncode == 0
    late = run("setup-link")
    assert (late.returncode, late.stdout) == (1, "")
    assert "people reset-link" in late.stderr
    made = json.loads(run("reset-link", "MEI@contoso.example", "--json").stdout)
    assert made["url"].startswith("https://rooms.contoso.example/password/")
    assert made["purpose"] == "invitation"
    assert run("reset-link", "nobody@contoso.example").returncode == 1


def test_a_table_of_people(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("name,address\nJane Doe,jane@contoso.example\nNobody,no address\n")
    shown = run("import", str(table), "--dry-run")
    assert shown.stdout == "1 would be added, 0 would be changed, 0 as they were, 1 left out.\n"
    assert shown.stderr.startswith("Line 3: ")
    assert shown.returncode == 1
    assert run("list").stdout.startswith("No people yet.")
    assert run("import", str(table)).stdout == "1 added, 0 changed, 0 as they were, 1 left out.\n"
    assert run("import", str(table)).stdout == "0 added, 0 changed, 1 as they were, 1 left out.\n"
    assert run("import", str(tmp_path / "none.csv")).returncode == 2
