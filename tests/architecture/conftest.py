"""The trees that the rules are held against: the project's own, and small ones that break them on purpose."""

from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Plant = Callable[[dict[str, str]], Path]


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the project."""
    return ROOT


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Write files, path → text, into an empty tree and return its root."""

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write
