"""What is in the code is in the documentation, and the other way round."""

import ast
import importlib.util
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

WORDS_OF_DAY_ONE = {
    "Access", "Attendee", "Booking", "CalendarEvent", "Capabilities", "HostMailbox", "Hosting", "Integration", "Intent",
    "Masking", "Organizer", "ResponseStatus", "Revision", "Room", "ServiceMailbox", "SyncCursor", "Verification",
}  # fmt: skip


NOT_YET_BUILT = {"Masking"}
"""Words that are decided before their code is there."""


@pytest.fixture(scope="module")
def generator(project: Path) -> ModuleType:
    """The script that writes the generated pages."""
    spec = importlib.util.spec_from_file_location("generate_reference", project / "scripts/generate_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def glossary(project: Path) -> list[str]:
    rows = re.findall(r"^\| ([^|]+?) \|", (project / "docs/glossary.md").read_text(), re.MULTILINE)
    return [row for row in rows if row not in {"Word", "---"}]


def words_of(name: str) -> list[str]:
    """The words of a `CamelCase` or `snake_case` name, in lower case."""
    return re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower())


def words_in_use(folder: Path) -> set[str]:
    """Every word that occurs in the name of a class, function, parameter, attribute or variable."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            for attribute in ("name", "id", "arg", "attr"):
                name = getattr(node, attribute, None)
                if isinstance(name, str):
                    found.update(words_of(name))
    return found


def test_generated_pages_are_what_the_code_says(project: Path) -> None:
    check = subprocess.run(
        [sys.executable, project / "scripts/generate_reference.py", "--check"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert check.returncode == 0, check.stderr


def test_every_error_has_its_own_code_and_a_sentence(project: Path, generator: ModuleType) -> None:
    known = generator.error_classes(project / "src/roomstead")
    codes = Counter(error.code for error in known.values() if error.code)
    assert [code for code, count in codes.items() if count > 1] == []
    assert [error.name for error in known.values() if not error.sentence.endswith((".", "?"))] == []
    page = (project / "docs/reference/errors.md").read_text()
    assert {code for code in codes if f"`{code}`" not in page} == set()


def test_glossary_is_sorted_and_says_each_word_once(project: Path) -> None:
    words = glossary(project)
    assert words == sorted(set(words))
    assert set(words) >= WORDS_OF_DAY_ONE


def test_every_word_of_the_glossary_is_used_in_the_code(project: Path) -> None:
    used = words_in_use(project / "src/roomstead")
    missing = [term for term in glossary(project) if not used.issuperset(words_of(term))]
    assert set(missing) <= NOT_YET_BUILT


def test_offences_are_found(generator: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "errors.py").write_text(
        'class AppError(Exception):\n    code = "error"\n'
        'class Refused(AppError):\n    """No."""\n    code = "refused"\n'
        'class Mute(Refused):\n    code = "refused"\n'
        'class Stranger(Exception):\n    code = "stranger"\n'
    )
    known = generator.error_classes(tmp_path)
    assert set(known) == {"AppError", "Refused", "Mute"}
    assert (known["Mute"].code, known["Mute"].sentence) == ("refused", "")
