"""A program that runs the embedded server and waits: for tests that end it in every way.

python program.py DATA_DIR
"""

import sys
import threading
from pathlib import Path

from roomstead.adapters.embedded import EmbeddedServer

if __name__ == "__main__":
    with EmbeddedServer.start(Path(sys.argv[1]), settings={"fsync": "off"}) as server:
        sys.stdout.write(f"{server.pid}\n")
        sys.stdout.flush()
        threading.Event().wait()
