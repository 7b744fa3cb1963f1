"""A backup brings everything back, or changes nothing."""

import re
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from roomstead.adapters.backup import make_backup, read_backup, replace_by, restore_into_empty
from roomstead.adapters.backup.errors import (
    BackupFailed,
    BackupOfNewerServer,
    BackupUnreadable,
    DatabaseInUse,
    DatabaseNotEmpty,
    DatabaseToolsTooOld,
    RestoreFailed,
)
from roomstead.adapters.backup.tools import choose_tools, target_of
from roomstead.adapters.db import schema
from roomstead.adapters.embedded.binaries import Binaries, find_binaries

ROWS = "SELECT string_agg(body, ',' ORDER BY body) FROM note"


def run_sql(url: str, *statements: str) -> object:
    with psycopg.connect(url, autocommit=True) as session:
        for statement in statements[:-1]:
            session.execute(statement)
        cursor = session.execute(statements[-1])
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


@pytest.fixture
def filled_url(database_url: str) -> str:
    """A database with our schema, and a table with what is hard to carry over."""
    run_sql(
        database_url,
        "CREATE TABLE note (body text, CONSTRAINT unique_body UNIQUE (body))",
        "INSERT INTO note VALUES ('Grüße'), (E'two\nlines'), ('SET transaction_timeout = 0;'), (E'\\\\.')",
    )
    return database_url


def test_everything_comes_back(filled_url: str, empty_database_url: str, tmp_path: Path) -> None:
    made = make_backup(filled_url, tmp_path / "rooms.backup")
    assert made.size_bytes == made.path.stat().st_size > 1000
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [made.path]
    assert any("sealing key" in sentence for sentence in made.left_out)

    facts = restore_into_empty(empty_database_url, made.path)
    assert facts.schema_revision == schema.version(filled_url).found
    assert run_sql(empty_database_url, ROWS) == run_sql(filled_url, ROWS)
    schema.require_current(empty_database_url)
    with pytest.raises(psycopg.errors.UniqueViolation):
        run_sql(empty_database_url, "INSERT INTO note VALUES ('Grüße')")


