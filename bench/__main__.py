"""``python -m bench [name …] [--json]``: measure, print a table and then the figures as JSON.

Every module of this folder with a function ``measure() -> Sequence[Figure]`` takes part, by its name.
"""

import argparse
import importlib
import json
import pkgutil
import platform
import signal
import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

import bench
from bench.figures import Figure

LONGEST_SECONDS = 590
"""For everything together."""


class TooLong(BaseException):
    """The machine is too busy to measure anything on it; no handler of what is measured catches this."""


def main() -> int:
    """Measure what was asked for; answers 1 when a target was missed."""
    modules = _modules()
    parser = argparse.ArgumentParser(prog="python -m bench", description=bench.__doc__)
    parser.add_argument("names", nargs="*", help=f"what to measure: {', '.join(modules)}; nothing: all")
    parser.add_argument("--json", action="store_true", help="only the JSON")
    wanted = parser.parse_args()
    unknown = set(wanted.names) - set(modules)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(modules)}")
    figures, in_time = _measured(wanted.names or modules)
    if not wanted.json:
        Console(width=140).print(_table(figures))
    print(json.dumps({"machine": platform.platform(), "figures": [each.as_json() for each in figures]}, indent=1))
    return int(not in_time or any(each.is_met is False for each in figures))


def _measured(names: Sequence[str]) -> tuple[list[Figure], bool]:
    """What was measured, and whether that was all."""
    figures: list[Figure] = []
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(LONGEST_SECONDS)
    try:
        for name in names:
            began = time.monotonic()
            print(f"measuring {name} …", end=" ", file=sys.stderr, flush=True)
            figures += importlib.import_module(f"bench.{name}").measure()
            print(f"{time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    except TooLong:
        print(f"not done after {LONGEST_SECONDS} s: what follows is missing", file=sys.stderr)
        return figures, False
    finally:
        signal.alarm(0)
    return figures, True


def _too_long(*_: object) -> None:
    raise TooLong


def _modules() -> list[str]:
    """The modules that measure something."""
    names = [each.name for each in pkgutil.iter_modules(bench.__path__) if each.name != "__main__"]
    return [name for name in sorted(names) if hasattr(importlib.import_module(f"bench.{name}"), "measure")]


def _table(figures: Sequence[Figure]) -> Table:
    table = Table("id", "work", "measured", "floor", "ratio", "target", "")
    for each in figures:
        table.add_row(
            each.id,
            each.work,
            f"{each.value:.4g} {each.unit}",
            "" if each.floor is None else f"{each.floor:.4g} {each.unit}",
            "" if each.ratio is None else f"{each.ratio:.2f}",
            each.target,
            {True: "met", False: "MISSED", None: ""}[each.is_met],
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
