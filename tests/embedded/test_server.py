"""The embedded server's life: created, found, stopped, killed, found again."""

import os
import signal
import stat
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import psutil
import psycopg
import pytest

from roomstead.adapters.embedded import Connection, EmbeddedServer, attach, ensure
from roomstead.adapters.embedded.account import server_account
from roomstead.adapters.embedded.errors import DataFolderInUse
from roomstead.adapters.embedded.server import DEFAULT_USER

Query = Callable[[Connection, str], object]


class Running(Protocol):
    process: subprocess.Popen[str]
    server_pid: int


Start = Callable[[], Running]
FAST = {"fsync": "off"}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_first_start_gives_a_private_database_and_the_next_one_finds_its_rows(data_dir: Path, query: Query) -> None:
    with EmbeddedServer.start(data_dir) as server:
        assert attach(data_dir) == server.connection
        assert query(server.connection, "SHOW listen_addresses") == ""
        assert query(server.connection, "SHOW fsync") == "on"
        assert query(server.connection, "SHOW server_encoding") == "UTF8"
        assert query(server.connection, "SHOW timezone") == "UTC"
        assert mode(server.connection.socket_dir) == 0o700
        assert mode(server.connection.passfile) == 0o600
        password = server.connection.passfile.read_text().strip().rpartition(":")[2]
        assert len(password) >= 32
        assert password not in server.connection.url
        query(server.connection, "CREATE TABLE kept AS SELECT 1 AS x")
    assert attach(data_dir) is None
    assert not server.is_alive()

    with EmbeddedServer.start(data_dir) as server:
        assert query(server.connection, "SELECT count(*) FROM kept") == 1


def test_password_is_asked_for(data_dir: Path) -> None:
    with EmbeddedServer.start(data_dir, settings=FAST) as server:
        wrong = data_dir / "wrong.pass"
        wrong.touch(mode=0o600)
        wrong.write_text("*:*:*:roomstead:guess\n")
        stranger = Connection(server.connection.socket_dir, wrong, server.connection.port)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(stranger.url)


def test_log_names_errors_but_no_contents(data_dir: Path, query: Query) -> None:
    with EmbeddedServer.start(data_dir, settings=FAST) as server:
        query(server.connection, "CREATE TABLE person (address text UNIQUE)")
        query(server.connection, "INSERT INTO person VALUES ('jane@contoso.example')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            query(server.connection, "INSERT INTO person VALUES ('jane@contoso.example')")
    log = (data_dir / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "jane" not in log


def test_second_server_on_the_same_folder_is_refused(data_dir: Path) -> None:
    with EmbeddedServer.start(data_dir, settings=FAST), pytest.raises(DataFolderInUse) as refusal:
        EmbeddedServer.start(data_dir)
    assert str(os.getpid()) in refusal.value.message
    assert "ROOMSTEAD_DATA_DIR" in refusal.value.remedy


def test_socket_lies_elsewhere_when_the_path_is_too_long(data_dir: Path, query: Query) -> None:
    deep = data_dir / ("x" * 90)
    data_dir.mkdir(mode=0o711)
    with EmbeddedServer.start(deep, settings=FAST) as server:
        assert not server.connection.socket_dir.is_relative_to(deep)
        assert mode(server.connection.socket_dir) == 0o700
        assert query(server.connection, "SELECT 1") == 1
        assert attach(deep) == server.connection
    assert not server.connection.socket_dir.exists()


def test_sigterm_to_the_program_stops_the_server(data_dir: Path, run_program: Start) -> None:
    running = run_program()
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(60) == 128 + signal.SIGTERM
    assert gone(running.server_pid)
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def test_server_left_by_a_killed_program_is_found_and_replaced(
    data_dir: Path, run_program: Start, query: Query
) -> None:
    running = run_program()
    running.process.kill()
    running.process.wait()
    orphan = attach(data_dir)
    assert orphan is not None  # its worker goes on meanwhile
    query(orphan, "CREATE TABLE kept AS SELECT 1 AS x")

    with EmbeddedServer.start(data_dir) as server:
        assert gone(running.server_pid)
        assert query(server.connection, "SELECT count(*) FROM kept") == 1
        assert query(server.connection, "SHOW fsync") == "on"  # our settings, not the orphan's


def test_program_and_server_killed_together_lose_nothing(data_dir: Path, run_program: Start, query: Query) -> None:
    running = run_program()
    running_connection = attach(data_dir)
    assert running_connection is not None
    query(running_connection, "CREATE TABLE kept AS SELECT 1 AS x")
    running.process.kill()
    os.kill(running.server_pid, signal.SIGKILL)
    running.process.wait()

    with EmbeddedServer.start(data_dir, settings=FAST) as server:
        assert query(server.connection, "SELECT count(*) FROM kept") == 1


def test_stale_pid_that_now_belongs_to_another_program_does_not_stand_in_the_way(data_dir: Path, query: Query) -> None:
    with EmbeddedServer.start(data_dir, settings=FAST):
        said = (data_dir / "postgres" / "postmaster.pid").read_text()
    account = server_account(DEFAULT_USER)
    with subprocess.Popen(["sleep", "600"], user=account.uid) as stranger:
        stale = data_dir / "postgres" / "postmaster.pid"
        stale.write_text("\n".join([str(stranger.pid), *said.splitlines()[1:]]) + "\n")
        account.own(stale)
        assert attach(data_dir) is None
        with EmbeddedServer.start(data_dir, settings=FAST) as server:
            assert query(server.connection, "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_overlapping_commands_share_one_server_until_the_last_has_left(data_dir: Path, query: Query) -> None:
    second_is_in, first_may_leave, second_may_leave = threading.Event(), threading.Event(), threading.Event()
    seen: list[object] = []

    def first() -> None:
        with ensure(data_dir, settings=FAST):
            second_thread.start()
            first_may_leave.wait(60)

    def second() -> None:
        with ensure(data_dir) as connection:
            second_is_in.set()
            second_may_leave.wait(60)
            seen.append(query(connection, "SHOW fsync"))

    first_thread, second_thread = threading.Thread(target=first), threading.Thread(target=second)
    first_thread.start()
    assert second_is_in.wait(60)
    first_may_leave.set()
    second_may_leave.set()
    first_thread.join(60)
    second_thread.join(60)
    assert seen == ["off"]  # the second used the server that the first had started, to its end
    assert attach(data_dir) is None


def test_command_uses_the_server_of_a_running_program(data_dir: Path, run_program: Start, query: Query) -> None:
    running = run_program()
    with ensure(data_dir) as connection:
        assert query(connection, "SHOW fsync") == "off"
    assert not gone(running.server_pid)


def test_idle_server_is_small(data_dir: Path) -> None:
    with EmbeddedServer.start(data_dir, settings=FAST) as server:
        processes = [psutil.Process(server.pid), *psutil.Process(server.pid).children()]
        total = 0
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                total += process.memory_full_info().pss
    assert 0 < total <= 50 * 1024**2


def test_external_server_answers_over_tcp(external_postgres_url: str) -> None:
    with psycopg.connect(external_postgres_url) as session:
        assert session.info.host == "127.0.0.1"
        row = session.execute("SELECT inet_server_addr()::text").fetchone()
    assert row == ("127.0.0.1/32",)
