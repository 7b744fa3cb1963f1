"""Sockets and the HTTP server, as every way of serving a sandbox wants them."""

import socket
from pathlib import Path

import uvicorn

from roomstead_sandbox.world.faces import ASGIApp


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises OSError.

    The protocol is named because asyncio turns Nagle's algorithm off only where it is; with it every second
    answer on a connection would take 40 ms.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(512)
    except OSError:
        listening.close()
        raise
    return listening


def server(app: ASGIApp, certificate: Path | None, key: Path | None) -> uvicorn.Server:
    """An HTTP server for the sandbox: quiet, and not held up by idle connections when it stops."""
    config = uvicorn.Config(
        app,
        interface="asgi3",
        lifespan="on",
        proxy_headers=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=3,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    return uvicorn.Server(config)
