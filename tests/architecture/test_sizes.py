"""Files one can finish, functions one can see, use cases whose parameters one can count."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

MODULE_LINES = 300
FUNCTION_LINES = 40
USE_CASE_PARAMETERS = 9
LISTS = ("src/roomstead/adapters/db/tables.py", "src/roomstead/adapters/db/migrations/versions/")
"""Tables are lists, not code: they may be as long as what they describe."""

Plant = Callable[[dict[str, str]], Path]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(root: Path) -> Iterator[tuple[str, Path]]:
    for folder in ("src", "scripts", "bench"):
        for path in sorted((root / folder).rglob("*.py")):
            yield path.relative_to(root).as_posix(), path


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            yield node


def too_long_modules(root: Path) -> list[str]:
    counted = ((name, len(path.read_text().splitlines())) for name, path in sources(root))
    return [f"{name}: {lines} lines" for name, lines in counted if lines > MODULE_LINES and not name.startswith(LISTS)]


def too_long_functions(root: Path) -> list[str]:
    return [
        f"{name}:{node.lineno} {node.name}: {lines} lines"
        for name, path in sources(root)
        if not name.startswith(LISTS)
        for node in functions(path)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]


def crowded_use_cases(root: Path) -> list[str]:
    found = []
    for name, path in sources(root):
        if not name.startswith("src/roomstead/application/"):
            continue
        for node in functions(path):
            count = len(node.args.posonlyargs) + len(node.args.args) + len(node.args.kwonlyargs)
            if count > USE_CASE_PARAMETERS:
                found.append(f"{name}:{node.lineno} {node.name}: {count} parameters")
    return found


def test_modules_can_be_finished(project: Path) -> None:
    assert too_long_modules(project) == []


def test_functions_fit_a_screen(project: Path) -> None:
    assert too_long_functions(project) == []


def test_use_cases_take_few_parameters(project: Path) -> None:
    assert crowded_use_cases(project) == []


def test_offences_are_found(plant: Plant) -> None:
    root = plant(
        {
            "src/roomstead/long.py": "x = 1\n" * 301,
            "src/roomstead/adapters/db/tables.py": "x = 1\n" * 900,
            "src/roomstead/slow.py": "def slow() -> None:\n" + "    print()\n" * 40,
            "src/roomstead/application/booking/create.py": f"def create({', '.join('abcdefghij')}): ...\n",
        }
    )
    assert too_long_modules(root) == ["src/roomstead/long.py: 301 lines"]
    assert too_long_functions(root) == ["src/roomstead/slow.py:1 slow: 41 lines"]
    assert crowded_use_cases(root) == ["src/roomstead/application/booking/create.py:1 create: 10 parameters"]
