"""The database: upgrade, status, backup, restore."""

from pathlib import Path
from typing import Annotated

import typer

from roomstead.entrypoints.cli.errors import told
from roomstead.entrypoints.cli.options import AsJson
from roomstead.entrypoints.cli.output import print_facts, print_json
from roomstead.entrypoints.cli.running import quiet_settings

app = typer.Typer(help="Upgrade, back up and restore the database.", no_args_is_help=True)


@app.command("status")
def status(as_json: AsJson = False) -> None:
    """Show which schema the database has."""
    with told():
        from roomstead.bootstrap.operator import database_status
        from roomstead.entrypoints.wire.operation import DatabaseShape

        shape = DatabaseShape.of(database_status(quiet_settings()))
    if as_json:
        print_json(shape)
        return
    print_facts(
        [
            ("Database", "embedded" if shape.is_embedded else "external"),
            ("Schema", shape.schema_found or "none"),
            ("Wanted", shape.schema_wanted),
            ("Current", shape.is_current),
        ]
    )


@app.command("upgrade")
def upgrade() -> None:
    """Bring the database to this program's schema. Make a backup first."""
    with told():
        from roomstead.bootstrap.operator import upgrade_database

        before = upgrade_database(quiet_settings())
    if before.is_current:
        typer.echo(f"The database has schema {before.wanted} already.")
    else:
        typer.echo(f"The database was brought from schema {before.found or 'none'} to {before.wanted}.")


@app.command("backup")
def backup(path: Annotated[Path, typer.Argument(help="The new file.")]) -> None:
    """Write the whole database into one file. The service may go on meanwhile."""
    with told():
        from roomstead.bootstrap.operator import back_up

        made = back_up(quiet_settings(), path)
    typer.echo(f"Wrote {made.path} ({made.size_bytes:,} bytes).")
    for sentence in made.left_out:
        typer.echo(sentence)


@app.command("restore")
def restore(
    path: Annotated[Path, typer.Argument(help="A file that `db backup` made.", exists=True, dir_okay=False)],
    replace: Annotated[
        bool, typer.Option("--replace", help="Throw away what the database holds now. Stop Roomstead first.")
    ] = False,
) -> None:
    """Bring a backup back: whole, or not at all."""
    with told():
        from roomstead.bootstrap.operator import restore_over, restore_to_empty

        play = restore_over if replace else restore_to_empty
        facts = play(quiet_settings(), path)
    typer.echo(f"Restored the backup of {facts.made_at}.")
    typer.echo("Stored credentials open only with the sealing key of that time; calendars are read again.")
