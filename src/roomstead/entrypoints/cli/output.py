"""What commands print: tables for people, JSON for programs, both from the shapes of the API."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from roomstead.entrypoints.wire.base import Shape

WIDTH_OF_PIPES = 1000
"""A table that goes into a file or another program is never folded."""


def print_json(shape: "Shape") -> None:
    """One JSON document on standard output."""
    sys.stdout.write(shape.model_dump_json(indent=2) + "\n")


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str, more: str | None = None
) -> None:
    """A table, or the sentence ``empty``; ``more`` is the cursor of what follows."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH_OF_PIPES)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    if table.row_count:
        console.print(table)
    else:
        console.print(empty)
    if more:
        console.print(f"There is more: --cursor {more}", markup=False)


def print_facts(facts: Iterable[tuple[str, object]]) -> None:
    """Names and values, one a line; those without a value are left out."""
    shown = [(name, _plain(value)) for name, value in facts if value not in (None, "", [])]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        first, *rest = value.splitlines() or [""]
        sys.stdout.write(f"{name:<{width}}  {first}\n" + "".join(f"{'':<{width}}  {line}\n" for line in rest))


def _cell(value: object) -> str:
    from rich.markup import escape

    return escape(_plain(value))


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M %Z")
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return _without_controls(str(value))


def _without_controls(text: str) -> str:
    """Titles come from anywhere: nothing in them may steer the terminal."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}" for letter in text)
