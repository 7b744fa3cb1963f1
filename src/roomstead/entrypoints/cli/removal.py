"""Removing an integration."""

from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from roomstead.entrypoints.cli.errors import REFUSED
from roomstead.entrypoints.cli.naming import integration_named
from roomstead.entrypoints.cli.options import Token
from roomstead.entrypoints.cli.running import Session, run

if TYPE_CHECKING:
    from roomstead.entrypoints.wire.removal import RemovalShape


def remove(
    integration: Annotated[str, typer.Argument(help="Its id or name.")],
    confirm: Annotated[
        str, typer.Option("--confirm", help="Its name, once you have read what removing it means.")
    ] = "",
    token: Token = None,
) -> None:
    """Say what removing an integration means, with numbers; with --confirm NAME, remove it for good."""

    async def work(session: Session) -> "RemovalShape":
        from roomstead.application.integration.remove_integration import RemoveIntegration
        from roomstead.entrypoints.web.pages.moments import Moments
        from roomstead.entrypoints.web.pages.removal_words import consequences_of_removal
        from roomstead.entrypoints.web.pages.texts import DEFAULT_LANGUAGE, texts_in
        from roomstead.entrypoints.wire.removal import RemovalShape

        held = await integration_named(session, integration)
        seen = await session.cases.read_integration(held, session.actor)
        moments = Moments(ZoneInfo("UTC"), DEFAULT_LANGUAGE)
        shape = RemovalShape.of(seen, consequences_of_removal(seen, texts_in(DEFAULT_LANGUAGE), moments))
        if confirm:
            await session.cases.remove_integration(RemoveIntegration(held, confirm), session.actor)
        return shape

    shape = run(work, token)
    if confirm:
        typer.echo(f"{shape.name} is removed.")
        return
    typer.echo(f"What removing {shape.name} means:\n")
    for each in shape.consequences:
        typer.echo(f"- {each}")
    typer.echo(f"\nNothing was done. To remove it, add --confirm {_quoted(shape.name)}", err=True)
    raise typer.Exit(REFUSED)


def _quoted(name: str) -> str:
    import shlex

    return shlex.quote(name)
