"""Writes the pages of docs/reference that follow from the code: settings, error codes, jobs, commands, routes.

python scripts/generate_reference.py            write them
python scripts/generate_reference.py --check    fail when a committed page differs
"""

import ast
import dataclasses
import inspect
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer.main

from roomstead.application.ports import jobs
from roomstead.config import Settings, variable
from roomstead.entrypoints.cli.app import app
from roomstead.entrypoints.cli.errors import MEANINGS
from roomstead.entrypoints.guides.sections import BY_CODE
from roomstead.entrypoints.web.app import create_app

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
GENERATED = "<!-- Written by `make docs` from the code: change it there. -->"

BRANCHES = {
    "Refused": "The request will never succeed as asked. The person who asked can change it.",
    "NeedsAdmin": "Nothing goes on until an admin or operator changes something.",
    "RetryLater": "The request is fine. Roomstead tries again by itself; a program may, too.",
    "WorldMoved": "Something changed meanwhile. Read again and decide again.",
    "OutOfReach": "One mailbox cannot be used. Bookings take the service account, where there is one.",
    "Broken": "A defect, of Roomstead or of the other side. Please report it.",
    "AppError": "Of a single command; what to do stands in its sentence.",
}
"""What to do next. An error is listed under the first branch that it belongs to."""


@dataclass(frozen=True)
class ErrorClass:
    """An error as its class describes it."""

    name: str
    bases: tuple[str, ...]
    code: str | None
    sentence: str


def settings_page() -> str:
    """The page of all settings."""
    rows = []
    for name, field in Settings.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        default = str(extra.get("shown_default") or _shown(field.get_default()))
        example = (field.examples or [""])[0]
        rows.append(f"| `{variable(name)}` | {field.description} | {default} | `{example}` |")
    return _page(
        "Settings",
        "Roomstead reads its settings from the environment when it starts. All are optional. A wrong value stops the "
        "start, with every mistake named at once; an unknown `ROOMSTEAD_…` variable is reported with the nearest name.",
        ["| Variable | What it does | Without it | Example |", "| --- | --- | --- | --- |", *rows],
    )


def _shown(default: object) -> str:
    if default is None or default in ("", ()):
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def error_classes(source: Path) -> dict[str, ErrorClass]:
    """All classes under `source` that descend from `AppError`, by name, parents first."""
    classes = {found.name: found for path in sorted(source.rglob("*.py")) for found in _classes(path) if found.bases}
    known = {"AppError": classes.pop("AppError")}
    while fresh := {name: found for name, found in classes.items() if name not in known and {*found.bases} & {*known}}:
        known |= fresh
    return known


def _classes(path: Path) -> Iterator[ErrorClass]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef):
            bases = tuple(ast.unparse(base).rpartition(".")[2] for base in node.bases)
            sentence = (ast.get_docstring(node) or "").split("\n\n")[0].replace("\n", " ")
            yield ErrorClass(node.name, bases, _code(node), sentence)


def _code(node: ast.ClassDef) -> str | None:
    for statement in node.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(target, ast.Name) and target.id == "code" and isinstance(statement, ast.Assign):
            return str(ast.literal_eval(statement.value))
    return None


def errors_page() -> str:
    """The page of all error codes, by what to do next."""
    known = error_classes(ROOT / "src" / "roomstead")
    lines = []
    for branch, meaning in BRANCHES.items():
        listed = sorted(
            (found.code, found) for found in known.values() if found.code and branch == _branch(found, known)
        )
        if listed:
            lines += [f"## {branch_title(branch, known)}", "", meaning, ""]
        for code, found in listed:
            lines += [f"### `{code}`", "", found.sentence, *_further(code), ""]
    return _page(
        "Error codes",
        "Every error of the API, the pages and the command line has a `code`. Codes are stable; sentences may change. "
        "They are grouped by what to do next.",
        lines[:-1],
    )


def branch_title(branch: str, known: dict[str, ErrorClass]) -> str:
    """What a branch of errors is called; no code has the same anchor."""
    return f"Kind: {str(known[branch].code).replace('_', ' ')}"


def _further(code: str) -> list[str]:
    """The way from an error to the guide that says more."""
    name, _, anchor = BY_CODE.get(code, "").partition("#")
    if not name:
        return []
    path = next((REFERENCE.parent).rglob(f"{name}.md"))
    title = path.read_text().partition("\n")[0].removeprefix("# ")
    link = f"{os.path.relpath(path, REFERENCE)}{'#' if anchor else ''}{anchor}"
    return ["", f"More: [{title}]({link})"]


