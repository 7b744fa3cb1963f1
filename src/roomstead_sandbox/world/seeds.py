"""Worlds to begin with, by name. Deterministic: the same seed gives the same ids and meetings."""

from collections.abc import Callable

from roomstead_sandbox.world.errors import Invalid
from roomstead_sandbox.world.world import World


def planter(seed: str) -> Callable[[World], None]:
    """What fills an empty world. Raises Invalid for a name that is no seed."""
    found = SEEDS.get(seed)
    if found is None:
        raise Invalid(f"There is no seed {seed!r}; there are {', '.join(SEEDS)}.")
    return found


def _contoso(world: World) -> None:
    from roomstead_sandbox.world.seed_contoso import contoso

    contoso(world)


def _corp(world: World) -> None:
    from roomstead_sandbox.world.seed_corp import corp

    corp(world)


def _both(world: World) -> None:
    _contoso(world)
    _corp(world)


def _big(world: World) -> None:
    from roomstead_sandbox.world.seed_big import big

    big(world, mailboxes=10_000, events=500_000)


def _empty(world: World) -> None:
    """Nothing at all."""


SEEDS: dict[str, Callable[[World], None]] = {
    "empty": _empty,
    "contoso": _contoso,
    "corp": _corp,
    "both": _both,
    "big": _big,
}
