"""Programs that run the embedded server, and ways to look at what they leave."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from roomstead.adapters.embedded import Connection
from roomstead.adapters.embedded.binaries import find_binaries

Query = Callable[[Connection, str], object]
PROGRAM = Path(__file__).parent / "program.py"


@dataclass
class Running:
    """A program with a server of its own."""

    process: subprocess.Popen[str]
    server_pid: int


@pytest.fixture
def run_program(data_dir: Path) -> Iterator[Callable[[], Running]]:
    """Start the program on `data_dir` and wait until its server answers."""
    with ExitStack() as stack:

        def start() -> Running:
            process = stack.enter_context(
                subprocess.Popen([sys.executable, PROGRAM, data_dir], stdout=subprocess.PIPE, text=True)
            )
            stack.callback(process.terminate)  # it takes its server along
            assert process.stdout is not None
            return Running(process, int(process.stdout.readline()))

        yield start


@pytest.fixture
def query() -> Callable[[Connection, str], object]:
    """Run one statement; the first column of its first row, if it has rows."""

    def run(connection: Connection, statement: str) -> object:
        with psycopg.connect(connection.url, autocommit=True) as session:
            cursor = session.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None

    return run


@pytest.fixture
def closed_installation() -> Iterator[Path]:
    """The programs of an installation in a folder closed to others, as in a clone below root's home."""
    package = find_binaries().folder.parents[1]
    libraries = Path(f"{package}.libs")
    with tempfile.TemporaryDirectory(prefix="roomstead-closed-") as place:
        shutil.copytree(package, Path(place) / package.name)
        if libraries.is_dir():
            shutil.copytree(libraries, Path(place) / libraries.name)
        yield Path(place) / find_binaries().folder.relative_to(package.parent)
