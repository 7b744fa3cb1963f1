"""From Markdown to HTML as the pages want it: anchors on headings, our own links, no styles or scripts within."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from posixpath import normpath
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading. ``level`` 1 is the title of the page."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page: its HTML without the title, and its headings, the title first."""

    html: str
    headings: tuple[Heading, ...]


def anchor_of(heading: str) -> str:
    """The anchor that a heading gets, the same as on the site that is built from these pages."""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


def render(text: str, place: str, address: Callable[[str], str]) -> Rendered:
    """Render a page that lies in the folder ``place``.

    ``address``: where a file of the documentation, named from its root, is served.
    """
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(COMMENT.sub("", text))
    headings = tuple(_headings(tokens))
    for token in tokens:
        _adapt(token, place, address)
    is_titled = bool(headings) and headings[0].level == 1
    return Rendered(markdown.renderer.render(tokens[3:] if is_titled else tokens, markdown.options, {}), headings)


def _headings(tokens: Sequence[Token]) -> list[Heading]:
    """All headings; their opening tags get their anchors, repeated ones a number."""
    found: list[Heading] = []
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        text = "".join(child.content for child in inline.children or [] if child.type in {"text", "code_inline"})
        anchor, taken = anchor_of(text), {each.anchor for each in found}
        number = next(
            count for count in range(len(taken) + 1) if (f"{anchor}_{count}" if count else anchor) not in taken
        )
        found.append(Heading(int(opening.tag[1:]), text, f"{anchor}_{number}" if number else anchor))
        opening.attrSet("id", found[-1].anchor)
    return found


def _adapt(token: Token, place: str, address: Callable[[str], str]) -> None:
    token.attrs.pop("style", None)  # how a column is aligned; the policy of the pages allows no styles
    if token.type == "table_open":
        token.attrSet("class", "list")
    elif token.type == "link_open":
        token.attrSet("class", "link")
        token.attrSet("href", _target(str(token.attrs["href"]), place, address))
    elif token.type == "image":
        token.attrSet("src", _target(str(token.attrs["src"]), place, address))
        token.attrSet("loading", "lazy")
    for child in token.children or []:
        _adapt(child, place, address)


def _target(link: str, place: str, address: Callable[[str], str]) -> str:
    parts = urlsplit(link)
    if parts.scheme or not parts.path:
        return link
    found = address(normpath(f"{place}/{parts.path}"))
    return f"{found}#{parts.fragment}" if parts.fragment else found
