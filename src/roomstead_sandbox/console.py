"""How the command line talks to a running sandbox and to people: tables for people, JSON for programs."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import typer

Json = Any  # JSON data; its depth is open
_SHORT = 60
_MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$")  # shown to the second, always UTC


@dataclass
class Target:
    """Where the running sandbox is and how to print; set by the options before the command."""

    url: str = ""
    authority: Path | None = None
    as_json: bool = False


target = Target()


def get(path: str, /, **query: object) -> Json:
    """What the control API answers; ends the program with its sentence when it refuses."""
    return _ask(lambda control: control.get(path, **query))


def post(path: str, /, **body: object) -> Json:
    """As `get`, sending a body without what is None."""
    return _ask(lambda control: control.post(path, {k: v for k, v in body.items() if v is not None}))


def patch(path: str, body: object) -> Json:
    """As `get`, changing something."""
    return _ask(lambda control: control.patch(path, body))


def delete(path: str) -> Json:
    """As `get`, removing something."""
    return _ask(lambda control: control.delete(path))


def fail(sentence: str) -> NoReturn:
    """Say what is wrong and end with exit code 1."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def pairs(values: Sequence[str]) -> dict[str, Json]:
    """name=value arguments; a value that is JSON is taken as such, anything else as text."""
    found = {}
    for value in values:
        name, separator, text = value.partition("=")
        if not separator:
            raise typer.BadParameter(f"{value!r} is not name=value.")
        try:
            found[name] = json.loads(text)
        except ValueError:
            found[name] = text
    return found


def show(data: Json, columns: Sequence[str] = ()) -> None:
    """Print an answer: JSON if asked for, a table for a list of records, lines for one record."""
    if target.as_json:
        typer.echo(json.dumps(data, ensure_ascii=False))
    elif isinstance(data, list):
        _table(data, columns)
    elif isinstance(data, dict):
        for name, value in data.items():
            typer.echo(f"{name}: {_text(value)}")
    else:
        typer.echo(_text(data))


def _ask(call: Callable[[Any], Json]) -> Json:
    from roomstead_sandbox.control.client import Control, ControlRefused

    control = Control(f"{target.url}/_control/", target.authority)
    try:
        return call(control)
    except ControlRefused as error:
        fail(str(error))
    finally:
        control.close()


def _table(rows: Sequence[Json], columns: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    if not rows:
        typer.echo("Nothing.")
        return
    named = columns or list(rows[0])
    table = Table(*(name.replace("_", " ") for name in named), box=None, header_style="bold")
    for row in rows:
        table.add_row(*(_text(row.get(name)) for name in named))
    Console().print(table)


def _text(value: Json) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return _MOMENT.sub(r"\1 \2", value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    if isinstance(value, dict | list):
        text = json.dumps(value, ensure_ascii=False)
        return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"
    return str(value)
