"""Text between us and calendars: descriptions are plain text here and may be HTML there; titles are one line."""

import re
import unicodedata
from html.parser import HTMLParser

LONGEST_TITLE = 255
"""Exchange cuts subjects off at 255 characters, and no booking's title is longer; we cut first, with an ellipsis, and
so can compare."""

_BIDI_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Embeddings, overrides and isolates: unbalanced in a title they turn round whatever is shown beside it. The marks
U+200E and U+200F, which people type in right-to-left scripts, only touch their neighbours and stay."""
_BLOCKS = {"address", "blockquote", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"}
_BLOCKS |= {"table", "tr", "ul"}
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_LONE = re.compile(r"<(?![^<>]*>)")
"""A sign that begins no tag."""
_UNSEEN = {"head", "script", "style", "title"}


def clean_line(text: str) -> str:
    """One line without control characters, at most 255 UTF-16 units long."""
    line = " ".join(_visible(text).split())
    return line if _utf16_length(line) <= LONGEST_TITLE else _cut(line)


def clean_text(text: str) -> str:
    """Lines without control characters but for tabs, no blanks at their ends, no empty ones around the whole."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(_visible(line).rstrip() for line in unified.split("\n")).strip("\n")


def _visible(text: str) -> str:
    kept = text.translate(_BIDI_CONTROLS)
    if kept.isprintable():
        return kept
    return "".join(_harmless(char) for char in kept)


def _harmless(char: str) -> str:
    """Control characters become blanks, halves of a pair become the replacement character."""
    category = unicodedata.category(char)
    if category == "Cs":
        return "\ufffd"
    return " " if category == "Cc" and char != "\t" else char


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut(line: str) -> str:
    kept = line[: LONGEST_TITLE - 1]
    while _utf16_length(kept) > LONGEST_TITLE - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def html_to_text(content: str) -> str:
    """What a reader of that HTML would see, line by line; no-break blanks are blanks."""
    reader = _TextReader()
    reader.feed(_LONE.sub("&lt;", _without_comments(content)))
    reader.close()
    return clean_text(reader.text().replace("\u00a0", " "))


def _without_comments(content: str) -> str:
    """The parser looks for the end of each tag and comment up to the end of the text: those without one, in a text that
    is full of them, would hold a worker for hours (CVE-2025-6069)."""
    kept, at = [], 0
    while (begins := content.find("<!--", at)) >= 0:
        kept.append(content[at:begins])
        ends = content.find("-->", begins + len("<!--"))
        at = len(content) if ends < 0 else ends + len("-->")
    return "".join(kept) + content[at:]


def says_the_same(ours: str, theirs: str) -> bool:
    """Whether two texts differ in nothing but blanks: conversions wrap lines and move empty ones."""
    return clean_text(ours).split() == clean_text(theirs).split()


def says_within(line: str, theirs: str) -> bool:
    """Whether a line stands somewhere in a text, however it is wrapped."""
    return f" {' '.join(clean_text(line).split())} " in f" {' '.join(clean_text(theirs).split())} "


class _TextReader(HTMLParser):
    """Collects what a reader would see, one line per block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._unseen_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base class's
        if tag in _UNSEEN:
            self._unseen_depth += 1
        elif tag == "br":
            self._parts.append("\n")
        elif tag in _BLOCKS:
            self._break_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen_depth = max(0, self._unseen_depth - 1)
        elif tag in _BLOCKS:
            self._break_line()

    def handle_data(self, data: str) -> None:
        if not self._unseen_depth:
            self._parts.append(_BLANKS.sub(" ", data))

    def _break_line(self) -> None:
        if self._parts and not self._parts[-1].endswith("\n"):
            self._parts.append("\n")

    def text(self) -> str:
        return "\n".join(line.strip(" ") for line in "".join(self._parts).split("\n"))
