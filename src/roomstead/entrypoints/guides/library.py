"""All pages of the documentation, read once from the files that come with the program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath

from roomstead.entrypoints.guides.markup import Heading, Rendered, render
from roomstead.entrypoints.guides.sections import HELP

SECTIONS = ("tutorial", "howto", "reference", "providers", "explanation", "decisions")
"""Folders of the documentation, in the order in which they are listed; pages beside them belong to the reference."""


@dataclass(frozen=True, slots=True)
class Guide:
    """One page. ``name``: what it is called in addresses, unique over all folders."""

    name: str
    section: str
    page: Rendered

    @property
    def title(self) -> str:
        """Its first heading."""
        return self.page.headings[0].text

    @property
    def contents(self) -> tuple[Heading, ...]:
        """The headings of its sections."""
        return tuple(each for each in self.page.headings if each.level == 2)  # noqa: PLR2004 - the level of sections


@dataclass(frozen=True, slots=True)
class Found:
    """A heading that was looked for. ``anchor`` empty: the page as a whole."""

    guide: Guide
    heading: Heading
    anchor: str


@cache
def folder() -> Path:
    """Where the files are: in the package, or beside the sources of a working copy."""
    packaged = Path(str(files("roomstead"))) / "docs"
    return packaged if packaged.is_dir() else Path(str(files("roomstead"))).parents[1] / "docs"


@cache
def guides() -> Mapping[str, Guide]:
    """Every page by name, in the order in which they are listed."""
    found = [_read(path, section) for section in SECTIONS for path in sorted((folder() / section).glob("*.md"))]
    found.append(_read(folder() / "glossary.md", "reference"))
    found.sort(key=lambda guide: SECTIONS.index(guide.section))
    return {guide.name: guide for guide in found}


def _read(path: Path, section: str) -> Guide:
    place = path.relative_to(folder())
    return Guide(name_of(place.as_posix()), section, render(path.read_text("utf-8"), str(place.parent), address_of))


def name_of(file: str) -> str:
    """What a file is called in addresses: by its own name, an index by its folder's."""
    path = PurePosixPath(file)
    return path.parent.name if path.stem == "README" else path.stem


def address_of(file: str) -> str:
    """Where a file, named from the root of the documentation, is served."""
    if not file.endswith(".md"):
        return f"{HELP}/{file}"
    return f"{HELP}/{name}" if (name := name_of(file)) else HELP


def picture(name: str) -> bytes | None:
    """A picture of the documentation."""
    found = folder() / "images" / name
    return found.read_bytes() if name in {each.name for each in (folder() / "images").glob("*.png")} else None


def search(wanted: str) -> Sequence[Found]:
    """Headings in which every word occurs, together with the title of their page."""
    words = wanted.lower().split()
    return [
        Found(guide, heading, "" if heading.level == 1 else heading.anchor)
        for guide in guides().values()
        for heading in guide.page.headings
        if words
        and all(word in f"{guide.title} {heading.text}".lower() for word in words)
        and (heading.level == 1 or any(word in heading.text.lower() for word in words))
    ]
