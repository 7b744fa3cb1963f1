"""Whether an idle connection still stands, without asking the server."""

import selectors
from collections.abc import Mapping
from typing import Any

_Look = getattr(selectors, "PollSelector", selectors.SelectSelector)
"""The cheapest way of one look: a single call of the system."""

WATCHED: Mapping[str, Any] = {
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 50_000,
}
"""Parameters of a connection (PostgreSQL documentation, libpq, 34.1.2) by which the system itself finds, within a
minute, that the other end is gone without a word: a machine that lost its power, a standby that took over. The first
three in seconds and tries, the last in milliseconds; a socket on this machine needs none of them."""


def line_is_quiet(fileno: int) -> bool:
    """Whether nothing has come over a connection on which nothing is awaited.

    A server that ends a session says so, and its machine closes the line: either makes the socket readable. So quiet
    means that a question would find nothing wrong; where it is not quiet, ask.
    """
    with _Look() as selector:
        selector.register(fileno, selectors.EVENT_READ)
        return not selector.select(0)
