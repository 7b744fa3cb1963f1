"""PostgreSQL's programs where the account that runs the server can reach them.

Installed below a folder closed to others (a clone below root's home, or below what `mktemp -d` makes), they are out of
the reach of the unprivileged account. Then what the server needs of them is copied into the data folder, which that
account passes through anyway. The copy belongs to root and cannot be written by anybody else.
"""

import errno
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from roomstead.adapters.embedded.account import Account, first_closed_folder
from roomstead.adapters.embedded.binaries import Binaries, require_runnable
from roomstead.adapters.embedded.errors import EmbeddedError, EmbeddedStartFailed
from roomstead.adapters.embedded.folder import Folder, disk_full

_PROGRAMS = ("postgres", "initdb")
_LIBRARIES = (".libs", "/.dylibs")
"""Where wheels keep the libraries that they bring along, on Linux beside the package, on macOS inside."""


def reachable(binaries: Binaries, folder: Folder, account: Account) -> Binaries:
    """The programs themselves where `account` can enter, else an up-to-date copy of them in the data folder.

    The caller holds the data folder, and no server runs on it. A copy that is cut off is never used. Raises
    `EmbeddedError` when the programs do not run, the copy does not either, or the disk is full.
    """
    if first_closed_folder(binaries.program("postgres"), account) is None:
        require_runnable(binaries, account)
        _remove(folder.programs)
        return binaries
    package = binaries.folder.parents[1]
    staged = Binaries(folder.programs / package.name / binaries.folder.parent.name / binaries.folder.name)
    wanted = dict(_contents(binaries))
    if _digest(wanted) != _digest(dict(_contents(staged))):
        _copy(wanted, folder)
        if _digest(wanted) != _digest(dict(_contents(staged))):
            raise EmbeddedStartFailed(
                f"The copy of PostgreSQL in {folder.programs} is not what was copied.",
                remedy="Check the disk, then start again.",
            )
    require_runnable(staged, account)
    return staged


def _contents(binaries: Binaries) -> Iterator[tuple[str, Path]]:
    """What the server needs, by its place relative to the folder that holds the package."""
    install = binaries.folder.parent
    package = install.parent
    roots = [install / "lib", install / "share", *(Path(f"{package}{suffix}") for suffix in _LIBRARIES)]
    found = [binaries.program(name) for name in _PROGRAMS]
    found += [path for root in roots for path in sorted(root.rglob("*")) if path.suffix != ".a"]
    for path in found:
        if path.is_file():
            yield str(path.relative_to(package.parent)), path


def _digest(contents: dict[str, Path]) -> str:
    whole = hashlib.sha256()
    for name, path in contents.items():
        whole.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _copy(contents: dict[str, Path], folder: Folder) -> None:
    begun = folder.programs.with_name(folder.programs.name + ".new")
    _remove(begun)
    try:
        for name, path in contents.items():
            target = begun / name
            _make_open_folder(target.parent, begun.parent)
            shutil.copyfile(path, target)
            target.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    except OSError as error:
        _remove(begun)
        raise _failure(folder, error) from error
    _remove(folder.programs)
    begun.rename(folder.programs)


def _make_open_folder(path: Path, above: Path) -> None:
    if path == above or path.is_dir():
        return
    _make_open_folder(path.parent, above)
    path.mkdir()
    path.chmod(0o755)  # whatever the umask is


def _failure(folder: Folder, error: OSError) -> EmbeddedError:
    if error.errno == errno.ENOSPC:
        return disk_full(folder, "no space left for PostgreSQL's programs")
    return EmbeddedStartFailed(
        f"PostgreSQL's programs could not be copied to {folder.programs}: {error.strerror}",
        remedy="Check the data folder, then start again.",
    )


def _remove(tree: Path) -> None:
    shutil.rmtree(tree, ignore_errors=True)
