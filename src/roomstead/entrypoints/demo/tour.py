"""Plays the story by itself, for people or for programs."""

import json
import sys
import time
from dataclasses import dataclass

from rich.console import Console

from roomstead.domain.errors import AppError
from roomstead.entrypoints.demo.scene import Scene
from roomstead.entrypoints.demo.story import STORY, Observation, Step


@dataclass(frozen=True, slots=True)
class Played:
    """A step that was played."""

    step: Step
    seconds: float
    seen: Observation
    trouble: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether everything was as it should be."""
        return not self.trouble and self.seen.is_as_it_should_be

    def as_json(self) -> str:
        """One line for programs."""
        return json.dumps(
            {
                "step": self.step.key,
                "title": self.step.title,
                "ok": self.is_ok,
                "seconds": round(self.seconds, 2),
                "observed": self.seen.facts,
                "expected": self.seen.expected,
                **({"trouble": self.trouble} if self.trouble else {}),
            },
            ensure_ascii=False,
        )


def play(scene: Scene, step: Step) -> Played:
    """Play one step; what goes wrong is part of what was seen."""
    began = time.monotonic()
    try:
        seen, trouble = step.play(scene), ""
    except (AppError, OSError, LookupError) as error:
        seen, trouble = Observation(), f"{type(error).__name__}: {error}"
    return Played(step, time.monotonic() - began, seen, trouble)


def tour_for_programs() -> bool:
    """One JSON object per step on standard output; whether all was as it should be."""
    fine = True
    with Scene(port=0, say=lambda _: None) as scene:
        for step in STORY:
            played = play(scene, step)
            sys.stdout.write(played.as_json() + "\n")
            sys.stdout.flush()
            fine = fine and played.is_ok
    return fine


def tour_for_people(console: Console) -> bool:
    """The story in words; whether all was as it should be."""
    began = time.monotonic()
    fine = True
    with Scene(port=0, say=lambda words: console.print(f"[dim]{words}[/dim]")) as scene:
        for number, step in enumerate(STORY, 1):
            console.print(f"\n[bold]{number}. {step.title}[/bold]")
            if step.play.__doc__:
                console.print(f"   [dim]{step.play.__doc__.strip()}[/dim]")
            played = play(scene, step)
            _tell(console, played)
            fine = fine and played.is_ok
    words = "Everything was as it should be." if fine else "Not everything was as it should be."
    console.print(f"\n[bold]{words}[/bold] [dim]{time.monotonic() - began:.0f} s; nothing is left behind.[/dim]")
    return fine


def _tell(console: Console, played: Played) -> None:
    sentence = played.seen.facts.get("sentence")
    if sentence:
        console.print(f"   “{sentence}”", highlight=False)
    for expectation, holds in played.seen.expected.items():
        mark = "[green]✓[/green]" if holds else "[red]✗[/red]"
        console.print(f"   {mark} {expectation}", highlight=False)
    if not played.is_ok:
        console.print(f"   [red]{played.trouble or json.dumps(played.seen.facts, ensure_ascii=False)}[/red]")
