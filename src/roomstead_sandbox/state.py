"""A whole world in one file: gzip-compressed JSON lines, replaced as a whole, read back faithfully.

Every line is [section, data]; the first names the format and its version, the last is `end`, so that a truncated
file is noticed before anything is replaced.
"""

import gc
import gzip
import json
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from roomstead_sandbox.world import restore, snapshot
from roomstead_sandbox.world.errors import Invalid
from roomstead_sandbox.world.faces import Face
from roomstead_sandbox.world.world import World

FORMAT = "roomstead-sandbox"
VERSION = 2
READABLE = (1, 2)  # records of older worlds lack their last fields, which have defaults
_LEVEL = 1  # of compression: the file is for this machine, soon


def save(world: World, faces: Sequence[Face], path: Path) -> None:
    """Write the world to a new file and put it in the old one's place. Raises OSError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as raw:
            with gzip.GzipFile("", fileobj=raw, mode="wb", compresslevel=_LEVEL, mtime=0) as packed:
                _write(world, faces, packed)
            raw.flush()
            os.fsync(raw.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def load(world: World, faces: Sequence[Face], path: Path) -> None:
    """Replace the world by a saved one. Raises OSError, and Invalid for a file that is not a whole saved world."""
    _check(path)
    for face in faces:
        face.reset()
    world.clear()
    held: dict[str, Any] = {}
    reader = restore.Reader(world)
    with _quiet_collector():
        for section, data in _lines(path):
            if section == "face":
                held[data["name"]] = data["state"]
            elif section not in ("format", "end"):
                reader.take(section, data)
        reader.finish()
    for face in faces:
        if face.name in held:
            face.restore(held[face.name])


def _write(world: World, faces: Sequence[Face], packed: gzip.GzipFile) -> None:
    encode = json.JSONEncoder(separators=(",", ":")).encode

    def line(section: str, data: Any) -> None:  # noqa: ANN401 - JSON
        packed.write(encode([section, data]).encode() + b"\n")

    line("format", {"name": FORMAT, "version": VERSION})
    with _quiet_collector():
        for section, data in snapshot.sections(world):
            line(section, data)
    for face in faces:
        line("face", {"name": face.name, "state": face.dump()})
    line("end", None)


def _check(path: Path) -> None:
    """Read to the end once, so that a damaged file is refused while the old world still stands."""
    last = b""
    try:
        with gzip.open(path, "rb") as packed:
            head = json.loads(packed.readline() or b"null")
            for last in packed:  # noqa: B007 - only the last line matters
                pass
    except (EOFError, gzip.BadGzipFile, zlib.error, ValueError) as error:
        raise Invalid(f"{path} is not a saved world.") from error
    match head:
        case ["format", {"name": str(name), "version": version}] if name == FORMAT:
            if version not in READABLE:
                raise Invalid(f"{path} was saved in format {version}; this program reads format {VERSION}.")
        case _:
            raise Invalid(f"{path} is not a saved world.")
    if last.strip() != b'["end",null]':
        raise Invalid(f"{path} is cut short.")


def _lines(path: Path) -> Iterator[tuple[str, Any]]:
    with gzip.open(path, "rb") as packed:
        for raw in packed:
            section, data = json.loads(raw)
            yield section, data


@contextmanager
def _quiet_collector() -> Iterator[None]:
    """Millions of new records make Python's cycle collector busy for nothing."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
