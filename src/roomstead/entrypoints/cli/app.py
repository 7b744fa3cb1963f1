"""All commands."""

from typing import Annotated

import typer

from roomstead.entrypoints.cli import (
    audit,
    bookings,
    checking,
    db,
    demo,
    doctor,
    integrations,
    people,
    removal,
    restriction,
    room_policies,
    rooms,
    serve,
    service_account,
    tokens,
    webhooks,
    worker,
)
from roomstead.entrypoints.cli.errors import MEANINGS

EPILOG = "Exit codes: " + ", ".join(f"{code} {meaning}" for code, meaning in MEANINGS.items()) + "."

app = typer.Typer(
    name="roomstead",
    help="Books meeting rooms and keeps their calendars in step.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("roomstead"))
        raise typer.Exit


@app.callback()
def begin(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and end.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """Books meeting rooms and keeps their calendars in step."""
    del version


app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("demo")(demo.demo)
app.add_typer(db.app, name="db")
app.add_typer(people.app, name="people")
app.add_typer(tokens.app, name="tokens")
app.add_typer(bookings.app, name="bookings")
app.add_typer(rooms.app, name="rooms")
app.add_typer(integrations.app, name="integrations")
app.add_typer(webhooks.app, name="webhooks")
app.command("audit")(audit.audit)
app.command("doctor")(doctor.doctor)

for name, command in (
    ("remove", removal.remove),
    ("verify", checking.verify),
    ("verification", checking.verification),
    ("applied", checking.applied),
    ("access", checking.access),
    ("probe", checking.probe),
):
    integrations.app.command(name)(command)
integrations.app.add_typer(service_account.app, name="service-account")
integrations.app.add_typer(restriction.app, name="restriction")
integrations.app.add_typer(room_policies.app, name="room-policies")


def main() -> None:
    """Run the command line."""
    app(prog_name="roomstead")
