"""Whether an idle connection still stands, without asking the server."""

import selectors

_Look = getattr(selectors, "PollSelector", selectors.SelectSelector)
"""The cheapest way of one look: a single call of the system."""


def line_is_quiet(fileno: int) -> bool:
    """Whether nothing has come over a connection on which nothing is awaited.

    A server that ends a session says so, and its machine closes the line: either makes the socket readable. So quiet
    means that a question would find nothing wrong; where it is not quiet, ask.
    """
    with _Look() as selector:
        selector.register(fileno, selectors.EVENT_READ)
        return not selector.select(0)
