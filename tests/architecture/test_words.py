"""Words in their places: vendors in their folders, reasons beside exceptions, nothing left "to do"."""

import re
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

VENDOR_WORDS = re.compile(
    r"(?<![A-Za-z])((?i:microsoft|graph|outlook|google|gmail))(?![A-Za-z])|(Microsoft|Graph|Outlook|Google|Gmail)(?![a-z])"
)
"""As whole words, also inside `CamelCase` and `snake_case`; a polygraph is none."""

VENDOR_FREE = ("src/roomstead/domain", "src/roomstead/application", "src/roomstead/entrypoints")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
EXCEPTION = re.compile(r"#\s*(?:noqa\b(?::\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*)?|type:\s*ignore(?:\[[\w, -]+\])?)(.*)")
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "misc", "common", "stuff"}

Plant = Callable[[dict[str, str]], Path]


def lines(root: Path, folders: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                yield f"{path.relative_to(root).as_posix()}:{number}", line


def comments(root: Path) -> Iterator[tuple[str, str]]:
    for folder in ("src", "tests", "bench", "scripts"):
        for path in sorted((root / folder).rglob("*.py")):
            with path.open("rb") as file:
                for token in tokenize.tokenize(file.readline):
                    if token.type == tokenize.COMMENT:
                        yield f"{path.relative_to(root).as_posix()}:{token.start[0]}", token.string


def vendor_words(root: Path) -> list[str]:
    return [f"{where} {found[0]}" for where, line in lines(root, VENDOR_FREE) if (found := VENDOR_WORDS.search(line))]


def unfinished(root: Path) -> list[str]:
    return [f"{where} {found[1]}" for where, comment in comments(root) if (found := UNFINISHED.search(comment))]


def exceptions_without_reason(root: Path) -> list[str]:
    return [
        where
        for where, comment in comments(root)
        for found in EXCEPTION.finditer(comment)
        if not re.search(r"[A-Za-z]{2,}", found[1])
    ]


def vague_modules(root: Path) -> list[str]:
    names = (path.relative_to(root) for folder in ("src", "tests", "bench") for path in (root / folder).rglob("*.py"))
    return sorted(name.as_posix() for name in names if {name.stem, *name.parts} & VAGUE_NAMES)


def test_vendors_stay_in_their_folders(project: Path) -> None:
    assert vendor_words(project) == []


def test_nothing_is_left_to_do(project: Path) -> None:
    assert unfinished(project) == []


def test_every_exception_from_a_rule_has_its_reason(project: Path) -> None:
    assert exceptions_without_reason(project) == []


def test_modules_say_what_they_hold(project: Path) -> None:
    assert vague_modules(project) == []


def test_offences_are_found(plant: Plant) -> None:
    root = plant(
        {
            "src/roomstead/domain/event.py": "GraphEvent = 1\npolygraph = 2\nread_google_event = 3\n",
            "src/roomstead/entrypoints/web/api.py": '"""Opens Outlook."""\n',
            "src/roomstead/adapters/utils.py": "x = 1  # TODO: later\ny = 'TODO'\n",
            "tests/test_x.py": "x = 1  # noqa: S101\ny = 2  # type: ignore[arg-type]\nz = 3  # noqa: S101 - why\n",
        }
    )
    assert vendor_words(root) == [
        "src/roomstead/domain/event.py:1 Graph",
        "src/roomstead/domain/event.py:3 google",
        "src/roomstead/entrypoints/web/api.py:1 Outlook",
    ]
    assert unfinished(root) == ["src/roomstead/adapters/utils.py:1 TODO"]
    assert exceptions_without_reason(root) == ["tests/test_x.py:1", "tests/test_x.py:2"]
    assert vague_modules(root) == ["src/roomstead/adapters/utils.py"]
