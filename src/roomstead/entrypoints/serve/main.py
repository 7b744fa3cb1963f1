"""The web server and its surroundings, until somebody stops them."""

import asyncio
import contextlib
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from enum import StrEnum

import structlog
import uvicorn

from roomstead.bootstrap.database import Database
from roomstead.bootstrap.service import Roomstead, build
from roomstead.config import Settings, variable
from roomstead.domain.errors import Broken, Conflict, NeedsAdmin
from roomstead.domain.people import SYSTEM
from roomstead.entrypoints.serve.child import WatchedChild
from roomstead.entrypoints.web.app import create_app

log = structlog.get_logger("roomstead.serve")

LOOK_AT_DATABASE_SECONDS = 1.0
FORGET_SECONDS = 300.0
DRAIN_SECONDS = 5
BACKLOG = 1024


class ReadyLine(StrEnum):
    """How the line is written that says where Roomstead can be reached."""

    SENTENCE = "sentence"
    JSON = "json"


class PortTaken(NeedsAdmin):
    """The address to listen on cannot be had."""

    code = "port_taken"


class DatabaseEnded(Broken):
    """The embedded database ended by itself."""

    code = "database_ended"


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers, since we stop more than the web; ``up`` is set when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to us."""
        yield


async def serve_until_stopped(settings: Settings, database: Database, *, with_worker: bool, ready: ReadyLine) -> None:
    """Serve until SIGTERM or SIGINT. Raises PortTaken, and DatabaseEnded when the embedded database dies."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    with contextlib.closing(_listen(settings)) as listening:
        port = listening.getsockname()[1]
        settings = settings.model_copy(update={"port": port})
        worker = asyncio.create_task(_worker_environment(settings).keep_running()) if with_worker else None
        try:
            async with build(settings, database.url) as service:
                await _serve(service, database, listening, stop, ready)
        finally:
            if worker is not None:
                worker.cancel()
                await asyncio.wait({worker})


def _worker_environment(settings: Settings) -> WatchedChild:
    """What the worker must know that was given on our command line."""
    return WatchedChild(environment={variable("host"): settings.host, variable("port"): str(settings.port)})


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listening = socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise PortTaken(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror or error}.",
            remedy=f"Choose another with --port or {variable('port')}, or stop what listens there.",
        ) from error
    # asyncio sets this only on sockets that name their protocol; without it an answer of two parts takes 40 ms
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


async def _serve(
    service: Roomstead, database: Database, listening: socket.socket, stop: asyncio.Event, ready: ReadyLine
) -> None:
    config = uvicorn.Config(
        create_app(service),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=service.settings.trusted_proxies,
        date_header=True,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    watching = [asyncio.create_task(_database_end(database)), asyncio.create_task(_forget_what_is_old(service))]
    stopping = asyncio.create_task(stop.wait())
    try:
        await server.up.wait()
        _say_ready(service, ready, await _setup_url(service))
        _begin_to_collect()
        done, _ = await asyncio.wait({serving, stopping, *watching}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.should_exit = True
        await asyncio.wait({serving})
        for task in (stopping, *watching):
            task.cancel()
    for task in done:
        task.result()


async def _setup_url(service: Roomstead) -> str:
    """Where the first Global Admin sets Roomstead up; empty: there is one already."""
    try:
        return (await service.cases.make_setup_link(SYSTEM)).url
    except Conflict:
        return ""


def _say_ready(service: Roomstead, ready: ReadyLine, setup_url: str) -> None:
    settings = service.settings
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{settings.port}"
    if ready is ReadyLine.JSON:
        facts = {"ready": True, "url": url, "pid": os.getpid(), "dry_run": settings.dry_run}
        line = json.dumps(facts | ({"setup_url": setup_url} if setup_url else {}))
    else:
        line = f"Roomstead is ready at {url}" + (" (dry run: nothing is sent)" if settings.dry_run else "")
        line += f"\nBecome its first Global Admin, within a day: {setup_url}" if setup_url else ""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
    log.info("ready", port=settings.port)


def _begin_to_collect() -> None:
    """Garbage was not looked for while everything was loaded; what is left of that stays for good."""
    gc.collect()
    gc.freeze()
    gc.enable()


async def _database_end(database: Database) -> None:
    while True:
        await asyncio.sleep(LOOK_AT_DATABASE_SECONDS)
        if not database.is_alive():
            break
    raise DatabaseEnded("The embedded database ended by itself.", remedy="Start Roomstead again; see its log.")


async def _forget_what_is_old(service: Roomstead) -> None:
    while True:
        with contextlib.suppress(Exception):  # the database is away: the next round will do
            await service.answers.forget(service.clock.now())
            await service.cases.forget_old_sign_ins()
        await asyncio.sleep(FORGET_SECONDS)