def _branch(found: ErrorClass, known: dict[str, ErrorClass]) -> str:
    return next(branch for branch in BRANCHES if branch in _ancestry(found, known))


def _ancestry(found: ErrorClass, known: dict[str, ErrorClass]) -> set[str]:
    above = {found.name}
    for base in found.bases:
        if base in known:
            above |= _ancestry(known[base], known)
    return above


def job_types() -> list[type]:
    """The kinds of work that workers do."""
    return [
        found
        for _, found in inspect.getmembers(jobs, inspect.isclass)
        if dataclasses.is_dataclass(found) and found.__module__ == jobs.__name__
    ]


def jobs_page() -> str:
    """The page of all jobs."""
    rows = [
        f"| `{kind.__name__}` | {_first_line(kind)} | {', '.join(_fields(kind)) or 'nothing'} | {_lock(kind)} |"
        for kind in job_types()
    ]
    return _page(
        "Jobs",
        "What workers do. A job holds nothing that is not in the tables as well: losing one costs time, never work.",
        ["| Job | What it does | Names | One at a time |", "| --- | --- | --- | --- |", *rows],
    )


def _fields(kind: type) -> list[str]:
    return [f"`{field.name}`" for field in dataclasses.fields(kind)]


def _lock(kind: type) -> str:
    lock = kind.__dict__.get("lock")
    return _first_line(lock) if isinstance(lock, property) else ""


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").split("\n")[0]


def _page(title: str, introduction: str, lines: list[str]) -> str:
    return "\n".join([f"# {title}", "", GENERATED, "", introduction, "", *lines]) + "\n"


def commands_page() -> str:
    """The page of the command line: every command with its own help."""
    codes = [f"| {code} | {meaning} |" for code, meaning in MEANINGS.items()]
    lines = ["## Exit codes", "", "| Code | Meaning |", "| --- | --- |", *codes, ""]
    for path, command in _commands(typer.main.get_command(app), "roomstead"):
        lines += [f"## `{path}`", "", " ".join((command.help or "").split()), ""]
        lines += [f"- {each}" for each in _parameters(command)]
        lines += [""] if command.params else []
    return _page(
        "Command line",
        "The same words as in the API, and with `--json` the same answers. A token (`--token`, or `ROOMSTEAD_TOKEN`) "
        "names the person who acts; without one `serve`, `worker`, `demo`, `db`, `people`, `tokens` and `doctor` work, "
        "as the operator of this machine.",
        lines[:-1],
    )


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - of a class private to typer
    for name, child in sorted(getattr(command, "commands", {}).items()):
        if hasattr(child, "commands"):
            yield from _commands(child, f"{path} {name}")
        elif not child.hidden:
            yield f"{path} {name}", child


def _parameters(command: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    for each in command.params:
        if getattr(each, "hidden", False) or each.name == "help":
            continue
        is_option = each.param_type_name == "option"
        name = "/".join((*each.opts, *each.secondary_opts)) if is_option else each.name.upper()
        said = getattr(each, "help", None)
        yield f"`{name}`: {said}" if said else f"`{name}`"


def api_page() -> str:
    """The page of the API: every route, and the statuses that it may answer."""
    described = create_app(None).openapi()  # type: ignore[arg-type]  # describing needs no service
    rows = [
        f"| `{method.upper()} {path}` | {operation['summary']} | {', '.join(operation['responses'])} |"
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    return _page(
        "API",
        "The whole description, with shapes and examples, is served at `/api/v1/openapi.json` (OpenAPI 3.1).",
        ["| Route | What it does | Answers |", "| --- | --- | --- |", *rows],
    )


def pages() -> dict[Path, str]:
    """Every generated page: where it is, and its text."""
    return {
        REFERENCE / "settings.md": settings_page(),
        REFERENCE / "errors.md": errors_page(),
        REFERENCE / "jobs.md": jobs_page(),
        REFERENCE / "cli.md": commands_page(),
        REFERENCE / "api.md": api_page(),
    }


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them; the exit code says whether they were as they should be."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text() != text]
    for path in stale:
        if "--check" in arguments:
            sys.stderr.write(f"{path.relative_to(ROOT)} is not what the code says: run `make docs`.\n")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages()[path])
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
