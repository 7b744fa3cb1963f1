"""Ports for servers that have to be told one before they listen."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port of 127.0.0.1 that is given to nobody else in the block, neither a server nor a client.

    It is held without being listened on: a server that sets SO_REUSEADDR, as servers do, may listen on it beside us.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]
