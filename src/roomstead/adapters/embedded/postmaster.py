"""What PostgreSQL says about itself in `postmaster.pid`, and whether it is still true."""

from dataclasses import dataclass
from pathlib import Path

_FIELDS = 8


@dataclass(frozen=True)
class Postmaster:
    """A server that runs, or ran, on a data folder."""

    pid: int
    port: int
    socket_dir: Path
    ready: bool


def read_postmaster(data: Path) -> Postmaster | None:
    """Return what `postmaster.pid` in `data` says; `None` when there is none or it is still being written.

    The lines are: pid, data folder, start time, port, socket folder, listen address, shared memory, status
    (PostgreSQL sources, `pidfile.h`).
    """
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < _FIELDS or not lines[0].lstrip("-").isdigit():
        return None
    return Postmaster(abs(int(lines[0])), int(lines[3]), Path(lines[4]), ready=lines[7].strip() == "ready")


def is_running(postmaster: Postmaster, data: Path) -> bool:
    """Whether the process of that number is really a PostgreSQL working in `data`.

    After a crash or a restart of a container the number often belongs to another program. The command line is
    compared, not the working folder: in a container root may read only the former of another account's process.
    (A process that has ended but was not collected yet has no command line.)
    """
    import psutil  # costs some milliseconds, and is needed only when a server may be there

    try:
        process = psutil.Process(postmaster.pid)
        return process.name() == "postgres" and str(data) in process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
