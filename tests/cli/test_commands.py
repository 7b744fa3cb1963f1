"""The command line as a person meets it: help, words, exit codes. Real processes on an installation of their own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.timeout(400)  # each command is a process that loads the whole program


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Runs a command to its end."""
    with tempfile.TemporaryDirectory(prefix="roomstead-cli-") as name:
        Path(name).chmod(0o711)
        known = {name: value for name, value in os.environ.items() if not name.startswith("ROOMSTEAD_")}

        def command(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-m", "roomstead.entrypoints.cli", *arguments],
                env={**known, "ROOMSTEAD_DATA_DIR": f"{name}/data", **settings},
                capture_output=True,
                text=True,
                timeout=110,
                check=False,
            )

        yield command


def test_help_names_every_command_and_loads_little(run: Run) -> None:
    done = run("--help")
    assert done.returncode == 0
    for name in (
        "serve",
        "worker",
        "demo",
        "db",
        "people",
        "tokens",
        "integrations",
        "rooms",
        "bookings",
        "audit",
        "webhooks",
    ):
        assert f"\n  {name} " in done.stdout
    assert "Exit codes: 0 done" in done.stdout.replace("\n  ", " ")
    loaded = (
        "import sys; from roomstead.entrypoints.cli.app import app; "
        "print([name for name in ('sqlalchemy', 'fastapi', 'pydantic', 'structlog', 'psycopg') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"


def test_the_version(run: Run) -> None:
    assert run("--version").stdout.strip() == version("roomstead")


def test_commands_that_are_none_and_times_that_are_none(run: Run) -> None:
    assert run("bokings").returncode == 2
    assert run("bookings", "show", "not-an-id").returncode == 2
    naive = run("rooms", "free", "2026-12-01T09:00", "2026-12-01T10:00Z", "--token", "t")
    assert naive.returncode == 2
    assert "offset" in naive.stderr


def test_without_a_token_most_commands_do_not_begin(run: Run) -> None:
    for command in (("bookings", "list"), ("rooms", "list"), ("integrations", "list"), ("audit",)):
        done = run(*command)
        assert done.returncode == 1, command
        assert "who you are" in done.stderr
        assert "roomstead tokens create" in done.stderr


def test_the_first_admin_comes_in_and_works(run: Run) -> None:
    added = run("people", "add", "--admin", "Ada Admin", "ada@contoso.example", "--json")
    assert added.returncode == 0, added.stderr
    assert json.loads(added.stdout)["role"] == "global_admin"
    made = run("tokens", "create", "ada@contoso.example", "--name", "laptop")
    token = made.stdout.strip()
    assert token.startswith("rs_")
    assert "shown this once" in made.stderr
    trail = run("audit", "--json", ROOMSTEAD_TOKEN=token)
    assert [each["action"] for each in json.loads(trail.stdout)["items"]] == ["token.created", "person.added"]
    table = run("people", "list")
    assert "Ada Admin" in table.stdout
    assert "ada@contoso.example" in table.stdout
    refused = run("people", "edit", "ada@contoso.example", "--role", "member")
    assert refused.returncode == 1
    assert "last Global Admin" in refused.stderr
    wrong = run("people", "add", "", "nowhere")
    assert wrong.returncode == 1
    assert "name: Give a name." in wrong.stderr
    assert "addresses: “nowhere” is not an e-mail address" in wrong.stderr


def test_a_webhook_is_added_and_what_removing_an_integration_means_is_asked_for_by_name(run: Run) -> None:
    run("people", "add", "--admin", "Mei Tan", "mei@contoso.example")
    token = run("tokens", "create", "mei@contoso.example").stdout.strip()
    added = run("webhooks", "add", "https://hooks.example.com/in", "--event", "booking.confirmed", "--token", token)
    assert added.stdout.startswith("whsec_")
    assert "shown this once" in added.stderr
    listed = run("webhooks", "list", "--json", "--token", token)
    assert added.stdout.strip() not in listed.stdout
    assert json.loads(listed.stdout)["items"][0]["events"] == ["booking.confirmed"]
    unknown = run("integrations", "remove", "Contoso", "--token", token)
    assert unknown.returncode == 1
    assert "There is no integration “Contoso”." in unknown.stderr


CONTOSO = ("contoso.onmicrosoft.com", "rooms@contoso.example", "--provider", "microsoft", "--tier", "3")
CREDENTIAL = ("--credential", "secret", "--field", "app_id=535fb089-9ff3-47b6-9bfb-4f1264799865")


def test_an_integration_is_removed_by_its_name_once_what_that_means_was_read(run: Run, tmp_path: Path) -> None:
    run("people", "add", "--admin", "Iris Admin", "iris@contoso.example")
    token = run("tokens", "create", "iris@contoso.example").stdout.strip()
    secret = tmp_path / "secret"
    secret.write_text("a-secret-of-no-worth\n")
    given = (*CONTOSO, *CREDENTIAL, "--field-from", f"client_secret={secret}", "--no-wait", "--token", token)
    added = run("integrations", "add", "Contoso", *given)
    assert added.returncode == 0, added.stderr

    asked = run("integrations", "remove", "Contoso", "--token", token)
    assert asked.returncode == 1
    assert "It has no upcoming bookings." in asked.stdout
    assert "This cannot be undone." in asked.stdout
    assert "Nothing was done. To remove it, add --confirm Contoso" in asked.stderr

    wrong = run("integrations", "remove", "Contoso", "--confirm", "contoso", "--token", token)
    assert wrong.returncode == 1
    assert "name: Type the name exactly as it stands there." in wrong.stderr
    assert "Contoso" in run("integrations", "list", "--token", token).stdout

    gone = run("integrations", "remove", "Contoso", "--confirm", "Contoso", "--token", token)
    assert (gone.returncode, gone.stdout) == (0, "Contoso is removed.\n")
    assert "Contoso" not in run("integrations", "list", "--token", token).stdout
    again = run("integrations", "remove", "Contoso", "--confirm", "Contoso", "--token", token)
    assert again.returncode == 1
    assert "There is no integration “Contoso”." in again.stderr


def test_the_doctor_says_what_fails_and_what_to_do(run: Run) -> None:
    done = run("doctor")
    assert done.returncode == 3
    assert "FAILED   No worker is at work" in done.stdout
    assert "roomstead serve" in done.stdout
    assert "Guide: /help/operate#run" in done.stdout


def test_a_database_that_is_not_there_is_worth_another_try(run: Run) -> None:
    done = run("people", "list", ROOMSTEAD_DATABASE_URL="postgresql://nobody:hidden@127.0.0.1:1/none")
    assert done.returncode == 4
    assert "cannot be reached" in done.stderr
    assert "hidden" not in done.stderr
