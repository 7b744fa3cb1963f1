"""An installation closed to the account that runs the server: its programs are staged where that account can enter."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from roomstead.adapters.embedded.account import server_account
from roomstead.adapters.embedded.binaries import Binaries
from roomstead.adapters.embedded.folder import prepare
from roomstead.adapters.embedded.staging import reachable

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")

START = (
    "import sys\nfrom pathlib import Path\nimport roomstead.adapters.embedded as embedded\n"
    "from roomstead.adapters.embedded.binaries import find_binaries\n"
    "with embedded.EmbeddedServer.start(Path(sys.argv[1]), settings={'fsync': 'off'}) as server:\n"
    "    print(find_binaries().folder, server.is_alive())\n"
)


def test_server_starts_from_an_installation_that_is_closed(data_dir: Path, closed_installation: Path) -> None:
    site = closed_installation.parents[2]
    started = subprocess.run(
        [sys.executable, "-c", START, data_dir],
        env={**os.environ, "PYTHONPATH": str(site)},
        umask=0o077,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.stdout.split() == [str(closed_installation), "True"], started.stderr


def test_copy_is_used_again_mended_and_never_writable_by_others(data_dir: Path, closed_installation: Path) -> None:
    nobody = server_account("nobody")
    folder = prepare(data_dir, nobody)
    staged = reachable(Binaries(closed_installation), folder, nobody)
    first = staged.program("postgres").stat().st_ino
    for path in [folder.programs, *folder.programs.rglob("*")]:
        assert path.stat().st_uid == 0
        assert not path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH)

    assert reachable(Binaries(closed_installation), folder, nobody) == staged
    assert staged.program("postgres").stat().st_ino == first

    staged.program("initdb").write_bytes(b"cut off")
    (folder.root / "postgres.programs.new").mkdir()
    assert reachable(Binaries(closed_installation), folder, nobody) == staged
    assert staged.program("initdb").read_bytes() == (closed_installation / "initdb").read_bytes()
    assert not (folder.root / "postgres.programs.new").exists()


def test_copy_goes_when_the_installation_has_been_opened(data_dir: Path, closed_installation: Path) -> None:
    nobody = server_account("nobody")
    folder = prepare(data_dir, nobody)
    reachable(Binaries(closed_installation), folder, nobody)
    opened = data_dir.parent / "opened"
    shutil.copytree(closed_installation.parents[2], opened)
    opened.chmod(0o755)
    binaries = Binaries(opened / closed_installation.relative_to(closed_installation.parents[2]))
    assert reachable(binaries, folder, nobody) == binaries
    assert not folder.programs.exists()