def test_external_database_is_backed_up_over_tcp_without_showing_its_password(
    external_postgres_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    run_sql(external_postgres_url, "CREATE TABLE note (body text)", "INSERT INTO note VALUES ('outside')")
    target = target_of(external_postgres_url)
    assert "password" not in target.conninfo
    assert target.environment["PGPASSWORD"] in external_postgres_url
    made = make_backup(external_postgres_url, tmp_path / "rooms.backup")
    restore_into_empty(empty_database_url, made.path)
    assert run_sql(empty_database_url, ROWS) == "outside"
    run_sql(external_postgres_url, "DROP TABLE note")


def test_database_with_tables_is_left_alone_unless_replaced(
    filled_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    made = make_backup(filled_url, tmp_path / "rooms.backup")
    run_sql(empty_database_url, "CREATE TABLE other ()")
    with pytest.raises(DatabaseNotEmpty, match="1 tables already"):
        restore_into_empty(empty_database_url, made.path)
    replace_by(empty_database_url, made.path)
    assert run_sql(empty_database_url, ROWS) == run_sql(filled_url, ROWS)
    assert run_sql(empty_database_url, "SELECT to_regclass('other')") is None


def test_restore_that_fails_halfway_leaves_everything_as_it_was(database_url: str, tmp_path: Path) -> None:
    # A foreign key that was never checked: the last statement of the restore fails.
    run_sql(
        database_url,
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (id int REFERENCES parent)",
        "SET session_replication_role = replica",
        "INSERT INTO child VALUES (1)",
    )
    made = make_backup(database_url, tmp_path / "rooms.backup")
    run_sql(database_url, "TRUNCATE child", "CREATE TABLE kept AS SELECT 1 AS x")
    with pytest.raises(RestoreFailed, match="violates foreign key") as refusal:
        replace_by(database_url, made.path)
    assert "as it was" in refusal.value.remedy
    assert run_sql(database_url, "SELECT count(*) FROM kept") == 1
    assert run_sql(database_url, "SELECT count(*) FROM child") == 0


def test_restore_under_a_running_service_is_refused(filled_url: str, tmp_path: Path) -> None:
    made = make_backup(filled_url, tmp_path / "rooms.backup")
    with psycopg.connect(filled_url, application_name="roomstead"), pytest.raises(DatabaseInUse):
        replace_by(filled_url, made.path)


@pytest.mark.parametrize("keep", [0, 100, -100])
def test_file_that_is_no_whole_backup(filled_url: str, empty_database_url: str, tmp_path: Path, keep: int) -> None:
    made = make_backup(filled_url, tmp_path / "rooms.backup")
    torn = tmp_path / "torn.backup"
    torn.write_bytes(made.path.read_bytes()[:keep])
    with pytest.raises((BackupUnreadable, RestoreFailed)):
        restore_into_empty(empty_database_url, torn)
    assert run_sql(empty_database_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0


def test_backup_of_a_newer_server_is_refused(filled_url: str, empty_database_url: str, tmp_path: Path) -> None:
    made = make_backup(filled_url, tmp_path / "rooms.backup")
    content = made.path.read_bytes()
    version = re.search(rb"18\.\d", content)
    assert version is not None
    newer = tmp_path / "newer.backup"
    newer.write_bytes(content.replace(version[0], b"98.1"))
    assert read_backup(newer).server_major == 98
    with pytest.raises(BackupOfNewerServer, match="PostgreSQL 98, this server is 18"):
        restore_into_empty(empty_database_url, newer)


def test_server_newer_than_every_program_here(database_url: str) -> None:
    with pytest.raises(DatabaseToolsTooOld) as refusal:
        choose_tools(98, target_of(database_url))
    assert "PostgreSQL 98 client programs" in refusal.value.remedy


def test_backup_never_replaces_a_file(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "rooms.backup"
    path.write_text("last week's")
    with pytest.raises(BackupFailed, match="there already"):
        make_backup(database_url, path)
    assert path.read_text() == "last week's"


def test_unreachable_database_and_folder_leave_no_file(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="cannot be reached"):
        make_backup("postgresql://roomstead@/roomstead?host=/nowhere", tmp_path / "rooms.backup")
    with pytest.raises(BackupFailed, match="No such file"):
        make_backup(database_url, tmp_path / "missing" / "rooms.backup")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", tmp_path], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a small disk needs root")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def test_full_disk_leaves_no_file(filled_url: str, small_disk: Path) -> None:
    with pytest.raises(BackupFailed, match="No space left") as refusal:
        make_backup(filled_url, small_disk / "rooms.backup")
    assert "another disk" in refusal.value.remedy
    assert list(small_disk.iterdir()) == []


@pytest.fixture
def older_server_url() -> Iterator[str]:
    """A PostgreSQL 16, which does not know everything that newer programs say."""
    import tempfile

    from roomstead.adapters.embedded.account import server_account
    from roomstead.adapters.embedded.folder import Folder
    from roomstead.adapters.embedded.server import DEFAULT_USER
    from roomstead.adapters.embedded.staging import reachable

    older = Binaries(find_binaries().folder.parents[1] / "pginstall" / "bin")
    account = server_account(DEFAULT_USER)
    with tempfile.TemporaryDirectory(prefix="roomstead-older-") as place:
        account.own(Path(place))
        url, data = f"postgresql://roomstead@/postgres?host={place}", Path(place) / "data"
        programs = reachable(older, Folder(Path(place)), account)
        made = account.run(
            [programs.program("initdb"), f"--pgdata={data}", "--auth=trust", "--encoding=UTF8", "-U", "roomstead"],
            timeout_seconds=60,
        )
        assert made.returncode == 0, made.stderr
        server = account.start(
            [programs.program("postgres"), "-D", data, "-k", place, "-c", "listen_addresses=", "-c", "fsync=off"],
            log=Path(place) / "log",
        )
        try:
            _await_answer(url)
            yield url
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)


def _await_answer(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        else:
            return


def test_older_server_is_backed_up_and_restored_into(
    older_server_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    run_sql(
        older_server_url, "CREATE TABLE note (body text)", "INSERT INTO note VALUES ('SET transaction_timeout = 0;')"
    )
    made = make_backup(older_server_url, tmp_path / "rooms.backup")
    assert made.server_major == 16
    replace_by(older_server_url, made.path)
    assert run_sql(older_server_url, ROWS) == "SET transaction_timeout = 0;"
    restore_into_empty(empty_database_url, made.path)
    assert run_sql(empty_database_url, ROWS) == "SET transaction_timeout = 0;"
