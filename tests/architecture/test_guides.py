"""Every link of the documentation leads somewhere, and every error, check and remedy has a section there."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import roomstead.entrypoints.cli.app
import roomstead.entrypoints.demo.programs
import roomstead.entrypoints.web.app  # noqa: F401 - all errors are loaded with these
from roomstead.domain.errors import AppError
from roomstead.domain.verification import CheckKey
from roomstead.entrypoints.guides.library import guides
from roomstead.entrypoints.guides.markup import anchor_of, render
from roomstead.entrypoints.guides.sections import BY_CODE, guide_to, guide_to_check, guide_to_code
from roomstead.entrypoints.wire.errors import error_kinds

LINK = re.compile(r"\]\(([^)\s]+)\)")
SECTION = re.compile(r"[a-z][a-z-]*#[a-z0-9_-]+")
ERRORS = {code: kind for code, kind in error_kinds().items() if kind is not AppError}
"""Nobody raises the root of all errors."""


def anchors_of(path: Path) -> set[str]:
    return {heading.anchor for heading in render(path.read_text(), "", lambda file: file).headings}


def broken_links(root: Path) -> list[str]:
    """Links between pages of the documentation that lead nowhere. Others' addresses are not asked."""
    found = []
    for page in sorted((root / "docs").rglob("*.md")):
        for link in LINK.findall(page.read_text()):
            parts = urlsplit(link)
            target = page if not parts.path else (page.parent / parts.path).resolve()
            if parts.scheme or (parts.path and target.is_dir()):
                continue
            if not target.is_file() or (parts.fragment and parts.fragment not in anchors_of(target)):
                found.append(f"{page.relative_to(root).as_posix()}: {link}")
    return found


def sections_named_in(root: Path) -> Iterator[tuple[str, str]]:
    """Sections that remedies name in the code."""
    for folder in ("application", "adapters/providers"):
        for path in (root / "src/roomstead" / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and SECTION.fullmatch(node.value):
                    yield f"{path.name}:{node.lineno}", node.value


@pytest.fixture(scope="module")
def known() -> Mapping[str, set[str]]:
    """Every page with its anchors, as Roomstead serves them."""
    return {name: {heading.anchor for heading in guide.page.headings} for name, guide in guides().items()}


def is_there(section: str, known: Mapping[str, set[str]]) -> bool:
    name, _, anchor = section.partition("#")
    return name in known and (not anchor or anchor in known[name])


def test_links_of_the_documentation_lead_somewhere(project: Path) -> None:
    assert broken_links(project) == []


def test_every_picture_is_shown_somewhere(project: Path) -> None:
    pages = [project / "README.md", *(project / "docs").rglob("*.md")]
    shown = {link.rpartition("/")[2] for page in pages for link in LINK.findall(page.read_text())}
    assert {path.name for path in (project / "docs" / "images").iterdir()} - shown == set()


def test_every_error_has_a_section(known: Mapping[str, set[str]]) -> None:
    assert len(ERRORS) > 60
    nowhere = [(code, guide_to(kind)) for code, kind in ERRORS.items() if not is_there(guide_to(kind), known)]
    assert nowhere == []
    assert [code for code in ERRORS if not is_there(f"errors#{code}", known)] == []
    listed = [heading.anchor for heading in guides()["errors"].page.headings if heading.level == 3]
    assert [code for code in listed if not is_there(guide_to_code(code), known)] == []
    assert set(BY_CODE) <= set(listed)


def test_every_check_has_a_section(known: Mapping[str, set[str]]) -> None:
    assert [key for key in CheckKey if not is_there(guide_to_check(key), known)] == []


def test_every_remedy_leads_to_a_section(project: Path, known: Mapping[str, set[str]]) -> None:
    named = list(sections_named_in(project))
    assert len(named) > 15
    assert [(where, section) for where, section in named if not is_there(section, known)] == []


def test_every_section_that_a_page_names_is_there(project: Path, known: Mapping[str, set[str]]) -> None:
    web = project / "src/roomstead/entrypoints/web"
    named = [
        (path.name, section)
        for path in (web / "templates").glob("*.html")
        for call in re.findall(r"m\.(?:guide|trouble)\((.*?)\) }}", path.read_text())
        for section in re.findall(r"'([a-z][a-z-]+(?:#[a-z0-9_-]+)?)'", re.sub(r"t(?:\.of)?\([^()]*\)", "", call))
    ]
    texts = tomllib.loads((web / "texts/en.toml").read_text())
    named += [
        (f"{part}.{key}", text)
        for part, each in texts.items()
        for key, text in each.items()
        if key == "guide" or key.endswith("_guide")
        if SECTION.fullmatch(str(text))
    ]
    assert len(named) > 15
    assert [(where, section) for where, section in named if not is_there(section, known)] == []


def test_every_page_is_listed_and_its_links_lead_to_pages(project: Path, known: Mapping[str, set[str]]) -> None:
    files = {path.stem for path in (project / "docs").rglob("*.md")} - {"README"}
    assert files | {"decisions"} == set(known)
    for guide in guides().values():
        for link in re.findall(r'href="/help/([^"]+)"', guide.page.html):
            assert is_there(link, known), (guide.name, link)
        assert "style=" not in guide.page.html
        assert "<!--" not in guide.page.html


def test_the_site_lists_every_page(project: Path) -> None:
    site = (project / "zensical.toml").read_text()
    pages = [path.relative_to(project / "docs").as_posix() for path in (project / "docs").rglob("*.md")]
    assert [page for page in pages if f'"{page}"' not in site] == []


def test_offences_are_found(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# A\n\n[b](b.md) [c](#c) [a](#a) [web](https://example.org/x)\n")
    assert broken_links(tmp_path) == ["docs/a.md: b.md", "docs/a.md: #c"]
    assert anchor_of("1. Choose how much: `access`") == "1-choose-how-much-access"
