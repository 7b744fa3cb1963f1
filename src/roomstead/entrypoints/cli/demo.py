"""`roomstead demo`: a rehearsal tenant and Roomstead beside it, to play with; or the tour of it."""

import signal
import sys
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from roomstead.entrypoints.cli.errors import told

if TYPE_CHECKING:
    from rich.console import Console

    from roomstead.entrypoints.demo.scene import Scene

PORT = 8700


def demo(
    tour: Annotated[bool, typer.Option("--tour", help="Play the story by itself, on ports of its own.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --tour: one JSON object per step.")] = False,
    port: Annotated[int, typer.Option("--port", help="Port to listen on; 0 takes any free one.")] = PORT,
) -> None:
    """A rehearsal tenant and Roomstead beside it. Everything is thrown away at the end.

    With --tour it ends by itself, with exit code 1 when a step was not as it should be.
    """
    from rich.console import Console

    with told():
        _end_on_sigterm()
        if tour:
            from roomstead.entrypoints.demo.tour import tour_for_people, tour_for_programs

            fine = tour_for_programs() if as_json else tour_for_people(Console())
            if not fine:
                raise typer.Exit(1)
            return
        from roomstead.entrypoints.demo.scene import Scene

        console = Console()
        with Scene(port=port, say=lambda words: console.print(f"[dim]{words}[/dim]")) as scene:
            _welcome(console, scene)
            _until_interrupted()
            console.print("[dim]Ending; nothing is left behind.[/dim]")


def _end_on_sigterm() -> None:
    def end(*_: object) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)


def _until_interrupted() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        sys.stderr.write("\n")


def _welcome(console: "Console", scene: "Scene") -> None:
    from roomstead.entrypoints.demo.welcome import welcome

    for line in welcome(scene):
        console.print(line, highlight=False, soft_wrap=True)
