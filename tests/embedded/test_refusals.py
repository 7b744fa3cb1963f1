"""What the embedded server refuses, and that each refusal says what to do."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from roomstead.adapters.embedded import EmbeddedServer
from roomstead.adapters.embedded.account import server_account
from roomstead.adapters.embedded.binaries import Binaries
from roomstead.adapters.embedded.errors import (
    DataFolderClosed,
    DataFolderFull,
    DataOfOtherVersion,
    EmbeddedStartFailed,
    InstallationClosed,
    ServerAccountUnusable,
)
from roomstead.adapters.embedded.folder import prepare
from roomstead.adapters.embedded.staging import reachable

FAST = {"fsync": "off"}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")


@pytest.mark.parametrize(("found", "way_out"), [(16, "roomstead db backup"), (19, "release that brings PostgreSQL 19")])
def test_data_of_another_major_version(data_dir: Path, found: int, way_out: str) -> None:
    (data_dir / "postgres").mkdir(parents=True)
    (data_dir / "postgres" / "PG_VERSION").write_text(f"{found}\n")
    with pytest.raises(DataOfOtherVersion) as refusal:
        EmbeddedServer.start(data_dir)
    assert f"PostgreSQL {found}" in refusal.value.message
    assert way_out in refusal.value.remedy
    assert (data_dir / "postgres" / "PG_VERSION").read_text() == f"{found}\n"


def test_too_little_room_is_seen_before_anything_is_written(data_dir: Path) -> None:
    with pytest.raises(DataFolderFull) as refusal:
        EmbeddedServer.start(data_dir, least_free_bytes=2**62)
    assert "ROOMSTEAD_DATA_DIR" in refusal.value.remedy
    assert not (data_dir / "postgres").exists()


@pytest.fixture
def small_disk(data_dir: Path) -> Iterator[Path]:
    """A disk of 20 MB, less than a new database takes."""
    data_dir.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m,mode=0711", "tmpfs", data_dir], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a small disk needs root")
    yield data_dir
    subprocess.run(["umount", data_dir], check=True)


def test_disk_that_fills_up_while_the_database_is_created(small_disk: Path) -> None:
    with pytest.raises(DataFolderFull):
        EmbeddedServer.start(small_disk, least_free_bytes=0)
    assert not (small_disk / "postgres").exists()

    subprocess.run(["mount", "-o", "remount,size=400m", small_disk], check=True)
    with EmbeddedServer.start(small_disk, settings=FAST) as server:
        assert server.is_alive()


def test_server_that_does_not_start_is_reported_with_its_words_and_the_place_of_the_log(data_dir: Path) -> None:
    EmbeddedServer.start(data_dir, settings=FAST).stop()
    with pytest.raises(EmbeddedStartFailed) as refusal:
        EmbeddedServer.start(data_dir, settings={"shared_buffers": "lots"})
    assert "shared_buffers" in refusal.value.message
    assert str(data_dir / "postgres.log") in refusal.value.remedy
    with EmbeddedServer.start(data_dir, settings=FAST) as server:  # the folder was let go
        assert server.is_alive()


def test_data_folder_that_cannot_be_made(data_dir: Path) -> None:
    data_dir.write_text("a file stands here")
    with pytest.raises(DataFolderClosed, match="cannot be used"):
        EmbeddedServer.start(data_dir)


@as_root
@pytest.mark.parametrize("name", ["no-such-account", "root"])
def test_account_that_cannot_run_the_server(data_dir: Path, name: str) -> None:
    with pytest.raises(ServerAccountUnusable) as refusal:
        EmbeddedServer.start(data_dir, embedded_user=name)
    assert "ROOMSTEAD_EMBEDDED_USER" in refusal.value.remedy


@as_root
def test_data_folder_out_of_the_accounts_reach(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o700)
    with pytest.raises(DataFolderClosed) as refusal:
        prepare(data_dir / "inner", server_account("nobody"))
    assert f"may not enter {data_dir} on the way" in refusal.value.message
    assert "/var/lib/roomstead" in refusal.value.remedy


@as_root
def test_neither_the_installation_nor_a_copy_of_it_may_be_run(data_dir: Path, closed_installation: Path) -> None:
    data_dir.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400m,mode=0711,noexec", "tmpfs", data_dir],
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a disk without programs needs more rights")
    try:
        folder = prepare(data_dir, server_account("nobody"))
        with pytest.raises(InstallationClosed) as refusal:
            reachable(Binaries(closed_installation), folder, server_account("nobody"))
    finally:
        subprocess.run(["umount", data_dir], check=True)
    assert "may not run" in refusal.value.message
    for way_out in ("ROOMSTEAD_DATA_DIR", "noexec", "/opt", "ROOMSTEAD_DATABASE_URL"):
        assert way_out in refusal.value.remedy


@as_root
def test_disk_that_fills_up_while_the_programs_are_copied(small_disk: Path, closed_installation: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=5m", small_disk], check=True)
    folder = prepare(small_disk, server_account("nobody"))
    with pytest.raises(DataFolderFull):
        reachable(Binaries(closed_installation), folder, server_account("nobody"))
    assert not list(small_disk.iterdir())


def test_machine_without_the_wheel(data_dir: Path) -> None:
    start = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from roomstead.adapters.embedded import EmbeddedServer\n"
        "from roomstead.domain.errors import NeedsAdmin\n"
        "try:\n    EmbeddedServer.start(Path(sys.argv[2]))\n"
        "except NeedsAdmin as error:\n    print(error.code, error.remedy)\n"
    )
    source = Path(__file__).parents[2] / "src"
    bare = subprocess.run(
        [sys.executable, "-I", "-S", "-c", start, source, data_dir], capture_output=True, text=True, check=True
    )
    assert bare.stdout.startswith("embedded_not_available Set ROOMSTEAD_DATABASE_URL to a PostgreSQL 15 or newer")
