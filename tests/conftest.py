"""What every test may ask for: a database of its own, and a network that ends at this machine."""

import fcntl
import ipaddress
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import hypothesis
import psycopg
import pytest
from psycopg import sql
from tests.support.ports import reserved_port

from roomstead.adapters.db import schema
from roomstead.adapters.embedded import Connection, EmbeddedServer, attach
from roomstead.adapters.embedded.account import first_closed_folder, server_account
from roomstead.adapters.embedded.binaries import find_binaries
from roomstead.adapters.embedded.server import DEFAULT_USER

HOLDER = Path(__file__).parent / "support" / "database_holder.py"
TEMPLATE = "template_roomstead"

hypothesis.settings.register_profile("dev", deadline=None, max_examples=50)
hypothesis.settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def _loopback_only(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and address[0] not in ("localhost", ""):
        host = ipaddress.ip_address(str(address[0]).partition("%")[0])
        if not host.is_loopback:
            raise AssertionError(f"a test tried to reach {host}: tests talk to this machine only")


sys.addaudithook(_loopback_only)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Be the only test process in the block."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def database_root(request: pytest.FixtureRequest) -> Path:
    """The folder of this test run's database server, shared by all its processes."""
    worker: dict[str, str] | None = getattr(request.config, "workerinput", None)
    run = worker["testrunuid"] if worker is not None else str(os.getpid())
    root = _quick_folder() / f"roomstead-tests-{run}"
    root.mkdir(mode=0o711, exist_ok=True)
    return root


def _quick_folder() -> Path:
    """Memory where there is enough of it: a database is hundreds of files, and every test gets one."""
    memory = Path("/dev/shm")  # noqa: S108 - the server's own folder inside is closed to others
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < 2 * 1024**3:
        return Path(tempfile.gettempdir())
    no_programs = bool(os.statvfs(memory).f_flag & os.ST_NOEXEC)
    account = server_account(DEFAULT_USER)
    if no_programs and first_closed_folder(find_binaries().program("postgres"), account) is not None:
        return Path(tempfile.gettempdir())  # the programs will be staged there, too
    return memory


@pytest.fixture(scope="session")
def database_server(request: pytest.FixtureRequest, database_root: Path) -> Connection:
    """The way to this test run's database server, started by whoever needs it first."""
    test_run = os.getppid() if hasattr(request.config, "workerinput") else os.getpid()
    with _alone(database_root / "holder.lock"):
        running = attach(database_root)
        if running is None:
            running = _start_holder(database_root, test_run)
    return running


def _start_holder(root: Path, test_run: int) -> Connection:
    log = root / "holder.log"
    with log.open("wb") as sink:
        holder = subprocess.Popen(
            [sys.executable, HOLDER, root, str(test_run)],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    holder.returncode = 0  # it outlives us on purpose: no warning about that
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        running = attach(root)
        if running is not None and _has_database(running):
            return running
        time.sleep(0.02)
    raise RuntimeError(f"the test database did not start: {log.read_text()}")


def _has_database(server: Connection) -> bool:
    """The server answers a moment before its first database is created."""
    with psycopg.connect(server.to("postgres").url, autocommit=True) as session:
        found = session.execute("SELECT 1 FROM pg_database WHERE datname = %s", [server.database]).fetchone()
    return found is not None


@pytest.fixture(scope="session")
def database_admin(database_server: Connection) -> Iterator[psycopg.Connection]:
    """A session that may create and drop databases."""
    with psycopg.connect(database_server.to("postgres").url, autocommit=True) as session:
        yield session


@pytest.fixture(scope="session")
def database_template(database_server: Connection, database_admin: psycopg.Connection, database_root: Path) -> str:
    """The name of a database with our schema and nothing in it, to be cloned."""
    with _alone(database_root / "template.lock"):
        ready = database_root / "template.ready"
        if not ready.exists():
            database_admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
            schema.upgrade(database_server.to(TEMPLATE).url)
            ready.touch()
    return TEMPLATE


@pytest.fixture
def database_url(
    database_server: Connection, database_admin: psycopg.Connection, database_template: str
) -> Iterator[str]:
    """A database of the test's own, with our schema: `postgresql://…`, gone after the test."""
    name = f"test_{uuid.uuid4().hex}"
    database_admin.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
            sql.Identifier(name), sql.Identifier(database_template)
        )
    )
    yield database_server.to(name).url
    database_admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def empty_database_url(database_server: Connection, database_admin: psycopg.Connection) -> Iterator[str]:
    """A database of the test's own without any tables: for tests of migrations and of restoring."""
    name = f"test_{uuid.uuid4().hex}"
    database_admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield database_server.to(name).url
    database_admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty data folder that the server's account can reach also when root runs the tests (`tmp_path` is closed)."""
    with tempfile.TemporaryDirectory(prefix="roomstead-test-") as place:
        Path(place).chmod(0o711)
        yield Path(place) / "data"


@pytest.fixture(scope="session")
def external_postgres_url() -> Iterator[str]:
    """An empty database on a server that we do not run: over TCP, with a password in its URL."""
    with tempfile.TemporaryDirectory(prefix="roomstead-external-") as place, reserved_port() as port:
        Path(place).chmod(0o711)
        settings = {"listen_addresses": "127.0.0.1", "port": str(port), "fsync": "off"}
        with EmbeddedServer.start(Path(place) / "data", settings=settings) as server:
            password = server.connection.passfile.read_text().strip().rpartition(":")[2]
            yield f"postgresql://roomstead:{quote(password)}@127.0.0.1:{port}/roomstead"
