"""What the control API works on, handed in by the application so that it need not know it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from roomstead_sandbox.world.faces import Face
from roomstead_sandbox.world.world import World


@dataclass(frozen=True, slots=True)
class Context:
    """A world with its faces; `fill` plants a seed, `save` and `load` keep the whole world in a file."""

    world: World
    faces: Sequence[Face]
    fill: Callable[[str], None]
    save: Callable[[Path], None]
    load: Callable[[Path], None]
