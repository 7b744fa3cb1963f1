"""The time zones that people choose from, by part of the world."""

from collections.abc import Mapping, Sequence
from functools import cache
from zoneinfo import available_timezones

AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zone_choices() -> Mapping[str, Sequence[tuple[str, str]]]:
    """By area: the zone's name and what it is called there."""
    names = sorted(name for name in available_timezones() if name.partition("/")[0] in AREAS)
    return {area: [(name, _place(name)) for name in names if name.startswith(f"{area}/")] for area in AREAS}


def _place(name: str) -> str:
    return name.partition("/")[2].replace("_", " ").replace("/", ", ")
