"""Connections that stand for long: their loss shows, also where nobody says so."""

import socket

from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.idle_line import WATCHED, line_is_quiet
from roomstead.adapters.jobs.connector import make_connector


def _told(parameters: dict[str, str]) -> dict[str, int]:
    return {name: int(parameters[name]) for name in WATCHED if name in parameters}


async def test_connections_of_pool_and_queue_are_watched_by_the_system(database_url: str) -> None:
    engine = make_engine(database_url, pool_size=1)
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        assert _told(driver.info.get_parameters()) == WATCHED
    await engine.dispose()
    connector = make_connector(database_url, size=1, patience=60)
    await connector.open_async()
    async with connector.pool.connection() as of_the_queue:
        assert _told(of_the_queue.info.get_parameters()) == WATCHED
    await connector.close_async()


def test_a_line_is_quiet_until_something_comes_or_it_is_closed() -> None:
    here, there = socket.socketpair()
    with here, there:
        assert line_is_quiet(here.fileno())
        there.sendall(b"the administrator ends this session")
        assert not line_is_quiet(here.fileno())
        here.recv(100)
        assert line_is_quiet(here.fileno())
        there.close()
        assert not line_is_quiet(here.fileno())
