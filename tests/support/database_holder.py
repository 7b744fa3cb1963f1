"""Runs the one database server of a test run, until the test run's process is gone.

A program of its own, so that neither the end nor the crash of one test process takes the database from the others,
and so that a killed test run leaves no server behind.

    python database_holder.py ROOT PID
"""

import shutil
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from roomstead.adapters.embedded import EmbeddedServer

SPEED_BEFORE_SAFETY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "400",
    "file_copy_method": "clone",
}
"""What is lost in a crash here is only a test's data."""


def main(root: Path, test_run: int) -> None:
    with EmbeddedServer.start(root, settings=SPEED_BEFORE_SAFETY), suppress(psutil.NoSuchProcess):
        psutil.Process(test_run).wait()
    shutil.rmtree(root)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
