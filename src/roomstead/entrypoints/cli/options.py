"""Options that many commands share."""

from datetime import datetime
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar="ROOMSTEAD_TOKEN",
        show_envvar=True,
        help="The API token of the person who acts.",
        metavar="TOKEN",
    ),
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=200, help="How many to show at most.")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Follow it until it has ended.")]
Cursor = Annotated[str, typer.Option("--cursor", help="Go on where a list ended.")]


def moment(text: str | None, option: str) -> datetime | None:
    """The time that an option names, with its offset. A wrong one ends the command as a usage error."""
    from roomstead.entrypoints.wire.base import parse_moment

    try:
        return None if text is None else parse_moment(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def required_moment(text: str, name: str) -> datetime:
    """The time that an argument names, with its offset. A wrong one ends the command as a usage error."""
    found = moment(text, name)
    if found is None:
        raise typer.BadParameter("Give a time.", param_hint=name)
    return found
