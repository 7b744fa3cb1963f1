"""The PostgreSQL that Roomstead brings along and runs itself, in its data folder, behind a socket.

`EmbeddedServer.start` is for the program that owns the data folder, `attach` for its workers, `ensure` for a command
on its own.
"""

from roomstead.adapters.embedded.connection import Connection
from roomstead.adapters.embedded.errors import EmbeddedError
from roomstead.adapters.embedded.server import EmbeddedServer, attach, ensure

__all__ = ["Connection", "EmbeddedError", "EmbeddedServer", "attach", "ensure"]
